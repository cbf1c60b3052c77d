"""``platform propose`` and ``platform approve``: what would be deployed, its digest, and a signature under it."""

from pathlib import Path
from typing import Annotated

import typer

from platform_lib.cli import deployment, options
from platform_lib.cli.command import command
from platform_lib.cli.engines import Engine, EngineOption
from platform_lib.cli.failure import ExitCode
from platform_lib.operations.errors import InputError


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    _register_propose(app)
    _register_approve(app)


def _register_propose(app: typer.Typer) -> None:
    @command(
        app,
        "propose",
        panel=deployment.PANEL,
        examples=[
            "platform propose --stack prod",
            "platform propose --stack prod --engine pulumi --tests junit.xml --output /tmp/prod.proposal.json",
        ],
    )
    def propose(
        stack: options.Stack = None,
        output: Annotated[
            Path | None,
            typer.Option(
                "--output",
                "-o",
                metavar="FILE",
                help="Write the proposal to a file, for those who approve; keep it out of the work tree.",
                rich_help_panel=options.OUTPUT,
            ),
        ] = None,
        engine: EngineOption = Engine.SANDBOX,
        tests: deployment.Tests = None,
        drift: deployment.DriftFile = None,
        requested_by: deployment.RequestedBy = None,
        accept_loss: deployment.AcceptLoss = False,
        as_json: options.Json = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
        records: deployment.Records = None,
    ) -> None:
        """Previews and gates what a deployment of this commit would do; shows the digest that an approval is bound to.

        Changes nothing. Ends with 3 where something stands against the deployment that no approval mends.
        """
        from platform_lib.cli.console import err, out, print_json
        from platform_lib.operations.deployment.prepare import Request, prepare
        from platform_lib.operations.output import write_text

        target = deployment.open_target(engine, directory, sandbox_dir, stack, records)
        if not as_json:
            deployment.tell_target(target)
        prepared = prepare(
            target,
            Request(
                requested_by=deployment.requester(target, requested_by),
                tests=tests,
                drift=drift,
                accept_loss=accept_loss,
                told=None if as_json else deployment.tell_phase,
            ),
        )
        if output is not None:
            write_text(output, prepared.started.proposal.to_json())
        code = ExitCode.REFUSED if prepared.refusals else ExitCode.DONE
        if as_json:
            print_json({**deployment.prepared_json(prepared), "exitCode": int(code)})
        else:
            deployment.show_prepared(prepared)
            for problem in prepared.problems:
                err().print(f"not yet: {problem}")
            if output is not None:
                out().print(f"written: {output}")
        if code is not ExitCode.DONE:
            raise typer.Exit(int(code))


def _register_approve(app: typer.Typer) -> None:
    @command(
        app,
        "approve",
        panel=deployment.PANEL,
        examples=[
            "platform approve sha256:3f0c... --by alice --key alice.pem --proposal prod.json --output approval.json",
            "platform approve DIGEST --by alice --key alice.pem --proposal prod.json -o approval.json --ttl 2h",
        ],
    )
    def approve(
        digest: Annotated[str, typer.Argument(metavar="DIGEST", help="The digest that `platform propose` showed.")],
        by: Annotated[
            str,
            typer.Option("--by", metavar="NAME", help="Who approves, as governance/approvers.yaml has it."),
        ],
        key: Annotated[
            Path,
            typer.Option(
                "--key", metavar="FILE", help="Your private key; its passphrase in PLATFORM_EVIDENCE_PASSPHRASE."
            ),
        ],
        proposal: Annotated[
            Path,
            typer.Option("--proposal", metavar="FILE", help="The proposal, as `platform propose --output` wrote it."),
        ],
        output: Annotated[
            Path,
            typer.Option("--output", "-o", metavar="FILE", help="The approval to write; its signature is FILE.sig."),
        ],
        ttl: Annotated[
            str | None,
            typer.Option(
                "--ttl", metavar="SPAN", help="How long it holds; left out, as long as the environment allows."
            ),
        ] = None,
        reason: Annotated[str, typer.Option("--reason", help="Free text, kept in the record.")] = "",
        as_json: options.Json = False,
        directory: options.Directory = Path(),
    ) -> None:
        """Signs an approval of one proposal: this commit, these settings, packs and steps, and nothing else.

        Who wrote the change, or asked for it, cannot approve it. The decisions of the deployed commit say who may; the
        deployment asks them again, with the record in hand.
        """
        from platform_lib.cli.console import out, print_json
        from platform_lib.core.validation import FieldError
        from platform_lib.operations.approval import approve as sign
        from platform_lib.operations.deployment.target import now
        from platform_lib.operations.duration import parse_duration
        from platform_lib.operations.git import Repository
        from platform_lib.operations.governance.governance import governance_at
        from platform_lib.operations.project import find_project
        from platform_lib.operations.proposal.proposal import read_proposal
        from platform_lib.operations.signature import signature_path

        try:
            span = None if ttl is None else parse_duration(ttl)
        except FieldError as error:
            raise InputError(f"approve: --ttl: {error.problem}, got '{ttl}'; {error.remedy}") from None
        if not proposal.is_file():
            raise InputError(f"approve: {proposal}: no such file; `platform propose --output` writes it")
        found = read_proposal(proposal.read_bytes(), f"proposal {proposal}")
        if found.digest != digest:
            raise InputError(
                f"approve: {proposal}: is not the proposal of that digest, got {found.digest}; look at it again, and "
                "give the digest that you saw"
            )
        repository = Repository(find_project(directory).directory)
        governance = governance_at(repository, found.base or found.commit)
        approval = sign(
            found,
            governance,
            by=by,
            key=key,
            passphrase=deployment.passphrase(),
            output=output,
            ttl=span,
            reason=reason,
            now=now(),
        )
        if as_json:
            print_json(
                {
                    "approval": str(output),
                    "signature": str(signature_path(output)),
                    "digest": approval.digest,
                    "approver": approval.approver,
                    "expires": approval.expires.isoformat(),
                }
            )
            return
        console = out()
        console.print(f"approved: {approval.digest}")
        console.print(
            f"  {found.project}/{found.stack} at commit {found.commit[:12]}, {len(found.steps)} steps, by {by}, until "
            f"{approval.expires.isoformat()}"
        )
        console.print(f"written: {output} and {signature_path(output).name}")
