"""A network that is only referred to: what is left of its arguments. Pure."""

from collections.abc import Iterator
from typing import Final

from platform_lib.components.vpc.addressing.intent import Egress
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.arguments.adopt import AdoptMode
from platform_lib.components.vpc.arguments.endpoints import EndpointsArgs
from platform_lib.components.vpc.arguments.flow_logs import FlowLogsArgs
from platform_lib.components.vpc.arguments.tier import TierEgress
from platform_lib.core.errors import Finding, PlanError

_MADE: Final = (
    "nat",
    "nat_tier",
    "dns",
    "hub",
    "hybrid",
    "block_public_access",
    "ddos_plan",
    "shared_network",
    "guard",
    "tags",
)
"""Fields that only make something, or protect what is made."""

_REMEDY: Final = "leave it out, or set adopt.mode to 'import'"


def is_reference(args: VpcArgs) -> bool:
    """Whether the network exists and nothing of it is made."""
    return args.adopt is not None and args.adopt.mode is AdoptMode.REFERENCE


def without_making(args: VpcArgs, *, subject: str) -> VpcArgs:
    """The arguments of a network of which nothing is made: the defaults that make something are off.

    Args:
        args: what is asked; others than those of a reference stay as they are.
        subject: whose arguments they are, for messages.

    Raises:
        PlanError: they ask for something that is made, or for a proof about routes that are not known.
    """
    if is_reference(args) and (findings := list(_asked(args))):
        raise PlanError(subject, findings)
    return as_reference(args)


def as_reference(args: VpcArgs) -> VpcArgs:
    """The same without looking at what is asked."""
    if not is_reference(args):
        return args
    return args.model_copy(
        update={"flow_logs": FlowLogsArgs(enabled=False), "endpoints": EndpointsArgs(gateway=[]), "egress": None}
    )


def _asked(args: VpcArgs) -> Iterator[Finding]:
    problem = "is not for a network that is only referred to, of which nothing is made"
    given = [name for name in _MADE if getattr(args, name) not in (None, False)]
    if args.egress not in (None, Egress.NONE):
        given.append("egress")
    if args.flow_logs is not None and args.flow_logs.enabled is not False:
        given.append("flow_logs")
    if args.endpoints is not None and (args.endpoints.gateway or args.endpoints.interface):
        given.append("endpoints")
    for index, tier in enumerate(args.tiers or ()):
        given += [f"tiers[{index}].filter"] if tier.filter is not None else []
        given += [f"tiers[{index}].egress"] if tier.egress not in (None, TierEgress.NONE) else []
    yield from (Finding(path, problem, _REMEDY) for path in given)
    if args.assertions:
        problem = "cannot be proved of a network that is only referred to, whose routes are not known"
        yield Finding("assertions", problem, _REMEDY)
