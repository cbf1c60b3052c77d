"""The stock CLI on the sandbox cloud: what it is given, what stays untouched, what is refused. Needs no CLI."""

import asyncio
import json
import os
import signal
import socket
import stat
from pathlib import Path
from typing import Any

import pytest

from platform_lib.core.errors import CloudError, EngineError
from platform_lib.operations.stock_cli import StockSandbox, find_cli, run_stock, serve_stock
from platform_lib.sandbox.cloud import Cloud, open_cloud
from platform_lib.sandbox.workspace import Workspace
from support.cli_project import CliProject, invoke

SALT = "encryptionsalt: v1:abc:v1:def"
QUEUE = "aws:sqs/queue:Queue"
URN = f"urn:pulumi:dev::shop::{QUEUE}::jobs"


@pytest.fixture
def project(tmp_path: Path) -> CliProject:
    return CliProject(tmp_path / "project")


@pytest.fixture
def stock(project: CliProject) -> StockSandbox:
    return StockSandbox(Workspace(project.folder, env={}))


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file of the project but the sandbox's, with its time."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".sandbox" not in path.parts
    }


def keep_state(stock: StockSandbox, *resources: dict[str, Any], stack: str = "dev") -> None:
    """Writes a state where the CLI's file backend has it."""
    folder = stock.folder / "state" / ".pulumi" / "stacks" / "shop"
    folder.mkdir(parents=True, exist_ok=True)
    document = {"version": 3, "checkpoint": {"stack": stack, "latest": {"resources": list(resources)}}}
    (folder / f"{stack}.json").write_text(json.dumps(document), encoding="utf-8")


def queue(cloud: Cloud) -> str:
    """Makes a queue and answers its id."""
    provider = cloud.open("aws", "")
    provider.configure("urn:pulumi:dev::shop::pulumi:providers:aws::default", "x", {"region": "eu-west-1"})
    return provider.create(URN, {"name": "jobs"}, 0, preview=False).id


def stand_in(folder: Path, script: str) -> None:
    """A program called ``pulumi``."""
    folder.mkdir(exist_ok=True)
    path = folder / "pulumi"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


# -- the mirror ----------------------------------------------------------------------------------------------------


def test_the_mirror_holds_copies_of_what_the_cli_writes_and_links_to_the_rest(
    project: CliProject, stock: StockSandbox
) -> None:
    (project.folder / "modules").mkdir()
    (project.folder / ".git").mkdir()
    stock.prepare()
    names = {path.name: path.is_symlink() for path in stock.mirror.iterdir()}
    assert names == {"Pulumi.yaml": False, "Pulumi.dev.yaml": False, "__main__.py": True, "modules": True}
    assert (stock.mirror / "__main__.py").resolve() == project.folder / "__main__.py"
    assert (stock.mirror / "Pulumi.dev.yaml").read_text() == (project.folder / "Pulumi.dev.yaml").read_text()


def test_what_the_cli_writes_does_not_reach_the_users_files(project: CliProject, stock: StockSandbox) -> None:
    before = contents(project.folder)
    stock.prepare()
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml"):
        (stock.mirror / name).write_text("changed: true\n", encoding="utf-8")
    (stock.mirror / "Pulumi.new.yaml").write_text("config: {}\n", encoding="utf-8")
    stock.prepare()
    assert contents(project.folder) == before


def test_the_salt_that_the_cli_wrote_stays_and_edits_of_the_user_arrive(
    project: CliProject, stock: StockSandbox
) -> None:
    stock.prepare()
    copy = stock.mirror / "Pulumi.dev.yaml"
    copy.write_text(f"{SALT}\n{copy.read_text(encoding='utf-8')}", encoding="utf-8")
    project.config(owner="somebody-else")
    stock.prepare()
    text = copy.read_text(encoding="utf-8")
    assert text == f"{SALT}\n{(project.folder / 'Pulumi.dev.yaml').read_text(encoding='utf-8')}"
    assert "somebody-else" in text


def test_a_salt_of_the_users_own_wins(project: CliProject, stock: StockSandbox) -> None:
    stock.prepare()
    copy = stock.mirror / "Pulumi.dev.yaml"
    copy.write_text(f"{SALT}\n{copy.read_text(encoding='utf-8')}", encoding="utf-8")
    own = project.folder / "Pulumi.dev.yaml"
    own.write_text(f"encryptionsalt: v1:own\n{own.read_text(encoding='utf-8')}", encoding="utf-8")
    stock.prepare()
    assert copy.read_text(encoding="utf-8") == own.read_text(encoding="utf-8")


# -- the environment -----------------------------------------------------------------------------------------------


