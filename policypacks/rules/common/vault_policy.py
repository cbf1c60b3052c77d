"""Vault policies, as HCL or JSON text: which paths they grant.

Source: https://developer.hashicorp.com/vault/docs/concepts/policies
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from policypacks.engine.rule import Node, Resource, Verdict, all_in, fail, judge, require_set

_TOKEN = re.compile(r'#[^\n]*|//[^\n]*|/\*|"(?:[^"\\]|\\.)*"|[{}\[\]=]|[A-Za-z_][A-Za-z0-9_]*')


@dataclass(frozen=True, slots=True)
class Grant:
    """What a policy says about one path.

    Attributes:
        path: the path; ``*`` at the end covers whatever follows, ``+`` one segment.
        capabilities: lower case, without what ``deny`` takes away: a denied path grants nothing.
    """

    path: str
    capabilities: frozenset[str]

    def covers(self, path: str) -> bool:
        """Whether the grant reaches a path or something below it."""
        own = self.path.strip("/")
        pattern = re.escape(own.removesuffix("*")).replace(r"\+", "[^/]+")
        tail = ".*" if own.endswith("*") else "(?:/.*)?"
        below = own.removesuffix("*").startswith(f"{path}/")
        return bool(self.capabilities) and (below or re.fullmatch(pattern + tail, path) is not None or own == path)


def grants(text: str) -> list[Grant]:
    """The grants of a policy.

    Raises:
        ValueError: the text holds no path block.
    """
    found = list(_json(text) if text.lstrip().startswith("{") else _hcl(text))
    if not found:
        raise ValueError("no path block")
    return found


def _grant(path: str, capabilities: list[str]) -> Grant:
    names = frozenset(name.lower() for name in capabilities)
    return Grant(path, frozenset() if "deny" in names else names)


def _json(text: str) -> Iterator[Grant]:
    loaded = json.loads(text)
    paths = loaded.get("path", {}) if isinstance(loaded, dict) else {}
    for block in paths if isinstance(paths, list) else [paths]:
        for path, body in block.items():
            yield _grant(path, body.get("capabilities", []))


def _tokens(text: str) -> Iterator[str]:
    position = 0
    while match := _TOKEN.search(text, position):
        token, position = match.group(), match.end()
        if token == "/*":  # noqa: S105 (the start of a comment)
            end = text.find("*/", position)
            position = len(text) if end < 0 else end + 2
        elif not token.startswith(("#", "//")):
            yield token


def _hcl(text: str) -> Iterator[Grant]:
    tokens = list(_tokens(text))
    position = 0
    while position < len(tokens) - 2:
        if tokens[position] == "path" and tokens[position + 1].startswith('"') and tokens[position + 2] == "{":
            path = tokens[position + 1].strip('"')
            position += 3
            depth, capabilities = 1, []
            while position < len(tokens) and depth:
                depth += {"{": 1, "}": -1}.get(tokens[position], 0)
                if depth == 1 and tokens[position : position + 3] == ["capabilities", "=", "["]:
                    position += 3
                    while position < len(tokens) and tokens[position] != "]":
                        capabilities.append(tokens[position].strip('"'))
                        position += 1
                position += 1
            yield _grant(path, capabilities)
        else:
            position += 1


def each_grant(policy: Resource, check: Callable[[Grant], Verdict]) -> Verdict:
    """Every grant of a policy resource must pass a check."""

    def document(leaf: Node) -> Verdict:
        try:
            found = grants(str(leaf.read()))
        except (ValueError, AttributeError):
            return fail("policy", "is not a policy", 'write it as path "..." { capabilities = [...] }')
        return all_in(check(grant) for grant in found)

    if not policy.present("policy"):
        return require_set(policy, "policy")
    return judge(document, policy.at("policy"))
