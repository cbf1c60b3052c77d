"""A small project in a repository of its own, with people, keys and decisions, for the tests of deployments."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from support.cli_project import Answer, CliProject
from support.deployments import NOON, approvers, key_file

EXAMPLE = Path(__file__).parents[2] / "examples" / "release"
PACK = json.loads((EXAMPLE / "policy" / "pack.json").read_text(encoding="utf-8"))

JUNIT = '<testsuite tests="2"><testcase name="a"/><testcase name="b"><skipped/></testcase></testsuite>'


class Release(CliProject):
    """The example ``release`` in a repository, staging with a soak of an hour; the clock stands at noon."""

    engine = "sandbox"
    variables: Mapping[str, str] = MappingProxyType({})
    """Of the environment of every command."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, files: Mapping[str, str] | None = None) -> None:
        # The files are the example's; the base class would write its own.
        self._bind(folder, monkeypatch)
        self.outside.mkdir(parents=True)
        shutil.copytree(EXAMPLE, self.folder, ignore=shutil.ignore_patterns(".sandbox", "__pycache__"))
        self.edit("governance/environments.yaml", "    gates: [tests, gate, drift]\n", "    soak: 1h\n")
        self.write("governance/approvers.yaml", approvers())
        for name, text in (files or {}).items():
            self.write(name, text)
        (self.outside / "junit.xml").write_text(JUNIT, encoding="utf-8")
        self.key = key_file(self.outside, "ci")
        self.git("init", "-q", "-b", "main")
        self.commit("First release")

    def run(self, *arguments: str, env: Mapping[str, str] | None = None, stdin: str | None = None) -> Answer:
        return super().run(*arguments, env={**self.variables, **(env or {})}, stdin=stdin)

    def _bind(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.outside = folder / "outside"
        self.folder = folder / "shop"
        self.now = NOON
        monkeypatch.setattr("platform_lib.operations.deployment.target.now", lambda: self.now)
        for name in ("GITHUB_ACTOR", "GITLAB_USER_LOGIN", "PYTHONPATH"):
            monkeypatch.delenv(name, raising=False)

    def copy(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> "Release":
        """The same project, as far as it has come, in another folder."""
        shutil.copytree(self.folder.parent, folder, dirs_exist_ok=True, symlinks=True)
        made = Release.__new__(Release)
        made._bind(folder, monkeypatch)
        made.now, made.key = self.now, made.outside / self.key.name
        return made

    def stock(self, *arguments: str) -> None:
        """Runs a command of the stock CLI in the project."""
        subprocess.run(
            ["pulumi", *arguments, "--non-interactive"], cwd=self.folder, env=self.variables, check=True, timeout=300
        )

    def write(self, name: str, text: str) -> Path:
        """Writes a file of the project."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def edit(self, name: str, old: str, new: str) -> None:
        """Changes a file of the project, as a person would."""
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        self.write(name, text.replace(old, new))

    def git(self, *arguments: str) -> str:
        program = shutil.which("git")
        if program is None:
            pytest.skip("git is not installed")
        who = ["-c", "user.name=Dora", "-c", "user.email=dora@example.org", "-c", "commit.gpgsign=false"]
        done = subprocess.run(
            [program, *who, *arguments], cwd=self.folder, check=True, capture_output=True, text=True, timeout=60
        )
        return done.stdout.strip()

    def commit(self, message: str, author: str = "Dora <dora@example.org>") -> str:
        """Commits everything there is."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message, f"--author={author}")
        return self.head()

    def head(self) -> str:
        return self.git("rev-parse", "HEAD")

    def wait(self, **span: float) -> None:
        """Moves the clock."""
        self.now += timedelta(**span)

    def at(self, moment: datetime) -> None:
        self.now = moment

    @property
    def on(self) -> tuple[str, ...]:
        """The options that name the engine."""
        return ("--engine", self.engine)

    @property
    def records(self) -> Path:
        """The folder of the records."""
        return self.outside / "records" if self.engine == "pulumi" else self.folder / ".sandbox" / "records"

    @property
    def on_record(self) -> tuple[str, ...]:
        """The options that name the engine, and the records where it does not know them."""
        return (*self.on, "--records", str(self.records)) if self.engine == "pulumi" else self.on

    def command(self, *arguments: str, env: Mapping[str, str] | None = None) -> Answer:
        """Runs a command as the pipeline would."""
        verb, *rest = arguments
        given = ("--key", str(self.key), "--requested-by", "carl")
        return self.run(verb, *self.on_record, *given, *rest, env=env)

    def open(self) -> str:
        """Opens the records; answers the pin."""
        answer = self.run("record", "init", *self.on_record, "--key", str(self.key), "--json")
        assert answer.code == 0, answer.err
        return str(answer.json["pin"])

    def deploy(self, stack: str, *more: str, env: Mapping[str, str] | None = None) -> Answer:
        tests = ("--tests", str(self.outside / "junit.xml"))
        return self.command("deploy", "--stack", stack, *tests, *more, env=env)

    def promote(self, source: str, destination: str, *more: str) -> Answer:
        tests = ("--tests", str(self.outside / "junit.xml"))
        return self.command("promote", source, destination, *tests, *more)

    def propose(self, stack: str, *more: str) -> Answer:
        output = ("--output", str(self.outside / f"{stack}.proposal.json"))
        tests = ("--tests", str(self.outside / "junit.xml"))
        options = (*self.on_record, "--requested-by", "carl", "--json", *tests, *output)
        return self.run("propose", "--stack", stack, *options, *more)

    def approve(self, stack: str, by: str = "alice", *more: str, key: str = "") -> Answer:
        """Approves what was proposed last for a stack; the approval is ``approval(stack)``."""
        proposal = self.outside / f"{stack}.proposal.json"
        digest = self.propose(stack).json["digest"] if not proposal.is_file() else self._digest(proposal)
        return self.run(
            "approve", digest, "--by", by, "--key", str(key_file(self.outside, key or by)), "--proposal", str(proposal),
            "--output", str(self.approval(stack)), *more,
        )  # fmt: skip

    def approval(self, stack: str) -> Path:
        return self.outside / f"{stack}.approval.json"

    def release(self, *stacks: str) -> str:
        """Brings the commit up to each stack in turn, with what it asks for; answers the commit."""
        for stack in stacks:
            more: tuple[str, ...] = ()
            if stack == "prod":
                self.propose(stack)
                assert self.approve(stack).code == 0
                more = ("--approval", str(self.approval(stack)))
            answer = self.deploy(stack, *more)
            assert answer.code == 0, answer.err
            self.wait(hours=2)
        return self.head()

    def entries(self, stack: str) -> list[Any]:
        """The entries of a stack's record."""
        folder = self.records / "shop" / stack
        return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]

    @staticmethod
    def _digest(proposal: Path) -> str:
        from platform_lib.operations.proposal.proposal import read_proposal

        return read_proposal(proposal.read_bytes(), "proposal").digest
