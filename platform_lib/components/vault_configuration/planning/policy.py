"""Policies: from typed rules to the text that the servers take, and what no rule may say. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from platform_lib.components.vault_configuration.arguments.policy import PolicyRuleArgs
from platform_lib.components.vault_configuration.kind import PolicyCapability
from platform_lib.core.errors import Finding, near

_WORD = r"[A-Za-z0-9._~-]+"
_TEMPLATE = r"\{\{identity\.[A-Za-z0-9_.-]+\}\}"
_PART = re.compile(rf"\+|({_WORD}|{_TEMPLATE})+")
_LAST = re.compile(rf"({_WORD}|{_TEMPLATE})*\*|{_PART.pattern}")

_LOOKS: Final = frozenset({PolicyCapability.READ, PolicyCapability.LIST, PolicyCapability.SCAN})

USES: Final[Mapping[str, frozenset[str]]] = {
    "kv": frozenset({"data", "delete", "destroy", "metadata", "subkeys", "undelete"}),
    "database": frozenset({"creds", "rotate-role", "rotate-root", "static-creds"}),
    "aws": frozenset({"creds", "sts"}),
    "pki": frozenset({"ca", "ca_chain", "cert", "certs", "crl", "issue", "issuer", "revoke", "sign"}),
    "ssh": frozenset({"issue", "public_key", "sign"}),
    "transit": frozenset({"datakey", "decrypt", "encrypt", "hash", "hmac", "random", "rewrap", "sign", "verify"}),
}
"""The second part of paths by which an engine is used; whatever else changes how it is set up
(https://openbao.org/api-docs/secret/)."""

LOOKED_AT: Final[Mapping[str, frozenset[str]]] = {
    "kv": frozenset({"config"}),
    "database": frozenset({"roles", "static-roles"}),
    "aws": frozenset({"roles"}),
    "pki": frozenset({"issuers", "roles"}),
    "ssh": frozenset({"config", "roles"}),
    "transit": frozenset({"keys"}),
}
"""The second part of paths that may be read and listed, and not written."""

_UPDATE: Final = frozenset({PolicyCapability.CREATE, PolicyCapability.UPDATE})

SYSTEM_PATHS: Final[Mapping[str, frozenset[PolicyCapability]]] = {
    "sys/capabilities-self": _UPDATE,
    "sys/internal/ui/mounts": _LOOKS,
    "sys/leases/lookup": _UPDATE,
    "sys/leases/renew": _UPDATE,
    "sys/leases/revoke": _UPDATE,
    "sys/metrics": _LOOKS,
    "sys/tools/hash": _UPDATE,
    "sys/tools/random": _UPDATE,
    "sys/wrapping/lookup": _UPDATE,
    "sys/wrapping/rewrap": _UPDATE,
    "sys/wrapping/unwrap": _UPDATE,
    "sys/wrapping/wrap": _UPDATE,
    "auth/token/lookup-self": _LOOKS,
    "auth/token/renew-self": _UPDATE,
    "auth/token/revoke-self": _UPDATE,
    "identity/lookup/entity": _UPDATE,
    "identity/lookup/group": _UPDATE,
}
"""What policies may do on the engine's own paths: what a client does with its own token and its own leases. All else is
setting up the servers, or a way to more rights (https://openbao.org/docs/concepts/policies/#root-protected-api-endpoints)."""

_SECRET_ID = re.compile(r"auth/([a-z0-9-]+)/role/([a-z0-9-]+)/(secret-id|role-id)")


@dataclass(frozen=True)
class ControlGroup:
    """How many members of some groups must let a request through, and for how long that is good."""

    groups: tuple[str, ...]
    approvals: int
    ttl_seconds: int


@dataclass(frozen=True)
class RulePlan:
    """What may be done on a path."""

    path: str
    capabilities: tuple[str, ...]
    required_parameters: tuple[str, ...] = ()
    minimum_wrapping_seconds: int | None = None
    maximum_wrapping_seconds: int | None = None
    control_group: ControlGroup | None = None


@dataclass(frozen=True)
class PolicyPlan:
    """A policy as the servers take it."""

    name: str
    rules: tuple[RulePlan, ...]

    @property
    def hcl(self) -> str:
        """Its text, in the form of https://openbao.org/docs/concepts/policies/#policy-syntax."""
        return "\n\n".join(_block(rule) for rule in self.rules) + "\n"


def rule_plan(rule: PolicyRuleArgs, control_group: ControlGroup | None = None) -> RulePlan:
    """A rule; capabilities in the order in which the engines list them, so that another order changes nothing."""
    return RulePlan(
        path=rule.path,
        capabilities=tuple(one.value for one in PolicyCapability if one in rule.capabilities),
        required_parameters=tuple(rule.required_parameters or ()),
        minimum_wrapping_seconds=rule.minimum_wrapping_seconds,
        maximum_wrapping_seconds=rule.maximum_wrapping_seconds,
        control_group=None if PolicyCapability.DENY in rule.capabilities else control_group,
    )


def _block(rule: RulePlan) -> str:
    lines = [f"capabilities = {json.dumps(list(rule.capabilities))}"]
    if rule.required_parameters:
        lines.append(f"required_parameters = {json.dumps(list(rule.required_parameters))}")
    for word, seconds in (("min", rule.minimum_wrapping_seconds), ("max", rule.maximum_wrapping_seconds)):
        if seconds is not None:
            lines.append(f'{word}_wrapping_ttl = "{seconds}s"')
    if rule.control_group is not None:
        lines += _control(rule.control_group, rule.capabilities)
    body = "\n".join(f"  {line}" for line in lines)
    return f"path {json.dumps(rule.path)} {{\n{body}\n}}"


def _control(group: ControlGroup, capabilities: Sequence[str]) -> list[str]:
    """Source: https://openbao.org/docs/concepts/control-groups/; OpenBao takes no factor without its capabilities."""
    return [
        "control_group = {",
        f'  ttl = "{group.ttl_seconds}s"',
        '  factor "approvers" {',
        f"    controlled_capabilities = {json.dumps(list(capabilities))}",
        "    identity {",
        f"      group_names = {json.dumps(list(group.groups))}",
        f"      approvals = {group.approvals}",
        "    }",
        "  }",
        "}",
    ]


def check_rules(
    rules: Sequence[PolicyRuleArgs], engines: Mapping[str, str], approles: Mapping[str, Sequence[str]], path: str
) -> list[Finding]:
    """What rules may not say.

    Args:
        rules: of one policy.
        engines: kind of each engine by its path; empty for those that are not made here.
        approles: roles of each AppRole method by its path.
        path: where the rules stand.

    Returns:
        A rule for everything, for the engine's own paths beyond a client's own needs, for the set-up of an engine, for
        an engine that is not there; each with what to write instead.
    """
    findings = []
    seen: set[str] = set()
    for index, rule in enumerate(rules):
        where = f"{path}[{index}]"
        findings += _check_rule(rule, engines, approles, where)
        low, high = rule.minimum_wrapping_seconds, rule.maximum_wrapping_seconds
        if low is not None and high is not None and low > high:
            findings.append(
                Finding(f"{where}.minimum_wrapping_seconds", f"is more than the maximum ({high}), got {low}")
            )
        if rule.path in seen:
            findings.append(Finding(f"{where}.path", f"is given twice, got {rule.path!r}", "write it as one rule"))
        seen.add(rule.path)
    return findings


def _check_rule(
    rule: PolicyRuleArgs, engines: Mapping[str, str], approles: Mapping[str, Sequence[str]], where: str
) -> list[Finding]:
    parts = rule.path.split("/")
    at = f"{where}.path"
    if parts[0] in ("*", "+") or parts[0].endswith("*"):
        problem = f"reaches every engine, and the servers' own paths, got {rule.path!r}"
        return [Finding(at, problem, "begin with the path of one engine")]
    if not _is_path(parts):
        problem = f"is not a path, got {rule.path!r}"
        return [Finding(at, problem, "write it as 'kv/data/shop/*': '*' only at the end, '+' for one whole part")]
    if rule.capabilities == [PolicyCapability.DENY]:
        return []
    if parts[0] in ("sys", "auth", "identity"):
        return _check_own_path(rule, approles, where)
    if parts[0] == "cubbyhole":
        return []
    if parts[0] not in engines:
        known = ", ".join(sorted(engines)) or "none"
        remedy = near(parts[0], engines) or f"known here: {known}; name engines that exist already in existing_engines"
        return [Finding(at, f"begins with no engine of this configuration, got {rule.path!r}", remedy)]
    return _check_engine_path(rule, engines[parts[0]], parts[1:], where)


def _is_path(parts: Sequence[str]) -> bool:
    last = len(parts) - 1
    return len(parts) > 1 and all(
        (_LAST if index == last else _PART).fullmatch(part) and part not in (".", "..")
        for index, part in enumerate(parts)
    )


def _check_own_path(rule: PolicyRuleArgs, approles: Mapping[str, Sequence[str]], where: str) -> list[Finding]:
    allowed = SYSTEM_PATHS.get(rule.path)
    match = _SECRET_ID.fullmatch(rule.path)
    if match is not None:
        return _check_secret_id(rule, match, approles, where)
    if allowed is None:
        problem = f"is one of the servers' own, which set them up or lead to more rights, got {rule.path!r}"
        remedy = near(rule.path, SYSTEM_PATHS, cutoff=0.85) or "leave it to the administrators of the servers"
        return [Finding(f"{where}.path", problem, remedy)]
    return _too_much(rule, allowed, where)


def _check_secret_id(
    rule: PolicyRuleArgs, match: re.Match[str], approles: Mapping[str, Sequence[str]], where: str
) -> list[Finding]:
    method, role, what = match.groups()
    if role not in approles.get(method, ()):
        known = [f"auth/{name}/role/{one}" for name, roles in approles.items() for one in roles]
        remedy = f"known here: {', '.join(known) or 'none'}"
        return [Finding(f"{where}.path", f"names no role of AppRole of this configuration, got {rule.path!r}", remedy)]
    if what == "role-id":
        return _too_much(rule, _LOOKS, where)
    if rule.maximum_wrapping_seconds is None:
        problem = "is required where secret ids are handed out, so that nobody reads one on its way"
        return [Finding(f"{where}.maximum_wrapping_seconds", problem, "use 120")]
    return _too_much(rule, _UPDATE, where)


def _check_engine_path(rule: PolicyRuleArgs, kind: str, parts: Sequence[str], where: str) -> list[Finding]:
    if not kind:  # made elsewhere: what it is, is not known
        if parts[0] in ("*", "+") and not _LOOKS.issuperset(rule.capabilities):
            problem = f"reaches the set-up of the engine too, got {rule.path!r}"
            return [Finding(f"{where}.path", problem, "name the part below it that is used")]
        return []
    uses, looked_at = USES[kind], LOOKED_AT[kind]
    if parts[0] in uses:
        return []
    if parts[0] in looked_at:
        if kind == "transit" and parts[-1] == "rotate":
            return _too_much(rule, _UPDATE, where)
        return _too_much(rule, _LOOKS, where)
    words = ", ".join(sorted(uses))
    if kind == "kv":
        problem = f"grants nothing, or too much, without the part that a KV engine of version 2 has, got {rule.path!r}"
    else:
        problem = f"is about the set-up of the engine, which is this configuration's, got {rule.path!r}"
    return [Finding(f"{where}.path", problem, f"follow the engine with one of {words}")]


def _too_much(rule: PolicyRuleArgs, allowed: frozenset[PolicyCapability], where: str) -> list[Finding]:
    beyond = [one.value for one in rule.capabilities if one not in allowed]
    if not beyond:
        return []
    words = ", ".join(one.value for one in PolicyCapability if one in allowed)
    problem = f"are more than {rule.path!r} takes, got {', '.join(beyond)}"
    return [Finding(f"{where}.capabilities", problem, f"use some of {words}")]


def unknown_policies(names: Sequence[str], known: Sequence[str], path: str) -> list[Finding]:
    """Names of policies that the configuration has not."""
    return [
        Finding(
            f"{path}[{index}]",
            f"is no policy of this configuration, got {name!r}",
            near(name, known) or f"known here: {', '.join(known) or 'none'}",
        )
        for index, name in enumerate(names)
        if name not in known
    ]
