"""A network on AWS: subnets in tiers over zones, with egress, endpoints and flow logs."""

from typing import TYPE_CHECKING

from platform_lib.core.lazy import public_names

if TYPE_CHECKING:
    from platform_lib.components.vpc.args import (
        DnsArgs,
        Egress,
        EndpointsArgs,
        FlowLogDestination,
        FlowLogsArgs,
        GatewayService,
        TierArgs,
        TierRole,
        VpcArgs,
    )
    from platform_lib.components.vpc.component import VpcComponent
    from platform_lib.components.vpc.refs import NetworkReference, SubnetReference

__all__ = [
    "DnsArgs",
    "Egress",
    "EndpointsArgs",
    "FlowLogDestination",
    "FlowLogsArgs",
    "GatewayService",
    "NetworkReference",
    "SubnetReference",
    "TierArgs",
    "TierRole",
    "VpcArgs",
    "VpcComponent",
]

_ARGS = "platform_lib.components.vpc.args"
_REFS = "platform_lib.components.vpc.refs"

__getattr__ = public_names(
    __name__,
    {
        "DnsArgs": _ARGS,
        "Egress": _ARGS,
        "EndpointsArgs": _ARGS,
        "FlowLogDestination": _ARGS,
        "FlowLogsArgs": _ARGS,
        "GatewayService": _ARGS,
        "NetworkReference": _REFS,
        "SubnetReference": _REFS,
        "TierArgs": _ARGS,
        "TierRole": _ARGS,
        "VpcArgs": _ARGS,
        "VpcComponent": "platform_lib.components.vpc.component",
    },
)
