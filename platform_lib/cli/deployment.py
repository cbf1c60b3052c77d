"""What the commands about deployments share: their options, the stack they work on, and how a proposal is shown."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from platform_lib.cli import options
from platform_lib.cli.engines import Engine

if TYPE_CHECKING:
    from platform_lib.operations.deployment.prepare import Prepared
    from platform_lib.operations.deployment.target import Target
    from platform_lib.operations.gate.verdict import Phase
    from platform_lib.operations.proposal.steps import PlannedStep

PANEL: Final = "Deploy what was approved"

_ACTORS: Final = ("GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILD_REQUESTEDFOREMAIL", "BUILDKITE_BUILD_CREATOR_EMAIL")
"""Where CI systems say who started a job: GitHub Actions, GitLab CI, Azure Pipelines, Buildkite."""

_SHOWN: Final = 30
"""Steps that are listed one by one."""

Records = Annotated[
    Path | None,
    typer.Option(
        "--records",
        metavar="DIR",
        help="Folder of the records; left out, that of the sandbox, or the one that pyproject.toml names.",
        rich_help_panel=options.GENERAL,
    ),
]
KeyFile = Annotated[
    Path,
    typer.Option(
        "--key",
        metavar="FILE",
        help="The pipeline's private key; its passphrase in PLATFORM_EVIDENCE_PASSPHRASE.",
        envvar="PLATFORM_DEPLOY_KEY_FILE",
        rich_help_panel=options.GENERAL,
    ),
]
RequestedBy = Annotated[
    str | None,
    typer.Option(
        "--requested-by",
        metavar="WHO",
        help="Who asks for it, beside who started the job in CI; left out, that one, else git's user.email.",
        rich_help_panel=options.SELECTION,
    ),
]
Tests = Annotated[
    Path | None,
    typer.Option(
        "--tests",
        metavar="FILE",
        help="JUnit report of the commit in the environment below, where this one asks for tests.",
        rich_help_panel=options.SELECTION,
    ),
]
DriftFile = Annotated[
    Path | None,
    typer.Option(
        "--drift",
        metavar="FILE",
        help="A look for drift below (`platform drift --json`), at most an hour old; left out, it is looked for now.",
        rich_help_panel=options.SELECTION,
    ),
]
AcceptLoss = Annotated[
    bool,
    typer.Option(
        "--accept-loss",
        help="In a rollback: lose what is listed as not coming back.",
        rich_help_panel=options.SELECTION,
    ),
]
TakeOver = Annotated[
    bool,
    typer.Option(
        "--take-over",
        help="Go on though the record says that a deployment has not ended, since its job is dead.",
        rich_help_panel=options.GENERAL,
    ),
]


def open_target(
    engine: Engine, directory: Path, sandbox_dir: Path | None, stack: str | None, records: Path | None
) -> "Target":
    """A stack to be deployed.

    Args:
        engine: what runs it.
        directory: folder from which the project is searched upwards.
        sandbox_dir: folder of the sandbox; None for the project's.
        stack: its name; None for the only one there is.
        records: folder of the records; None for the project's.
    """
    from platform_lib.cli.engines import open_stack
    from platform_lib.operations.deployment.target import Target, records_folder
    from platform_lib.operations.engines import EngineStack
    from platform_lib.sandbox.workspace import Workspace

    project, chosen = open_stack(engine, directory, sandbox_dir, stack)
    workspace = Workspace(project.directory, sandbox_dir=sandbox_dir or project.sandbox_dir)

    def another(name: str) -> EngineStack:
        return open_stack(engine, directory, sandbox_dir, name)[1]

    folder = records_folder(project, workspace, engine.value, records)
    return Target(project, workspace, chosen, another, folder)


def requester(target: "Target", given: str | None) -> str:
    """Who asks for a deployment: who is named, and whoever CI says started the job; else whom git knows."""
    from platform_lib.operations.git import git_text

    started = next((os.environ[name] for name in _ACTORS if os.environ.get(name)), "")
    named = list(dict.fromkeys(filter(None, (given, started))))
    return ", ".join(named) or git_text(target.project.directory, "config", "user.email") or ""


def passphrase() -> str:
    """Of the private key."""
    from platform_lib.operations.signature import PASSPHRASE

    return os.environ.get(PASSPHRASE, "")


def tell_phase(phase: "Phase") -> None:
    """Shows a phase of the gate as it ends."""
    from platform_lib.cli.console import out
    from platform_lib.cli.gate import show_phase

    show_phase(out(), phase)


def tell_target(target: "Target") -> None:
    """Says what is gated, and on which engine."""
    from platform_lib.cli.console import out
    from platform_lib.cli.gate import show_heading

    show_heading(out(), target.stack.project, target.name, target.stack.engine)


def show_prepared(prepared: "Prepared") -> None:
    """Shows what would be deployed, and what it differs in from the last deployment."""
    from rich.text import Text

    from platform_lib.cli.console import out

    console = out()
    proposal = prepared.started.proposal
    base = proposal.base[:12] or "nothing"
    console.print(Text.assemble(("Commit", "bold"), f" {proposal.commit[:12]}, where {base} is deployed"))
    for author in proposal.authors:
        console.print(f"  by {author}")
    changed = prepared.changed_files()
    if changed:
        console.print(Text.assemble(("Changed", "bold"), f" since the last deployment: {', '.join(changed)}"))
    console.print(Text("Steps", style="bold"))
    _show_steps(proposal.steps)
    if prepared.started.rollback:
        console.print(Text("Rollback", style="bold"), end="")
        console.print(": an earlier commit takes the place of what is deployed")
        for urn, what in prepared.lost.items():
            console.print(Text(f"  does not come back: {urn}: {what}", style="bold red"))
    if prepared.environment.approvals:
        people = ", ".join(prepared.history.past.governance.may_approve(prepared.environment))
        console.print(f"Approvals: {prepared.environment.approvals} of {people}")
    console.print(Text.assemble(("Digest", "bold"), f" {proposal.digest}"))


def _show_steps(steps: "Mapping[str, PlannedStep]") -> None:
    from rich.text import Text

    from platform_lib.cli.console import out
    from platform_lib.operations.record import urn_name
    from platform_lib.operations.tree import brief_type

    console = out()
    if not steps:
        console.print("  none")
    for urn, step in list(steps.items())[:_SHOWN]:
        paths = f": {', '.join(step.properties)}" if step.properties else ""
        console.print(Text(f"  {', '.join(step.operations):<18} {brief_type(step.type)} {urn_name(urn)}{paths}"))
    if len(steps) > _SHOWN:
        console.print(f"  and {len(steps) - _SHOWN} more")


def prepared_json(prepared: "Prepared") -> dict[str, Any]:
    """What was prepared as JSON data."""
    started = prepared.started
    return {
        "digest": started.digest,
        "environment": prepared.environment.name,
        "approvals": prepared.environment.approvals,
        "mayApprove": prepared.history.past.governance.may_approve(prepared.environment),
        "rollback": started.rollback,
        "lost": dict(prepared.lost),
        "changed": prepared.changed_files(),
        "problems": list(prepared.problems),
        "verdict": started.verdict.verdict.value,
        "proposal": started.proposal.model_dump(mode="json", by_alias=True),
    }
