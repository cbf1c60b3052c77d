"""The way from one version of a cluster to another: which parts change, in which order. Pure.

Order: control plane; add-ons that run on every node; the nodes that carry the other add-ons; those add-ons; all other
nodes. It is the order in which the resources of a cluster depend on each other, so that one ``up`` takes these steps.
Add-ons come before nodes wherever they can: those that run as ordinary pods need nodes to be there when a cluster is
made, and a dependency cannot point both ways.

EKS moves a control plane by one minor version at a time and never back
(https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html).
"""

from dataclasses import dataclass
from enum import StrEnum

from platform_lib.components.cluster.plan import ClusterPlan
from platform_lib.components.cluster.versions import minor
from platform_lib.core.errors import Finding


class UpgradePart(StrEnum):
    """What a step of an upgrade changes."""

    CONTROL_PLANE = "control-plane"
    ADDON = "add-on"
    NODES = "nodes"


@dataclass(frozen=True)
class UpgradeStep:
    """One step; ``was`` is empty for what is new, ``becomes`` for what goes."""

    part: UpgradePart
    name: str
    was: str
    becomes: str


@dataclass(frozen=True)
class UpgradePlan:
    """The steps in their order, and what forbids them."""

    steps: tuple[UpgradeStep, ...]
    findings: tuple[Finding, ...]


def check_version_step(was: str, becomes: str) -> list[Finding]:
    """What forbids to move a control plane from one minor version to another; empty where nothing does.

    Args:
        was: version that runs, such as ``1.34``.
        becomes: version that is asked for.
    """
    step = minor(becomes) - minor(was)
    if step < 0:
        return [Finding("version", f"cannot go back from {was}, got {becomes!r}", f"keep {was!r}")]
    if step > 1:
        following = f"1.{minor(was) + 1}"
        problem = f"is {step} minor versions ahead of {was}, got {becomes!r}"
        return [Finding("version", problem, f"go to {following!r} first")]
    return []


def upgrade_plan(old: ClusterPlan, new: ClusterPlan) -> UpgradePlan:
    """The steps from one plan of a cluster to another, as far as versions go.

    Args:
        old: what runs.
        new: what is asked for.

    Returns:
        The steps in the order in which they are taken, and the findings that forbid them: a control plane that goes
        back or moves by more than one minor version, nodes that would be left too far behind it.
    """
    steps = []
    findings = check_version_step(old.version, new.version)
    if old.version != new.version:
        steps.append(UpgradeStep(UpgradePart.CONTROL_PLANE, new.cluster_name, old.version, new.version))
    was = {**_versions_of(old)}
    becomes = {**_versions_of(new)}
    for part, name in _order(new):
        before, after = was.pop((part, name), ""), becomes[part, name]
        if before != after:
            steps.append(UpgradeStep(part, name, before, after))
    steps += [UpgradeStep(part, name, before, "") for (part, name), before in was.items()]
    return UpgradePlan(tuple(steps), tuple(findings))


def _versions_of(plan: ClusterPlan) -> dict[tuple[UpgradePart, str], str]:
    addons = {(UpgradePart.ADDON, addon.name): addon.version for addon in plan.addons}
    return {**addons, **{(UpgradePart.NODES, group.name): group.release for group in plan.node_groups}}


def _order(plan: ClusterPlan) -> list[tuple[UpgradePart, str]]:
    """Add-ons and node groups in the order of their dependencies."""
    early = [addon.name for addon in plan.addons if addon.before_nodes]
    late = [addon.name for addon in plan.addons if not addon.before_nodes]
    others = [group.name for group in plan.node_groups if group.name != plan.carrier]
    return [
        *((UpgradePart.ADDON, name) for name in early),
        (UpgradePart.NODES, plan.carrier),
        *((UpgradePart.ADDON, name) for name in late),
        *((UpgradePart.NODES, name) for name in others),
    ]
