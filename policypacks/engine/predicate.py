"""The small conditions that rules are built from.

Each takes a node (mostly the resource), one or more paths, and answers a verdict; none raises for an unknown value. A
path with ``[]`` or ``{}`` means every element. What an absent value means is said by the catalogue record of the rule
(``absent: violation`` or ``pass``), or by the argument ``absent`` where one property differs from the rest.
"""

import ipaddress
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import Any, TypeVar

from platform_lib.core.values import UNKNOWN
from policypacks.engine.node import ABSENT, Node
from policypacks.engine.verdict import PASS, Undetermined, Verdict, all_in, any_in, fail, undetermined

N = TypeVar("N", bound=Node)


def judge(check: Callable[[N], Verdict], node: N) -> Verdict:
    """What a check answers about a node; reading an unknown value makes it undetermined."""
    try:
        return check(node)
    except Undetermined as pending:
        return undetermined(pending.path)


def _absent(node: Node, absent: Verdict | None, remedy: "str | _Naming") -> Verdict:
    if absent is not None:
        return absent
    if node.root.record.absent == "pass":
        return PASS
    return fail(node.path, "is not set", _advice(remedy, node))


def _advice(remedy: "str | _Naming", node: Node) -> str:
    return str(remedy).replace("{path}", node.path)


def require(
    node: Node,
    *paths: str,
    test: Callable[[Any], bool],
    problem: "str | _Naming",
    remedy: "str | _Naming",
    absent: Verdict | None = None,
) -> Verdict:
    """Every value at the paths must pass a test; the general form of what follows.

    Args:
        node: where the paths start.
        paths: property paths.
        test: whether a plain value is right; it never sees absent or unknown values.
        problem: what is wrong with a value that is not; ``, got <value>`` is added.
        remedy: what to do, ``{path}`` being the property.
        absent: the verdict where a value is absent; the catalogue's reading when left out.
    """
    return all_in(_tested(leaf, test, problem, remedy, absent) for path in paths for leaf in node.leaves(path))


class _Naming:
    """A text that names values in place of ``{values}``, made when a message needs it."""

    __slots__ = ("_text", "_values")

    def __init__(self, text: str, values: Collection[Any]) -> None:
        self._text, self._values = text, values

    def __str__(self) -> str:
        return self._text.replace("{values}", _words(self._values))


def _tested(
    leaf: Node, test: Callable[[Any], bool], problem: str | _Naming, remedy: str | _Naming, absent: Verdict | None
) -> Verdict:
    if leaf.value is ABSENT:
        return _absent(leaf, absent, remedy)
    try:
        value = leaf.read()
    except Undetermined as pending:
        return undetermined(pending.path)
    if test(value):
        return PASS
    return fail(leaf.path, f"{problem}, got {leaf.shown()}", _advice(remedy, leaf))


def require_set(node: Node, *paths: str, remedy: str = "set {path}") -> Verdict:
    """Something must be set at every path: a value that is not known yet is set, empty text, list or map is not."""

    def check(leaf: Node) -> Verdict:
        return PASS if leaf.exists() else _absent(leaf, None, remedy)

    return all_in(judge(check, leaf) for path in paths for leaf in node.leaves(path))


def require_unset(node: Node, *paths: str, remedy: str = "remove {path}") -> Verdict:
    """Nothing may be set at any path, not even a value that is not known yet."""

    def check(leaf: Node) -> Verdict:
        if not leaf.exists():
            return PASS
        return fail(leaf.path, f"must not be set, got {leaf.shown()}", _advice(remedy, leaf))

    return all_in(judge(check, leaf) for path in paths for leaf in node.leaves(path))


