"""What a planned fleet costs, and which controls its parts serve. Pure."""

from platform_lib.components.edge.plan import FleetPlan
from platform_lib.core.reporting import HOURS_PER_MONTH, CostDriver, Evidence

_UNKNOWN = "depends on use, which is not known beforehand"
_METERED_BYTES = 5 * 1024
"""A message is metered in steps of 5 KB (https://aws.amazon.com/iot-core/pricing/)."""


def cost_drivers(plan: FleetPlan) -> list[CostDriver]:
    """What the fleet is billed for, a month."""
    offline = plan.offline
    steps = -(-offline.message_bytes // _METERED_BYTES)
    messages = plan.devices * offline.messages_per_minute * 60 * HOURS_PER_MONTH * steps
    keys = sum(len(role.signers) for role in plan.roles)
    alarms = sum(len(ring.gates) for ring in plan.rings) + len(plan.latency.stages_ms)
    rate = f"{plan.devices} devices with {offline.messages_per_minute:g} messages a minute"
    return [
        CostDriver(
            item="aws:iot-connection-minutes",
            quantity=plan.devices * 60 * HOURS_PER_MONTH,
            unit="minutes",
            assumption=f"{plan.devices} devices connected all month",
        ),
        CostDriver(item="aws:iot-messages", quantity=messages, unit="messages", assumption=rate),
        CostDriver(
            item="aws:iot-rule-actions", quantity=messages, unit="actions", assumption=f"{rate}, each stored once"
        ),
        CostDriver(
            item="aws:iot-defender-devices", quantity=plan.devices, unit="devices", assumption="detect on all devices"
        ),
        CostDriver(item="aws:iot-job-executions", quantity=0, unit="executions", assumption=_UNKNOWN),
        CostDriver(item="aws:s3-storage", quantity=0, unit="gib", assumption=_UNKNOWN),
        CostDriver(item="aws:kms-keys", quantity=keys, unit="keys", assumption="one for each signer"),
        CostDriver(item="aws:alarms", quantity=alarms, unit="alarms", assumption=f"{alarms} all month"),
        CostDriver(
            item="aws:composite-alarms", quantity=len(plan.rings), unit="alarms", assumption="one for each ring"
        ),
    ]


def evidence(plan: FleetPlan) -> list[Evidence]:
    """Which child serves which control."""
    access = ["hipaa:164.312(a)(1)", "pci_dss:7.2.5", "soc2:CC6.1"]
    integrity = ["hipaa:164.312(c)(1)", "pci_dss:6.5.1", "soc2:CC8.1"]
    watch = ["hipaa:164.312(b)", "pci_dss:10.4.1.1", "soc2:CC7.2"]
    crypt = ["hipaa:164.312(a)(2)(iv)", "pci_dss:3.5.1", "soc2:CC6.1"]
    items = [
        ("device-policy", "a device reaches its own topics, jobs and ring only", access),
        ("claim-policy", "a claim certificate registers a device and does nothing else", access),
        ("device-role", "devices get credentials for a short time and store none", access),
        ("defence", "devices that behave unlike the others are found", watch),
        ("artifacts-encryption", "models and artefacts at rest are encrypted with a key of the account", crypt),
        ("artifacts-versioning", "no version of an artefact is overwritten", integrity),
        ("undelivered", f"messages that could not be stored are kept for {plan.log_retention_days} days", watch),
    ]
    if plan.telemetry is not None:
        text = "messages of devices at rest are encrypted with a key of the account"
        items.append(("telemetry-encryption", text, crypt))
    for role in plan.roles:
        text = f"{role.role.value} metadata count with {role.threshold} of {len(role.signers)} signatures"
        items += [(f"{role.role.value}-key-{signer}", text, integrity) for signer in role.signers]
    for ring in plan.rings:
        text = f"an update of ring {ring.name} is called back when inferences are worse than its gates allow"
        items.append((f"rollback-{ring.name}", text, ["pci_dss:6.5.1", "soc2:CC7.4", "soc2:CC8.1"]))
    return [
        Evidence(child=f"{plan.name}-{child}", statement=text, controls=controls) for child, text, controls in items
    ]
