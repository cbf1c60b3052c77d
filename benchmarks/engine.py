"""The sandbox engine with the sandbox cloud, against stock mocks and, where it is on PATH, the stock CLI.

Each measurement is a process of its own. Resources a second count the program and all that the engine does, the
reading of the SDK's types too, but not the start of Python nor imports; the stock CLI's count the whole command, less
what it takes for an empty program. The two sides take turns, and what is printed is the median of the rounds: of the
ratios too, each of two runs that followed one another, so that a machine that others use as well tells the same.
Processor time is printed beside it, which others change less.

Memory is the peak of the process, and a resource's share is what it is beyond that of a process which has imported the
same. What a run needs however few its resources are (types that were read, the cloud's tables) is in the share of a
small run; what each further resource takes is told apart.

``python -m benchmarks.engine 10000`` names the sizes; ``PLATFORM_BENCH_STOCK=0`` leaves the stock CLI out.
"""

import importlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from platform_lib.sandbox.engine.event import Operation

SIZES = (100, 1_000, 5_000, 10_000)
MOCKS_UP_TO = 5_000
"""The stock mocks take minutes beyond."""
STOCK_SIZE = 1_000
OPERATIONS: "dict[str, tuple[Operation, str]]" = {
    "up": ("up", "create"),
    "no-op up": ("up", "same"),
    "destroy": ("destroy", "delete"),
    "preview": ("preview", "create"),
}
"""What is run and what it does to each resource. In this order: the preview is that of a stack with nothing in it, and
the memory of an up is seen before the rest."""
HERE = Path(__file__).parent
FEW, ROUNDS = 1_000, 5
"""Sizes up to the first are measured so many times, larger ones once."""


@dataclass(frozen=True)
class Measured:
    """One measurement.

    Attributes:
        seconds: by operation.
        cpu: seconds of the processor by operation.
        up_peak: MiB of the process at its highest until the up was done.
        peak: MiB of the process at its highest.
        base: MiB before the program ran.
    """

    seconds: dict[str, float]
    cpu: dict[str, float]
    up_peak: float
    peak: float
    base: float

    def rate(self, operation: str, count: int) -> float:
        """Resources a second."""
        return count / self.seconds[operation]

    def taken(self) -> float:
        """MiB that an up takes."""
        return self.up_peak - self.base

    def share(self, count: int) -> float:
        """KiB a resource that an up takes."""
        return 1024 * self.taken() / count


class Watch:
    """Takes the time of operations.

    Attributes:
        seconds: by operation.
        cpu: seconds of the processor by operation.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.cpu: dict[str, float] = {}

    @contextmanager
    def time(self, operation: str) -> Iterator[None]:
        """Takes the time of the block."""
        start, used = time.perf_counter(), time.process_time()
        yield
        self.seconds[operation], self.cpu[operation] = time.perf_counter() - start, time.process_time() - used


def peak() -> float:
    """MiB that this process had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def child(kind: str, count: int) -> None:
    """Measures in this process and prints the figures as JSON."""
    from benchmarks._program import load, program

    load()
    run = mocks if kind == "mocks" else sandbox()
    base, watch = peak(), Watch()
    up_peak = run(program(count), count, watch)
    figures = {"seconds": watch.seconds, "cpu": watch.cpu, "up_peak": up_peak, "peak": peak(), "base": base}
    print(json.dumps(figures))


def sandbox() -> Callable[[Any, int, Watch], float]:
    """Imports what the sandbox is made of; the answer runs the four operations on one stack, the cloud in memory."""
    from platform_lib.sandbox.cloud import open_cloud
    from platform_lib.sandbox.cloud.package import package
    from platform_lib.sandbox.engine.engine import Engine
    from platform_lib.sandbox.engine.target import ConfigValue, Options, Program, Target

    for lazy in ("engine.monitor", "engine.program", "schema.facts", "schema.validation"):
        importlib.import_module(f"platform_lib.sandbox.{lazy}")  # else the first run imports them
    package("aws").all_rules()
    target = Target("bench", "dev", config={"aws:region": ConfigValue("eu-west-1")})

    def run(function: Any, count: int, watch: Watch) -> float:
        up_peak = 0.0
        with open_cloud(None) as cloud:
            engine = Engine(target, cloud)
            for name, (operation, change) in OPERATIONS.items():
                options = Options(seed=b"0" * 32)
                with watch.time(name):
                    result = engine.run(operation, Program(function=function), options)
                up_peak = up_peak or peak()
                done = (result.exit_code, result.changes)
                assert done == (0, {change: count + 1}), (result.changes, result.diagnostics)
        return up_peak

    return run


