"""What a policy document of IAM says of one call: the logic of identity-based policies, as far as ours use it.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html: a Deny that matches
wins, else an Allow that matches is needed. A condition on a key that the call does not have does not match.
"""

import fnmatch
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def allowed(
    document: str | Mapping[str, Any], action: str, resource: str, context: Mapping[str, str] | None = None
) -> bool:
    """Whether a policy allows an action on a resource, given the keys of the call."""
    statements = (json.loads(document) if isinstance(document, str) else document)["Statement"]
    found = [item["Effect"] for item in statements if _matches(item, action, resource, context or {})]
    return "Deny" not in found and "Allow" in found


def _matches(statement: Mapping[str, Any], action: str, resource: str, context: Mapping[str, str]) -> bool:
    assert statement.keys() <= {"Sid", "Effect", "Action", "Resource", "Condition"}, "what is not understood here"
    return (
        any(_like(action.lower(), pattern.lower()) for pattern in _listed(statement["Action"]))
        and any(_like(resource, pattern) for pattern in _listed(statement["Resource"]))
        and all(_holds(test, keys, context) for test, keys in statement.get("Condition", {}).items())
    )


def _holds(test: str, keys: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    assert test == "StringEquals", f"{test} is not understood here"
    return all(context.get(key) in _listed(values) for key, values in keys.items())


def _like(text: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))


def _listed(value: str | Sequence[str]) -> Iterable[str]:
    return [value] if isinstance(value, str) else value
