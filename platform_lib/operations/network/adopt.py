"""Which existing things the children of a network are: the ids for ``adopt``, and the blocks for the address ledger.

Subnets are matched by what the ledger or the arguments say of their ranges, else by zone and tier: a tag ``tier``, or
the tier's name as a word of theirs. All else follows from the subnets. Nothing is guessed: what two could be is told.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from platform_lib.components.vpc.addresses import network_intent
from platform_lib.components.vpc.addressing.block import AddressError, Block
from platform_lib.components.vpc.addressing.intent import NetworkIntent, TierIntent
from platform_lib.components.vpc.addressing.ledger import NetworkLedger
from platform_lib.components.vpc.addressing.ledger_file import LedgerFile
from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.adopting.names import importable, referable, route_table_names
from platform_lib.components.vpc.arguments.adopt import AdoptMode
from platform_lib.components.vpc.ledger_args import LedgerArgs
from platform_lib.components.vpc.plan import plan_vpc, settled
from platform_lib.core.errors import Finding, PlanError, near
from platform_lib.operations.network.adoptable import children
from platform_lib.operations.network.inventory import Item, Kind, short_link
from platform_lib.operations.network.plan import Change, ChangeKind, NetworkPlan
from platform_lib.operations.network.stacks import StackNetwork

UNMANAGED = "unmanaged"
"""First part of the ledger's keys of subnets that no tier has: they are there, and nothing else may have their
addresses."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """What was found.

    Attributes:
        ids: by child, in the order in which children are made.
        without: children that nothing was found for: an import makes them.
        left: subnets of the existing network that no tier has, with their ranges.
        planned: what the address ledger becomes.
    """

    ids: Mapping[str, str]
    without: tuple[str, ...]
    left: Mapping[str, str]
    planned: NetworkPlan


def adopt(
    file: LedgerFile,
    network: StackNetwork,
    items: Sequence[Item],
    existing: str,
    *,
    mode: AdoptMode = AdoptMode.IMPORT,
    chosen: Mapping[str, str] | None = None,
) -> Adoption:
    """Find the children of a network among what is in the cloud.

    Args:
        file: the address ledger as read.
        network: as the stack asks for it.
        items: what is in the cloud.
        existing: id of the existing network.
        mode: what the ids are for.
        chosen: ``tier/zone-id`` to the id of a subnet, where a person decides.

    Raises:
        PlanError: no such network or subnet, a subnet that cannot be told, or one that does not fit the arguments.
    """
    intent = network_intent(network.name, network.args, subject=network.subject)
    found = _network(items, existing, network.subject)
    subnets = {one.id: one for one in items if one.kind is Kind.SUBNET and _lies_in(one, found)}
    known = file.ledger.networks.get(str(network.id)) or NetworkLedger(network.id)
    matched = _match(intent, subnets, known, chosen or {}, network.subject)
    left = {one.id: _range(one) for one in subnets.values() if one not in matched.values()}
    entry = _entry(intent, known, found, items, matched, left)
    planned = NetworkPlan(
        tuple(_changes(str(network.id), known, entry)),
        replace(file.ledger, networks=dict(sorted({**file.ledger.networks, str(network.id): entry}.items()))),
    )
    args = network.args.model_copy(update={"ledger": LedgerArgs.of(entry)})
    plan = plan_vpc(network.name, args, subject=network.subject)
    by_key = {subnet.key: matched[_ledger_key(subnet.tier, subnet.zone)] for subnet in plan.subnets}
    candidates = children(plan, found, by_key, items)
    refers = mode is AdoptMode.REFERENCE
    names = (
        (*referable(plan), *route_table_names(plan))
        if refers
        else importable(plan, settled(args, subject=network.subject))
    )
    ids = {name: candidates[name] for name in names if name in candidates}
    return Adoption(ids, tuple(name for name in names if name not in ids), left, planned)


def _ledger_key(tier: str, zone: str) -> str:
    return f"{tier}/{zone}"


def _network(items: Sequence[Item], existing: str, subject: str) -> Item:
    networks = [one for one in items if one.kind is Kind.NETWORK]
    named = [one for one in networks if existing in (one.id, one.name)]
    if len(named) == 1:
        return named[0]
    ids = [one.id for one in networks]
    hint = near(existing, [*ids, *(one.name for one in networks)]) or f"there are {', '.join(ids) or 'none'}"
    problem = "more than one network has this name" if named else "the inventory holds no such network"
    raise PlanError(subject, [Finding("vpc", f"{problem}, got {existing!r}", hint)])


def _lies_in(subnet: Item, network: Item) -> bool:
    if subnet.id.lower().startswith(f"{network.id.lower()}/"):  # Azure
        return True
    return network.id in (subnet.get("vpcId"), short_link(str(subnet.get("network") or "")))


def _range(subnet: Item) -> str:
    text = subnet.get("cidrBlock") or subnet.get("ipCidrRange") or subnet.get("addressPrefix")
    return str(text or next(iter(_ipv4(subnet.get("addressPrefixes") or ()))))


def _ipv4(texts: Iterable[str]) -> list[str]:
    return [text for text in texts if ":" not in text]


def _match(
    intent: NetworkIntent,
    subnets: Mapping[str, Item],
    known: NetworkLedger,
    chosen: Mapping[str, str],
    subject: str,
) -> dict[str, Item]:
    """The subnet of every tier and zone."""
    wanted = {_ledger_key(tier.name, scope): (tier, scope) for tier in intent.tiers for scope in intent.scopes(tier)}
    findings = [
        Finding("subnet", f"the network has no tier and zone {key!r}", near(key, wanted) or f"name {', '.join(wanted)}")
        for key in chosen
        if key not in wanted
    ]
    matched: dict[str, Item] = {}
    for key, (tier, scope) in wanted.items():
        could = list(_candidates(intent, tier, scope, subnets, known, chosen.get(key)))
        if len(could) == 1:
            matched[key] = could[0]
            continue
        told = ", ".join(f"{one.id} ({_range(one)})" for one in could or subnets.values()) or "none"
        problem = "more than one subnet could be it" if could else "no subnet of the existing network is it"
        findings.append(Finding(key, f"{problem}, there are {told}", f"say it by --subnet {key}=ID"))
    owners: dict[str, str] = {}
    for key, one in matched.items():
        if one.id in owners:
            findings.append(Finding(key, f"{one.id} is {owners[one.id]} already", f"say it by --subnet {key}=ID"))
        owners.setdefault(one.id, key)
        tier, _ = wanted[key]
        length = Block.parse(_range(one)).prefix_length
        if tier.prefix_length not in (None, length):
            problem = f"{one.id} is a /{length}, the tier asks for /{tier.prefix_length}"
            findings.append(Finding(key, problem, f"give the tier prefix_length {length}, or a tier of its own"))
    if findings:
        raise PlanError(subject, findings)
    return matched


def _candidates(
    intent: NetworkIntent,
    tier: TierIntent,
    scope: str,
    subnets: Mapping[str, Item],
    known: NetworkLedger,
    chosen: str | None,
) -> Iterator[Item]:
    if chosen is not None:
        yield from (one for one in subnets.values() if one.id == chosen)
        return
    text = known.blocks.get(_ledger_key(tier.name, scope)) or tier.cidrs.get(scope)
    in_zone = [
        one
        for one in subnets.values()
        if intent.id.cloud is not Cloud.AWS or scope in (one.get("availabilityZoneId"), one.get("availabilityZone"))
    ]
    if text is not None:
        yield from (one for one in in_zone if _range(one) == text)
        return
    tagged = [one for one in in_zone if (one.get("tags") or {}).get("tier") == tier.name]
    word = re.compile(rf"(^|[^a-z0-9]){re.escape(tier.name)}([^a-z0-9]|$)", re.IGNORECASE)
    yield from tagged or (one for one in in_zone if word.search(one.name))


def _ranges(intent: NetworkIntent, network: Item, items: Sequence[Item]) -> tuple[str, ...]:
    """The IPv4 ranges of the existing network; one of Google Cloud has none of its own."""
    if intent.id.cloud is Cloud.GCP:
        return intent.ranges
    if intent.id.cloud is Cloud.AZURE:
        return tuple(_ipv4((network.get("addressSpace") or {}).get("addressPrefixes") or ()))
    more = [one for one in items if one.kind is Kind.RANGE and one.get("vpcId") == network.id]
    return (str(network.get("cidrBlock")), *(str(one.get("cidrBlock")) for one in more))


def _entry(
    intent: NetworkIntent,
    known: NetworkLedger,
    network: Item,
    items: Sequence[Item],
    matched: Mapping[str, Item],
    left: Mapping[str, str],
) -> NetworkLedger:
    blocks = dict(known.blocks) | {key: _range(one) for key, one in matched.items()}
    for tier in intent.tiers:
        for scope in intent.scopes(tier):
            key = _ledger_key(tier.name, scope)
            named = {one["rangeName"]: one["ipCidrRange"] for one in matched[key].get("secondaryIpRanges") or ()}
            blocks |= {f"{key}/{name}": named[name] for name in tier.secondary if name in named}
    numbers = {key: number for key, one in matched.items() if (number := _number(network, one)) is not None}
    freed = dict(known.freed) | {f"{UNMANAGED}/{id_.rpartition('/')[2]}": text for id_, text in left.items()}
    return replace(
        known,
        ranges=_ranges(intent, network, items),
        blocks=dict(sorted(blocks.items())),
        freed=dict(sorted(freed.items())),
        ipv6_numbers=dict(known.ipv6_numbers) | (numbers if intent.ipv6_prefix_length is not None else {}),
    )


def _ipv6_range(item: Item, values: Any) -> Block | None:
    texts = [item.get("ipv6CidrBlock"), *(one.get("ipv6CidrBlock") for one in values or ())]
    try:
        return next((Block.parse(text) for text in texts if text), None)
    except AddressError:
        return None


def _number(network: Item, subnet: Item) -> int | None:
    """Number of a subnet's /64 in the range of its network (AWS)."""
    outer = _ipv6_range(network, network.get("ipv6CidrBlockAssociationSet"))
    inner = _ipv6_range(subnet, subnet.get("ipv6CidrBlockAssociationSet"))
    return None if outer is None or inner is None else (inner.first - outer.first) >> 64


def _changes(name: str, before: NetworkLedger, after: NetworkLedger) -> Iterator[Change]:
    yield from (Change(name, "range", ChangeKind.ADD, one) for one in after.ranges if one not in before.ranges)
    yield from (Change(name, key, ChangeKind.ADD, one) for key, one in after.blocks.items() if key not in before.blocks)
    yield from (Change(name, key, ChangeKind.ADD, one) for key, one in after.freed.items() if key not in before.freed)
    for key, number in after.ipv6_numbers.items():
        if key not in before.ipv6_numbers:
            yield Change(name, key, ChangeKind.ADD, f"/64 number {number}")
