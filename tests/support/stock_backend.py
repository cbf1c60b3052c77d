"""The stock CLI as a user has it, but for its cloud: a login to a file backend, with the sandbox's providers served."""

import asyncio
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ruamel.yaml import YAML

from platform_lib.sandbox.cloud import Cloud, open_cloud
from platform_lib.sandbox.provider.server import ProviderServer
from platform_lib.sandbox.schema import packages


@contextmanager
def stock_backend(folder: Path) -> Iterator[tuple[dict[str, str], Cloud]]:
    """Serves a cloud from a thread; yields the variables that the CLI needs, and the cloud."""
    state = folder / "state"
    state.mkdir(parents=True)
    loop, ready, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    found: dict[str, str] = {}

    with open_cloud(folder / "cloud.sqlite") as cloud:

        async def serve() -> None:
            versions = {package.name: package.version for package in packages() if package.name == "aws"}
            async with ProviderServer(cloud, versions) as server:
                found.update(server.environment)
                ready.set()
                await stop.wait()

        thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
        thread.start()
        try:
            assert ready.wait(60)
            yield (
                {
                    **os.environ,
                    **found,
                    "PULUMI_HOME": str(folder / "home"),
                    "PULUMI_BACKEND_URL": f"file://{state}",
                    "PULUMI_CONFIG_PASSPHRASE": "",
                    "PULUMI_SKIP_UPDATE_CHECK": "true",
                },
                cloud,
            )
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join(60)
            loop.close()


def use_environment(path: Path) -> None:
    """Has the stock CLI run a project's program (its ``Pulumi.yaml``) in this environment."""
    document = YAML().load(path)
    document["runtime"] = {"name": "python", "options": {"virtualenv": sys.prefix}}
    YAML().dump(document, path)
