"""AWS policy documents (identity, resource and trust policies) as rules read them.

Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from policypacks.engine.rule import ABSENT, PASS, Node, Resource, Verdict, all_in, fail, judge


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy document; every list is a list here, also where the document has one text.

    Attributes:
        path: where it stands, for messages.
        allow: whether its effect is Allow.
        actions: actions, lower case; empty where ``not_actions`` is used.
        not_actions: the actions of NotAction, lower case.
        resources: ARNs; empty where ``not_resources`` is used.
        not_resources: the ARNs of NotResource.
        principals: kind (``AWS``, ``Service``, ``Federated``, ``*``) to names.
        not_principals: the same for NotPrincipal.
        conditions: operator to condition key (lower case) to values.
    """

    path: str
    allow: bool
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    principals: Mapping[str, tuple[str, ...]] | None = None
    not_principals: Mapping[str, tuple[str, ...]] | None = None
    conditions: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None

    @property
    def public(self) -> bool:
        """Whether it names everyone: principal ``*``, or AWS principal ``*``."""
        if self.not_principals is not None:
            return self.allow
        principals = self.principals or {}
        return "*" in principals.get("*", ()) or "*" in principals.get("AWS", ())

    def condition(self, key: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The operators and values that a condition key is tested with; keys are compared without case."""
        for operator, tests in (self.conditions or {}).items():
            if key.lower() in tests:
                yield operator, tests[key.lower()]

    def narrowed(self) -> bool:
        """Whether a condition limits who may use it: an account, organisation, source, network or endpoint.

        Conditions that say something else (``aws:SecureTransport``, a date), that let the key be absent
        (``...IfExists``), that negate, or whose value is ``*`` do not limit anyone.
        """
        return any(
            key in NARROWING and not operator.lower().endswith("ifexists") and "not" not in operator.lower()
            and not any(value in ("*", "0.0.0.0/0", "::/0") for value in values) and values
            for operator, tests in (self.conditions or {}).items()
            for key, values in tests.items()
        )  # fmt: skip

    def grants(self, *actions: str) -> bool:
        """Whether one of the actions is among those the statement is about, wildcards on its side included."""
        wanted = [action.lower() for action in actions]
        if self.not_actions:
            return any(not any(covers(pattern, action) for pattern in self.not_actions) for action in wanted)
        return any(covers(pattern, action) for pattern in self.actions for action in wanted)

    def everywhere(self) -> bool:
        """Whether it holds for all resources: ``*``, or NotResource."""
        return bool(self.not_resources) or any(resource in ("*", "arn:aws:*", "arn:*") for resource in self.resources)


NARROWING = frozenset(
    {
        "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:sourceaccount",
        "aws:sourcearn", "aws:sourceip", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner", "aws:sourcevpc",
        "aws:sourcevpce", "aws:userid", "aws:vpcsourceip", "kms:calleraccount", "sns:endpoint",
        "s3:dataaccesspointaccount", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths",
    }
)  # fmt: skip
"""Condition keys that limit who may use a statement.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""


def covers(pattern: str, text: str) -> bool:
    """Whether an AWS wildcard pattern (``*`` any text, ``?`` one character) covers a text."""
    position = mark = 0
    star = -1
    index = 0
    while index < len(text):
        if position < len(pattern) and pattern[position] == "*":
            star, mark = position, index
            position += 1
        elif position < len(pattern) and pattern[position] in ("?", text[index]):
            position += 1
            index += 1
        elif star >= 0:
            position = star + 1
            mark += 1
            index = mark
        else:
            return False
    return pattern[position:].strip("*") == ""


def statements(node: Node, path: str) -> list[Statement]:
    """The statements of the policy document at a path; none where it is absent.

    Raises:
        Undetermined: the document, or a part of it, is not known yet.
        ValueError: the text is not a policy document.
    """
    place = node.at(path)
    value = place.read()
    if value is None or value == "":
        return []
    if isinstance(value, str):
        return list(_parsed(value, place.path))
    return list(_statements(value, place.path))


@lru_cache(maxsize=256)
def _parsed(text: str, path: str) -> tuple[Statement, ...]:
    return _statements(json.loads(text), path)


def _statements(value: Any, path: str) -> tuple[Statement, ...]:
    if not isinstance(value, dict):
        raise ValueError("is not an object")  # noqa: TRY004 (the caller reports what a document holds, not a Python type)
    found = []
    for index, entry in enumerate(_list(value.get("Statement"))):
        if not isinstance(entry, dict):
            raise ValueError(f"Statement[{index}] is not an object")  # noqa: TRY004 (as above)
        found.append(
            Statement(
                path=f"{path}.Statement[{index}]",
                allow=entry.get("Effect") == "Allow",
                actions=tuple(text.lower() for text in _texts(entry.get("Action"))),
                not_actions=tuple(text.lower() for text in _texts(entry.get("NotAction"))),
                resources=_texts(entry.get("Resource")),
                not_resources=_texts(entry.get("NotResource")),
                principals=_principals(entry.get("Principal")),
                not_principals=_principals(entry.get("NotPrincipal")),
                conditions={
                    operator: {key.lower(): _texts(values) for key, values in tests.items()}
                    for operator, tests in (entry.get("Condition") or {}).items()
                },
            )
        )
    return tuple(found)


def _list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(item).lower() if isinstance(item, bool) else str(item) for item in _list(value))


