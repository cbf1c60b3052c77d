"""IPv6 subnets by number: the ledger holds which /64 of the network a subnet has, not its address.

A range that the provider assigns is unknown until the network exists, but the number of a subnet inside it is ours to
give and never changes, so both kinds of range are planned alike. Pure; imports nothing of pulumi.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from platform_lib.components.vpc.addressing.block import BITS, Block
from platform_lib.components.vpc.addressing.limits import IPV6_SUBNET_PREFIX
from platform_lib.core.errors import Finding, PlanError


@dataclass(frozen=True, slots=True)
class Numbering:
    """The outcome: the number of the /64 of every key, and what changed against the ledger.

    Attributes:
        numbers: every requested key with its number, in order of the keys.
        added: keys that the ledger did not hold.
        revived: keys whose freed number is in use again.
        freed: numbers of keys no longer requested; they stay taken until released.
    """

    numbers: Mapping[str, int]
    added: tuple[str, ...]
    revived: tuple[str, ...]
    freed: Mapping[str, int]


def number_subnets(
    prefix_length: int,
    keys: Iterable[str],
    ledger: Mapping[str, int] | None = None,
    freed: Mapping[str, int] | None = None,
    *,
    subject: str = "address plan",
) -> Numbering:
    """Give every key the number of a /64, moving nothing that the ledger holds.

    Args:
        prefix_length: of the network's range, 0 to 64; a /56 holds 256 subnets.
        keys: what is wanted, in any order; new ones get the lowest numbers not taken, in order of the keys.
        ledger: numbers given out before; a key no longer wanted is reported as freed and stays taken.
        freed: numbers freed before and not yet released; a key of it gets its number back.
        subject: whose plan it is, for the messages.

    Returns:
        The numbering.

    Raises:
        PlanError: a number given twice or outside the range in the ledger, or more subnets than the range holds.
    """
    held = dict(freed or {}) | dict(ledger or {})
    capacity = 1 << (IPV6_SUBNET_PREFIX - prefix_length)
    findings = []
    owners: dict[int, str] = {}
    for key, number in sorted(held.items()):
        if not 0 <= number < capacity:
            problem = f"a /{prefix_length} has /64 numbers 0 to {capacity - 1}, the ledger holds {number}"
            findings.append(Finding(key, problem, "restore the ledger from its last reviewed version"))
        if number in owners:
            problem = f"the ledger holds IPv6 number {number} for {owners[number]} too"
            findings.append(Finding(key, problem, "restore the ledger from its last reviewed version"))
        owners[number] = key
    wanted = sorted(set(keys))
    new = [key for key in wanted if key not in held]
    if len(new) + len(held) > capacity:
        problem = f"a /{prefix_length} holds {capacity} subnets, got {len(new) + len(held)}"
        findings.append(Finding("ipv6", problem, "use a larger range, or release freed numbers"))
    if findings:
        raise PlanError(subject, findings)
    numbers, candidate = dict(held), 0
    for key in new:
        while candidate in owners:
            candidate += 1
        numbers[key] = candidate
        owners[candidate] = key
    return Numbering(
        numbers={key: numbers[key] for key in wanted},
        added=tuple(new),
        revived=tuple(key for key in wanted if key in (freed or {}) and key not in (ledger or {})),
        freed={key: held[key] for key in sorted(held) if key not in wanted},
    )


def subnet_of(network: Block, number: int) -> Block:
    """The /64 of that number inside an IPv6 range.

    Raises:
        ValueError: the range is not IPv6, or does not hold that many subnets.
    """
    if network.version != 6 or not 0 <= number < 1 << max(IPV6_SUBNET_PREFIX - network.prefix_length, 0):
        raise ValueError(f"{network} has no /{IPV6_SUBNET_PREFIX} number {number}")
    return Block(6, network.first + (number << (BITS[6] - IPV6_SUBNET_PREFIX)), IPV6_SUBNET_PREFIX)
