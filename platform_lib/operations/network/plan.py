"""The address plan of a repository: what a change of the networks means for the ledger, and writing it.

``plan`` computes, ``write`` puts it into the file, ``release`` gives freed blocks back, ``retire`` frees all of a
network that was destroyed. Only ``write`` touches the disk.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from platform_lib.components.vpc.addressing.allocate import Request, allocate
from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.addressing.intent import NetworkId, NetworkIntent, check_intent
from platform_lib.components.vpc.addressing.ledger import (
    AddressLedger,
    NetworkLedger,
    allocation_of,
    check_ledger,
    numbering_of,
    parse_ranges,
)
from platform_lib.components.vpc.addressing.ledger_file import LedgerFile, write_ledger
from platform_lib.core.errors import Finding, PlanError, near


class ChangeKind(StrEnum):
    """What happens to one entry of the ledger."""

    ADD = "add"
    REVIVE = "revive"
    FREE = "free"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that changes.

    Attributes:
        network: ``environment/cloud/region/name``.
        key: ``tier/zone-id``, or ``range`` for a range of the network itself.
        kind: what happens.
        value: CIDR notation, or ``/64 number N`` for IPv6.
    """

    network: str
    key: str
    kind: ChangeKind
    value: str


@dataclass(frozen=True, slots=True)
class NetworkPlan:
    """What the ledger becomes.

    Attributes:
        changes: every entry that changes, in order of network and key; empty where nothing does. A block that is in
            use is never among them.
        ledger: the whole ledger afterwards.
    """

    changes: tuple[Change, ...]
    ledger: AddressLedger


def _outermost(blocks: Iterable[Block]) -> list[Block]:
    """Blocks without those that lie inside another of them."""
    kept: list[Block] = []
    for block in sorted(blocks):
        if not kept or not kept[-1].contains(block):
            kept.append(block)
    return kept


def _taken_in_pool(ledger: AddressLedger, pool: Sequence[Block]) -> dict[str, Block]:
    """What of a pool is already somebody's, as blocks that can be carved out of it."""
    findings: list[Finding] = []
    texts = [text for entry in ledger.networks.values() for text in entry.ranges]
    texts += [text for outside in ledger.external for text in outside.ranges]
    taken = []
    for block in _outermost(parse_ranges("", texts, findings)):
        for outer in pool:
            if outer.contains(block):
                taken.append(block)
            elif block.contains(outer):
                taken.append(outer)
    return {f"taken {block}": block for block in taken}


def _ranges_from_pools(ledger: AddressLedger, intents: Sequence[NetworkIntent]) -> dict[str, tuple[str, ...]]:
    """Ranges of the networks that have none yet and name a pool: by network, all of a pool allocated together."""
    waiting: dict[str, list[Request]] = {}
    for intent in intents:
        known = ledger.networks.get(str(intent.id))
        if not intent.ranges and not (known is not None and known.ranges) and intent.pool is not None:
            waiting.setdefault(intent.pool, []).append(Request(str(intent.id), intent.prefix_length))
    found: dict[str, tuple[str, ...]] = {}
    for name, requests in sorted(waiting.items()):
        if name not in ledger.pools:
            remedy = near(name, ledger.pools) or "declare it under 'pools' of the address ledger"
            findings = [Finding(request.key, f"no such pool, got {name!r}", remedy) for request in requests]
            raise PlanError("address plan", findings)
        findings = []
        pool = parse_ranges(f"pools.{name}", ledger.pools[name], findings)
        if findings:
            raise PlanError("address plan", findings)
        outcome = allocate(pool, requests, freed=_taken_in_pool(ledger, pool), subject=f"pool {name}")
        found |= {request.key: (str(outcome.blocks[request.key]),) for request in requests}
    return found


def _check_pool_size(intent: NetworkIntent, entry: NetworkLedger) -> None:
    """Refuse another size for a network whose range the ledger already holds."""
    if intent.ranges or not entry.ranges or intent.prefix_length is None:
        return
    have = Block.parse(entry.ranges[0])
    if have.prefix_length != intent.prefix_length:
        problem = f"the ledger holds {have}, the arguments ask for /{intent.prefix_length}"
        remedy = f"keep /{have.prefix_length} and add a secondary range"
        raise PlanError("address plan", [Finding("address.prefix_length", problem, remedy)])


def _number(value: int) -> str:
    return f"/64 number {value}"


def _network(
    intent: NetworkIntent, entry: NetworkLedger | None, ranges: tuple[str, ...]
) -> tuple[NetworkLedger, list[Change]]:
    """The entry of one network afterwards, and what changed in it."""
    name = str(intent.id)
    before = entry or NetworkLedger(intent.id)
    _check_pool_size(intent, before)
    wanted = intent.ranges or before.ranges or ranges
    base = replace(before, ranges=wanted)
    allocation = allocation_of(intent, base, subject="address plan")
    numbering = numbering_of(intent, base, subject="address plan")
    after = replace(
        base,
        pool=intent.pool,
        blocks={key: str(block) for key, block in allocation.blocks.items()},
        freed={key: str(block) for key, block in allocation.freed.items()},
        ipv6_numbers=dict(numbering.numbers),
        ipv6_freed=dict(numbering.freed),
    )
    changes = [Change(name, "range", ChangeKind.ADD, text) for text in wanted if text not in before.ranges]
    changes += [Change(name, "range", ChangeKind.RELEASE, text) for text in before.ranges if text not in wanted]
    changes += [Change(name, key, ChangeKind.ADD, after.blocks[key]) for key in allocation.added]
    changes += [Change(name, key, ChangeKind.REVIVE, after.blocks[key]) for key in allocation.revived]
    changes += [Change(name, key, ChangeKind.FREE, text) for key, text in after.freed.items() if key in before.blocks]
    changes += [Change(name, key, ChangeKind.ADD, _number(numbering.numbers[key])) for key in numbering.added]
    changes += [Change(name, key, ChangeKind.REVIVE, _number(numbering.numbers[key])) for key in numbering.revived]
    gone = [(key, number) for key, number in after.ipv6_freed.items() if key in before.ipv6_numbers]
    changes += [Change(name, key, ChangeKind.FREE, _number(number)) for key, number in gone]
    return after, changes


