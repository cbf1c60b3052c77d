"""The options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

GENERAL = "General"
SELECTION = "What it touches"
POLICY = "Policies"
OUTPUT = "Output"

Directory = Annotated[
    Path,
    typer.Option(
        "--cwd",
        "-C",
        metavar="DIR",
        help="Folder of the project: the nearest Pulumi.yaml upwards counts.",
        rich_help_panel=GENERAL,
    ),
]
SandboxDir = Annotated[
    Path | None,
    typer.Option(
        "--sandbox-dir",
        metavar="DIR",
        help="Where the sandbox keeps state and cloud; .sandbox in the project if left out.",
        rich_help_panel=GENERAL,
    ),
]
Stack = Annotated[
    str | None,
    typer.Option(
        "--stack",
        "-s",
        metavar="NAME",
        help="The stack; left out, the only one there is.",
        envvar="PULUMI_STACK",
        rich_help_panel=GENERAL,
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.", rich_help_panel=GENERAL)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on stdout.", rich_help_panel=OUTPUT)]
ShowSecrets = Annotated[
    bool, typer.Option("--show-secrets", help="Show secret values in plain text.", rich_help_panel=OUTPUT)
]
PolicyPacks = Annotated[
    list[str] | None,
    typer.Option(
        "--policy-pack",
        metavar="PACK",
        help="Pack to evaluate: baseline, hipaa, pci, soc2 or a folder; repeatable. Left out: those of pyproject.toml.",
        rich_help_panel=POLICY,
    ),
]
PolicyConfig = Annotated[
    Path | None,
    typer.Option("--policy-config", metavar="FILE", help="Policy configuration (JSON).", rich_help_panel=POLICY),
]
Waivers = Annotated[
    Path | None,
    typer.Option(
        "--waivers",
        metavar="FILE",
        help="Waiver file; governance/waivers.yaml of the project if left out.",
        rich_help_panel=POLICY,
    ),
]
States = Annotated[
    list[Path] | None,
    typer.Option(
        "--state",
        metavar="PATH",
        help="Saved state, or a folder of them, instead of a program; repeatable.",
        rich_help_panel=SELECTION,
    ),
]
Levels = Annotated[
    str | None,
    typer.Option(
        "--environment",
        metavar="NAME",
        help="Whose levels hold for saved states: dev, staging or prod (if left out).",
        rich_help_panel=POLICY,
    ),
]
Commit = Annotated[
    str | None,
    typer.Option(
        "--commit",
        metavar="ID",
        help="Commit of the program; left out, that of the repository around the project.",
        rich_help_panel=SELECTION,
    ),
]
BreakLock = Annotated[
    bool,
    typer.Option(
        "--break-lock",
        help="Take the stack's lock from a run that is no longer there.",
        rich_help_panel=GENERAL,
    ),
]
