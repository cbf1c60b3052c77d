"""The groups of nodes of a cluster: from their arguments to a plan, and what is wrong with them. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from platform_lib.components.cluster.args import NodeGroupArgs
from platform_lib.components.cluster.kind import NodeCapacity, NodeImage, TaintEffect
from platform_lib.components.cluster.places import Place, place_of
from platform_lib.components.cluster.versions import OLDEST_NODE_SKEW, minor
from platform_lib.components.vpc.refs import NetworkReference, tier_of
from platform_lib.core.errors import Finding

DEFAULT_NODES = 2
DEFAULT_DISK_GIB = 50
DEFAULT_GROUP = "system"

_ARM = (NodeImage.AMAZON_LINUX_ARM, NodeImage.BOTTLEROCKET_ARM)
_GRAVITON = re.compile(r"(a1|[a-z]+\d+g[a-z]*)(-[a-z0-9]+)?\..+")
"""Types with a processor of the Arm architecture: ``g`` is the first attribute behind the generation
(https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html)."""


@dataclass(frozen=True)
class TaintPlan:
    """A taint of nodes."""

    key: str
    value: str
    effect: TaintEffect


@dataclass(frozen=True)
class NodeGroupPlan:
    """A group of nodes.

    Attributes:
        name: its purpose.
        instance_types: that its nodes may have.
        capacity: how they are paid for.
        image: operating system and architecture.
        minimum, maximum, nodes: how many.
        autoscaled: an autoscaler decides over ``nodes``.
        disk_gib: of each node.
        labels: of each node, ``purpose`` among them.
        taints: of each node.
        place: where they stand.
        version: minor version of Kubernetes.
        release: release of the image, or the minor version where none is asked for.
        max_unavailable: nodes that an update replaces at a time.
    """

    name: str
    instance_types: tuple[str, ...]
    capacity: NodeCapacity
    image: NodeImage
    minimum: int
    maximum: int
    nodes: int
    autoscaled: bool
    disk_gib: int
    labels: Mapping[str, str]
    taints: tuple[TaintPlan, ...]
    place: Place
    version: str
    release: str
    max_unavailable: int

    @property
    def takes_any_pod(self) -> bool:
        """Whether pods run here without tolerating anything."""
        return all(taint.effect is TaintEffect.PREFER_NO_SCHEDULE for taint in self.taints)

    @property
    def release_is_pinned(self) -> bool:
        """Whether a release of the image is asked for."""
        return self.release != self.version


def plan_node_groups(
    asked: Sequence[NodeGroupArgs] | None, network: NetworkReference, place: Place, version: str
) -> tuple[tuple[NodeGroupPlan, ...], list[Finding]]:
    """The groups in the order of the arguments.

    Args:
        asked: their arguments; None means one group.
        network: that they stand in.
        place: of the control plane, for groups that name no other; its tier is empty where that is a finding already.
        version: of the control plane.

    Returns:
        The groups, and what is wrong with each of them by itself.
    """
    groups, findings = [], []
    for index, one in enumerate(asked or [NodeGroupArgs(name=DEFAULT_GROUP)]):
        group, wrong = _plan(one, network, place, version, f"node_groups[{index}]")
        groups.append(group)
        findings += wrong
    return tuple(groups), findings


def _plan(
    asked: NodeGroupArgs, network: NetworkReference, place: Place, version: str, path: str
) -> tuple[NodeGroupPlan, list[Finding]]:
    findings: list[Finding] = []
    wrong: list[Finding] = []
    if asked.tier is not None:
        tier, findings = tier_of(network, asked.tier, path=f"{path}.tier")
        place = Place(tier, place.zones)
    if asked.zones is not None:
        place, wrong = place_of(network, place.tier, asked.zones, path=f"{path}.zones")
    if not (findings or wrong) and place.tier and not place.of(network):
        problem = f"has no subnet in the zones of the control plane ({', '.join(place.zones)})"
        wrong = [Finding(f"{path}.tier", problem, "name zones that it has")]
    image = asked.image or NodeImage.AMAZON_LINUX_X86
    minimum = _or(asked.minimum_nodes, min(DEFAULT_NODES, _or(asked.nodes, _or(asked.maximum_nodes, DEFAULT_NODES))))
    nodes = _or(asked.nodes, minimum)
    of_nodes = asked.version or version
    group = NodeGroupPlan(
        name=asked.name,
        instance_types=tuple(asked.instance_types or ["m7g.large" if image in _ARM else "m7i.large"]),
        capacity=asked.capacity or NodeCapacity.ON_DEMAND,
        image=image,
        minimum=minimum,
        maximum=_or(asked.maximum_nodes, max(1, 2 * nodes)),
        nodes=nodes,
        autoscaled=bool(asked.autoscaled),
        disk_gib=asked.disk_gib or DEFAULT_DISK_GIB,
        labels={"purpose": asked.name, **(asked.labels or {})},
        taints=tuple(
            TaintPlan(taint.key, taint.value or "", taint.effect or TaintEffect.NO_SCHEDULE)
            for taint in asked.taints or ()
        ),
        place=place,
        version=of_nodes,
        release=asked.release_version or of_nodes,
        max_unavailable=asked.max_unavailable or 1,
    )
    return group, [*findings, *wrong, *_check(group, version, path)]


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value


def _check(group: NodeGroupPlan, version: str, path: str) -> list[Finding]:
    findings = []
    if group.minimum > group.maximum:
        problem = f"must be at most maximum_nodes ({group.maximum}), got {group.minimum}"
        findings.append(Finding(f"{path}.minimum_nodes", problem))
    elif not group.minimum <= group.nodes <= group.maximum:
        problem = f"must lie between minimum_nodes ({group.minimum}) and maximum_nodes ({group.maximum})"
        findings.append(Finding(f"{path}.nodes", f"{problem}, got {group.nodes}"))
    behind = minor(version) - minor(group.version)
    if behind < 0:
        findings.append(
            Finding(
                f"{path}.version", f"is ahead of the control plane ({version}), got {group.version!r}", "upgrade it"
            )
        )
    elif behind > OLDEST_NODE_SKEW:
        problem = f"is {behind} minor versions behind the control plane ({version}), got {group.version!r}"
        findings.append(Finding(f"{path}.version", problem, f"use '1.{minor(version) - OLDEST_NODE_SKEW}' or newer"))
    if group.release_is_pinned and not group.release.startswith(f"{group.version}."):
        problem = f"is not a release of {group.version}, got {group.release!r}"
        findings.append(Finding(f"{path}.release_version", problem, f"use one that begins with '{group.version}.'"))
    wants_arm = group.image in _ARM
    for index, kind in enumerate(group.instance_types):
        if bool(_GRAVITON.fullmatch(kind)) != wants_arm:
            problem = f"has another architecture than the image {group.image.value!r}, got {kind!r}"
            findings.append(Finding(f"{path}.instance_types[{index}]", problem, "use types and image of one"))
    return findings


def check_carrier(groups: Sequence[NodeGroupPlan], *, protects: bool) -> tuple[str, list[Finding]]:
    """The group that carries add-ons which run as ordinary pods, and what is wrong with it.

    Args:
        groups: all of them.
        protects: whether the environment is one where a lost node must not stop the cluster's own pods.

    Returns:
        Its name, empty where every group keeps ordinary pods away.
    """
    index = next((index for index, group in enumerate(groups) if group.takes_any_pod), None)
    if index is None:
        problem = "have taints all of them, so that coredns has nowhere to run"
        return "", [Finding("node_groups", problem, "add a group without taints")]
    carrier, path = groups[index], f"node_groups[{index}]"
    findings = []
    least = 2 if protects else 1
    if carrier.minimum < least:
        problem = f"must be at least {least} in the first group without taints, which carries coredns"
        findings.append(Finding(f"{path}.minimum_nodes", f"{problem}, got {carrier.minimum}"))
    if protects and carrier.capacity is NodeCapacity.SPOT:
        problem = "must be 'on-demand' in the first group without taints, which carries coredns, got 'spot'"
        findings.append(Finding(f"{path}.capacity", problem, "put another group before it"))
    return carrier.name, findings
