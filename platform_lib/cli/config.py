"""``platform config``: what stacks are set to and from where, what is wrong with their files, schemas for editors."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platform_lib.cli import options
from platform_lib.cli.command import command
from platform_lib.cli.failure import ExitCode

if TYPE_CHECKING:
    from platform_lib.core.settings import Settings
    from platform_lib.sandbox.project import Project


class SchemaKind(StrEnum):
    """Which file a schema is for."""

    STACK = "stack"
    OVERLAY = "overlay"


def register(app: typer.Typer) -> None:
    """Adds the commands of the group."""
    group = typer.Typer(
        help="Settings: what a stack is set to and from where; all stack files checked at once; schemas for editors.",
        no_args_is_help=True,
    )
    app.add_typer(group, name="config", rich_help_panel="Check stacks")
    _register_show(group)
    _register_check(group)
    _register_schema(group)


def _register_show(group: typer.Typer) -> None:
    @command(
        group,
        "show",
        examples=["platform config show --stack prod --origin", "platform config show --stack prod --json"],
    )
    def show(
        stack: options.Stack = None,
        origin: Annotated[
            bool, typer.Option("--origin", help="Show where each value comes from.", rich_help_panel=options.OUTPUT)
        ] = False,
        as_json: options.Json = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
    ) -> None:
        """Shows every setting of a stack, with its defaults; secrets read [secret].

        Layers, each over the one before: defaults of the model, defaults of the environment, the overlays of region
        and tenant (settings/region/NAME.yaml, settings/tenant/NAME.yaml), the stack file.
        """
        from rich.table import Table

        from platform_lib.cli.console import out, print_json
        from platform_lib.cli.render import value_text
        from platform_lib.cli.session import open_session
        from platform_lib.core.settings import settings_class
        from platform_lib.operations.configuration.show import setting_rows

        session = open_session(directory, sandbox_dir, stack)
        project = session.workspace.project
        model = settings_class(project.root)
        name = session.stack.name
        rows = list(setting_rows(model.from_file(project.stack_file(name), project.name)))
        if as_json:
            settings = [{"path": row.path, "value": row.value, "origin": _origin_json(row.origin)} for row in rows]
            print_json({"project": project.name, "stack": name, "settings": settings})
            return
        heads = ["SETTING", "VALUE", *(["ORIGIN"] if origin else [])]
        table = Table(*heads, box=None, header_style="bold", pad_edge=False)
        for row in rows:
            source = str(row.origin) if not row.origin.file else f"{row.origin}  ({row.origin.source})"
            table.add_row(row.path, value_text(row.value), *([source] if origin else []))
        out().print(table)


def _origin_json(origin: object) -> dict[str, object]:
    from platform_lib.core.settings import Origin

    if not isinstance(origin, Origin):  # pragma: no cover  # rows hold nothing else
        return {}
    return {"source": origin.source, "file": origin.file, "line": origin.line}


def _register_check(group: typer.Typer) -> None:
    @command(group, "check", examples=["platform config check", "platform config check --json"])
    def check(as_json: options.Json = False, directory: options.Directory = Path()) -> None:
        """Checks every stack file and overlay of the project at once: keys, types, allowed values, what is unused.

        Each finding names file, line and key. A secret in plain text is one. Nothing is run and no secret is opened.
        Ends with 1 where something is wrong.
        """
        from platform_lib.cli.console import err, out, print_json
        from platform_lib.operations.configuration.check import check_project

        project, model = _project(directory)
        checked = check_project(project, model)
        findings = checked.everything
        if as_json:
            print_json(
                {
                    "project": project.name,
                    "stacks": [item.stack for item in checked.stacks],
                    "findings": [
                        {"subject": subject, "path": item.path, "problem": item.problem, "remedy": item.remedy}
                        for subject, item in findings
                    ],
                }
            )
        else:
            for subject, item in findings:
                err().print(f"{subject}: {item}")
            count = f"{len(findings)} finding{'' if len(findings) == 1 else 's'}" if findings else "nothing is wrong"
            out().print(f"checked {', '.join(item.stack for item in checked.stacks) or 'no stack file'}: {count}")
        if findings:
            raise typer.Exit(int(ExitCode.FAILED))


def _register_schema(group: typer.Typer) -> None:
    @command(
        group,
        "schema",
        examples=[
            "platform config schema --output settings/stack.schema.json",
            "platform config schema --for overlay --output settings/overlay.schema.json",
        ],
    )
    def schema(
        kind: Annotated[
            SchemaKind, typer.Option("--for", help="For stack files, or for overlays.", rich_help_panel=options.OUTPUT)
        ] = SchemaKind.STACK,
        output: Annotated[
            Path | None,
            typer.Option("--output", "-o", metavar="FILE", help="Write to a file.", rich_help_panel=options.OUTPUT),
        ] = None,
        directory: options.Directory = Path(),
    ) -> None:
        """Prints the JSON schema of stack files or of overlays, made from the settings model, for editors.

        Check it in, and name it in the first line of a file:
        # yaml-language-server: $schema=settings/stack.schema.json
        """
        import json

        from platform_lib.cli.console import err, print_json
        from platform_lib.core.settings import settings_class
        from platform_lib.operations.configuration.schema import overlay_schema, stack_schema
        from platform_lib.operations.output import write_text

        project, model = _project(directory)
        if model is None:
            model = settings_class(project.root)  # says what to add
        document = stack_schema(model, project) if kind is SchemaKind.STACK else overlay_schema(model)
        if output is None:
            print_json(document)
            return
        write_text(output, json.dumps(document, indent=2, ensure_ascii=False) + "\n")
        err().print(f"written: {output}")


def _project(directory: Path) -> "tuple[Project, type[Settings] | None]":
    """The project around a folder, and its settings model where it names one."""
    from platform_lib.core.settings import settings_class
    from platform_lib.operations.project import find_project
    from platform_lib.sandbox.project import read_project

    found = find_project(directory)
    return read_project(found.directory), settings_class(found.directory) if found.settings else None
