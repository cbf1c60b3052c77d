"""A group of nodes with all that belongs to it: role, launch template, managed node group."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi
from pulumi_aws import ec2, eks, iam

from platform_lib.components.cluster.kind import NodeCapacity, NodeImage
from platform_lib.components.cluster.nodes import NodeGroupPlan
from platform_lib.components.cluster.plan import ClusterPlan
from platform_lib.components.cluster.role_maker import RoleMaker
from platform_lib.components.vpc.refs import NetworkReference
from platform_lib.core import aws_policy
from platform_lib.core.component import PlatformComponent

NODE_POLICIES = {
    "worker": "AmazonEKSWorkerNodePolicy",
    "images": "AmazonEC2ContainerRegistryPullOnly",
}
"""What a node itself needs: networking is the add-on's, with a role of its own
(https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html)."""

IMAGES = {
    NodeImage.AMAZON_LINUX_X86: "AL2023_x86_64_STANDARD",
    NodeImage.AMAZON_LINUX_ARM: "AL2023_ARM_64_STANDARD",
    NodeImage.BOTTLEROCKET_X86: "BOTTLEROCKET_x86_64",
    NodeImage.BOTTLEROCKET_ARM: "BOTTLEROCKET_ARM_64",
}
"""https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html."""

_BOTTLEROCKET = (NodeImage.BOTTLEROCKET_X86, NodeImage.BOTTLEROCKET_ARM)
BOTTLEROCKET_SYSTEM_GIB = 4
"""Bottlerocket keeps its system apart, on a disk of 2 GiB and more (https://bottlerocket.dev/en/os/latest/)."""


class NodeMaker:
    """Makes the groups of nodes of one cluster."""

    def __init__(
        self,
        component: PlatformComponent,
        plan: ClusterPlan,
        network: NetworkReference,
        cluster: eks.Cluster,
        roles: RoleMaker,
        tags: Callable[[str], Mapping[str, Any]],
    ) -> None:
        self._component = component
        self._plan = plan
        self._network = network
        self._cluster = cluster
        self._roles = roles
        self._tags = tags

    def make_role(self) -> tuple[iam.Role, list[pulumi.Resource]]:
        """The role of all nodes, and what has to be there before one starts."""
        self._role = self._roles.make("node-role", f"Nodes of {self._plan.cluster_name}", aws_policy.assumed_by("ec2"))
        ready: list[pulumi.Resource] = [
            self._roles.attach_managed(self._role, "node-policy", policy, key) for key, policy in NODE_POLICIES.items()
        ]
        return self._role, ready

    def make(
        self, group: NodeGroupPlan, volumes_key: pulumi.Input[str], after: Sequence[pulumi.Resource]
    ) -> eks.NodeGroup:
        """A group, once what it waits for is there."""
        template = self._make_template(group, volumes_key)
        name = self._component.child_name("nodes", group.name)
        return eks.NodeGroup(
            name,
            region=self._plan.region,
            cluster_name=self._cluster.name,
            node_role_arn=self._role.arn,
            subnet_ids=[subnet.id for subnet in group.place.of(self._network)],
            ami_type=IMAGES[group.image],
            capacity_type="SPOT" if group.capacity is NodeCapacity.SPOT else "ON_DEMAND",
            instance_types=list(group.instance_types),
            version=group.version,
            release_version=group.release if group.release_is_pinned else None,
            launch_template={"id": template.id, "version": template.latest_version.apply(str)},
            scaling_config={"min_size": group.minimum, "max_size": group.maximum, "desired_size": group.nodes},
            update_config={"max_unavailable": group.max_unavailable},
            node_repair_config={"enabled": True},
            labels=dict(group.labels),
            taints=[{"key": taint.key, "value": taint.value, "effect": taint.effect.name} for taint in group.taints],
            tags=self._tags(name),
            opts=self._component.child_options(
                depends_on=list(after),
                ignore_changes=["scalingConfig.desiredSize"] if group.autoscaled else None,
            ),
        )

    def _make_template(self, group: NodeGroupPlan, volumes_key: pulumi.Input[str]) -> ec2.LaunchTemplate:
        name = self._component.child_name("template", group.name)
        of_nodes = self._tags(self._component.child_name("nodes", group.name))
        disks = [("/dev/xvda", group.disk_gib)]
        if group.image in _BOTTLEROCKET:
            disks = [("/dev/xvda", BOTTLEROCKET_SYSTEM_GIB), ("/dev/xvdb", group.disk_gib)]
        return ec2.LaunchTemplate(
            name,
            region=self._plan.region,
            description=f"Nodes of {self._plan.cluster_name} for {group.name}",
            # Pods are one hop further away than their node, so that one hop keeps the node's role from them.
            metadata_options={"http_endpoint": "enabled", "http_tokens": "required", "http_put_response_hop_limit": 1},
            block_device_mappings=[self._disk(device, gib, volumes_key) for device, gib in disks],
            monitoring={"enabled": True},
            tag_specifications=[
                {"resource_type": kind, "tags": of_nodes} for kind in ("instance", "volume", "network-interface")
            ],
            update_default_version=True,
            tags=self._tags(name),
            opts=self._component.child_options(),
        )

    @staticmethod
    def _disk(device: str, gib: int, key: pulumi.Input[str]) -> ec2.LaunchTemplateBlockDeviceMappingArgsDict:
        return {
            "device_name": device,
            "ebs": {
                "volume_size": gib,
                "volume_type": "gp3",
                "encrypted": "true",
                "kms_key_id": key,
                "delete_on_termination": "true",
            },
        }
