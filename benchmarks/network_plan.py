"""How planning addresses grows: 10,000 subnets against 1,000, and a hundred networks checked in one call.

Each figure is the best of several rounds, the two sizes taken in turn; one range holds everything, so that nothing but
the number of subnets differs.
"""

import gc
import sys
import time
from collections.abc import Callable
from dataclasses import replace

from platform_lib.components.vpc.addressing.intent import Egress, NetworkId, NetworkIntent, TierIntent, TierRole
from platform_lib.components.vpc.addressing.ledger import AddressLedger, NetworkLedger, check_ledger, resolve
from platform_lib.components.vpc.addressing.ledger_file import DEFAULT_PATH, LedgerFile
from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.operations.network.plan import plan

ROUNDS = 7
BUDGET = 12.0
"""Most that ten times the subnets may take, as a multiple of the time."""

MAIN = NetworkId("dev", Cloud.AZURE, "westeurope", "main")
EMPTY = LedgerFile(DEFAULT_PATH, AddressLedger())


def intent(subnets: int) -> NetworkIntent:
    """A network of that many subnets of five sizes."""
    tiers = tuple(TierIntent(f"tier{number}", TierRole.ISOLATED, 22 + number % 5) for number in range(subnets))
    return NetworkIntent(MAIN, tiers, ranges=("10.0.0.0/8",), egress=Egress.NONE)


def seconds(work: Callable[[], object]) -> float:
    """Processor time, which other work on the machine does not count into."""
    gc.collect()
    begin = time.process_time()
    work()
    return time.process_time() - begin


def compare(name: str, work: Callable[[int], Callable[[], object]]) -> bool:
    """Print the two times and their ratio; whether it is within the budget."""
    small, large = work(1_000), work(10_000)
    pairs = [(seconds(small), seconds(large)) for _ in range(ROUNDS)]
    one, ten = min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)
    print(f"{name:22} 1,000: {1000 * one:7.1f} ms  10,000: {1000 * ten:7.1f} ms  ratio {ten / one:5.2f} of {BUDGET:g}")
    return ten / one <= BUDGET


def first_plan(subnets: int) -> Callable[[], object]:
    wanted = intent(subnets)
    return lambda: plan(EMPTY, [wanted])


def repeated_plan(subnets: int) -> Callable[[], object]:
    wanted = intent(subnets)
    file = LedgerFile(DEFAULT_PATH, plan(EMPTY, [wanted]).ledger)
    return lambda: plan(file, [wanted])


def program(subnets: int) -> Callable[[], object]:
    wanted = intent(subnets)
    entry = plan(EMPTY, [wanted]).ledger.networks[str(MAIN)]
    return lambda: resolve(wanted, entry, subject="benchmark")


def hundred_networks() -> AddressLedger:
    """A hundred networks of a hundred subnets each."""
    entries = {}
    for number in range(100):
        blocks = {f"tier{subnet}/regional": f"10.{number}.{subnet}.0/24" for subnet in range(100)}
        network = replace(MAIN, name=f"n{number}")
        entries[str(network)] = NetworkLedger(network, (f"10.{number}.0.0/16",), blocks)
    return AddressLedger(entries)


def main() -> int:
    """Print every figure; 1 where a ratio is over the budget."""
    work = {"first plan": first_plan, "plan on a full ledger": repeated_plan, "layout for a program": program}
    within = [compare(name, made) for name, made in work.items()]
    ledger = hundred_networks()
    assert check_ledger(ledger) == []
    best = min(seconds(lambda: check_ledger(ledger)) for _ in range(ROUNDS))
    print(f"check of 100 networks, 10,000 subnets, one call: {1000 * best:.1f} ms")
    return 0 if all(within) else 1


if __name__ == "__main__":
    sys.exit(main())
