"""Logical names of child resources, and the physical names that clouds take. Imports nothing of pulumi.

A logical name is identity: ``<component>-<role>[-<key>]``, the key from a map or a zone id, never a loop index, never
random. Physical names are left to Pulumi's automatic naming (logical name, separator, random digits), which is what
lets a replacement be created before the old one goes; one is set only where the name is a contract, and the component's
docstring lists it. An automatic name that is too long is an error of the provider, never a truncation: it is found
here, before anything exists.
"""

import re
from collections.abc import Iterable

from platform_lib.core.errors import Finding, NamingError, near
from platform_lib.core.name_rules import NAME_RULES, NameRule

_COMPONENT_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PART = re.compile(r"[a-z0-9]+([-_.][a-z0-9]+)*")


def logical(component: str, role: str, key: str = "") -> str:
    """The logical name of a child: ``<component>-<role>[-<key>]``.

    Raises:
        NamingError: a part has other characters than names of children have; ``component`` is not looked at here, since
            a nested component's name is made by its parent (see ``check_component``).
    """
    for what, part in (("role", role), ("key", key)):
        if part and not _PART.fullmatch(part):
            described = "must be lower-case letters and digits joined by '-', '_' or '.'"
            raise NamingError(f"{component}: {what} of a child: {described}, got {part!r}")
    return "-".join(part for part in (component, role, key) if part)


def check_component(name: str) -> list[Finding]:
    """What is wrong with the name of a component: its children's names, and with them physical names, begin with it."""
    if _COMPONENT_NAME.fullmatch(name):
        return []
    proposed = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    remedy = f"use '{proposed}'" if _COMPONENT_NAME.fullmatch(proposed) else ""
    return [
        Finding(
            "name",
            f"must be lower-case letters and digits joined by '-', beginning with a letter, got {name!r}",
            remedy,
        )
    ]


def check_automatic(children: Iterable[tuple[str, str]], *, path: str = "name") -> list[Finding]:
    """Which children would get an automatic physical name that the cloud refuses.

    Args:
        children: type token and logical name of each automatically named child.
        path: the argument that makes the names too long, for the findings.

    Returns:
        One finding for the type with the least room, none where all fit.

    Raises:
        NamingError: no rule is known for a type.
    """
    over: dict[str, int] = {}
    for token, name in children:
        rule = _rule(token)
        excess = len(name) + rule.suffix - rule.longest
        if excess > 0:
            over[token] = max(excess, over.get(token, 0))
    if not over:
        return []
    token, excess = max(over.items(), key=lambda item: item[1])
    problem = f"is {excess} too long for the automatic name of {token} (at most {NAME_RULES[token].longest} characters)"
    return [Finding(path, problem, f"shorten it by {excess} characters")]


def physical(token: str, name: str) -> str:
    """A physical name that is a contract, checked against what its type takes.

    Raises:
        NamingError: the name does not fit; the text says what does.
    """
    rule = _rule(token)
    if not (rule.shortest <= len(name) <= rule.longest and rule.characters.fullmatch(name)):
        described = f"must be {rule.shortest} to {rule.longest} characters: {rule.described}"
        raise NamingError(f"{token}: name: {described}, got {name!r} ({len(name)}); see {rule.source}")
    return name


def _rule(token: str) -> NameRule:
    rule = NAME_RULES.get(token)
    if rule is None:
        remedy = near(token, NAME_RULES) or "add it to platform_lib.core.name_rules with its source"
        raise NamingError(f"{token}: no rule for names is known; {remedy}")
    return rule
