"""The gate on 1,000 resources, as a CI job runs it: one process, a stack with a secret, the time of each phase.

Two runs in processes of their own: nothing deployed yet, and a deployed stack of which nothing changes. The budget is
that the policies (loading the packs, evaluating them, telling what they found) take less than a tenth of the whole.
Over the stock CLI, where it is on PATH, the preview takes what that engine takes; on the sandbox it takes little, so
that the share of the policies is larger, and is printed without a budget.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from platform_lib.operations.engines import EngineStack, SandboxStack
from platform_lib.operations.gate.gate import Gate, judge
from platform_lib.operations.pulumi_stack import PulumiStack
from platform_lib.operations.run import Policies
from platform_lib.sandbox.engine.backend.crypter import Passphrase, PassphraseCrypter
from platform_lib.sandbox.workspace import Workspace

RESOURCES = 1000
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


def measure(title: str, stack: EngineStack, workspace: Workspace) -> float:
    """Judges once and prints the time of each phase; answers the share of the policies."""
    verdict = judge(Gate(stack, workspace, workspace.project.root, Policies(("baseline",)))).verdict
    whole = sum(phase.seconds for phase in verdict.phases)
    policies = verdict.phase("policies")
    share = policies.seconds / whole if policies else 1.0
    print(f"{title}: {len(verdict.resources)} resources, {len(verdict.findings)} findings, {verdict.verdict}")
    for phase in verdict.phases:
        print(f"  {phase.name:<10} {phase.seconds:7.3f} s  {phase.seconds / whole:6.1%}  {phase.status}")
    print(f"  whole      {whole:7.3f} s; policies {share:.1%}", flush=True)
    return share


def apart(name: str, folder: Path) -> int:
    """Runs one measurement in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.gate", name, str(folder)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def on_sandbox(folder: Path) -> int:
    """Measures on the sandbox engine."""
    workspace = Workspace(folder, env={})
    handle = workspace.stack("dev")
    measure("sandbox, deployed" if handle.exists() else "sandbox, new", SandboxStack(handle), workspace)
    return 0


def on_stock(folder: Path) -> int:
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
            return measure("stock CLI, new", stack, Workspace(folder, env={})) >= BUDGET
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join(60)


def main(arguments: list[str]) -> int:
    """Runs the measurements, or one of them."""
    sys.path.insert(0, str(ROOT))
    if arguments:
        return {"sandbox": on_sandbox, "stock": on_stock}[arguments[0]](Path(arguments[1]))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder)
        failed = apart("sandbox", folder)
        Workspace(folder, env={}).stack("dev").run("up")
        failed += apart("sandbox", folder)
        if shutil.which("pulumi"):
            failed += apart("stock", folder)
            print(f"budget: over the stock CLI under {BUDGET:.0%} for the policies")
        else:
            print("stock CLI: not on PATH, not measured")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
