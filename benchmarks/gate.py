"""The gate on 1,000 resources, as a CI job runs it: one process, a stack with a secret, the time of each phase.

Each measurement is a process of its own: nothing deployed yet, and a deployed stack of which nothing changes. The
budget is that the policies (loading the packs, evaluating them, telling what they found) take less than a tenth of the
whole, on the median of ``RUNS``. Over the stock CLI, where it is on PATH, the preview takes what that engine takes; on
the sandbox it takes little, so that the share of the policies is larger.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from platform_lib.operations.engines import EngineStack, SandboxStack
from platform_lib.operations.gate.gate import Gate, judge
from platform_lib.operations.pulumi_stack import PulumiStack
from platform_lib.operations.run import Policies
from platform_lib.sandbox.engine.backend.crypter import Passphrase, PassphraseCrypter
from platform_lib.sandbox.workspace import Workspace

RESOURCES = 1000
RUNS = 5
BUDGET = 0.1
ROOT = Path(__file__).parents[1]
PROGRAM = f"""\
import pulumi

from benchmarks._program import program

pulumi.Config().require_secret("token")
program({RESOURCES})()
"""


def make(folder: Path) -> None:
    """A project of so many resources, with one stack that has a secret."""
    crypter = PassphraseCrypter(Passphrase())
    sealed = crypter.encrypt("kJ8sQ2mZ7xV4nB1wR6tY9uP3")
    runtime = json.dumps({"name": "python", "options": {"virtualenv": sys.prefix}})
    (folder / "Pulumi.yaml").write_text(f"name: bench\nruntime: {runtime}\n", encoding="utf-8")
    (folder / "Pulumi.dev.yaml").write_text(
        f"encryptionsalt: {crypter.salt}\nconfig:\n  aws:region: eu-central-1\n  bench:environment: dev\n"
        f"  bench:token:\n    secure: {sealed}\n",
        encoding="utf-8",
    )
    (folder / "__main__.py").write_text(PROGRAM, encoding="utf-8")


def measure(title: str, stack: EngineStack, workspace: Workspace) -> None:
    """Judges once and prints, as JSON, the time of each phase."""
    verdict = judge(Gate(stack, workspace, workspace.project.root, Policies(("baseline",)))).verdict
    counts = f"{len(verdict.resources)} resources, {len(verdict.findings)} findings, {verdict.verdict}"
    print(json.dumps({"title": f"{title}: {counts}", "phases": {one.name: one.seconds for one in verdict.phases}}))


def apart(name: str, folder: Path, runs: int) -> bool:
    """Runs measurements, each in a process of its own; prints the median and answers whether it is over budget."""
    command = [sys.executable, "-m", "benchmarks.gate", name, str(folder)]
    found = []
    for _ in range(runs):
        done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        found.append(json.loads(done.stdout.splitlines()[-1]))
    found.sort(key=share)
    median = found[len(found) // 2]
    whole = sum(median["phases"].values())
    print(median["title"])
    for phase, seconds in median["phases"].items():
        print(f"  {phase:<10} {seconds:7.3f} s  {seconds / whole:6.1%}")
    spread = f"{share(found[0]):.1%} to {share(found[-1]):.1%} in {runs} runs" if runs > 1 else "one run"
    print(f"  whole      {whole:7.3f} s; policies {share(median):.1%} ({spread}); budget {BUDGET:.0%}", flush=True)
    return share(median) >= BUDGET


def share(measured: dict[str, Any]) -> float:
    """The share of the policies in a measurement."""
    seconds: dict[str, float] = measured["phases"]
    return seconds["policies"] / sum(seconds.values())


def on_sandbox(folder: Path) -> None:
    """Measures on the sandbox engine."""
    workspace = Workspace(folder, env={})
    handle = workspace.stack("dev")
    measure("sandbox, deployed" if handle.exists() else "sandbox, new", SandboxStack(handle), workspace)


def on_stock(folder: Path) -> None:
    """Measures over the stock CLI, with the sandbox cloud served from a thread."""
    import asyncio

    from platform_lib.sandbox.cloud import open_cloud
    from platform_lib.sandbox.provider.server import ProviderServer
    from platform_lib.sandbox.schema import packages

    versions = {package.name: package.version for package in packages() if package.name == "aws"}
    ready, stop, loop = threading.Event(), asyncio.Event(), asyncio.new_event_loop()
    found: dict[str, str] = {}
    with open_cloud(folder / "cloud.sqlite") as cloud:

        async def serve() -> None:
            async with ProviderServer(cloud, versions) as server:
                found.update(server.environment)
                ready.set()
                await stop.wait()

        thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
        thread.start()
        ready.wait(60)
        (folder / "state").mkdir(exist_ok=True)
        variables = {
            **os.environ,
            **found,
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_CHECKPOINTS": "true",
            "PYTHONPATH": str(ROOT),
        }
        try:
            stack = PulumiStack(folder, "dev", variables)
            stack.call("stack", "init")
            measure("stock CLI, new", stack, Workspace(folder, env={}))
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join(60)


def main(arguments: list[str]) -> int:
    """Runs the measurements, or one of them; answers 1 where one is over budget."""
    sys.path.insert(0, str(ROOT))
    if arguments:
        {"sandbox": on_sandbox, "stock": on_stock}[arguments[0]](Path(arguments[1]))
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder)
        over = [apart("sandbox", folder, RUNS)]
        Workspace(folder, env={}).stack("dev").run("up")
        over.append(apart("sandbox", folder, RUNS))
        if shutil.which("pulumi"):
            over.append(apart("stock", folder, 1))
        else:
            print("stock CLI: not on PATH, not measured")
    return any(over)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
