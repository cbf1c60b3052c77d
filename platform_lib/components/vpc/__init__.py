"""A network on AWS: subnets in tiers over zones, with egress, endpoints and flow logs."""

from typing import TYPE_CHECKING

from platform_lib.core.lazy import public_names

if TYPE_CHECKING:
    from platform_lib.components.vpc.addressing.intent import Egress, TierRole
    from platform_lib.components.vpc.args import (
        DnsArgs,
        EndpointsArgs,
        FlowLogDestination,
        FlowLogsArgs,
        GatewayService,
        TierArgs,
        VpcArgs,
    )
    from platform_lib.components.vpc.component import VpcComponent
    from platform_lib.components.vpc.ledger_args import LedgerArgs, project_ledger
    from platform_lib.components.vpc.refs import NetworkReference, SubnetReference

__all__ = [
    "DnsArgs",
    "Egress",
    "EndpointsArgs",
    "FlowLogDestination",
    "FlowLogsArgs",
    "GatewayService",
    "LedgerArgs",
    "NetworkReference",
    "SubnetReference",
    "TierArgs",
    "TierRole",
    "VpcArgs",
    "VpcComponent",
    "project_ledger",
]

_INTENT = "platform_lib.components.vpc.addressing.intent"
_ARGS = "platform_lib.components.vpc.args"
_LEDGER = "platform_lib.components.vpc.ledger_args"
_REFS = "platform_lib.components.vpc.refs"

__getattr__ = public_names(
    __name__,
    {
        "DnsArgs": _ARGS,
        "Egress": _INTENT,
        "EndpointsArgs": _ARGS,
        "FlowLogDestination": _ARGS,
        "FlowLogsArgs": _ARGS,
        "GatewayService": _ARGS,
        "LedgerArgs": _LEDGER,
        "NetworkReference": _REFS,
        "SubnetReference": _REFS,
        "TierArgs": _ARGS,
        "TierRole": _INTENT,
        "VpcArgs": _ARGS,
        "VpcComponent": "platform_lib.components.vpc.component",
        "project_ledger": _LEDGER,
    },
)
