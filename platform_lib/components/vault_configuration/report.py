"""What a planned configuration costs, and which controls its parts serve. Pure."""

from collections.abc import Iterator

from platform_lib.components.vault_configuration.kind import Approval
from platform_lib.components.vault_configuration.plan import ConfigurationPlan
from platform_lib.components.vault_configuration.planning.people import BREAK_GLASS, BreakGlassPlan
from platform_lib.core.reporting import CostDriver, Evidence

_ACCESS = ["hipaa:164.312(a)(1)", "pci_dss:7.2.2", "pci_dss:7.2.5", "soc2:CC6.3"]
_IDENTITY = ["hipaa:164.312(d)", "pci_dss:8.3.2", "pci_dss:8.6.2", "soc2:CC6.1"]
_ROTATION = ["hipaa:164.308(a)(5)(ii)(D)", "pci_dss:8.6.3", "soc2:CC6.1"]
_KEYS = ["hipaa:164.312(a)(2)(iv)", "pci_dss:3.6.1", "pci_dss:3.7.4", "soc2:CC6.1"]
_ENGINES = {
    "kv": ("secrets are kept with versions, and writers say which one they replace", ["pci_dss:8.3.2", "soc2:CC6.1"]),
    "database": ("users of databases are made for a while, or their passwords change by themselves", _ROTATION),
    "aws": ("credentials of AWS are lent by STS and stored nowhere", _IDENTITY),
    "pki": (
        "certificates are for own names and live for thirty days at most; the key of the authority stays inside",
        ["hipaa:164.312(e)(2)(ii)", "pci_dss:4.2.1", "pci_dss:4.2.1.1", "soc2:CC6.7"],
    ),
    "ssh": ("machines are entered by certificates for named users, for a day at most", _ACCESS),
    "transit": ("keys cannot leave the servers, cannot be deleted, and change by themselves", _KEYS),
}


def cost_drivers(plan: ConfigurationPlan) -> list[CostDriver]:
    """What the configuration is billed for, a month: nothing in the servers, and an alarm where there is one.

    Vault Enterprise is licensed by clients, whose number nobody knows beforehand
    (https://developer.hashicorp.com/vault/docs/concepts/client-count).
    """
    drivers = []
    if plan.engine.enterprise:
        unknown = "depends on use, which is not known beforehand"
        drivers.append(CostDriver(item="vault:clients", quantity=0, unit="clients", assumption=unknown))
    if plan.break_glass is not None and plan.break_glass.alerts:
        drivers.append(CostDriver(item="aws:alarms", quantity=1, unit="alarms", assumption="one all month"))
    return drivers


def evidence(plan: ConfigurationPlan) -> list[Evidence]:
    """Which child serves which control."""
    return [
        Evidence(child=f"{plan.name}-{child}", statement=text, controls=list(controls))
        for child, text, controls in _items(plan)
    ]


def _items(plan: ConfigurationPlan) -> Iterator[tuple[str, str, list[str]]]:
    for policy in plan.policies:
        paths = len(policy.rules)
        text = f"access is granted by path, {paths} in this policy, none of them everything or the servers' own set-up"
        yield f"policy-{policy.name}", text, _ACCESS
    for method in plan.methods:
        yield (
            f"auth-{method.path}",
            f"who logs in by {method.kind} shows who they are, and gets a short token",
            _IDENTITY,
        )
    for engine in plan.engines:
        text, controls = _ENGINES[engine.kind]
        yield f"engine-{engine.path}", text, controls
    for group in plan.groups:
        yield f"group-{group.name}", f"what people may do follows their group {group.claim!r}", _ACCESS
    if plan.break_glass is not None:
        yield _of_break_glass(plan.break_glass)


def _of_break_glass(plan: BreakGlassPlan) -> tuple[str, str, list[str]]:
    minutes = plan.maximum_seconds // 60
    how = (
        f"each request waits for {plan.quorum} approvers and is good for {minutes} minutes"
        if plan.approval is Approval.CONTROL_GROUP
        else f"it takes one of each of two groups, and a token is good for {minutes} minutes"
    )
    controls = ["hipaa:164.312(a)(2)(ii)", "pci_dss:7.2.2", "soc2:CC6.3", "soc2:CC7.4"]
    return f"policy-{BREAK_GLASS}", f"there is access for an emergency, which nobody has alone: {how}", controls
