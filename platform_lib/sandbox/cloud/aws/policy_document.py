"""Renders IAM policy documents as ``aws.iam.getPolicyDocument`` does.

Form after the provider's documentation of the data source: two-space JSON with ``Version`` first, single values
written plain,
statements merged from ``sourcePolicyDocuments`` (in order) and replaced by ``overridePolicyDocuments`` of the same
``sid``.
"""

import json
import zlib
from typing import Any, Final

from platform_lib.core.values import Properties
from platform_lib.sandbox.cloud.model import refuse
from platform_lib.sandbox.cloud.package import Look, LookUp

_LISTS: Final = (
    ("actions", "Action"),
    ("notActions", "NotAction"),
    ("resources", "Resource"),
    ("notResources", "NotResource"),
)


def policy_document(look: Look) -> Properties:
    """The rendered document.

    Raises:
        ProviderError: a source is no JSON, or a ``sid`` stands twice.
    """
    args = look.args
    merged: dict[str, Any] = {"Version": args.get("version", "2012-10-17")}
    if args.get("policyId"):
        merged["Id"] = args["policyId"]
    statements: list[dict[str, Any]] = []
    for text in [args.get("sourceJson"), *args.get("sourcePolicyDocuments", [])]:
        if text:
            statements += _statements(text, "sourcePolicyDocuments")
    statements += [_statement(item) for item in args.get("statements", [])]
    sids = [item["Sid"] for item in statements if item.get("Sid")]
    for sid in {sid for sid in sids if sids.count(sid) > 1}:
        raise refuse(f"duplicate Sid ({sid}); each statement of a policy document needs a Sid of its own, or none")
    for text in [args.get("overrideJson"), *args.get("overridePolicyDocuments", [])]:
        if text:
            statements = _overridden(statements, _statements(text, "overridePolicyDocuments"))
    if statements:
        merged["Statement"] = statements
    rendered = json.dumps(merged, indent=2, ensure_ascii=False)
    small = json.dumps(merged, separators=(",", ":"), ensure_ascii=False)
    return {**args, "json": rendered, "minifiedJson": small, "id": str(zlib.crc32(rendered.encode()))}


def _statements(text: str, where: str) -> list[dict[str, Any]]:
    try:
        document = json.loads(text)
    except ValueError as problem:
        raise refuse(f"{where}: not a JSON policy document: {problem}") from problem
    found = document.get("Statement", []) if isinstance(document, dict) else []
    return [_ordered(item) for item in (found if isinstance(found, list) else [found])]


def _overridden(statements: list[dict[str, Any]], overrides: list[dict[str, Any]]) -> list[dict[str, Any]]:
    result = list(statements)
    for override in overrides:
        index = next(
            (i for i, item in enumerate(result) if override.get("Sid") and item.get("Sid") == override["Sid"]), None
        )
        if index is None:
            result.append(override)
        else:
            result[index] = override
    return result


def _statement(item: Properties) -> dict[str, Any]:
    statement: dict[str, Any] = {"Sid": item.get("sid"), "Effect": item.get("effect") or "Allow"}
    for key, word in _LISTS:
        if item.get(key):
            statement[word] = _listed(item[key])
    for key, word in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        if item.get(key):
            statement[word] = _principals(item[key])
    if item.get("conditions"):
        conditions: dict[str, dict[str, Any]] = {}
        for condition in item["conditions"]:
            conditions.setdefault(condition["test"], {})[condition["variable"]] = _listed(
                condition["values"], keep_order=True
            )
        statement["Condition"] = {
            test: dict(sorted(variables.items())) for test, variables in sorted(conditions.items())
        }
    return _ordered(statement)


def _principals(items: list[Properties]) -> Any:
    merged: dict[str, list[str]] = {}
    for item in items:
        merged.setdefault(item["type"], []).extend(item["identifiers"])
    if merged.keys() == {"*"}:
        return "*"
    return {kind: _listed(names) for kind, names in sorted(merged.items())}


def _listed(values: list[Any], *, keep_order: bool = False) -> Any:
    """One value plain, several sorted downwards, as the provider writes sets."""
    unique = list(dict.fromkeys(values))
    if len(unique) == 1:
        return unique[0]
    return unique if keep_order else sorted(unique, reverse=True)


def _ordered(statement: dict[str, Any]) -> dict[str, Any]:
    order = (
        "Sid",
        "Effect",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Principal",
        "NotPrincipal",
        "Condition",
    )
    known = {key: statement[key] for key in order if statement.get(key) not in (None, "")}
    return {**known, **{key: value for key, value in statement.items() if key not in order}}


LOOK_UPS: Final[dict[str, LookUp]] = {"aws:iam/getPolicyDocument:getPolicyDocument": policy_document}
