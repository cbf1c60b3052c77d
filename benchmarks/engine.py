"""The sandbox engine with the sandbox cloud, against stock mocks and, where it is on PATH, the stock CLI.

Each measurement is a process of its own. Resources a second count the program and all that the engine does, not the
start of Python nor the import of the SDK, which are the same for all; the stock CLI's count the whole command, less
what it takes for an empty program. Memory is the peak of the process (of the stock CLI: of its largest process), and a
resource's share is what it is beyond that of a process which has imported the same.

``python -m benchmarks.engine 10000`` names the sizes; ``PLATFORM_BENCH_STOCK=0`` leaves the stock CLI out.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SIZES = (100, 1_000, 5_000, 10_000)
MOCKS_UP_TO = 5_000
"""The stock mocks take minutes beyond."""
STOCK_SIZE = 1_000
OPERATIONS = ("up", "no-op up", "destroy", "preview")
"""In this order: the preview is that of a stack with nothing in it, and the memory of an up is seen before the rest."""
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Measured:
    """One measurement.

    Attributes:
        seconds: by operation.
        up_peak: MiB of the process at its highest until the up was done.
        peak: MiB of the process at its highest.
        base: MiB before the program ran.
    """

    seconds: dict[str, float]
    up_peak: float
    peak: float
    base: float

    def rate(self, operation: str, count: int) -> float:
        """Resources a second."""
        return count / self.seconds[operation]

    def share(self, count: int) -> float:
        """KiB a resource that an up takes."""
        return 1024 * (self.up_peak - self.base) / count


def peak() -> float:
    """MiB that this process had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def child(kind: str, count: int) -> None:
    """Measures in this process and prints the figures as JSON."""
    from benchmarks._program import load, program

    load()
    base = peak()
    seconds, up_peak = (mocks if kind == "mocks" else sandbox)(program(count), count)
    print(json.dumps({"seconds": seconds, "up_peak": up_peak, "peak": peak(), "base": base}))


def sandbox(function: Any, count: int) -> tuple[dict[str, float], float]:
    """The four operations on one stack, the cloud in memory."""
    from platform_lib.sandbox.cloud import open_cloud
    from platform_lib.sandbox.engine.engine import Engine
    from platform_lib.sandbox.engine.target import ConfigValue, Options, Program, Target

    seconds: dict[str, float] = {}
    up_peak = 0.0
    target = Target("bench", "dev", config={"aws:region": ConfigValue("eu-west-1")})
    with open_cloud(None) as cloud:
        engine = Engine(target, cloud)
        for name in OPERATIONS:
            start = time.perf_counter()
            options = Options(seed=b"0" * 32)
            result = engine.run("up" if name == "no-op up" else name, Program(function=function), options)
            seconds[name] = time.perf_counter() - start
            up_peak = up_peak or peak()
            changed = {"preview": "create", "up": "create", "no-op up": "same", "destroy": "delete"}[name]
            assert (result.exit_code, result.changes) == (0, {changed: count + 1}), (result.changes, result.diagnostics)
    return seconds, up_peak


def mocks(function: Any, count: int) -> tuple[dict[str, float], float]:
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
    start = time.perf_counter()
    asyncio.get_event_loop().run_until_complete(run_pulumi_func(body))
    seconds = {"up": time.perf_counter() - start}
    assert len(made) == count, len(made)
    return seconds, peak()


def measure(kind: str, count: int) -> Measured:
    """A measurement in a fresh process."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.engine", "--child", kind, str(count)]
    done = subprocess.run(command, cwd=HERE.parent, check=True, stdout=subprocess.PIPE, text=True)
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def in_process(sizes: list[int]) -> dict[int, Measured]:
    """Prints the sandbox beside the stock mocks."""
    found = {}
    print(
        f"{'resources':>9}  {'':8} {'up':>8} {'no-op':>8} {'destroy':>8} {'preview':>8} per second   peak MiB  KiB each"
    )
    for count in sizes:
        found[count] = ours = measure("sandbox", count)
        rates = " ".join(f"{ours.rate(operation, count):8.0f}" for operation in OPERATIONS)
        print(f"{count:9}  sandbox  {rates}            {ours.peak:9.0f} {ours.share(count):9.1f}", flush=True)
        if count <= MOCKS_UP_TO:
            stock = measure("mocks", count)
            rates = f"{stock.rate('up', count):8.0f} {'':8} {'':8} {'':8}"
            print(f"{'':9}  mocks    {rates}            {stock.peak:9.0f} {stock.share(count):9.1f}")
            speed = ours.rate("up", count) / stock.rate("up", count)
            memory = ours.share(count) / stock.share(count)
            print(f"{'':9}  ratio up {speed:.1f} (budget at 1,000: 5), memory a resource {memory:.2f} (budget: 1)")
    return found


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
    found = in_process(sizes)
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
