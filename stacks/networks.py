"""The networks of the reference platform, as arguments alone: for its program, and for ``platform network``."""

from platform_lib.components.vpc import EndpointsArgs, FlowLogsArgs, LedgerArgs, VpcArgs
from stacks.groups.network import NetworkSettings
from stacks.settings import StackSettings

MAIN = "main"
"""The network of the foundation: the name of its component, and with it the name in the address ledger."""


def main_network(
    settings: StackSettings,
    network: NetworkSettings,
    *,
    ledger: LedgerArgs | None = None,
    flow_logs: FlowLogsArgs | None = None,
) -> VpcArgs:
    """The network of the foundation.

    Args:
        settings: of the stack.
        network: those of its network.
        ledger: its entry in the address ledger; the program always gives it.
        flow_logs: where traffic is recorded, which no address and no route depends on.
    """
    return VpcArgs(
        context=settings.context,
        region=settings.region,
        cidr=network.cidr,
        zones=network.zones,
        egress=network.egress,
        endpoints=EndpointsArgs(interface=network.interface_endpoints),
        flow_logs=flow_logs,
        ledger=ledger,
        guard=network.guard,
        assertions=network.assertions,
    )


def networks(settings: StackSettings) -> dict[str, VpcArgs]:
    """Every network of a stack by the name of its component, before the address ledger is looked at."""
    return {} if settings.network is None else {MAIN: main_network(settings, settings.network)}
