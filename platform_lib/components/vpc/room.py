"""What the resources of every cloud are made with (``Site``), and what they hand back (``Built``)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from platform_lib.components.vpc.adopting.names import kept_inputs
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.arguments.adopt import AdoptMode
from platform_lib.components.vpc.planning.model import VpcPlan
from platform_lib.core.component import PlatformComponent
from platform_lib.core.reporting import CostDriver, Evidence


@dataclass(frozen=True)
class Site:
    """Where and with what the children of one network are made.

    Attributes:
        component: their parent.
        plan: what is made.
        args: what only flows through to resources; without what the cloud cannot give.
        tags: of every taggable child (labels on GCP).
        guarded: whether network, subnets and gateways are protected.
    """

    component: PlatformComponent
    plan: VpcPlan
    args: VpcArgs
    tags: Mapping[str, Any]
    guarded: bool

    @property
    def region(self) -> str:
        """The cloud's name of the region."""
        return self.plan.region

    def name(self, role: str, key: str = "") -> str:
        """The logical name of a child."""
        return self.component.child_name(role, key)

    def options(
        self, logical: str, *, guarded: bool = False, stateful: bool = False, **more: Any
    ) -> pulumi.ResourceOptions:
        """Options of a child.

        Args:
            logical: its logical name, by which an existing one is imported.
            guarded: it must not be replaced or deleted by accident, in any environment.
            stateful: it holds data, which is protected outside ``dev``.
            more: further options (``depends_on``, ...).
        """
        if guarded and self.guarded:
            more.setdefault("protect", True)
        adopt = self.args.adopt
        if adopt is not None and adopt.mode is AdoptMode.IMPORT:
            child = logical.removeprefix(f"{self.plan.name}-")
            if child in adopt.ids:
                more.setdefault("import_", adopt.ids[child])
                more["ignore_changes"] = [*more.get("ignore_changes", ()), *kept_inputs(self.plan.cloud, child)] or None
        return self.component.child_options(stateful=stateful, **more)

    def tags_of(self, logical: str, **more: Any) -> dict[str, Any]:
        """The tags of a child on AWS, where its name is one of them."""
        return {**self.tags, **more, "Name": logical}


@dataclass
class Built:
    """What was made, in the words of the component's outputs; what a network lacks stays empty.

    Attributes:
        network_id: id of the network.
        network_arn: its ARN, or what stands for it on other clouds: resource id, self link.
        subnet_ids: by key of the plan.
        route_table_ids: by key of the plan.
        nat_public_ips: by zone, or by name of the address.
        endpoint_ids: by key of the plan.
        flow_log_destination: ARN, resource id or name of where flow logs go.
        ipv6_cidr: the network's IPv6 range.
        hub_id: the hub, own or existing.
        hub_attachment_id: what attaches the network to it.
        private_zone_ids: by domain.
        resolver_addresses: of the inbound resolver.
        hub_route_table_ids: route tables of an own hub, by segment.
        vpn_gateway_id: gateway that the network's VPNs end at.
        vpn_addresses: public addresses of this side, by link; on Azure and GCP those of the gateway, as ``gateway``.
        pairing_keys: of partners' lines (GCP), by attachment.
        cost_drivers: what the network is billed for.
        evidence: which child serves which control.
    """

    network_id: pulumi.Input[str]
    network_arn: pulumi.Input[str]
    subnet_ids: Mapping[str, pulumi.Input[str]]
    route_table_ids: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    nat_public_ips: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    endpoint_ids: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    flow_log_destination: pulumi.Input[str] = ""
    ipv6_cidr: pulumi.Input[str] = ""
    hub_id: pulumi.Input[str] = ""
    hub_attachment_id: pulumi.Input[str] = ""
    private_zone_ids: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    resolver_addresses: Sequence[pulumi.Input[str]] = ()
    hub_route_table_ids: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    vpn_gateway_id: pulumi.Input[str] = ""
    vpn_addresses: Mapping[str, Sequence[pulumi.Input[str]]] = field(default_factory=dict)
    pairing_keys: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    cost_drivers: Sequence[CostDriver] = ()
    evidence: Sequence[Evidence] = ()
