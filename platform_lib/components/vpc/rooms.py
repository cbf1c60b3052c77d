"""Which cloud's resources are made by whom; a cloud's SDK is loaded only when a network of that cloud is made."""

from collections.abc import Callable, Mapping
from typing import Final

from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.adopting.build import built_reference
from platform_lib.components.vpc.adopting.checks import check_adopt
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.capability.option import Option
from platform_lib.components.vpc.gaps import asked_options
from platform_lib.components.vpc.planning.model import VpcPlan
from platform_lib.components.vpc.room import Built, Site
from platform_lib.core.errors import Finding, PlanError
from platform_lib.core.lazy import public_names

_HOMES: Final[Mapping[str, str]] = {
    "build_aws": "platform_lib.components.vpc.aws.build",
    "build_azure": "platform_lib.components.vpc.azure.build",
    "build_gcp": "platform_lib.components.vpc.gcp.build",
}
"""The function ``build_<cloud>`` and where it stands."""

_NOT_MADE: Final[Mapping[Cloud, frozenset[Option]]] = {
    Cloud.AZURE: frozenset({Option.EGRESS_REGIONAL, Option.IPV6_EGRESS_ONLY}),
}
"""What a cloud gives and this version does not make."""

_V2_NAT = "it takes a StandardV2 NAT gateway, which the installed azure-native (API 2024-05-01) does not know"

_WHY: Final[Mapping[tuple[Cloud, Option], tuple[str, str]]] = {
    (Cloud.AZURE, Option.EGRESS_REGIONAL): (_V2_NAT, "use egress 'single'"),
    (Cloud.AZURE, Option.IPV6_EGRESS_ONLY): (_V2_NAT, "leave it out"),
}
"""Why something is not made, and the way out, where there is more to say."""

_load = public_names(__name__, _HOMES)


def require_made(plan: VpcPlan, args: VpcArgs, *, subject: str) -> None:
    """Refuse what no room makes, and ids of an existing network that do not fit it.

    Args:
        plan: of the network.
        args: settled on its cloud.
        subject: whose arguments they are, for messages.

    Raises:
        PlanError: naming each part.
    """
    findings = []
    asked = asked_options(args)
    for option in Option:
        if option in asked and option in _NOT_MADE.get(plan.cloud, ()):
            why, remedy = _WHY.get((plan.cloud, option), ("", "leave it out"))
            problem = f"is not made on {plan.cloud} by this version"
            findings.append(Finding(str(option), f"{problem}: {why}" if why else problem, remedy))
    findings += check_adopt(plan, args)
    if findings:
        raise PlanError(subject, findings)


def builder_of(plan: VpcPlan) -> Callable[[Site], Built]:
    """What makes the resources of a network on its cloud, or hands out those of one that exists.

    Raises:
        MissingExtraError: the cloud's SDK is not installed; the text names the extra that brings it.
    """
    if plan.referenced:
        return built_reference
    builder: Callable[[Site], Built] = _load(f"build_{plan.cloud}")
    return builder