def plan(file: LedgerFile, intents: Iterable[NetworkIntent]) -> NetworkPlan:
    """What some networks mean for the ledger; networks that are not among them stay as they are.

    Args:
        file: the ledger as read.
        intents: the networks to plan, in any order; the result does not depend on it.

    Returns:
        The plan.

    Raises:
        PlanError: everything that is wrong, over all the networks and with lines of the ledger where known: bad
            arguments, a contradiction, no room, an overlap with another network, a peer or an on-premises range.
    """
    ordered = sorted(intents, key=lambda intent: str(intent.id))
    findings = [
        replace(finding, path=f"{intent.id}: {finding.path}") for intent in ordered for finding in check_intent(intent)
    ]
    names = [str(intent.id) for intent in ordered]
    findings += [
        Finding(name, "two networks have this name", "give each its own name")
        for name, count in sorted(Counter(names).items())
        if count > 1
    ]
    if findings:
        raise PlanError("address plan", findings)
    cut = _ranges_from_pools(file.ledger, ordered)
    networks, changes = dict(file.ledger.networks), []
    for intent in ordered:
        name = str(intent.id)
        try:
            networks[name], changed = _network(intent, networks.get(name), cut.get(name, ()))
            changes += changed
        except PlanError as error:
            findings += [replace(finding, path=f"{name}: {finding.path}") for finding in error.findings]
    ledger = replace(file.ledger, networks=dict(sorted(networks.items())))
    findings += file.located(check_ledger(ledger)) if not findings else []
    if findings:
        raise PlanError("address plan", findings)
    return NetworkPlan(tuple(changes), ledger)


def write(file: LedgerFile, planned: NetworkPlan) -> LedgerFile:
    """Write a plan into the ledger's file, wholly or not at all.

    Raises:
        PlatformError: the file changed since it was read, or cannot be written.
    """
    return write_ledger(file, planned.ledger)


def _entry(file: LedgerFile, network: NetworkId) -> NetworkLedger:
    entry = file.ledger.networks.get(str(network))
    if entry is None:
        hint = near(str(network), file.ledger.networks, cutoff=0.8)
        raise PlanError("address ledger", [Finding("networks", f"no such network, got {network}", hint)])
    return entry


def _released(name: str, values: Mapping[str, str], keys: Iterable[str]) -> list[Change]:
    return [Change(name, key, ChangeKind.RELEASE, values[key]) for key in keys if key in values]


def release(file: LedgerFile, network: NetworkId, keys: Sequence[str] | None = None) -> NetworkPlan:
    """Give freed blocks back, so that others may get their addresses.

    Args:
        file: the ledger as read.
        network: whose blocks.
        keys: ``tier/zone-id`` of what to release; None releases all that is freed, and the network's whole entry where
            nothing of it is in use.

    Returns:
        The plan; ``write`` it.

    Raises:
        PlanError: no such network or key, or a block that is still in use.
    """
    entry, name = _entry(file, network), str(network)
    idle = dict(entry.freed)
    numbers = {key: _number(value) for key, value in entry.ipv6_freed.items()}
    chosen = sorted(idle.keys() | numbers.keys()) if keys is None else list(keys)
    findings = []
    for key in chosen:
        if key in entry.blocks or key in entry.ipv6_numbers:
            problem = f"{key} is in use: {entry.blocks.get(key) or _number(entry.ipv6_numbers[key])}"
            findings.append(
                Finding(name, problem, "remove it from the stack and run 'platform network plan --write' first")
            )
        elif key not in idle and key not in numbers:
            hint = near(key, [*idle, *numbers]) or f"freed are {', '.join(sorted({*idle, *numbers})) or 'none'}"
            findings.append(Finding(name, f"nothing freed has this key, got {key!r}", hint))
    if findings:
        raise PlanError("address ledger", findings)
    changes = _released(name, idle, chosen) + _released(name, numbers, chosen)
    networks = dict(file.ledger.networks)
    networks[name] = replace(
        entry,
        freed={key: text for key, text in idle.items() if key not in chosen},
        ipv6_freed={key: value for key, value in entry.ipv6_freed.items() if key not in chosen},
    )
    if keys is None and not entry.blocks and not entry.ipv6_numbers:
        del networks[name]
        changes += [Change(name, "range", ChangeKind.RELEASE, text) for text in entry.ranges]
    return NetworkPlan(tuple(changes), replace(file.ledger, networks=networks))


def retire(file: LedgerFile, network: NetworkId) -> NetworkPlan:
    """Free every block of a network that no longer exists; ``release`` gives them back.

    Raises:
        PlanError: no such network.
    """
    entry, name = _entry(file, network), str(network)
    changes = [Change(name, key, ChangeKind.FREE, text) for key, text in entry.blocks.items()]
    changes += [Change(name, key, ChangeKind.FREE, _number(value)) for key, value in entry.ipv6_numbers.items()]
    networks = dict(file.ledger.networks)
    networks[name] = replace(
        entry,
        blocks={},
        freed=dict(sorted({**entry.freed, **entry.blocks}.items())),
        ipv6_numbers={},
        ipv6_freed=dict(sorted({**entry.ipv6_freed, **entry.ipv6_numbers}.items())),
    )
    return NetworkPlan(tuple(changes), replace(file.ledger, networks=networks))
