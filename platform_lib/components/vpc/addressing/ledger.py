"""The address ledger: which block every subnet of every network has, for good. Pure; imports nothing of pulumi.

A program reads its own network out of the ledger and never writes it; the planning command does, and the change is
reviewed like that of a lock file.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from platform_lib.components.vpc.addressing.allocate import Allocation, allocate
from platform_lib.components.vpc.addressing.block import AddressError, Block
from platform_lib.components.vpc.addressing.intent import (
    NetworkId,
    NetworkIntent,
    check_intent,
    requests_of,
    subnet_keys,
)
from platform_lib.components.vpc.addressing.ipv6 import Numbering, number_subnets
from platform_lib.components.vpc.addressing.overlap import overlaps
from platform_lib.core.errors import Finding, PlanError, near

WRITE_COMMAND = "platform network plan --write"
RELEASE_COMMAND = "platform network release"
_WRITE = f"run '{WRITE_COMMAND}' and have the change reviewed"


class ExternalKind(StrEnum):
    """Whose addresses a range is that this repository does not hand out."""

    ON_PREMISES = "on-premises"
    PEER = "peer"
    RESERVED = "reserved"


@dataclass(frozen=True, slots=True)
class ExternalRange:
    """Addresses of somebody else that our networks must keep clear of.

    Attributes:
        name: who.
        kind: what.
        ranges: CIDR notation.
    """

    name: str
    kind: ExternalKind
    ranges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NetworkLedger:
    """The entry of one network; blocks are texts in CIDR notation, as reviewed.

    Attributes:
        id: which network.
        ranges: its IPv4 ranges.
        blocks: ``tier/zone-id`` to CIDR, in use.
        freed: the same, no longer in use, kept until released.
        ipv6_numbers: ``tier/zone-id`` to the number of the /64, in use.
        ipv6_freed: the same, no longer in use, kept until released.
        pool: pool that the ranges came from, if any.
    """

    id: NetworkId
    ranges: tuple[str, ...] = ()
    blocks: Mapping[str, str] = field(default_factory=dict)
    freed: Mapping[str, str] = field(default_factory=dict)
    ipv6_numbers: Mapping[str, int] = field(default_factory=dict)
    ipv6_freed: Mapping[str, int] = field(default_factory=dict)
    pool: str | None = None


@dataclass(frozen=True, slots=True)
class AddressLedger:
    """All networks of a repository, the pools they come from, and the addresses of others.

    Attributes:
        networks: by ``environment/cloud/region/name``.
        pools: ranges that networks are cut from, by name.
        external: addresses of others.
    """

    networks: Mapping[str, NetworkLedger] = field(default_factory=dict)
    pools: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    external: Sequence[ExternalRange] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """The addresses of one network, complete: what a component plans its subnets with.

    Attributes:
        blocks: IPv4 block of every ``tier/zone-id`` (and ``tier/zone-id/range``).
        ipv6_numbers: number of the /64 of every ``tier/zone-id``; empty without IPv6.
        ranges: IPv4 ranges of the network.
    """

    blocks: Mapping[str, Block]
    ipv6_numbers: Mapping[str, int]
    ranges: tuple[Block, ...]


def parse_blocks(path: str, texts: Mapping[str, str], findings: list[Finding]) -> dict[str, Block]:
    """Blocks by key; a text that is none becomes a finding at its key."""
    blocks = {}
    for key, text in texts.items():
        try:
            blocks[key] = Block.parse(text)
        except AddressError as error:
            findings.append(Finding(f"{path}.{key}" if path else key, error.problem, error.remedy))
    return blocks


def parse_ranges(path: str, texts: Iterable[str], findings: list[Finding]) -> tuple[Block, ...]:
    """Blocks in the order given; a text that is none becomes a finding."""
    return tuple(parse_blocks(path, {text: text for text in texts}, findings).values())


def network_ranges(intent: NetworkIntent, entry: NetworkLedger | None) -> tuple[str, ...]:
    """The IPv4 ranges of a network: its own, or those the ledger recorded when they were taken from a pool."""
    return intent.ranges or (entry.ranges if entry is not None else ())


def allocation_of(intent: NetworkIntent, entry: NetworkLedger | None, *, subject: str) -> Allocation:
    """Allocate one network on top of its ledger entry.

    Raises:
        PlanError: as ``allocate``, and for an entry that is not one of this network.
    """
    findings: list[Finding] = []
    if entry is not None and entry.id != intent.id:
        raise PlanError(
            subject,
            [
                Finding(
                    "ledger",
                    f"this is the ledger of another network, got {entry.id} for {intent.id}",
                    f"hand in the entry {str(intent.id)!r}",
                )
            ],
        )
    texts = network_ranges(intent, entry)
    ranges = parse_ranges("address", texts, findings)
    held = parse_blocks("ledger.blocks", entry.blocks if entry else {}, findings)
    freed = parse_blocks("ledger.freed", entry.freed if entry else {}, findings)
    if findings:
        raise PlanError(subject, findings)
    return allocate(ranges, requests_of(intent), held, freed, subject=subject)


def numbering_of(intent: NetworkIntent, entry: NetworkLedger | None, *, subject: str) -> Numbering:
    """Number the IPv6 subnets of one network on top of its ledger entry."""
    numbers, freed = (entry.ipv6_numbers, entry.ipv6_freed) if entry is not None else ({}, {})
    if intent.ipv6_prefix_length is None:
        return Numbering({}, (), (), dict(numbers) | dict(freed))
    return number_subnets(intent.ipv6_prefix_length, subnet_keys(intent), numbers, freed, subject=subject)


def _range_differences(intent: NetworkIntent, entry: NetworkLedger) -> list[Finding]:
    """Ranges that the arguments and the ledger do not both have: the overlap check would not know them."""
    missing = [text for text in intent.ranges if text not in entry.ranges]
    surplus = [text for text in entry.ranges if intent.ranges and text not in intent.ranges]
    return [
        *(Finding("address", f"the address ledger has no range {text} for the network", _WRITE) for text in missing),
        *(Finding("address", f"the address ledger holds {text}, the arguments do not", _WRITE) for text in surplus),
    ]


def resolve(intent: NetworkIntent, entry: NetworkLedger | None, *, subject: str) -> Layout:
    """The addresses of a network as the ledger holds them; what a program calls, and it changes nothing.

    Args:
        intent: what is asked.
        entry: the network's entry; None where the ledger has none, which is an error that names the command.
        subject: whose arguments they are, ``VpcComponent 'main'``.

    Returns:
        The layout, every subnet with its block.

    Raises:
        PlanError: bad arguments, a missing entry, another network's ledger, a contradiction, an overlap.
    """
    findings = check_intent(intent)
    if findings:
        raise PlanError(subject, findings)
    if entry is None:
        raise PlanError(subject, [Finding("ledger", f"the address ledger has no entry for {intent.id}", _WRITE)])
    allocation = allocation_of(intent, entry, subject=subject)
    numbering = numbering_of(intent, entry, subject=subject)
    missing = dict.fromkeys((*allocation.added, *allocation.revived, *numbering.added, *numbering.revived))
    findings = [Finding(f"ledger.{key}", "the address ledger has no entry for it", _WRITE) for key in missing]
    findings += _range_differences(intent, entry)
    if findings:
        raise PlanError(subject, findings)
    return Layout(allocation.blocks, numbering.numbers, tuple(map(Block.parse, network_ranges(intent, entry))))


def entry_for(ledger: AddressLedger, network: NetworkId, *, subject: str) -> NetworkLedger:
    """The entry of a network.

    Raises:
        PlanError: the ledger has none; the message names near ones and the command that adds it.
    """
    entry = ledger.networks.get(str(network))
    if entry is None:
        hint = near(str(network), ledger.networks, cutoff=0.8)
        remedy = _WRITE + (f"; {hint}" if hint else "")
        raise PlanError(subject, [Finding("ledger", f"the address ledger has no entry for {network}", remedy)])
    return entry


def _named_ranges(ledger: AddressLedger, findings: list[Finding]) -> Iterable[tuple[str, Block]]:
    for key, entry in ledger.networks.items():
        path = f"networks.{key}.ranges"
        for block in parse_ranges(path, entry.ranges, findings):
            yield path, block
    for outside in ledger.external:
        path = f"external.{outside.name}"
        for block in parse_ranges(path, outside.ranges, findings):
            yield path, block


def _check_network(key: str, entry: NetworkLedger, findings: list[Finding]) -> None:
    path = f"networks.{key}"
    ranges = parse_ranges("", entry.ranges, [])
    named = parse_blocks(f"{path}.blocks", entry.blocks, findings)
    idle = parse_blocks(f"{path}.freed", entry.freed, findings)
    findings += [
        Finding(f"{path}.freed.{both}", "also among the blocks in use", "keep one of the two entries")
        for both in sorted(named.keys() & idle.keys())
    ]
    placed = [(f"{path}.blocks.{name}", block) for name, block in named.items()]
    placed += [(f"{path}.freed.{name}", block) for name, block in idle.items()]
    for first, second in overlaps(placed):
        remedy = "one of them was edited by hand: restore the last reviewed version"
        findings.append(Finding(second[0], f"{second[1]} overlaps {first[1]} of {first[0]}", remedy))
    for where, block in placed:
        if not any(outer.contains(block) for outer in ranges):
            have = ", ".join(entry.ranges) or "none"
            problem = f"{block} lies outside the ranges of its network, got {have}"
            findings.append(Finding(where, problem, "keep the range until its blocks are released"))
    numbers = [*entry.ipv6_numbers.items(), *entry.ipv6_freed.items()]
    owners: dict[int, str] = {}
    for name, number in numbers:
        if number in owners:
            findings.append(Finding(f"{path}.ipv6.{name}", f"IPv6 number {number} belongs to {owners[number]} too"))
        owners[number] = name


def check_ledger(ledger: AddressLedger) -> list[Finding]:
    """Everything that is wrong with a ledger in itself, in one sweep over all its networks.

    Args:
        ledger: every network, pool and external range.

    Returns:
        Findings: texts that are no ranges, networks that overlap another network, a peer or an on-premises range,
        blocks that overlap or lie outside their network, numbers given twice, ranges outside their pool.
    """
    findings: list[Finding] = []
    for first, second in overlaps(list(_named_ranges(ledger, findings))):
        if first[0].startswith("external.") and second[0].startswith("external."):
            continue  # other people's ranges may nest: a data centre inside a company's whole
        remedy = "two ranges that share addresses cannot be connected: choose another"
        findings.append(Finding(second[0], f"{second[1]} overlaps {first[1]} of {first[0]}", remedy))
    pools = {
        name: list(parse_blocks(f"pools.{name}", {text: text for text in texts}, findings).values())
        for name, texts in ledger.pools.items()
    }
    for first, second in overlaps((f"pools.{name}", block) for name, blocks in pools.items() for block in blocks):
        findings.append(Finding(second[0], f"{second[1]} overlaps {first[1]} of {first[0]}", "pools share no address"))
    for key, entry in ledger.networks.items():
        _check_network(key, entry, findings)
        if entry.pool is not None and entry.pool not in pools:
            hint = near(entry.pool, pools)
            findings.append(Finding(f"networks.{key}.pool", f"no such pool, got {entry.pool!r}", hint))
        elif entry.pool is not None:
            findings += [
                Finding(f"networks.{key}.ranges", f"{block} lies outside pool {entry.pool}")
                for block in parse_ranges("", entry.ranges, [])
                if not any(outer.contains(block) for outer in pools[entry.pool])
            ]
    return findings
