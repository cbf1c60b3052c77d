"""``CrossCloudVpn``: a VPN between two clouds, both sides from one declaration."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import pulumi

from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.cross_cloud import report
from platform_lib.components.vpc.cross_cloud.args import CrossCloudVpnArgs
from platform_lib.components.vpc.cross_cloud.plan import plan_vpn
from platform_lib.components.vpc.cross_cloud.sides import Side, side_of
from platform_lib.components.vpc.links.gateway import AzureGatewaySize
from platform_lib.components.vpc.making import Maker
from platform_lib.core.component import PlatformComponent
from platform_lib.core.tagging import AWS_TAGS, AZURE_TAGS, GCP_LABELS, tags

_TAG_RULES = {Cloud.AWS: AWS_TAGS, Cloud.AZURE: AZURE_TAGS, Cloud.GCP: GCP_LABELS}


class TunnelOutput(TypedDict):
    """One tunnel, as whoever looks after a link wants to see it."""

    key: str
    """Which tunnel: connection or interface of the first side, then of the second."""

    inside: str
    """Its range, a /30."""

    addresses: dict[str, str]
    """Address of its BGP speakers by cloud."""

    asns: dict[str, int]
    """Number of the autonomous system by cloud."""


class CrossCloudVpn(PlatformComponent):
    """A highly available VPN with BGP between networks on two clouds: AWS, Azure, Google Cloud, any two of them.

    Creates on AWS a customer gateway and a VPN connection of two tunnels for each of the two interfaces of the other
    side, ending at a virtual private gateway of its own or at a gateway of yours; on Azure an active-active VPN gateway
    with two public addresses (or uses yours), and a local network gateway with a connection for each address of the
    other side; on Google Cloud an HA VPN gateway and a router of its own, and for each tunnel a BGP session. With AWS
    there are four tunnels, between Azure and Google Cloud two; each has a /30 of its own from ``inside_range``, which
    never moves.

    That the ranges of both sides are apart, that the numbers of the autonomous systems differ and that each cloud takes
    them, and that both clouds take the addresses inside the tunnels, is proved before anything is registered. Google
    Cloud announces ``ranges`` and nothing else; AWS and Azure announce their network's own ranges.

    A program hands it a provider for each of the two clouds (``ResourceOptions(providers=[...])``). Gateways, their
    addresses and VPN connections are protected in every environment while ``guard`` is on: others rely on addresses
    that would change. Secrets of tunnels are secret in the state and in no output.

    Limits: an Azure gateway opens no BGP sessions itself from addresses inside tunnels, so that the other side does
    (https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-howto-aws-bgp); a VPN tunnel carries 1.25 Gbit/s on AWS
    (https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html).

    The VPN gateway on Azure has its logical name as its physical one, since its settings refer to its own id. All other
    physical names are automatic.
    """

    tunnels: pulumi.Output[list[TunnelOutput]]
    """The tunnels with their addresses and numbers."""

    outside_addresses: pulumi.Output[dict[str, list[str]]]
    """Public addresses of the gateways by cloud, for allow lists and tests."""

    gateway_ids: pulumi.Output[dict[str, str]]
    """Id of the gateway by cloud."""

    def __init__(self, name: str, args: CrossCloudVpnArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        with self.planning(name) as subject:
            args = CrossCloudVpnArgs.parse(subject, args)
            plan = plan_vpn(name, args, subject=subject)
            own_tags = {
                side.cloud: tags(args.context, args.tags, rules=_TAG_RULES[side.cloud], subject=subject)
                for side in plan.link.sides
            }
        super().__init__(name, args.context, opts)
        # A caller's explicit word wins, as it does over the protection of stateful children.
        self._guarded = args.guard is not False if opts is None or opts.protect is None else opts.protect

        sides = {
            side.cloud: side_of(side.cloud, args, plan.link, self._maker(side.region), own_tags[side.cloud])
            for side in plan.link.sides
        }
        self._connect(list(sides.values()), args.pre_shared_keys or {})
        azure_size = AzureGatewaySize.VPN_GW2_AZ if args.azure is None else args.azure.gateway_size
        self.finish(
            {
                "tunnels": [
                    TunnelOutput(
                        key=tunnel.key,
                        inside=str(tunnel.inside),
                        addresses={str(end.cloud): end.address for end in (tunnel.near, tunnel.far)},
                        asns={str(end.cloud): end.asn for end in (tunnel.near, tunnel.far)},
                    )
                    for tunnel in plan.link.tunnels
                ],
                "outside_addresses": {cloud.value: list(side.addresses) for cloud, side in sides.items()},
                "gateway_ids": {cloud.value: side.gateway_id for cloud, side in sides.items()},
            },
            cost_drivers=report.cost_drivers(
                plan,
                (azure_size or AzureGatewaySize.VPN_GW2_AZ).value,
                transit=args.aws is not None and args.aws.transit_gateway_id is not None,
            ),
            evidence=report.evidence(plan),
        )

    def _options(self, logical: str, *, guarded: bool = False, **more: Any) -> pulumi.ResourceOptions:  # noqa: ARG002 - nothing is imported by name here
        if guarded and self._guarded:
            more.setdefault("protect", True)
        return self.child_options(**more)

    def _maker(self, region: str) -> Maker:
        return Maker(self.child_name, self._options, region)

    @staticmethod
    def _connect(sides: Sequence[Side], keys: Mapping[str, pulumi.Input[str]]) -> None:
        """Connect both sides: one whose addresses are there before its connections first tells them to the other."""
        first, second = sorted(sides, key=lambda side: side.has_addresses)  # AWS gets its own by connecting
        first.connect(second.addresses, keys)
        second.connect(first.addresses, {**first.keys, **keys})
