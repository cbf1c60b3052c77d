"""Where each subnet lies: best-fit buddy allocation that never moves what a ledger already holds.

Pure: requests and ledger in, blocks out. The result depends on the set of requests, not on their order: blocks of the
ledger stay where they are, explicit ranges come next, and computed ones follow, the largest first and then by key.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from platform_lib.components.vpc.addressing.block import BITS, AddressError, Block
from platform_lib.components.vpc.addressing.free_space import FreeSpace
from platform_lib.components.vpc.addressing.overlap import overlaps
from platform_lib.core.cidr import size, smallest_holding
from platform_lib.core.errors import Finding, PlanError


@dataclass(frozen=True, slots=True)
class Request:
    """One block wanted.

    Attributes:
        key: what it is for, ``tier/zone-id`` for a subnet; unique within one allocation.
        prefix_length: the size wanted; may be left to ``cidr`` where that is given.
        cidr: the very block wanted, in CIDR notation; None lets the allocator choose.
    """

    key: str
    prefix_length: int | None = None
    cidr: str | None = None


@dataclass(frozen=True, slots=True)
class Allocation:
    """The outcome: every block by key, and what changed against the ledger.

    Attributes:
        blocks: every requested key with its block, in order of the keys.
        added: keys that the ledger did not hold.
        revived: keys whose freed block is in use again.
        freed: blocks of keys no longer requested; they stay taken until released.
        free: what is left, in order of the addresses.
    """

    blocks: Mapping[str, Block]
    added: tuple[str, ...]
    revived: tuple[str, ...]
    freed: Mapping[str, Block]
    free: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A well-formed request: its size, and its place where that is given."""

    length: int
    block: Block | None


@dataclass
class _Work:
    """What one allocation gathers on its way."""

    space: FreeSpace
    placed: dict[str, Block] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


_key, _second = itemgetter(0), itemgetter(1)


def _ranges_text(ranges: Sequence[Block]) -> str:
    return ", ".join(map(str, ranges))


def _checked(requests: Iterable[Request], version: int, findings: list[Finding]) -> dict[str, _Wanted]:
    """Requests in order of their keys; what is malformed becomes a finding."""
    wanted: dict[str, _Wanted] = {}
    for request in requests:
        if request.key in wanted:
            findings.append(Finding(request.key, "requested twice", "give each tier and zone once"))
            continue
        block: Block | None = None
        if request.cidr is not None:
            try:
                block = Block.parse(request.cidr)
            except AddressError as error:
                findings.append(Finding(request.key, error.problem, error.remedy))
                continue
            if block.version != version:
                findings.append(Finding(request.key, f"not an IPv{version} range, got {request.cidr}"))
                continue
        length = request.prefix_length if block is None else block.prefix_length
        if length is None:
            findings.append(Finding(request.key, "neither a prefix length nor a range is given", "give one of the two"))
        elif not 0 <= length <= BITS[version]:
            findings.append(Finding(request.key, f"not a prefix length of IPv{version}, got {length}"))
        elif block is not None and request.prefix_length not in (None, length):
            problem = f"the range and the prefix length differ, got {block} and /{request.prefix_length}"
            findings.append(Finding(request.key, problem, "leave the prefix length out"))
        else:
            wanted[request.key] = _Wanted(length, block)
    return dict(sorted(wanted.items(), key=_key))


def _hold(work: _Work, held: Mapping[str, Block], ranges: Sequence[Block]) -> None:
    """Take the blocks of the ledger, each at its place."""
    for first, second in overlaps(held.items()):
        work.findings.append(
            Finding(
                second[0],
                f"{second[1]} overlaps {first[1]} of {first[0]} in the ledger",
                "one of them was edited by hand: restore the ledger from its last reviewed version",
            )
        )
    if work.findings:
        return
    for key, block in held.items():
        if not work.space.take(block):
            work.findings.append(
                Finding(
                    key,
                    f"{block} of the ledger lies outside the ranges of the network, got {_ranges_text(ranges)}",
                    "keep the range that holds it: it can be removed only after its blocks are released",
                )
            )


def _place_explicit(
    work: _Work, explicit: Mapping[str, Block], ranges: Sequence[Block], taken: Mapping[str, Block]
) -> None:
    """Take the explicit ranges of new keys."""
    for key, block in explicit.items():
        if not any(outer.contains(block) for outer in ranges):
            problem = f"{block} lies outside the ranges of the network, got {_ranges_text(ranges)}"
            work.findings.append(Finding(key, problem, "choose a range inside, or add a secondary range"))
        elif work.space.take(block):
            work.placed[key] = block
        else:
            others = (*taken.items(), *work.placed.items())
            names = ", ".join(f"{other} {found}" for other, found in others if found.overlaps(block))
            fits = work.space.largest()
            remedy = f"choose a free range, the largest is {fits}" if fits else "nothing is free: add a secondary range"
            work.findings.append(Finding(key, f"{block} overlaps {names}", remedy))


