"""Whether the requests of a rule are all taken by rules before it. Pure.

Only what is certain counts: exact values and prefixes are compared, regular expressions by their text.
"""

from collections.abc import Sequence

from platform_lib.components.mesh.checks.graph import Spec, items, mapping

_FIELDS = ("uri", "scheme", "method", "authority")
_MAPS = ("headers", "queryParams")


def is_covered(rule: Spec, earlier: Sequence[Spec]) -> bool:
    """Whether each way to fit a rule fits one of the earlier rules too."""
    ways = [match for _, match in items(rule.get("match"))] or [{}]
    taken = [match for one in earlier for match in ([match for _, match in items(one.get("match"))] or [{}])]
    return all(any(_takes(wide, narrow) for wide in taken) for narrow in ways)


def _takes(wide: Spec, narrow: Spec) -> bool:
    """Whether a request that fits the second match fits the first one."""
    folded = wide.get("ignoreUriCase", False) == narrow.get("ignoreUriCase", False)
    if not folded or not all(_asks_no_more(wide.get(field), narrow.get(field)) for field in _FIELDS):
        return False
    for field in _MAPS:
        asked, given = mapping(wide.get(field)), mapping(narrow.get(field))
        if not all(key in given and _asks_no_more(value or {}, given[key] or {}) for key, value in asked.items()):
            return False
    rest = {key: value for key, value in wide.items() if key not in (*_FIELDS, *_MAPS, "name", "ignoreUriCase")}
    return all(_same_or_wider(key, value, narrow.get(key)) for key, value in rest.items())


def _asks_no_more(wide: object, narrow: object) -> bool:
    """Whether a value that fits the second test fits the first one."""
    asked, given = mapping(wide), mapping(narrow)
    if not asked:
        return True
    if "prefix" in asked:
        prefix = str(asked["prefix"])
        return any(str(given[kind]).startswith(prefix) for kind in ("exact", "prefix") if kind in given)
    return asked == given


def _same_or_wider(field: str, wide: object, narrow: object) -> bool:
    if field == "gateways" and isinstance(wide, list):
        return isinstance(narrow, list) and set(map(str, narrow)) <= set(map(str, wide))
    if field == "sourceLabels":
        asked, given = mapping(wide), mapping(narrow)
        return all(given.get(key) == value for key, value in asked.items())
    return wide == narrow
