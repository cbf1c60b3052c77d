"""``platform policy``: check stacks against packs, look packs and rules up, start a pack of your own."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from platform_lib.cli import options
from platform_lib.cli.command import command
from platform_lib.cli.failure import ExitCode
from platform_lib.operations.errors import InputError


class ReportFormat(StrEnum):
    """What findings are printed as."""

    TABLE = "table"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    OSCAL = "oscal"
    HTML = "html"


def register(app: typer.Typer) -> None:
    """Adds the commands of the group."""
    group = typer.Typer(
        help="Policies: check a stack's program or a saved state, look packs and rules up, start a pack of your own.",
        no_args_is_help=True,
    )
    app.add_typer(group, name="policy", rich_help_panel="Check stacks")
    _register_check(group)
    _register_looking(group)
    _register_init(group)


def _register_check(group: typer.Typer) -> None:
    @command(
        group,
        "check",
        examples=[
            "platform policy check --stack prod --policy-pack hipaa",
            "platform policy check --state prod.json --environment prod",
            "platform policy check --state exports/ --format junit --output report.xml",
            "platform policy check --stack prod --format sarif --output findings.sarif",
            "platform policy check --state exports/ --format html --output report/  # a page per framework",
        ],
    )
    def check(
        stack: options.Stack = None,
        state: options.States = None,
        environment: options.Levels = None,
        packs: options.PolicyPacks = None,
        policy_config: options.PolicyConfig = None,
        waivers: options.Waivers = None,
        form: Annotated[
            ReportFormat, typer.Option("--format", "-f", help="What to print.", rich_help_panel=options.OUTPUT)
        ] = ReportFormat.TABLE,
        as_json: options.Json = False,
        everything: Annotated[
            bool, typer.Option("--all", help="Show undetermined answers one by one.", rich_help_panel=options.OUTPUT)
        ] = False,
        by_control: Annotated[
            bool,
            typer.Option("--by-control", help="Group the table by control.", rich_help_panel=options.OUTPUT),
        ] = False,
        output: Annotated[
            Path | None,
            typer.Option(
                "--output",
                "-o",
                metavar="FILE",
                help="Write to a file; for html, into a folder.",
                rich_help_panel=options.OUTPUT,
            ),
        ] = None,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
    ) -> None:
        """Checks a stack's program, by a preview on the sandbox, or saved states of any engine.

        Ends with 3 where a mandatory finding stands. Several states are checked in one run, with a report each and a
        summary. Findings are evidence for controls, never a claim of compliance.
        """
        from platform_lib.cli.policy_report import show_report
        from platform_lib.cli.session import open_session
        from platform_lib.operations.packs import DEFAULT_PACK
        from platform_lib.operations.packs import policies as choose
        from platform_lib.operations.policy_check import check_program, check_state, state_files
        from platform_lib.operations.project import project_or_none

        if state and stack:
            raise InputError("policy check: --stack and --state do not go together; give one of them")
        if environment and not state:
            raise InputError("policy check: --environment is for saved states; a stack's configuration names its own")
        if form is ReportFormat.HTML and output is None:
            raise InputError("policy check: --format html: is several pages; give a folder with --output")
        if state:
            project = project_or_none(directory)
            policies = choose(project, packs, policy_config, waivers, fallback=(DEFAULT_PACK,))
            checked = [check_state(file, policies, environment) for file in state_files(state)]
        else:
            session = open_session(directory, sandbox_dir, stack)
            policies = choose(session.project, packs, policy_config, waivers, fallback=(DEFAULT_PACK,))
            checked = [check_program(session.stack, policies)]
        show_report(checked, "json" if as_json else form.value, output, everything=everything, by_control=by_control)
        if any(item.refused for item in checked):
            raise typer.Exit(int(ExitCode.REFUSED))


def _register_looking(group: typer.Typer) -> None:
    @command(
        group,
        "list",
        examples=["platform policy list", "platform policy list hipaa", "platform policy list baseline --json"],
    )
    def list_(
        pack: Annotated[
            str | None, typer.Argument(metavar="[PACK]", help="Built-in pack or folder; left out: list the packs.")
        ] = None,
        as_json: options.Json = False,
    ) -> None:
        """Lists the built-in packs, or the rules of one."""
        from platform_lib.cli.policy_report import show_packs, show_rules
        from platform_lib.operations.packs import built_in, pack_named

        if pack is None:
            show_packs(built_in(), as_json=as_json)
        else:
            show_rules(pack_named(pack), as_json=as_json)

    @command(
        group, "show", examples=["platform policy show aws-s3-bucket-encryption", "platform policy show RULE --json"]
    )
    def show(
        rule: Annotated[
            str, typer.Argument(metavar="RULE", help="Id of a rule; `platform policy list baseline` has them.")
        ],
        as_json: options.Json = False,
    ) -> None:
        """Shows a rule: what it asks, why, of which resource types, and the controls it serves."""
        from platform_lib.cli.policy_report import show_rule
        from platform_lib.operations.packs import rule_named

        show_rule(rule_named(rule), as_json=as_json)


def _register_init(group: typer.Typer) -> None:
    @command(
        group,
        "init",
        examples=[
            "platform policy init policy/hipaa --pack hipaa",
            "pulumi preview --policy-pack policy/hipaa  # how it is used afterwards",
        ],
    )
    def init(
        folder: Annotated[Path, typer.Argument(metavar="DIR", help="The new folder.")],
        pack: Annotated[str, typer.Option("--pack", metavar="PACK", help="baseline, hipaa, pci or soc2.")] = "baseline",
        virtualenv: Annotated[
            Path | None,
            typer.Option(
                "--virtualenv", metavar="DIR", help="Environment with this library; the running one if left out."
            ),
        ] = None,
        name: Annotated[str, typer.Option("--name", help="Name of the pack in messages.")] = "",
        as_json: options.Json = False,
    ) -> None:
        """Writes a pack folder that the stock pulumi command, the sandbox and CI load, using this environment.

        Its pack.json extends the built-in pack; levels, settings and exclusions of your own go there.
        """
        import sys

        from platform_lib.cli.console import out, print_json
        from platform_lib.operations.packs import pack_named
        from policypacks import init_pack

        pack_named(pack)
        written = init_pack(folder, pack, virtualenv=virtualenv or Path(sys.prefix), name=name)
        if as_json:
            print_json({"folder": str(folder), "pack": pack, "files": [str(path) for path in written]})
            return
        console = out()
        for path in written:
            console.print(f"written: {path}")
        console.print(f"use it: pulumi preview --policy-pack {folder}", style="dim")