def _true(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")


def _false(value: Any) -> bool:
    return value is False or (isinstance(value, str) and value.lower() == "false")


def require_true(node: Node, *paths: str, absent: Verdict | None = None) -> Verdict:
    """Every value must be true (the text ``true`` counts, as providers take it)."""
    return require(node, *paths, test=_true, problem="is not true", remedy="set {path} to true", absent=absent)


def require_false(node: Node, *paths: str, absent: Verdict | None = None) -> Verdict:
    """Every value must be false (the text ``false`` counts, as providers take it)."""
    return require(node, *paths, test=_false, problem="is not false", remedy="set {path} to false", absent=absent)


def _fold(value: Any, ignore_case: bool) -> Any:
    return value.lower() if ignore_case and isinstance(value, str) else value


def require_in(
    node: Node, path: str, allowed: Collection[Any], *, absent: Verdict | None = None, ignore_case: bool = False
) -> Verdict:
    """Every value must be one of the allowed ones; a list at the path must hold nothing else."""
    known = {_fold(item, ignore_case) for item in allowed}

    def test(value: Any) -> bool:
        return all(_fold(item, ignore_case) in known for item in (value if isinstance(value, list) else [value]))

    problem, remedy = _Naming("is not {values}", allowed), _Naming("set {path} to {values}", allowed)
    return require(node, path, test=test, problem=problem, remedy=remedy, absent=absent)


def require_equal(node: Node, path: str, value: Any, *, absent: Verdict | None = None) -> Verdict:
    """Every value must equal the given one."""
    return require_in(node, path, (value,), absent=absent)


def forbid_in(
    node: Node, path: str, denied: Collection[Any], *, absent: Verdict | None = None, ignore_case: bool = False
) -> Verdict:
    """No value, and no element of a list at the path, may be one of the denied ones."""
    known = {_fold(item, ignore_case) for item in denied}

    def test(value: Any) -> bool:
        return not any(_fold(item, ignore_case) in known for item in (value if isinstance(value, list) else [value]))

    problem = _Naming("must not be {values}", denied)
    remedy = _Naming("use another value than {values} for {path}", denied)
    return require(node, path, test=test, problem=problem, remedy=remedy, absent=absent)


def require_holds(node: Node, path: str, wanted: Iterable[Any], *, absent: Verdict | None = None) -> Verdict:
    """The list at the path must hold all the wanted items; further ones are fine."""
    items = list(wanted)
    words = _words(items, "and")

    def check(leaf: Node) -> Verdict:
        advice = f"add {words} to {leaf.path}"
        if leaf.value is ABSENT or leaf.value == []:
            return _absent(leaf, absent, advice)
        if leaf.value is UNKNOWN:
            return undetermined(leaf.path)
        elements = leaf.spread()
        known = [element.read() for element in elements if element.value is not UNKNOWN]
        missing = [item for item in items if item not in known]
        if not missing:
            return PASS
        if len(known) < len(elements):
            return undetermined(leaf.path)
        return fail(leaf.path, f"lacks {_words(missing, 'and')}, got {leaf.shown()}", advice)

    return all_in(judge(check, leaf) for leaf in node.leaves(path))


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    return None


def require_between(
    node: Node,
    path: str,
    low: float | None,
    high: float | None,
    *,
    unit: str = "",
    absent: Verdict | None = None,
) -> Verdict:
    """Every value must be a number (text counts, as providers take it) from low to high, both included."""
    tail = f" {unit}" if unit else ""
    if low is None:
        words = f"at most {high}{tail}"
    elif high is None:
        words = f"at least {low}{tail}"
    else:
        words = f"between {low} and {high}{tail}"

    def test(value: Any) -> bool:
        number = _number(value)
        return number is not None and (low is None or number >= low) and (high is None or number <= high)

    return require(node, path, test=test, problem=f"is not {words}", remedy=f"set {{path}} to {words}", absent=absent)


def require_at_least(node: Node, path: str, low: float, *, unit: str = "", absent: Verdict | None = None) -> Verdict:
    """Every value must be a number not below ``low``."""
    return require_between(node, path, low, None, unit=unit, absent=absent)


def require_at_most(node: Node, path: str, high: float, *, unit: str = "", absent: Verdict | None = None) -> Verdict:
    """Every value must be a number not above ``high``."""
    return require_between(node, path, None, high, unit=unit, absent=absent)


_PRIVATE = tuple(ipaddress.ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))
"""RFC 1918 and RFC 4193: addresses that the internet does not route."""


def is_open(cidr: Any, *, widest: int = 7, widest_v6: int = 15) -> bool:
    """Whether an address range lets in the internet at large.

    Args:
        cidr: ``0.0.0.0/0``, ``::/0``; also ``*``, ``Internet`` and ``Any``, which Azure takes for everything.
        widest: IPv4 ranges with a prefix of at most so many bits are open. The default is everything wider than a /8,
            so that two halves of the internet are seen for what they are.
        widest_v6: the same for IPv6; everything wider than a /16.
    """
    return isinstance(cidr, str) and _is_open(cidr, widest, widest_v6)


@lru_cache(maxsize=4096)
def _is_open(cidr: str, widest: int, widest_v6: int) -> bool:
    text = cidr.strip()
    if text.lower() in ("*", "internet", "any"):
        return True
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    if network.prefixlen > (widest if network.version == 4 else widest_v6):
        return False
    return not any(network.version == private.version and network.subnet_of(private) for private in _PRIVATE)  # type: ignore[arg-type] # same version, checked just before


def forbid_open_cidr(node: Node, *paths: str, widest: int = 7, widest_v6: int = 15) -> Verdict:
    """No value, and no element of a list at the paths, may be a range that lets in the internet (see ``is_open``)."""

    def test(value: Any) -> bool:
        items = value if isinstance(value, list) else [value]
        return not any(is_open(item, widest=widest, widest_v6=widest_v6) for item in items)

    return require(
        node,
        *paths,
        test=test,
        problem="is open to the internet",
        remedy="narrow {path} to the addresses that need it",
        absent=PASS,
    )


def each(node: Node, path: str, check: Callable[[Node], Verdict], *, absent: Verdict | None = None) -> Verdict:
    """Every element of the list at a path must pass a check.

    An absent or empty list is read as the catalogue says; elements that are not known are undetermined.
    """
    return _elements(node, path, check, absent, all_in)


def some(node: Node, path: str, check: Callable[[Node], Verdict], *, absent: Verdict | None = None) -> Verdict:
    """At least one element of the list at a path must pass a check."""
    return _elements(node, path, check, absent, any_in)


def _elements(
    node: Node,
    path: str,
    check: Callable[[Node], Verdict],
    absent: Verdict | None,
    combine: Callable[[Iterable[Verdict]], Verdict],
) -> Verdict:
    verdicts: list[Verdict] = []
    for holder in node.leaves(path):
        if holder.value is UNKNOWN:
            verdicts.append(undetermined(holder.path))
            continue
        for item in holder.spread():
            if item.value is ABSENT:
                verdicts.append(_absent(item, absent, f"set {holder.path}"))
            elif item.value is UNKNOWN:
                verdicts.append(undetermined(item.path))
            else:
                verdicts.append(judge(check, item))
    return combine(verdicts)


def _words(items: Iterable[Any], joiner: str = "or") -> str:
    texts = [Node(item, "", None).shown() for item in items]  # type: ignore[arg-type] # a bare value has no root
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} {joiner} {texts[-1]}"
