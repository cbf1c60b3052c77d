"""What a planned baseline costs, and which controls its parts serve. Pure."""

from platform_lib.components.baseline.plan import BaselinePlan
from platform_lib.core.reporting import CostDriver, Evidence

_UNKNOWN = "depends on use, which is not known beforehand"


def cost_drivers(plan: BaselinePlan) -> list[CostDriver]:
    """What the baseline is billed for, a month."""
    keys = plan.keys.new_logs_key + plan.keys.new_data_key
    drivers: list[CostDriver] = []
    if keys:
        drivers.append(
            CostDriver(item="aws:kms-keys", quantity=keys, unit="keys", assumption=f"{keys} customer managed")
        )
    drivers.append(CostDriver(item="aws:s3-storage", quantity=0, unit="gib", assumption=_UNKNOWN))
    if plan.trail is not None:
        drivers.append(CostDriver(item="aws:log-ingestion", quantity=0, unit="gib", assumption=_UNKNOWN))
    if plan.trail is not None and plan.trail.data_events:
        drivers.append(CostDriver(item="aws:trail-data-events", quantity=0, unit="events", assumption=_UNKNOWN))
    if plan.alarms is not None:
        count = len(plan.alarms.alarms)
        drivers.append(CostDriver(item="aws:alarms", quantity=count, unit="alarms", assumption=f"{count} all month"))
    if plan.configuration_history is not None:
        drivers.append(CostDriver(item="aws:configuration-items", quantity=0, unit="items", assumption=_UNKNOWN))
    if plan.detection.guardduty:
        drivers.append(CostDriver(item="aws:guardduty-events", quantity=0, unit="events", assumption=_UNKNOWN))
    if plan.detection.security_hub:
        drivers.append(CostDriver(item="aws:security-checks", quantity=0, unit="checks", assumption=_UNKNOWN))
    return drivers


def evidence(plan: BaselinePlan) -> list[Evidence]:
    """Which child serves which control."""
    items = [*_keys(plan), *_archive(plan), *_trail(plan), *_account(plan), *_detection(plan)]
    return [
        Evidence(child=f"{plan.name}-{child}", statement=text, controls=controls) for child, text, controls in items
    ]


_Item = tuple[str, str, list[str]]


def _keys(plan: BaselinePlan) -> list[_Item]:
    controls = ["hipaa:164.312(a)(2)(iv)", "pci_dss:3.7.4", "soc2:CC6.1"]
    text = f"the key changes its material every {plan.keys.rotation_days} days"
    new = [("logs-key", plan.keys.new_logs_key), ("data-key", plan.keys.new_data_key)]
    return [(child, text, controls) for child, is_new in new if is_new]


def _archive(plan: BaselinePlan) -> list[_Item]:
    days = plan.archive.retention_days
    items = [
        (
            "archive-encryption",
            "logs at rest are encrypted with a key of the account",
            ["hipaa:164.312(a)(2)(iv)", "pci_dss:3.5.1", "soc2:CC6.1"],
        ),
        (
            "archive-public-access-block",
            "logs cannot be public",
            ["hipaa:164.312(a)(1)", "pci_dss:1.3.1", "pci_dss:7.3.3", "soc2:CC6.6"],
        ),
        (
            "archive-policy",
            "logs are read and written over TLS 1.2 or later only",
            ["hipaa:164.312(e)(1)", "pci_dss:4.2.1", "soc2:CC6.7"],
        ),
        (
            "archive-lifecycle",
            f"logs are kept for {days} days",
            ["hipaa:164.316(b)(2)(i)", "pci_dss:10.5.1", "soc2:CC7.2"],
        ),
        ("archive-logging", "access to logs is recorded", ["hipaa:164.312(b)", "pci_dss:10.2.1.3", "soc2:CC7.2"]),
    ]
    if plan.archive.lock_mode is not None:
        text = f"logs cannot be changed or deleted for {plan.archive.lock_days} days"
        items.append(
            ("archive-object-lock", text, ["hipaa:164.312(c)(1)", "pci_dss:10.3.2", "pci_dss:10.3.4", "soc2:CC7.2"])
        )
    return items


def _trail(plan: BaselinePlan) -> list[_Item]:
    items: list[_Item] = []
    if plan.trail is not None:
        text = "calls in all regions are recorded, and changes to the record are found"
        items.append(("trail", text, ["hipaa:164.312(b)", "pci_dss:10.2.1", "pci_dss:10.3.4", "soc2:CC7.2"]))
        text = f"events are encrypted and kept for {plan.trail.log_retention_days} days"
        items.append(("trail-events", text, ["hipaa:164.312(b)", "pci_dss:10.3.3", "pci_dss:10.5.1", "soc2:CC7.2"]))
    controls = ["hipaa:164.308(a)(6)(ii)", "pci_dss:10.4.1.1", "pci_dss:10.7.2", "soc2:CC7.3"]
    alarms = plan.alarms.alarms if plan.alarms is not None else ()
    return [*items, *((f"alarm-{alarm.name}", f"somebody is told when {alarm.meaning}", controls) for alarm in alarms)]


def _account(plan: BaselinePlan) -> list[_Item]:
    items: list[_Item] = []
    if plan.passwords is not None:
        length, days = plan.passwords.minimum_length, plan.passwords.maximum_age_days
        text = f"passwords have at least {length} characters and last {days} days"
        controls = ["hipaa:164.308(a)(5)(ii)(D)", "pci_dss:8.3.6", "pci_dss:8.3.7", "pci_dss:8.3.9", "soc2:CC6.1"]
        items.append(("password-policy", text, controls))
    if plan.guards.public_buckets_blocked:
        controls = ["hipaa:164.312(a)(1)", "pci_dss:1.3.1", "pci_dss:7.3.3", "soc2:CC6.6"]
        items.append(("public-access-block", "no bucket of the account can be public", controls))
    if plan.guards.volumes_encrypted:
        controls = ["hipaa:164.312(a)(2)(iv)", "pci_dss:3.5.1", "soc2:CC6.1"]
        items.append(("volume-encryption", "new volumes are encrypted", controls))
    return items


def _detection(plan: BaselinePlan) -> list[_Item]:
    items: list[_Item] = []
    if plan.configuration_history is not None:
        controls = ["hipaa:164.308(a)(8)", "pci_dss:11.5.2", "pci_dss:12.5.1", "soc2:CC7.1", "soc2:CC8.1"]
        items.append(("configuration-recorder", "the configuration of every resource is recorded", controls))
    if plan.detection.guardduty:
        controls = ["hipaa:164.308(a)(1)(ii)(D)", "pci_dss:11.5.1", "soc2:CC7.2"]
        items.append(("threat-detector", "threats are looked for", controls))
    if plan.detection.security_hub:
        controls = ["hipaa:164.308(a)(8)", "pci_dss:12.4.2", "soc2:CC4.1"]
        items.append(("security-hub", "the account is checked against standards", controls))
    if plan.detection.access_analyzer:
        controls = ["hipaa:164.308(a)(4)(ii)(C)", "pci_dss:7.2.5", "soc2:CC6.3"]
        items.append(("access-analyzer", "access from outside the account is looked for", controls))
    return items
