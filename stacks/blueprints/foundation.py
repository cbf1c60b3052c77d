"""The foundation: what every other part of the platform stands on."""

from dataclasses import dataclass

import pulumi

from platform_lib.components.vpc import EndpointsArgs, FlowLogsArgs, VpcArgs, VpcComponent
from stacks.settings import StackSettings


@dataclass(frozen=True)
class Foundation:
    """The components of the foundation."""

    network: VpcComponent


def build_foundation(settings: StackSettings, opts: pulumi.ResourceOptions) -> Foundation:
    """Makes the foundation.

    Args:
        settings: of the stack.
        opts: options of its components: their providers.
    """
    network = VpcComponent(
        "main",
        VpcArgs(
            context=settings.context,
            region=settings.region,
            cidr=settings.network.cidr,
            zones=settings.network.zones,
            egress=settings.network.egress,
            endpoints=EndpointsArgs(interface=settings.network.interface_endpoints),
            flow_logs=FlowLogsArgs(retention_days=settings.logging.retention_days),
        ),
        opts,
    )
    return Foundation(network)
