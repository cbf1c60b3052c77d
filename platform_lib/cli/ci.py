"""``platform ci``: workflow files."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from platform_lib.cli import options
from platform_lib.cli.command import command
from platform_lib.operations.errors import InputError


class System(StrEnum):
    """A CI system."""

    GITHUB = "github"
    GITLAB = "gitlab"
    CRON = "cron"


def register(app: typer.Typer) -> None:
    """Adds the commands of the group."""
    group = typer.Typer(help="Workflow files for CI systems, which call only make and platform.", no_args_is_help=True)
    app.add_typer(group, name="ci", rich_help_panel="Environments")

    @command(
        group,
        "init",
        examples=[
            "platform ci init github --stack dev --stack staging --stack prod",
            "platform ci init gitlab --image registry.example.com/platform@sha256:...",
            "platform ci init cron --print",
            "platform ci init github --pin actions/checkout=<full commit>",
        ],
    )
    def init(
        system: Annotated[System, typer.Argument(help="github, gitlab or cron.")],
        stacks: Annotated[
            list[str] | None,
            typer.Option(
                "--stack",
                "-s",
                metavar="NAME",
                help="Environments from the lowest to the highest; left out, governance/environments.yaml.",
            ),
        ] = None,
        setup: Annotated[
            str, typer.Option("--setup", metavar="COMMAND", help="Makes the environment: make and a target.")
        ] = "make install",
        tests: Annotated[
            str, typer.Option("--tests", metavar="COMMAND", help="Writes the JUnit report: make and a target.")
        ] = "make test PYTEST_ARGS=--junit-xml=../junit.xml",
        junit: Annotated[
            str, typer.Option("--junit", metavar="FILE", help="That report, outside the work tree.")
        ] = "../junit.xml",
        platform: Annotated[
            str, typer.Option("--platform", metavar="COMMAND", help="The command, as the setup makes it.")
        ] = ".venv/bin/platform",
        branch: Annotated[
            str, typer.Option("--branch", metavar="NAME", help="Its pushes go to the lowest environment.")
        ] = "main",
        records_branch: Annotated[
            str, typer.Option("--records-branch", metavar="NAME", help="Holds records and approvals.")
        ] = "platform-records",
        image: Annotated[
            str, typer.Option("--image", metavar="NAME@sha256:...", help="GitLab: the container image, by digest.")
        ] = "",
        drift_at: Annotated[
            str, typer.Option("--drift-at", metavar="CRON", help="When drift is looked for, UTC.")
        ] = "17 3 * * *",
        sweep_at: Annotated[
            str, typer.Option("--sweep-at", metavar="CRON", help="When environments are swept, UTC.")
        ] = "47 4 * * *",
        pins: Annotated[
            list[str] | None,
            typer.Option("--pin", metavar="ACTION=COMMIT", help="GitHub: another commit of an action; repeatable."),
        ] = None,
        print_only: Annotated[bool, typer.Option("--print", help="Print the files and write nothing.")] = False,
        force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
        as_json: options.Json = False,
        directory: options.Directory = Path(),
    ) -> None:
        """Writes workflow files: gate on pull requests, deployment, promotion with approval, drift, sweep.

        Jobs log in to AWS by OIDC, without a stored key; actions are pinned by full commit, images by digest. What they
        run is make and platform alone. Files that are there are left alone, unless --force is given.
        """
        from platform_lib.cli.console import out, print_json
        from platform_lib.operations.ci.write import Plan, render, write
        from platform_lib.operations.project import find_project

        project = find_project(directory)
        chosen: dict[str, str] = {}
        for text in pins or []:
            name, equals, commit = text.partition("=")
            if not equals:
                raise InputError(f"ci init: --pin: must be ACTION=COMMIT, got '{text}'")
            chosen[name] = commit
        plan = Plan(
            stacks=stacks or _stacks(project.directory),
            setup=setup,
            platform=platform,
            tests=tests,
            junit=junit,
            branch=branch,
            records_branch=records_branch,
            image=image,
            drift_cron=drift_at,
            sweep_cron=sweep_at,
            pins=chosen,
        )
        files = render(system.value, plan)
        if print_only:
            if as_json:
                print_json({"files": files})
            else:
                out().print("\n".join(f"# {name}\n{text}" for name, text in files.items()), end="")
            return
        written = write(files, project.directory, force=force)
        if as_json:
            print_json({"files": [str(path) for path in written]})
            return
        for path in written:
            out().print(f"written: {path}")


def _stacks(directory: Path) -> list[str]:
    """The environments of ``governance/environments.yaml``, in their order; none where there is no such file."""
    from platform_lib.operations.governance.environments import FILE, Environments
    from platform_lib.operations.governance.file import FOLDER, parse_decisions

    path = directory / FOLDER / FILE
    if not path.is_file():
        return []
    return [item.stack_name for item in parse_decisions(path.read_bytes(), FOLDER / FILE, Environments).environments]
