"""What holds for networks on every cloud: the address ledger is kept."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from platform_lib.core.values import UNKNOWN
from policypacks.engine.ledger import SOURCE
from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    THE_STACK,
    Resource,
    Verdict,
    all_in,
    fail,
    rule,
    undetermined,
)

NETWORK: Final = "platform-lib:index:VpcComponent"
SUBNETS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "aws": ("aws:ec2/subnet:Subnet", ("cidrBlock",)),
    "azure": ("azure-native:network:Subnet", ("addressPrefix", "addressPrefixes")),
    "gcp": ("gcp:compute/subnetwork:Subnetwork", ("ipCidrRange",)),
}
"""The subnets of each cloud, and where they say their IPv4 range."""

_REGIONAL = "regional"
_WRITE = "run 'platform network plan --write' together with the change and have both reviewed"
_MOVE = (
    "put the range back: a live subnet cannot move; add a tier or zone beside it, move what runs there, then drop it "
    "and run 'platform network plan --write'"
)


@rule(
    "platform-address-ledger-kept",
    subject=THE_STACK,
    config={
        "networks": {
            "type": "object",
            "default": {},
            "reviewed": SOURCE,
            "description": "blocks in use by network and tier/zone-id; left out, those of the address ledger",
        }
    },
)
def ledger_kept(stack: Resource) -> Verdict:
    """Networks have the subnets that the address ledger holds, with the ranges that it holds.

    A subnet cannot change its range: it is replaced, with all that runs in it. The rule compares what is planned with
    the ledger. It cannot see a deletion or a replacement itself: the protection of the subnets fails those in the
    preview.
    """
    networks = {network.name: network for network in stack.stack.all(stack, NETWORK)}
    verdicts: list[Verdict] = []
    for key, blocks in stack.config["networks"].items():
        environment, cloud, region, name = key.split("/")
        if environment == stack.setting.environment and name in networks and cloud in SUBNETS:
            subnets = _subnets(networks[name], cloud, region)
            if subnets:  # a network that is only referred to has none
                verdicts += _compared(networks[name], cloud, blocks, subnets)
    return all_in([PASS, *verdicts]) if verdicts else NOT_APPLICABLE


def _subnets(network: Resource, cloud: str, region: str) -> dict[str, Resource]:
    """The network's subnets in a region by their logical names; those of Azure do not say theirs."""
    return {
        subnet.name: subnet
        for subnet in network.stack.all(network, SUBNETS[cloud][0])
        if subnet.name.startswith(f"{network.name}-subnet-")
        and subnet.facts.properties.get("region", region) in (region, UNKNOWN)
    }


def _compared(
    network: Resource, cloud: str, blocks: Mapping[str, str], subnets: Mapping[str, Resource]
) -> Iterator[Verdict]:
    within = set(_secondary(subnets))
    named: dict[str, tuple[str, str]] = {}
    for key, block in blocks.items():
        tier, _, zone = key.partition("/")
        if "/" not in zone:
            child = f"{network.name}-subnet-{tier}" if zone == _REGIONAL else f"{network.name}-subnet-{tier}-{zone}"
            named[child] = (key, block)
    for child, (key, block) in named.items():
        if child in subnets:
            yield _same(subnets[child], SUBNETS[cloud][1], key, block)
        elif block not in within and not _reserved(network, key):
            if UNKNOWN in within:
                yield undetermined(f"{child}.secondaryIpRanges")
            else:
                problem = f"has no subnet {key}, whose {block} the address ledger holds as in use"
                yield fail(network.name, problem, f"bring the subnet back, or {_WRITE}")
    for name in subnets:
        if name not in named:
            yield fail(name, "is not in the address ledger", _WRITE)


def _same(subnet: Resource, paths: tuple[str, ...], key: str, block: str) -> Verdict:
    """Whether a subnet has its block."""
    for path in paths:
        value: Any = subnet.facts.properties.get(path)
        if value is UNKNOWN:
            return undetermined(f"{subnet.name}.{path}")
        texts = [value] if isinstance(value, str) else list(value or ())
        if UNKNOWN in texts:
            return undetermined(f"{subnet.name}.{path}")
        if texts and block not in texts:
            have = ", ".join(map(str, texts))
            return fail(f"{subnet.name}.{path}", f"is {have}, the address ledger holds {block} for {key}", _MOVE)
    return PASS


def _secondary(subnets: Mapping[str, Resource]) -> Iterator[Any]:
    """Further ranges of the subnets, which pods have on Google Cloud."""
    for subnet in subnets.values():
        ranges = subnet.facts.properties.get("secondaryIpRanges", ())
        if ranges is UNKNOWN:
            yield UNKNOWN
            continue
        for one in ranges:
            yield one if one is UNKNOWN else one.get("ipCidrRange")


def _reserved(network: Resource, key: str) -> bool:
    """Whether a block is kept beside the tiers, for managed services of Google Cloud."""
    child = f"{network.name}-{key.partition('/')[0]}"
    return any(one.name == child for one in network.stack.all(network, "gcp:compute/globalAddress:GlobalAddress"))
