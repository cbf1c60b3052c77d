"""``platform up``, ``preview``, ``refresh`` and ``destroy``: on the sandbox only, and they say so."""

from pathlib import Path
from typing import Annotated

import typer

from platform_lib.cli import options
from platform_lib.cli.command import command

PANEL = "Run stacks (sandbox only)"

Targets = Annotated[
    list[str] | None,
    typer.Option(
        "--target",
        "-t",
        metavar="URN",
        help="Touch only this resource; repeatable, * and ** are wildcards.",
        rich_help_panel=options.SELECTION,
    ),
]
TargetDependents = Annotated[
    bool,
    typer.Option("--target-dependents", help="And what depends on the targets.", rich_help_panel=options.SELECTION),
]
Excludes = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude", metavar="URN", help="Leave this resource alone; repeatable.", rich_help_panel=options.SELECTION
    ),
]
Replaces = Annotated[
    list[str] | None,
    typer.Option(
        "--replace",
        metavar="URN",
        help="Replace this resource, whatever differs; repeatable.",
        rich_help_panel=options.SELECTION,
    ),
]
Refresh = Annotated[
    bool,
    typer.Option("--refresh", "-r", help="Read the cloud into the state first.", rich_help_panel=options.SELECTION),
]
ContinueOnError = Annotated[
    bool,
    typer.Option(
        "--continue-on-error",
        help="Go on with what does not depend on a failed step.",
        rich_help_panel=options.SELECTION,
    ),
]
LogGrpc = Annotated[
    Path | None,
    typer.Option(
        "--log-grpc",
        metavar="FILE",
        help="Log the monitor and provider traffic as JSON lines, as PULUMI_DEBUG_GRPC does.",
        rich_help_panel=options.OUTPUT,
    ),
]
ExpectNoChanges = Annotated[
    bool,
    typer.Option("--expect-no-changes", help="End with 4 where anything would change.", rich_help_panel=options.OUTPUT),
]
SkipPreview = Annotated[
    bool,
    typer.Option(
        "--skip-preview",
        help="Do not preview first; rules about the whole stack then report after the fact.",
        rich_help_panel=options.GENERAL,
    ),
]
NoPolicy = Annotated[bool, typer.Option("--no-policy", help="Evaluate no pack.", rich_help_panel=options.POLICY)]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    _register_preview(app)
    _register_up(app)
    _register_refresh(app)
    _register_destroy(app)


def _register_preview(app: typer.Typer) -> None:
    @command(
        app,
        "preview",
        panel=PANEL,
        examples=[
            "platform preview --stack dev",
            "platform preview --stack prod --policy-pack hipaa --policy-pack pci",
            "platform preview --stack prod --json > plan.json  # ends with 3 where a policy refuses",
            "platform preview --stack prod --expect-no-changes  # ends with 4 where anything would change",
        ],
    )
    def preview(
        stack: options.Stack = None,
        targets: Targets = None,
        target_dependents: TargetDependents = False,
        excludes: Excludes = None,
        replaces: Replaces = None,
        refresh: Refresh = False,
        continue_on_error: ContinueOnError = False,
        packs: options.PolicyPacks = None,
        policy_config: options.PolicyConfig = None,
        waivers: options.Waivers = None,
        no_policy: NoPolicy = False,
        as_json: options.Json = False,
        show_secrets: options.ShowSecrets = False,
        expect_no_changes: ExpectNoChanges = False,
        log_grpc: LogGrpc = None,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
        break_lock: options.BreakLock = False,
    ) -> None:
        """Shows what an up would do, on the sandbox, and what the policies say about it. Changes nothing.

        Names what is protected or holds data and would be replaced or deleted. Ends with 3 where a policy refuses.
        """
        from platform_lib.cli.runner import Runner

        runner = Runner.open(
            directory,
            sandbox_dir,
            stack,
            as_json=as_json,
            show_secrets=show_secrets,
            break_lock=break_lock,
            policy=None if no_policy else (packs, policy_config, waivers),
        )
        runner.preview(
            "preview",
            runner.options(
                targets=targets,
                target_dependents=target_dependents,
                excludes=excludes,
                replace=replaces,
                refresh=refresh,
                continue_on_error=continue_on_error,
                log_grpc=log_grpc,
            ),
            expect_no_changes=expect_no_changes,
        )


