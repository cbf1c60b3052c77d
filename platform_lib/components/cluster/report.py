"""What a planned cluster costs, and which controls its parts serve. Pure."""

from collections import Counter

from platform_lib.components.cluster.kind import NodeCapacity
from platform_lib.components.cluster.nodes import NodeGroupPlan
from platform_lib.components.cluster.plan import ClusterPlan
from platform_lib.core.reporting import HOURS_PER_MONTH, CostDriver, Evidence

_UNKNOWN = "depends on use, which is not known beforehand"


def cost_drivers(plan: ClusterPlan) -> list[CostDriver]:
    """What the cluster is billed for, a month.

    Nodes by the hour and type: ``aws:ec2-hours/m7i.large``; for a group that may have several types its first one.
    """
    drivers = [
        CostDriver(
            item="aws:eks-cluster-hours", quantity=HOURS_PER_MONTH, unit="hours", assumption="in standard support"
        )
    ]
    for (kind, item), nodes in _nodes(plan).items():
        words = "on demand" if kind is NodeCapacity.ON_DEMAND else "of spot capacity"
        drivers.append(
            CostDriver(
                item=item, quantity=nodes * HOURS_PER_MONTH, unit="hours", assumption=f"{nodes} {words} all month"
            )
        )
    disks = sum(group.nodes * group.disk_gib for group in plan.node_groups)
    drivers += [
        CostDriver(item="aws:ebs-gp3", quantity=disks, unit="gib", assumption="disks of the nodes"),
        CostDriver(item="aws:log-ingestion", quantity=0, unit="gib", assumption=_UNKNOWN),
    ]
    if plan.key.is_made:
        drivers.append(CostDriver(item="aws:kms-keys", quantity=1, unit="keys", assumption="one customer managed key"))
    return drivers


def _nodes(plan: ClusterPlan) -> Counter[tuple[NodeCapacity, str]]:
    found: Counter[tuple[NodeCapacity, str]] = Counter()
    for group in plan.node_groups:
        price = "ec2-hours" if group.capacity is NodeCapacity.ON_DEMAND else "ec2-spot-hours"
        found[group.capacity, f"aws:{price}/{group.instance_types[0]}"] += group.nodes
    return found


def evidence(plan: ClusterPlan) -> list[Evidence]:
    """Which child serves which control."""
    items = [
        (
            "cluster",
            "secrets are encrypted with a key of the account before they are stored",
            ["hipaa:164.312(a)(2)(iv)", "pci_dss:3.5.1", "soc2:CC6.1"],
        ),
        ("cluster", _reach(plan), ["hipaa:164.312(a)(1)", "pci_dss:1.3.1", "pci_dss:1.4.2", "soc2:CC6.6"]),
        (
            "control-plane-logs",
            f"all logs of the control plane are encrypted and kept for {plan.log_retention_days} days",
            ["hipaa:164.312(b)", "pci_dss:10.2.1", "pci_dss:10.5.1", "soc2:CC7.2"],
        ),
        *(
            (
                f"access-{entry.name}",
                f"access to the API is granted by name: {_grant(entry.policy, entry.namespaces)}",
                ["hipaa:164.312(a)(1)", "pci_dss:7.2.2", "soc2:CC6.3"],
            )
            for entry in plan.access
        ),
    ]
    for group in plan.node_groups:
        items += _of_nodes(group)
    items += [
        (
            f"identity-{one.name}",
            f"pods of {one.namespace}/{one.service_account} have a role of their own and no stored credential",
            ["hipaa:164.312(a)(1)", "pci_dss:7.2.5", "pci_dss:8.6.2", "soc2:CC6.1"],
        )
        for one in plan.identities
    ]
    return [
        Evidence(child=f"{plan.name}-{child}", statement=text, controls=controls) for child, text, controls in items
    ]


def _reach(plan: ClusterPlan) -> str:
    if plan.endpoint.public_cidrs:
        return f"the API answers inside the network, and outside to {', '.join(plan.endpoint.public_cidrs)} only"
    return "the API answers inside the network only"


def _grant(policy: object, namespaces: tuple[str, ...]) -> str:
    if policy is None:
        return "what its groups may do"
    return f"{policy} in {', '.join(namespaces)}" if namespaces else f"{policy} in the whole cluster"


def _of_nodes(group: NodeGroupPlan) -> list[tuple[str, str, list[str]]]:
    return [
        (
            f"template-{group.name}",
            "disks of nodes are encrypted with a key of the account",
            ["hipaa:164.312(a)(2)(iv)", "pci_dss:3.5.1", "soc2:CC6.1"],
        ),
        (
            f"template-{group.name}",
            "metadata of nodes are told to holders of a session token only, and not to pods",
            ["hipaa:164.312(a)(1)", "pci_dss:2.2.1", "soc2:CC6.6"],
        ),
    ]