def test_the_cli_gets_a_home_and_a_backend_of_its_own(stock: StockSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_HOME", "/home/me/.pulumi")
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE", raising=False)
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE_FILE", raising=False)
    found = stock.environment({"PULUMI_DEBUG_PROVIDERS": "aws:1"})
    assert found["PULUMI_HOME"] == str(stock.folder / "home")
    assert found["PULUMI_BACKEND_URL"] == f"file://{stock.folder / 'state'}"
    assert found["PULUMI_SKIP_CHECKPOINTS"] == "true"
    assert found["PULUMI_DEBUG_PROVIDERS"] == "aws:1"
    assert found["PULUMI_CONFIG_PASSPHRASE"] == ""
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", "/secret")
    assert "PULUMI_CONFIG_PASSPHRASE" not in stock.environment({})


# -- states of others ----------------------------------------------------------------------------------------------


def test_a_state_of_a_real_cloud_is_refused(stock: StockSandbox) -> None:
    keep_state(stock, {"urn": URN, "type": QUEUE, "custom": True, "id": "https://sqs/1/real"})
    with open_cloud(None) as cloud, pytest.raises(EngineError, match="which this sandbox did not make") as raised:
        stock.refuse_foreign(cloud)
    assert "stack 'dev'" in str(raised.value)
    assert URN in str(raised.value)


def test_a_state_of_this_sandbox_is_taken(stock: StockSandbox) -> None:
    with open_cloud(None) as cloud:
        mine = {"urn": URN, "type": QUEUE, "custom": True, "id": queue(cloud)}
        others = [
            {"urn": "urn:s", "type": "pulumi:pulumi:Stack", "custom": False},
            {"urn": "urn:p", "type": "pulumi:providers:aws", "custom": True, "id": "0-1"},
            {"urn": "urn:c", "type": "shop:index:Network", "custom": False},
        ]
        keep_state(stock, mine, *others)
        stock.refuse_foreign(cloud)
        keep_state(stock, mine, {**mine, "id": "another"})
        with pytest.raises(EngineError, match="with id another"):
            stock.refuse_foreign(cloud)


def test_a_stack_without_resources_is_taken(stock: StockSandbox) -> None:
    keep_state(stock)
    (stock.folder / "state" / ".pulumi" / "stacks" / "shop" / "new.json").write_text('{"version": 3}')
    with open_cloud(None) as cloud:
        stock.refuse_foreign(cloud)
        assert cloud.ls() == []


# -- running and serving -------------------------------------------------------------------------------------------


def test_a_missing_cli_is_told_with_the_way_out(project: CliProject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(EngineError, match=r"pulumi: not found on PATH; install the Pulumi CLI, or use `platform up`"):
        find_cli(["pulumi", "up"])
    answer = project.run("sandbox", "run", "--", "pulumi", "up")
    assert answer.code == 1
    assert "install the Pulumi CLI" in answer.err
    assert not (project.folder / ".sandbox" / "stock").exists(), "nothing was prepared"


def test_the_command_runs_in_the_mirror_and_its_exit_code_is_the_answer(
    project: CliProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    stand_in(tmp_path / "bin", f'echo "$PWD|$*|$PULUMI_DEBUG_PROVIDERS|$PULUMI_HOME" > {told}; exit 7')
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    before = contents(project.folder)
    workspace = Workspace(project.folder, env={})
    assert asyncio.run(run_stock(workspace, ["pulumi", "up", "--yes"])) == 7
    folder, words, providers, home = told.read_text(encoding="utf-8").strip().split("|")
    assert (Path(folder), words) == (StockSandbox(workspace).mirror, "up --yes")
    assert {part.split(":")[0] for part in providers.split(",")} == {
        "aws",
        "azure-native",
        "gcp",
        "kubernetes",
        "vault",
    }
    assert home == str(project.folder / ".sandbox" / "stock" / "home")
    assert contents(project.folder) == before


def test_nothing_runs_on_a_foreign_state(
    project: CliProject, stock: StockSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path / "bin", f"touch {tmp_path / 'ran'}")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    keep_state(stock, {"urn": URN, "type": QUEUE, "custom": True, "id": "real"})
    with pytest.raises(EngineError, match="did not make"):
        asyncio.run(run_stock(stock.workspace, ["pulumi", "destroy"]))
    assert not (tmp_path / "ran").exists()


def test_serving_announces_the_environment_and_ends_on_a_signal(stock: StockSandbox) -> None:
    announced: dict[str, str] = {}

    def announce(environment: Any) -> None:
        announced.update(environment)
        port = int(dict(part.split(":") for part in environment["PULUMI_DEBUG_PROVIDERS"].split(","))["aws"])
        socket.create_connection(("127.0.0.1", port)).close()
        os.kill(os.getpid(), signal.SIGTERM)

    asyncio.run(serve_stock(stock.workspace, {}, announce))
    assert announced["PULUMI_HOME"] == str(stock.folder / "home")
    assert {key for key in announced if not key.startswith("PULUMI_")} == set()


def test_a_port_in_use_is_told_with_the_way_out(project: CliProject) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(CloudError, match=f"port of aws: cannot be opened on loopback, got {port}"):
            asyncio.run(serve_stock(Workspace(project.folder, env={}), {"aws": port}, lambda _environment: None))
        answer = invoke("sandbox", "serve", "--port", f"aws:{port}", cwd=project.folder)
    assert answer.code == 1
    assert "stop what listens there or leave the port out" in answer.err


@pytest.mark.parametrize("text", ["aws", "aws:", "aws:port", "aws:0", "aws:65536", ":1"])
def test_a_port_that_is_none_is_refused(project: CliProject, text: str) -> None:
    answer = project.run("sandbox", "serve", "--port", text)
    assert answer.code == 2
    assert f"PACKAGE:PORT with a port from 1 to 65535, got '{text}'" in answer.err
