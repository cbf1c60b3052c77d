"""What a planned store costs, and which controls its parts serve. Pure."""

from platform_lib.components.features.planning.model import StorePlan
from platform_lib.core.reporting import HOURS_PER_MONTH, CostDriver, Evidence

_UNKNOWN = "depends on use, which is not known beforehand"
_LONGEST_RUN = "at most, where each run takes as long as it may"


def cost_drivers(plan: StorePlan) -> list[CostDriver]:
    """What the store is billed for, a month."""
    runs = sum(HOURS_PER_MONTH * 60 / view.every_minutes for view in plan.batch_views)
    hours = runs * plan.task.timeout_seconds / 3600
    alarms = len(plan.views) + (5 if plan.stream is not None else 4)
    drivers = [
        CostDriver(
            item="aws:fargate-vcpu-hours", quantity=hours * plan.task.cpu / 1024, unit="hours", assumption=_LONGEST_RUN
        ),
        CostDriver(
            item="aws:fargate-gib-hours",
            quantity=hours * plan.task.memory_mib / 1024,
            unit="hours",
            assumption=_LONGEST_RUN,
        ),
        CostDriver(
            item="aws:states-transitions", quantity=runs, unit="transitions", assumption="one a run, none tried again"
        ),
        CostDriver(
            item="aws:lambda-requests",
            quantity=HOURS_PER_MONTH * 60,
            unit="requests",
            assumption="the watch every minute; requests for features come on top",
        ),
        CostDriver(item="aws:dynamodb-reads", quantity=0, unit="requests", assumption=_UNKNOWN),
        CostDriver(item="aws:dynamodb-writes", quantity=0, unit="requests", assumption=_UNKNOWN),
        CostDriver(item="aws:dynamodb-storage", quantity=0, unit="gib", assumption=_UNKNOWN),
        CostDriver(item="aws:s3-storage", quantity=0, unit="gib", assumption=_UNKNOWN),
        CostDriver(item="aws:athena-scanned", quantity=0, unit="tib", assumption=_UNKNOWN),
        CostDriver(item="aws:log-ingestion", quantity=0, unit="gib", assumption=_UNKNOWN),
        CostDriver(item="aws:alarms", quantity=alarms, unit="alarms", assumption=f"{alarms} all month"),
    ]
    if plan.stream is not None:
        drivers.append(
            CostDriver(
                item="aws:kinesis-stream-hours",
                quantity=HOURS_PER_MONTH,
                unit="hours",
                assumption="one stream on demand; data come on top",
            )
        )
    return drivers


def evidence(plan: StorePlan) -> list[Evidence]:
    """Which child serves which control."""
    access = ["hipaa:164.312(a)(1)", "pci_dss:7.2.5", "soc2:CC6.1"]
    crypt = ["hipaa:164.312(a)(2)(iv)", "pci_dss:3.5.1", "soc2:CC6.1"]
    integrity = ["hipaa:164.312(c)(1)", "pci_dss:6.5.1", "soc2:CC8.1"]
    available = ["hipaa:164.308(a)(7)(ii)(A)", "soc2:A1.2"]
    watch = ["hipaa:164.308(a)(1)(ii)(D)", "pci_dss:10.4.1.1", "soc2:CC7.2"]
    items = [
        ("apply-role", "one role writes the registry, and drops no table", access),
        ("materialise-role", "values are copied online by a role that reads no table and drops none", access),
        ("read-role", "features are read by a role that writes nothing", access),
        ("serve", "callers are known to IAM, and there is no public address", access),
        ("data-encryption", "files and registry at rest are encrypted with a key of the account", crypt),
        ("logs", f"logs are encrypted and kept for {plan.log_retention_days} days", ["pci_dss:10.5.1", *watch[:1]]),
        ("materialise", "a watermark moves on success only, and one run at a time", integrity),
        ("serve-latency", f"answers that take longer than {plan.serving.latency_ms} ms are told", watch),
    ]
    for view in plan.views:
        items += [
            (f"table-{view.name}", "values at rest are encrypted with a key of the account", crypt),
            (f"table-{view.name}", "values can be restored to any second of the last 35 days", available),
            (f"freshness-{view.name}", f"values older than {view.freshness_minutes} minutes are told", watch),
        ]
    items += [
        (f"table-{view.name}", f"data of the retired view are kept until {view.until}", available)
        for view in plan.retired
        if not view.released
    ]
    return [
        Evidence(child=f"{plan.name}-{child}", statement=text, controls=controls) for child, text, controls in items
    ]