def _principals(value: Any) -> Mapping[str, tuple[str, ...]] | None:
    if value is None:
        return None
    if isinstance(value, str):
        return {"*": (value,)}
    return {kind: _texts(names) for kind, names in value.items()}


def each_statement(node: Node, path: str, check: Callable[[Statement], Verdict]) -> Verdict:
    """Every statement of the policy documents at a path must pass a check; an absent document passes.

    A text that is not a policy document fails: what it grants cannot be told.
    """

    def document(leaf: Node) -> Verdict:
        if leaf.value is ABSENT:
            return PASS
        try:
            found = statements(leaf, "")
        except (ValueError, AttributeError):
            return fail(leaf.path, "is not a policy document", f"write {leaf.path} as JSON with a Statement list")
        return all_in([PASS, *(check(statement) for statement in found)])

    return all_in(judge(document, leaf) for leaf in node.leaves(path))


def forbid_public_principal(node: Node, path: str) -> Verdict:
    """No Allow statement may name everyone without a condition that limits who that is."""

    def check(statement: Statement) -> Verdict:
        if not statement.allow or not statement.public or statement.narrowed():
            return PASS
        return fail(
            statement.path,
            "allows everyone",
            "name the principals, or add a condition on aws:PrincipalOrgID, aws:SourceArn or aws:SourceAccount",
        )

    return each_statement(node, path, check)


def denies_plain_transport(statement: Statement) -> bool:
    """Whether a statement denies everyone whatever does not come over TLS."""
    return (
        not statement.allow
        and statement.public
        and any(
            operator.lower() in ("bool", "boolifexists") and "false" in values
            for operator, values in statement.condition("aws:SecureTransport")
        )
    )


TRUSTED_ACCOUNTS: Mapping[str, Mapping[str, Any]] = {
    "trusted_accounts": {
        "type": "array",
        "items": {"type": "string", "pattern": "^[0-9]{12}$"},
        "default": [],
        "description": "12-digit ids of one's own AWS accounts and of those that are trusted",
    }
}
"""The setting of rules that tell one's own accounts from foreign ones."""


def trusted_accounts(resource: Resource) -> frozenset[str]:
    """One's own and trusted accounts, by the setting and the provider's ``allowedAccountIds``; empty where none is."""
    allowed = (resource.facts.provider or {}).get("allowedAccountIds")
    own = [item for item in allowed if isinstance(item, str)] if isinstance(allowed, list) else []
    return frozenset([*resource.config["trusted_accounts"], *own])


def account_of(name: str) -> str | None:
    """The account id in an ARN, or the text itself where it is one; None where there is none."""
    if name.isdigit() and len(name) == 12:
        return name
    parts = name.split(":")
    return parts[4] if len(parts) > 5 and parts[0] == "arn" and parts[4] else None
