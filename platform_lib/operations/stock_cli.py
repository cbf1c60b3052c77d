"""The stock Pulumi CLI on the sandbox cloud: a home, a backend and a copy of the stack files of its own.

Nothing of the user's is touched: the CLI works in a mirror of the project (links to everything, copies of
``Pulumi.yaml`` and of the stack files, which the CLI writes its salt into), with a home and a file backend inside the
sandbox folder.
"""

import asyncio
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from platform_lib.core.errors import EngineError
from platform_lib.sandbox.workspace import Workspace

if TYPE_CHECKING:
    from platform_lib.sandbox.cloud import Cloud

_SALT: Final = "encryptionsalt:"
_SKIPPED: Final = frozenset({".git", "__pycache__"})


class StockSandbox:
    """Where the stock CLI runs against the sandbox: everything lies below ``<sandbox folder>/stock``.

    Args:
        workspace: the sandbox of the project.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.folder = workspace.directory / "stock"
        self.cloud_path = self.folder / "cloud.sqlite"
        self.mirror = self.folder / "project"
        self._state = self.folder / "state"

    def environment(self, providers: Mapping[str, str]) -> dict[str, str]:
        """What the CLI needs in its environment.

        Args:
            providers: what makes it attach to the sandbox providers (``ProviderServer.environment``).
        """
        environment = {
            **os.environ,
            **providers,
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{self._state}",
            # Without it the file backend writes the whole state after each step: quadratic in the number of resources.
            "PULUMI_SKIP_CHECKPOINTS": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }
        if not {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"} & environment.keys():
            environment["PULUMI_CONFIG_PASSPHRASE"] = ""
        return environment

    def prepare(self) -> None:
        """Makes the folders and lays the mirror of the project anew."""
        self.workspace.prepare()
        self._state.mkdir(parents=True, exist_ok=True)
        project = self.workspace.project
        salts = {path.name: _salt_of(path) for path in self._stack_files(self.mirror)}
        shutil.rmtree(self.mirror, ignore_errors=True)
        self._mirror(project.root, self.mirror, Path(project.stack_folder), salts)

    def _stack_files(self, folder: Path) -> list[Path]:
        return list(folder.rglob("Pulumi.*.yaml")) if folder.exists() else []

    def _mirror(self, source: Path, target: Path, stack_folder: Path, salts: Mapping[str, str]) -> None:
        target.mkdir(parents=True)
        for entry in source.iterdir():
            if entry.name in _SKIPPED or entry == self.workspace.directory:
                continue
            place = target / entry.name
            if entry == self.workspace.project.path or (source == stack_folder and _is_stack_file(entry)):
                text = entry.read_text(encoding="utf-8")
                salt = salts.get(entry.name, "")
                place.write_text(f"{salt}\n{text}" if salt and _SALT not in text else text, encoding="utf-8")
            elif entry.is_dir() and stack_folder != source and stack_folder.is_relative_to(entry):
                self._mirror(entry, place, stack_folder, salts)
            else:
                place.symlink_to(entry.resolve())

    def refuse_foreign(self, cloud: "Cloud") -> None:
        """Refuses to run on a state that holds what this cloud never made: it came from a real one.

        Raises:
            EngineError: names the stack and the first such resource.
        """
        known = {(row.type, row.id) for row in cloud.ls(implied=True)}
        known |= {(type_, id_) for _, type_, id_, _, _ in cloud.edits()}  # deleted behind the program's back
        for path in sorted((self._state / ".pulumi" / "stacks").rglob("*.json")):
            for resource in _resources(path):
                if not _is_of_a_cloud(resource) or (resource["type"], resource["id"]) in known:
                    continue
                raise EngineError(
                    f"sandbox run: stack '{path.stem}': its state holds {resource['urn']} with id {resource['id']}, "
                    "which this sandbox did not make; a state of a real cloud is not run against the sandbox: "
                    f"remove the stack from {self._state}"
                )


def _is_stack_file(path: Path) -> bool:
    return path.name.startswith("Pulumi.") and path.suffix in {".yaml", ".yml"} and path.name.count(".") > 1


def _salt_of(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((line for line in lines if line.startswith(_SALT)), "")


def _resources(path: Path) -> Sequence[Mapping[str, Any]]:
    checkpoint = json.loads(path.read_text(encoding="utf-8")).get("checkpoint") or {}
    resources: Sequence[Mapping[str, Any]] = (checkpoint.get("latest") or {}).get("resources") or ()
    return resources


def _is_of_a_cloud(resource: Mapping[str, Any]) -> bool:
    """Whether a provider made it: not a component, not a provider, not a look-up of the engine's own."""
    return bool(resource.get("custom")) and bool(resource.get("id")) and not str(resource["type"]).startswith("pulumi:")


def find_cli(command: Sequence[str]) -> str:
    """The path of the command's program.

    Raises:
        EngineError: it is not on PATH.
    """
    found = shutil.which(command[0])
    if found is None:
        raise EngineError(
            f"sandbox run: {command[0]}: not found on PATH; "
            "install the Pulumi CLI, or use `platform up`, which needs none"
        )
    return found


async def run_stock(workspace: Workspace, command: Sequence[str]) -> int:
    """Runs a command with the sandbox as its providers and answers its exit code.

    Args:
        workspace: the sandbox of the project.
        command: ``["pulumi", "up", ...]``; it runs in the mirror of the project.

    Raises:
        EngineError: the program is not on PATH, or a state is not the sandbox's.
    """
    program = find_cli(command)
    stock = StockSandbox(workspace)
    stock.prepare()
    async with _served(stock) as environment:
        process = await asyncio.create_subprocess_exec(program, *command[1:], cwd=stock.mirror, env=environment)
        loop = asyncio.get_running_loop()
        # Ctrl-C reaches the whole group of the terminal; what it means is the command's business, so only wait for it.
        loop.add_signal_handler(signal.SIGINT, lambda: None)
        try:
            return await process.wait()
        finally:
            loop.remove_signal_handler(signal.SIGINT)


@asynccontextmanager
async def _served(stock: StockSandbox, ports: Mapping[str, int] | None = None) -> AsyncIterator[dict[str, str]]:
    """Serves all installed packages while the block runs; yields the environment for the CLI."""
    from platform_lib.sandbox.cloud import open_cloud
    from platform_lib.sandbox.provider.server import ProviderServer
    from platform_lib.sandbox.schema import packages

    with open_cloud(stock.cloud_path) as cloud:
        stock.refuse_foreign(cloud)
        async with ProviderServer(cloud, {package.name: package.version for package in packages()}, ports) as server:
            yield stock.environment(server.environment)


async def serve_stock(
    workspace: Workspace, ports: Mapping[str, int], announce: Callable[[Mapping[str, str]], None]
) -> None:
    """Serves until it is interrupted.

    Args:
        workspace: the sandbox of the project.
        ports: fixed ports by package; any free one for the rest.
        announce: called once with the environment that a shell has to export.

    Raises:
        CloudError: a port cannot be had.
    """
    stock = StockSandbox(workspace)
    stock.prepare()
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with _served(stock, ports) as environment:
        changed = {key: value for key, value in environment.items() if os.environ.get(key) != value}
        announce(changed)
        await stopped.wait()