def mocks(function: Any, count: int, watch: Watch) -> float:
    """The program under ``pulumi.runtime.set_mocks``, as ``pulumi.runtime.test`` runs it: an up is all that it can."""
    import asyncio

    import pulumi
    from pulumi.runtime.stack import run_pulumi_func

    made = []

    class Mocks(pulumi.runtime.Mocks):
        def new_resource(self, args: Any) -> Any:
            made.append(args.name)
            arn = f"arn:aws:x:eu-west-1:123456789012:{args.name}"
            return f"{args.name}-id", {**args.inputs, "arn": arn, "name": args.name, "url": f"https://{args.name}"}

        def call(self, args: Any) -> Any:
            return {}

    async def body() -> None:
        function()

    asyncio.set_event_loop(asyncio.new_event_loop())
    pulumi.runtime.set_mocks(Mocks(), "bench", "dev", preview=False)
    with watch.time("up"):
        asyncio.get_event_loop().run_until_complete(run_pulumi_func(body))
    assert len(made) == count, len(made)
    return peak()


def measure(kind: str, count: int) -> Measured:
    """A measurement in a fresh process, which finds its code compiled as that of any installation is."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.engine", "--child", kind, str(count)]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, cwd=HERE.parent, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def median(rounds: list[Measured]) -> Measured:
    """The median of every figure by itself."""

    def middle(pick: Callable[[Measured], dict[str, float]]) -> dict[str, float]:
        return {name: statistics.median(pick(each)[name] for each in rounds) for name in pick(rounds[0])}

    sizes = {name: statistics.median(getattr(each, name) for each in rounds) for name in ("up_peak", "peak", "base")}
    return Measured(middle(lambda each: each.seconds), middle(lambda each: each.cpu), **sizes)


def in_process(sizes: list[int]) -> tuple[dict[int, Measured], dict[int, Measured]]:
    """Prints the sandbox beside the stock mocks; the answer is both, by size."""
    ours: dict[int, Measured] = {}
    stock: dict[int, Measured] = {}
    measure("sandbox", min(sizes))  # compiles what is not compiled yet
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; median of {ROUNDS} up to {FEW:,}")
    print(
        f"{'resources':>9}  {'':8} {'up':>8} {'no-op':>8} {'destroy':>8} {'preview':>8} per second   peak MiB  KiB each"
    )
    for count in sizes:
        pairs: list[tuple[Measured, Measured]] = []
        alone: list[Measured] = []
        for _ in range(ROUNDS if count <= FEW else 1):
            alone.append(measure("sandbox", count))
            if count <= MOCKS_UP_TO:
                pairs.append((alone[-1], measure("mocks", count)))
        ours[count] = middle = median(alone)
        rates = " ".join(f"{middle.rate(operation, count):8.0f}" for operation in OPERATIONS)
        print(f"{count:9}  sandbox  {rates}            {middle.peak:9.0f} {middle.share(count):9.1f}", flush=True)
        if pairs:
            stock[count] = middle = median([each for _, each in pairs])
            rates = f"{middle.rate('up', count):8.0f} {'':8} {'':8} {'':8}"
            print(f"{'':9}  mocks    {rates}            {middle.peak:9.0f} {middle.share(count):9.1f}")
            wall = [theirs.seconds["up"] / mine.seconds["up"] for mine, theirs in pairs]
            cpu = [theirs.cpu["up"] / mine.cpu["up"] for mine, theirs in pairs]
            memory = ours[count].share(count) / middle.share(count)
            spread = f"{min(wall):.1f} to {max(wall):.1f}"
            print(
                f"{'':9}  ratio up {statistics.median(wall):.1f}, {spread} (budget at 1,000: 5), "
                f"of processor time {statistics.median(cpu):.1f}, memory a resource {memory:.2f} (budget: 1)"
            )
    return ours, stock


def further(found: dict[int, Measured], least: int, most: int) -> float:
    """KiB that a resource takes beyond those of a smaller run."""
    return 1024 * (found[most].taken() - found[least].taken()) / (most - least)


STOCK_PROGRAM = """\
import sys
sys.path.insert(0, {root!r})
from benchmarks._program import program
program({count})()
"""


def stock_cli(count: int, *, skip_checkpoints: bool) -> dict[str, float]:
    """Seconds of each operation of the stock CLI, attached to the sandbox provider served by this process."""
    import asyncio

    from platform_lib.sandbox.cloud import open_cloud
    from platform_lib.sandbox.provider.server import ProviderServer

    async def run() -> dict[str, float]:
        with tempfile.TemporaryDirectory() as folder, open_cloud(None) as cloud:
            async with ProviderServer(cloud, {"aws": "7"}) as server:
                place = Path(folder)
                (place / "state").mkdir()
                virtualenv = json.dumps(sys.prefix)
                runtime = f"runtime: {{name: python, options: {{virtualenv: {virtualenv}}}}}"
                (place / "Pulumi.yaml").write_text(f"name: bench\n{runtime}\n")
                (place / "Pulumi.dev.yaml").write_text("config:\n  aws:region: eu-west-1\n")
                (place / "__main__.py").write_text(STOCK_PROGRAM.format(root=str(HERE.parent), count=count))
                environment = {
                    **os.environ,
                    **server.environment,
                    "PULUMI_HOME": str(place / "home"),
                    "PULUMI_BACKEND_URL": f"file://{place / 'state'}",
                    "PULUMI_CONFIG_PASSPHRASE": "",
                    "PULUMI_SKIP_UPDATE_CHECK": "true",
                    "PULUMI_SKIP_CHECKPOINTS": "true" if skip_checkpoints else "false",
                }
                return await _commands(place, environment)

    return asyncio.run(run())


async def _commands(place: Path, environment: dict[str, str]) -> dict[str, float]:
    import asyncio

    async def pulumi(*arguments: str) -> float:
        start = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            "pulumi", *arguments, "--stack", "dev", "--non-interactive", cwd=place, env=environment,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        output, _ = await process.communicate()
        if process.returncode:
            raise SystemExit(f"pulumi {arguments[0]}: {output.decode()[-3000:]}")
        return time.perf_counter() - start

    await pulumi("stack", "init")
    return {
        "preview": await pulumi("preview"),
        "up": await pulumi("up", "--yes", "--skip-preview"),
        "no-op up": await pulumi("up", "--yes", "--skip-preview"),
        "destroy": await pulumi("destroy", "--yes", "--skip-preview"),
    }


def against_stock(ours: Measured, count: int) -> None:
    """Prints the sandbox beside the stock CLI."""
    floor = stock_cli(0, skip_checkpoints=True)
    for name, skip, budget in (("as it comes", False, 10), ("checkpoints skipped", True, 2)):
        stock = stock_cli(count, skip_checkpoints=skip)
        rows = []
        for operation in OPERATIONS:
            seconds = max(stock[operation] - floor[operation], 0.001)
            rows.append(f"{operation} {seconds:.1f} s = {seconds / ours.seconds[operation]:.1f} x ours")
        print(f"stock CLI, {count} resources, {name} (budget: up {budget} x): {'; '.join(rows)}", flush=True)


def main(arguments: list[str]) -> None:
    """Prints all of it."""
    if arguments[:1] == ["--child"]:
        child(arguments[1], int(arguments[2]))
        return
    sizes = [int(argument) for argument in arguments] or list(SIZES)
    found, stock = in_process(sizes)
    if len(stock) > 1:
        low, high = min(stock), max(stock)
        mine, theirs = further(found, low, high), further(stock, low, high)
        print(
            f"KiB of a resource from {low} to {high}: sandbox {mine:.1f}, mocks {theirs:.1f}, "
            f"ratio {mine / theirs:.2f} (budget: 1)"
        )
    least, most = min(found), max(found)
    if least < most:
        growth = found[most].seconds["up"] / most / (found[least].seconds["up"] / least)
        print(
            f"seconds a resource at {most} beside {least}: {growth:.2f} (linear: 1); peak budget at 10,000: 1,536 MiB"
        )
    if shutil.which("pulumi") is None:
        print("stock CLI: not on PATH, not measured")
    elif STOCK_SIZE in found and os.environ.get("PLATFORM_BENCH_STOCK") != "0":
        against_stock(found[STOCK_SIZE], STOCK_SIZE)


if __name__ == "__main__":
    main(sys.argv[1:])
