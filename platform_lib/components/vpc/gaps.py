"""Which options the arguments of a network ask for, and the same arguments without what a cloud cannot give. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from pydantic import BaseModel

from platform_lib.components.vpc.addressing.intent import Egress, TierRole
from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.adopting.reference import as_reference, is_reference, without_making
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.arguments.address import AddressArgs, Ipv6Args, Ipv6Source
from platform_lib.components.vpc.arguments.flow_logs import FlowLogsArgs
from platform_lib.components.vpc.arguments.hub import HubKind
from platform_lib.components.vpc.capability.option import Option
from platform_lib.components.vpc.capability.report import CapabilityReport, OnGap, capability_report
from platform_lib.components.vpc.capability.services import gateway_services


@dataclass(frozen=True)
class _Part:
    """How an option is asked for, and the arguments without it."""

    asked: Callable[[VpcArgs], bool]
    without: Callable[[VpcArgs], VpcArgs]


def _at(args: BaseModel, path: str) -> Any:
    """The value below a dotted path; None where a group on the way is left out."""
    value: Any = args
    for name in path.split("."):
        value = None if value is None else getattr(value, name)
    return value


def _given(path: str) -> Callable[[VpcArgs], bool]:
    return lambda args: _at(args, path) not in (None, False)


def _is(path: str, choice: object) -> Callable[[VpcArgs], bool]:
    return lambda args: _at(args, path) == choice


def _set_none(path: str) -> Callable[[VpcArgs], VpcArgs]:
    """The arguments with what stands at the path left out."""

    def remove(model: BaseModel, names: list[str]) -> BaseModel:
        name, rest = names[0], names[1:]
        value = remove(getattr(model, name), rest) if rest else None
        return model.model_copy(update={name: value})

    def without(args: VpcArgs) -> VpcArgs:
        changed = remove(args, path.split("."))
        assert isinstance(changed, VpcArgs)  # noqa: S101 - a copy of it
        return changed

    return without


def _in_tiers(path: str) -> Callable[[VpcArgs], bool]:
    return lambda args: any(_at(tier, path) not in (None, False) for tier in args.tiers or ())


def _tiers_without(path: str, args: VpcArgs) -> VpcArgs:
    name, _, inner = path.partition(".")
    tiers = []
    for tier in args.tiers or ():
        value = getattr(tier, name)
        left = value.model_copy(update={inner: None}) if inner and value is not None else None
        tiers.append(tier.model_copy(update={name: left}))
    return args.model_copy(update={"tiers": tiers or None})


def _without_pods(args: VpcArgs) -> VpcArgs:
    return args.model_copy(update={"tiers": [tier for tier in args.tiers or () if tier.role is not TierRole.PODS]})


def _without_zones(args: VpcArgs) -> VpcArgs:
    return _tiers_without("zones", args).model_copy(update={"zones": None, "zone_count": None})


def _no_gateways(args: VpcArgs) -> VpcArgs:
    endpoints = args.endpoints
    return (
        args
        if endpoints is None
        else args.model_copy(update={"endpoints": endpoints.model_copy(update={"gateway": []})})
    )


def _flow_logs(args: VpcArgs) -> FlowLogsArgs:
    return args.flow_logs or FlowLogsArgs()


def _into(store: bool) -> Callable[[VpcArgs], bool]:
    def asked(args: VpcArgs) -> bool:
        logs = _flow_logs(args)
        if logs.enabled is False:
            return False
        return store_by_default(args) is store if logs.destination is None else logs.destination.is_store is store

    return asked


def store_by_default(args: VpcArgs) -> bool:
    """Whether flow logs go to an object store where nothing is said: on Azure, whose flow logs know no other place."""
    return args.on is Cloud.AZURE


def _without_flow_logs(args: VpcArgs) -> VpcArgs:
    return args.model_copy(update={"flow_logs": FlowLogsArgs(enabled=False)})


def _without_keys(args: VpcArgs) -> VpcArgs:
    logs = _flow_logs(args).model_copy(update={"kms_key_arn": None, "key_id": None})
    return args.model_copy(update={"flow_logs": logs})


def _ipv6_off(args: VpcArgs) -> VpcArgs:
    address = (args.address or AddressArgs()).model_copy(update={"ipv6": Ipv6Args(source=Ipv6Source.OFF)})
    return args.model_copy(update={"address": address})


def _egress(choice: Egress) -> _Part:
    return _Part(_is("egress", choice), _set_none("egress"))


def _hub(kind: HubKind) -> _Part:
    def without(args: VpcArgs) -> VpcArgs:
        left = args.model_copy(update={"hub": None})
        return left.model_copy(update={"egress": None}) if left.egress is Egress.HUB else left

    return _Part(_is("hub.kind", kind), without)


def _part(path: str) -> _Part:
    return _Part(_given(path), _set_none(path))


PARTS: Final[Mapping[Option, _Part]] = {
    Option.ADDRESS_SECONDARY: _part("address.secondary"),
    Option.ADDRESS_POOL: _part("address.ipam_pool_id"),
    Option.IPV6_PROVIDER: _Part(_is("address.ipv6.source", Ipv6Source.PROVIDER), _ipv6_off),
    Option.IPV6_OWN: _Part(_is("address.ipv6.source", Ipv6Source.OWN), _ipv6_off),
    Option.IPV6_EGRESS_ONLY: _part("address.ipv6.egress_only"),
    Option.ZONAL_SUBNETS: _Part(
        lambda args: args.zones is not None or args.zone_count is not None or _in_tiers("zones")(args), _without_zones
    ),
    Option.PODS: _Part(lambda args: any(tier.role is TierRole.PODS for tier in args.tiers or ()), _without_pods),
    Option.SUBNET_FILTER: _Part(_in_tiers("filter"), partial(_tiers_without, "filter")),
    Option.STATELESS_FILTER: _Part(_in_tiers("filter.stateless"), partial(_tiers_without, "filter.stateless")),
    Option.PRIVATE_SUBNETS: _Part(lambda args: not is_reference(args), lambda args: args),
    Option.EGRESS_SINGLE: _egress(Egress.SINGLE),
    Option.EGRESS_PER_ZONE: _egress(Egress.PER_ZONE),
    Option.EGRESS_REGIONAL: _egress(Egress.REGIONAL),
    Option.EGRESS_HUB: _egress(Egress.HUB),
    Option.EGRESS_OWN_ADDRESSES: _part("nat.addresses"),
    Option.ENDPOINTS_GATEWAY: _Part(
        lambda args: bool(gateway_services(args.on, None if args.endpoints is None else args.endpoints.gateway)),
        _no_gateways,
    ),
    Option.ENDPOINTS_INTERFACE: _Part(
        lambda args: bool(_at(args, "endpoints.interface")), _set_none("endpoints.interface")
    ),
    Option.ENDPOINTS_POLICY: _Part(lambda args: bool(_at(args, "endpoints.policies")), _set_none("endpoints.policies")),
    Option.DNS_PRIVATE_ZONE: _part("dns.private_zones"),
    Option.DNS_RESOLVER: _part("dns.resolver"),
    Option.DNS_FIREWALL: _part("dns.firewall"),
    Option.BLOCK_PUBLIC_ACCESS: _part("block_public_access"),
    Option.DDOS_PLAN: _part("ddos_plan"),
    Option.FLOW_LOGS_STORE: _Part(_into(store=True), _without_flow_logs),
    Option.FLOW_LOGS_SERVICE: _Part(_into(store=False), _without_flow_logs),
    Option.FLOW_LOGS_KEY: _Part(
        lambda args: _flow_logs(args).kms_key_arn is not None or _flow_logs(args).key_id is not None, _without_keys
    ),
    Option.HUB_TRANSIT: _hub(HubKind.TRANSIT),
    Option.HUB_CLOUD_WAN: _hub(HubKind.CLOUD_WAN),
    Option.HUB_PEERING: _hub(HubKind.PEERING),
    Option.HUB_SHARE: _part("hub.own.share_with"),
    Option.SHARED_NETWORK: _part("shared_network"),
    Option.VPN: _part("hybrid.vpns"),
    Option.DEDICATED_LINK: _part("hybrid.lines"),
    Option.CROSS_CLOUD_VPN: _part("hybrid.cross_cloud"),
}
"""Every option, none left out."""


def asked_options(args: VpcArgs) -> frozenset[Option]:
    """What the arguments ask for, defaults included."""
    return frozenset(option for option, part in PARTS.items() if part.asked(args))


def capability_of(args: VpcArgs) -> CapabilityReport:
    """What the network that the arguments ask for gets on its cloud."""
    return capability_report(args.on, asked_options(as_reference(args)))


def leave_out(args: VpcArgs, options: Iterable[Option]) -> VpcArgs:
    """The arguments without some of what they ask for."""
    wanted = set(options)
    for option, part in PARTS.items():
        # Looked at anew each time: with a hub goes the egress through it.
        if option in wanted and part.asked(args):
            args = part.without(args)
    return args


def settle(args: VpcArgs, *, subject: str) -> tuple[VpcArgs, CapabilityReport, tuple[str, ...]]:
    """What is left of the arguments on their cloud.

    Args:
        args: what is asked.
        subject: whose arguments they are, for messages.

    Returns:
        The arguments without the gaps, the report on all that was asked, and a warning for each gap.

    Raises:
        PlanError: there are gaps and ``on_gap`` is not ``warn``, or a network that is only referred to is asked to make
            something.
    """
    args = without_making(args, subject=subject)
    report = capability_of(args)
    warnings = report.warnings(args.on_gap or OnGap.ERROR, subject=subject)
    return leave_out(args, (row.option for row in report.gaps)), report, warnings