def _place_computed(
    work: _Work, computed: Mapping[str, int], ranges: Sequence[Block], everything: Iterable[int]
) -> None:
    """Find room for new keys without a range of their own, largest first."""
    homeless: dict[str, int] = {}
    for key, length in sorted(computed.items(), key=_second):  # a stable sort: of equal sizes, in order of the keys
        block = work.space.best_fit(length)
        if block is None:
            homeless[key] = length
        else:
            work.placed[key] = block
    if not homeless:
        return
    version = work.space.version
    largest = work.space.largest()
    have = f"the largest free block is {largest}" if largest else "nothing is free"
    more = _holding(homeless.values(), version)
    whole = _holding(everything, version)
    remedy = f"add a secondary range of /{more} or larger" if more is not None else "ask for smaller blocks"
    if whole is not None:
        remedy += f", or for a new network use one range of /{whole}, the smallest that holds everything"
    for key, length in homeless.items():
        problem = f"no room for a /{length} in {_ranges_text(ranges) or 'no range'}: {have}"
        work.findings.append(Finding(key, problem, remedy))


def _holding(prefix_lengths: Iterable[int], version: int) -> int | None:
    """The prefix length of the smallest range that holds those blocks; None where no range does."""
    lengths, bits = list(prefix_lengths), BITS[version]
    return (
        smallest_holding(lengths, bits=bits) if sum(size(n, bits=bits) for n in lengths) <= size(0, bits=bits) else None
    )


def _contradictions(wanted: Mapping[str, _Wanted], held: Mapping[str, Block]) -> list[Finding]:
    """Requests that ask for something else than the ledger holds; a live block cannot change."""
    findings = []
    for key, request in wanted.items():
        block, known = request.block, held.get(key)
        if known is None or known == block or (block is None and known.prefix_length == request.length):
            continue
        asked = str(block) if block is not None else f"/{request.length}"
        findings.append(
            Finding(
                key,
                f"the ledger holds {known}, the arguments ask for {asked}, and a live subnet neither moves nor resizes",
                f"ask for {known if block is not None else f'/{known.prefix_length}'}, or add a tier of another name "
                "and release this one when it is empty",
            )
        )
    return findings


def allocate(
    ranges: Sequence[Block],
    requests: Iterable[Request],
    ledger: Mapping[str, Block] | None = None,
    freed: Mapping[str, Block] | None = None,
    *,
    subject: str = "address plan",
) -> Allocation:
    """Give every request a block inside the ranges, moving nothing that the ledger holds.

    Args:
        ranges: where blocks may lie, all of one IP version, without overlap; a block never spans two of them.
        requests: what is wanted, in any order.
        ledger: blocks given out before, by key; a key of it that is requested keeps its block, a key that is not
            requested is reported as freed and stays taken.
        freed: blocks freed before and not yet released; a key of it that is requested gets its block back.
        subject: whose plan it is, for the messages.

    Returns:
        The allocation.

    Raises:
        PlanError: with all findings: malformed or doubled requests, a ledger with overlaps or blocks outside the
            ranges, requests that contradict the ledger, explicit ranges that collide, no room (with what would fit).
    """
    live, idle = dict(ledger or {}), dict(freed or {})
    version = ranges[0].version if ranges else 4
    findings: list[Finding] = []
    if any(block.version != version for block in ranges):
        raise PlanError(subject, [Finding("ranges", f"IPv4 and IPv6 mixed, got {_ranges_text(ranges)}")])
    for first, second in overlaps((str(block), block) for block in ranges):
        findings.append(Finding("ranges", f"{second[1]} overlaps {first[1]}", "give ranges that share no address"))
    findings += [
        Finding(key, f"both live and freed in the ledger: {live[key]} and {idle[key]}", "keep one of the two entries")
        for key in sorted(live.keys() & idle.keys())
    ]
    wanted = _checked(requests, version, findings)
    if findings:
        raise PlanError(subject, findings)

    held = live | idle
    work = _Work(FreeSpace(version, ranges))
    _hold(work, held, ranges)
    work.findings += _contradictions(wanted, held)
    if work.findings:
        raise PlanError(subject, work.findings)

    new = {key: request for key, request in wanted.items() if key not in held}
    explicit = {key: request.block for key, request in new.items() if request.block is not None}
    computed = {key: request.length for key, request in new.items() if request.block is None}
    _place_explicit(work, explicit, ranges, held)
    sizes = [request.length for request in wanted.values()]
    sizes += [block.prefix_length for key, block in held.items() if key not in wanted]
    _place_computed(work, computed, ranges, sizes)
    if work.findings:
        raise PlanError(subject, work.findings)

    blocks = {key: held.get(key) or work.placed[key] for key in wanted}
    return Allocation(
        blocks=blocks,
        added=tuple(key for key in blocks if key not in held),
        revived=tuple(key for key in blocks if key in idle),
        freed={key: held[key] for key in sorted(held) if key not in wanted},
        free=work.space.blocks(),
    )
