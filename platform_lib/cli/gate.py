"""``platform gate``: one verdict about a change, for people, machines and pull requests."""

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platform_lib.cli import options
from platform_lib.cli.command import command
from platform_lib.cli.engines import Engine, EngineOption
from platform_lib.operations.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from platform_lib.operations.gate.verdict import GateFinding, Phase, Verdict


class VerdictFormat(StrEnum):
    """What the verdict is printed as."""

    TABLE = "table"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    COMMENT = "comment"


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @command(
        app,
        "gate",
        panel="Check stacks",
        examples=[
            "platform gate --stack dev",
            "platform gate --stack prod --engine pulumi --write sarif=gate.sarif --write comment=comment.md",
            "platform gate --stack prod --json > verdict.json  # ends with 3 where it is refused",
            "platform gate --stack prod --format comment --comment-limit 1000000  # for GitLab",
        ],
    )
    def gate(
        stack: options.Stack = None,
        engine: EngineOption = Engine.SANDBOX,
        packs: options.PolicyPacks = None,
        policy_config: options.PolicyConfig = None,
        waivers: options.Waivers = None,
        commit: options.Commit = None,
        form: Annotated[
            VerdictFormat, typer.Option("--format", "-f", help="What to print.", rich_help_panel=options.OUTPUT)
        ] = VerdictFormat.TABLE,
        as_json: options.Json = False,
        write: Annotated[
            list[str] | None,
            typer.Option(
                "--write",
                metavar="FORM=FILE",
                help="Write the verdict to a file too, as json, sarif, junit or comment; repeatable.",
                rich_help_panel=options.OUTPUT,
            ),
        ] = None,
        key: Annotated[
            Path | None,
            typer.Option(
                "--key",
                metavar="FILE",
                help="Sign the written JSON (FILE.sig) with this private key, for `platform audit`.",
                rich_help_panel=options.OUTPUT,
            ),
        ] = None,
        comment_limit: Annotated[
            int,
            typer.Option(
                "--comment-limit",
                metavar="BYTES",
                help="Most bytes of the comment: 65536 for GitHub, 1000000 for GitLab.",
                rich_help_panel=options.OUTPUT,
            ),
        ] = 65_536,
        everything: Annotated[
            bool, typer.Option("--all", help="Show notes and waived findings too.", rich_help_panel=options.OUTPUT)
        ] = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
    ) -> None:
        """Previews a change and says in one verdict whether it may be deployed. Changes nothing.

        Looks at policies, at the loss of what holds data or is protected, at networks and versions, at values that are
        not known yet, at secrets in plain text, at the cost, at drift, and at what other stacks read. The preview is
        never skipped and packs are always evaluated; which ones, and their versions, stand in the verdict. Ends with 3
        where something is refused, with 1 where something could not be looked at.
        """
        from platform_lib.cli.console import out
        from platform_lib.cli.engines import open_stack
        from platform_lib.operations.gate.gate import Gate, judge
        from platform_lib.operations.packs import DEFAULT_PACK
        from platform_lib.operations.packs import policies as choose
        from platform_lib.sandbox.workspace import Workspace

        chosen = VerdictFormat.JSON if as_json else form
        targets = _targets(write or [])
        if key is not None and not any(name == "json" for name, _ in targets):
            raise InputError("gate: --key: nothing is signed without --write json=FILE; add it")
        project, opened = open_stack(engine, directory, sandbox_dir, stack)
        policies = choose(project, packs, policy_config, waivers, fallback=(DEFAULT_PACK,))
        workspace = Workspace(project.directory, sandbox_dir=sandbox_dir or project.sandbox_dir)
        console = out() if chosen is VerdictFormat.TABLE else None
        if console is not None:
            show_heading(console, opened.project, opened.name, engine)
        judged = judge(
            Gate(opened, workspace, project.directory, policies, commit),
            told=None if console is None else lambda phase: show_phase(console, phase),
        )
        verdict = judged.verdict
        _deliver(verdict, chosen, targets, comment_limit, key)
        if console is not None:
            show_verdict(console, verdict, everything=everything)
        if verdict.exit_code:
            raise typer.Exit(verdict.exit_code)


def _targets(texts: "Sequence[str]") -> list[tuple[str, Path]]:
    from platform_lib.core.errors import near
    from platform_lib.operations.gate.report.render import FORMS

    found = []
    for text in texts:
        form, sign, file = text.partition("=")
        if not sign or not file:
            raise InputError(f"--write: must be FORM=FILE, got '{text}'; write for example sarif=gate.sarif")
        if form not in FORMS:
            hint = near(form, FORMS) or f"there are {', '.join(FORMS)}"
            raise InputError(f"--write: '{form}' is no form; {hint}")
        found.append((form, Path(file)))
    return found


