"""What planned Vault servers cost, and which controls their parts serve. Pure."""

from platform_lib.components.vault.kind import VaultExposure, VaultSealKind
from platform_lib.components.vault.planning.model import VaultPlan
from platform_lib.core.reporting import HOURS_PER_MONTH, CostDriver, Evidence

_UNKNOWN = "depends on use, which is not known beforehand"


def cost_drivers(plan: VaultPlan) -> list[CostDriver]:
    """What the servers are billed for, a month, beside the nodes of the cluster that they run on."""
    count = len(plan.nodes)
    keys = int(plan.seal.own_key) + int(plan.backups is not None and plan.backups.own_key)
    drivers = [
        CostDriver(
            item="aws:ebs-gp3",
            quantity=count * (plan.storage.data_gib + plan.storage.audit_gib),
            unit="gib",
            assumption=f"volumes for data and audit of {count} servers",
        )
    ]
    if keys:
        drivers.append(
            CostDriver(item="aws:kms-keys", quantity=keys, unit="keys", assumption="customer managed, of its own")
        )
    if plan.backups is not None:
        drivers.append(CostDriver(item="aws:s3-storage", quantity=0, unit="gib", assumption=_UNKNOWN))
    if plan.listener.exposure is VaultExposure.NETWORK:
        hours = f"{HOURS_PER_MONTH} hours of one network load balancer"
        drivers.append(CostDriver(item="aws:nlb-hours", quantity=HOURS_PER_MONTH, unit="hours", assumption=hours))
    return drivers


def evidence(plan: VaultPlan) -> list[Evidence]:
    """Which child serves which control."""
    access = ["hipaa:164.312(a)(1)", "pci_dss:7.2.5", "soc2:CC6.1"]
    crypt = ["hipaa:164.312(a)(2)(iv)", "pci_dss:3.5.1", "soc2:CC6.1"]
    audit = ["hipaa:164.312(b)", "pci_dss:10.2.1", "soc2:CC7.2"]
    network = ["pci_dss:1.3.1", "pci_dss:1.4.2", "soc2:CC6.6"]
    copies = ["hipaa:164.308(a)(7)(ii)(A)", "soc2:A1.2"]
    devices = " and ".join(f"{device.path}/" for device in plan.audit.devices)
    items = [
        (
            "config",
            "clients and servers speak TLS 1.2 or later",
            ["hipaa:164.312(e)(1)", "pci_dss:4.2.1", "soc2:CC6.7"],
        ),
        ("config", f"every request and answer is recorded by {devices}", audit),
        ("network-servers", "only named callers reach the servers, who reach only named ports", network),
        ("deny", "pods of the namespace reach nothing and are reached by nobody by default", network),
        ("servers", _stands(plan), ["hipaa:164.308(a)(7)(ii)(C)", "soc2:A1.2"]),
        ("servers", "processes run without root, and on a root file system that nobody writes to", access),
    ]
    if plan.seal.kind is VaultSealKind.AWS_KMS:
        what = "a key of the account unseals the servers; nobody holds an unseal key"
        items.append(("seal-key" if plan.seal.own_key else "server-role-policy", what, crypt))
    if plan.initialises_itself:
        items.append(("config", "the root token is revoked before anybody sees it", access))
    if plan.backups is not None:
        days = plan.backups.bucket.retention_days
        items += [
            ("backup", f"a snapshot is taken at {plan.backups.schedule} UTC and kept for {days} days", copies),
            ("backup-role-policy", "who takes snapshots can neither read nor delete one", access),
            ("snapshots-encryption", "snapshots at rest are encrypted with a key of the account", crypt),
        ]
        if plan.backups.copy_region:
            items.append(("snapshots-replication", f"snapshots are copied to {plan.backups.copy_region}", copies))
        if plan.backups.drill_schedule:
            what = f"the newest snapshot is restored at {plan.backups.drill_schedule} UTC, and has to be fresh"
            items.append(("drill", what, ["hipaa:164.308(a)(7)(ii)(D)", "soc2:A1.3"]))
    return [
        Evidence(child=f"{plan.name}-{child}", statement=text, controls=controls) for child, text, controls in items
    ]


def _stands(plan: VaultPlan) -> str:
    count, spare = len(plan.nodes), len(plan.nodes) - plan.quorum
    return f"{count} servers over {len(plan.place.zones)} zones stand the loss of {spare}"
