"""``platform doctor`` and ``platform version``."""

from pathlib import Path

import typer

from platform_lib.cli import options
from platform_lib.cli.command import command

_MARKS = {"ok": ("ok", "green"), "note": ("--", "yellow"), "problem": ("!!", "bold red")}


def register(app: typer.Typer) -> None:
    """Adds the commands."""

    @command(app, "doctor", panel="Find out", examples=["platform doctor", "platform doctor --json"])
    def doctor(
        directory: options.Directory = Path(), sandbox_dir: options.SandboxDir = None, as_json: options.Json = False
    ) -> None:
        """Says what is installed, what is missing, and what to do.

        Looks at Python, the packages and extras, the stock pulumi command, the project with its stacks, the sandbox
        with its locks, and the passphrase. Nothing is changed. Ends with 1 where something will not work.
        """
        from platform_lib.cli.console import out, print_json
        from platform_lib.operations.doctor import examine, healthy

        checks = examine(directory, sandbox_dir)
        if as_json:
            print_json(
                {
                    "healthy": healthy(checks),
                    "checks": [
                        {"group": c.group, "name": c.name, "status": c.status, "detail": c.detail, "remedy": c.remedy}
                        for c in checks
                    ],
                }
            )
        else:
            console = out()
            group = ""
            for check in checks:
                if check.group != group:
                    group = check.group
                    console.print(group, style="bold")
                mark, style = _MARKS[check.status]
                console.print(f"  {mark} ", style=style, end="")
                console.print(f"{check.name:<20} {check.detail}")
                if check.remedy:
                    console.print(f"{'':<26}{check.remedy}", style="dim")
        if not healthy(checks):
            raise typer.Exit(1)

    @command(app, "version", panel="Find out", examples=["platform version --json"])
    def version(as_json: options.Json = False) -> None:
        """Shows the version of the library, of Python and of the installed Pulumi SDKs."""
        import platform as machine

        from platform_lib.cli.console import out, print_json
        from platform_lib.operations.doctor import installed

        versions = {"python": machine.python_version(), **installed()}
        if as_json:
            print_json(versions)
            return
        for name, number in versions.items():
            out().print(f"{name:<22} {number}")