def _deliver(
    verdict: "Verdict",
    form: VerdictFormat,
    targets: "Sequence[tuple[str, Path]]",
    comment_limit: int,
    key: Path | None,
) -> None:
    """Prints the verdict in a machine's form, and writes the files that were asked for."""
    from platform_lib.cli.console import err
    from platform_lib.operations.gate.report.render import render
    from platform_lib.operations.output import write_text
    from platform_lib.operations.signature import PASSPHRASE, sign

    for name, path in targets:
        write_text(path, render(verdict, name, comment_limit=comment_limit))
        err().print(f"written: {path}")
        if key is not None and name == "json":
            signature, identity = sign(path, key, os.environ.get(PASSPHRASE, ""))
            err().print(f"written: {signature}, signed by {identity}")
    if form is not VerdictFormat.TABLE:
        text = render(verdict, form.value, comment_limit=comment_limit)
        typer.echo(text, nl=not text.endswith("\n"))


_STYLES = {"passed": "green", "advised": "yellow", "refused": "bold red", "failed": "bold red", "skipped": "dim"}
_SEVERITIES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}


def show_heading(console: "Console", project: str, stack: str, engine: str) -> None:
    """Says what is gated, and on which engine."""
    from rich.text import Text

    console.print(Text.assemble((f"Gate of {project} / {stack}", "bold"), (f"  on engine {engine}", "cyan")))


def show_phase(console: "Console", phase: "Phase") -> None:
    """Shows a phase as it ends, with its time."""
    from rich.text import Text

    console.print(
        Text.assemble(
            f"  {phase.name:<10} ",
            (f"{phase.status:<8}", _STYLES[phase.status]),
            (f" {phase.seconds:>7.2f} s  ", "dim"),
            phase.summary,
        )
    )


def show_verdict(console: "Console", verdict: "Verdict", *, everything: bool = False) -> None:
    """Shows findings, cost and the word at the end.

    Args:
        console: where to.
        verdict: the verdict.
        everything: notes and waived findings too.
    """
    from rich.text import Text

    from platform_lib.operations.gate.verdict import Effect

    shown = [item for item in verdict.findings if everything or item.effect in (Effect.REFUSE, Effect.ADVISE)]
    if shown:
        console.print("Findings", style="bold")
    for item in shown:
        _finding(console, item)
    hidden = len(verdict.findings) - len(shown)
    if hidden:
        noun = "note or waived finding" if hidden == 1 else "notes and waived findings"
        console.print(f"  {hidden} {noun} (--all shows them)", style="dim")
    if verdict.cost is not None:
        cost = verdict.cost
        text = f": {cost.change:+.2f} {cost.currency} a month, from {cost.before:.2f} to {cost.after:.2f}"
        console.print(Text.assemble(("Cost", "bold"), text))
        for why, names in (("not priced", cost.not_priced), ("by use", cost.by_use)):
            for name in names:
                console.print(f"    {why}: {name}", style="dim")
    packs = ", ".join(f"{pack.name} {pack.version}" for pack in verdict.policies.packs)
    console.print(Text.assemble(("Packs", "bold"), f": {packs}, hash {verdict.policies.pack_hash[:12]}"))
    style = "bold green" if verdict.exit_code == 0 else "bold red"
    seconds = sum(phase.seconds for phase in verdict.phases)
    where = f": stack {verdict.stack}, engine {verdict.engine} {verdict.engine_version}, in {seconds:.1f} s"
    console.print(Text.assemble((f"Gate {verdict.verdict}", style), where))


def _finding(console: "Console", item: "GateFinding") -> None:
    from rich.text import Text

    from platform_lib.operations.record import urn_name, urn_type
    from platform_lib.operations.tree import brief_type

    subject = item.subject
    if subject.startswith("urn:pulumi:"):
        subject = f"{brief_type(urn_type(subject))} {urn_name(subject)}"
    console.print(
        Text.assemble(
            "  ",
            (f"{item.severity:<9}", _SEVERITIES[item.severity]),
            (f"{item.effect:<8}", "bold red" if item.effect == "refuse" else "dim"),
            (item.check, "bold"),
            f"  {subject}",
        )
    )
    path = f"{item.path}: " if item.path else ""
    console.print(Text(f"      {path}{item.problem}"))
    if item.remedy:
        console.print(Text(f"      remedy: {item.remedy}"))
    if item.waiver is not None:
        console.print(Text(f"      waived by {item.waiver.approver} until {item.waiver.expires}", style="dim"))