def _register_up(app: typer.Typer) -> None:
    @command(
        app,
        "up",
        panel=PANEL,
        examples=[
            "platform up --stack dev",
            "platform up --stack dev --yes --json",
            "platform up --stack dev --target '**::main-vpc' --target-dependents",
            "platform up --stack dev --no-policy",
        ],
    )
    def up(
        stack: options.Stack = None,
        yes: options.Yes = False,
        skip_preview: SkipPreview = False,
        targets: Targets = None,
        target_dependents: TargetDependents = False,
        excludes: Excludes = None,
        replaces: Replaces = None,
        refresh: Refresh = False,
        continue_on_error: ContinueOnError = False,
        packs: options.PolicyPacks = None,
        policy_config: options.PolicyConfig = None,
        waivers: options.Waivers = None,
        no_policy: NoPolicy = False,
        as_json: options.Json = False,
        show_secrets: options.ShowSecrets = False,
        expect_no_changes: ExpectNoChanges = False,
        log_grpc: LogGrpc = None,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
        break_lock: options.BreakLock = False,
    ) -> None:
        """Brings a stack up on the sandbox: previews it, asks, and makes it so. Real clouds are left alone.

        A mandatory finding of a policy in the preview stops it before anything is made (exit code 3). In a terminal it
        asks before it goes on; elsewhere, or with --yes, it goes on, since only the sandbox is touched. Run it again
        after an interruption: it goes on where it stopped.
        """
        from platform_lib.cli.runner import Runner

        runner = Runner.open(
            directory,
            sandbox_dir,
            stack,
            as_json=as_json,
            show_secrets=show_secrets,
            break_lock=break_lock,
            policy=None if no_policy else (packs, policy_config, waivers),
        )
        runner.change(
            "up",
            runner.options(
                targets=targets,
                target_dependents=target_dependents,
                excludes=excludes,
                replace=replaces,
                refresh=refresh,
                continue_on_error=continue_on_error,
                log_grpc=log_grpc,
            ),
            yes=yes,
            skip_preview=skip_preview,
            expect_no_changes=expect_no_changes,
        )


def _register_refresh(app: typer.Typer) -> None:
    @command(
        app,
        "refresh",
        panel=PANEL,
        examples=[
            "platform refresh --stack dev",
            "platform refresh --stack dev --preview-only --expect-no-changes  # ends with 4 where something drifted",
        ],
    )
    def refresh(
        stack: options.Stack = None,
        yes: options.Yes = False,
        preview_only: Annotated[
            bool,
            typer.Option(
                "--preview-only", help="Show the drift and leave the state alone.", rich_help_panel=options.GENERAL
            ),
        ] = False,
        targets: Targets = None,
        target_dependents: TargetDependents = False,
        excludes: Excludes = None,
        clear_pending_creates: Annotated[
            bool,
            typer.Option(
                "--clear-pending-creates",
                help="Forget creations that an earlier run did not finish.",
                rich_help_panel=options.SELECTION,
            ),
        ] = False,
        as_json: options.Json = False,
        show_secrets: options.ShowSecrets = False,
        expect_no_changes: ExpectNoChanges = False,
        log_grpc: LogGrpc = None,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
        break_lock: options.BreakLock = False,
    ) -> None:
        """Reads the sandbox cloud into the state of a stack, and shows each property that moved meanwhile.

        The cloud is not changed: the next up puts back what the program says.
        """
        from platform_lib.cli.runner import Runner

        runner = Runner.open(
            directory,
            sandbox_dir,
            stack,
            as_json=as_json,
            show_secrets=show_secrets,
            break_lock=break_lock,
            existing=True,
        )
        chosen = runner.options(
            targets=targets,
            target_dependents=target_dependents,
            excludes=excludes,
            clear_pending_creates=clear_pending_creates,
            log_grpc=log_grpc,
        )
        if preview_only:
            runner.preview("refresh-preview", chosen, expect_no_changes=expect_no_changes)
        else:
            runner.change("refresh", chosen, yes=yes, expect_no_changes=expect_no_changes)


def _register_destroy(app: typer.Typer) -> None:
    @command(
        app,
        "destroy",
        panel=PANEL,
        examples=[
            "platform destroy --stack dev",
            "platform destroy --stack prod --unprotect  # asks; lists what is protected",
            "platform destroy --stack dev --target '**::alerts'",
        ],
    )
    def destroy(
        stack: options.Stack = None,
        yes: options.Yes = False,
        preview_only: Annotated[
            bool,
            typer.Option("--preview-only", help="Show what would go and leave it.", rich_help_panel=options.GENERAL),
        ] = False,
        unprotect: Annotated[
            bool,
            typer.Option("--unprotect", help="Lift every protection first; asks.", rich_help_panel=options.SELECTION),
        ] = False,
        targets: Targets = None,
        target_dependents: TargetDependents = False,
        excludes: Excludes = None,
        refresh: Refresh = False,
        continue_on_error: ContinueOnError = False,
        as_json: options.Json = False,
        show_secrets: options.ShowSecrets = False,
        log_grpc: LogGrpc = None,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
        break_lock: options.BreakLock = False,
    ) -> None:
        """Takes a stack down on the sandbox. What is protected stays and makes it fail, as the stock engine does.

        With --unprotect nothing stays but what the program retains on purpose, and that is listed. Real clouds are left
        alone.
        """
        from platform_lib.cli.runner import Runner

        runner = Runner.open(
            directory,
            sandbox_dir,
            stack,
            as_json=as_json,
            show_secrets=show_secrets,
            break_lock=break_lock,
            existing=True,
        )
        chosen = runner.options(
            targets=targets,
            target_dependents=target_dependents,
            excludes=excludes,
            refresh=refresh,
            continue_on_error=continue_on_error,
            log_grpc=log_grpc,
        )
        if preview_only:
            runner.preview("destroy-preview", chosen)
        else:
            runner.destroy(chosen, yes=yes, unprotect=unprotect)
