"""``platform evidence``: write down what a check showed, sign it, verify it years later without a network."""

import os
from pathlib import Path
from typing import Annotated

import typer

from platform_lib.cli import options
from platform_lib.cli.command import command
from platform_lib.cli.failure import ExitCode
from platform_lib.operations.errors import InputError

Key = Annotated[
    Path, typer.Option("--key", metavar="FILE", help="Private key; its passphrase in PLATFORM_EVIDENCE_PASSPHRASE.")
]
File = Annotated[Path, typer.Argument(metavar="FILE", help="The evidence file.")]


def register(app: typer.Typer) -> None:
    """Adds the commands of the group."""
    group = typer.Typer(
        help="Evidence: write down what a policy check showed, sign it, verify it without a network.",
        no_args_is_help=True,
    )
    app.add_typer(group, name="evidence", rich_help_panel="Check stacks")
    _register_create(group)
    _register_keys(group)
    _register_verify(group)


def _register_create(group: typer.Typer) -> None:
    @command(
        group,
        "create",
        examples=[
            "platform evidence create --state prod.json --environment prod --output evidence.json",
            "platform evidence create --stack prod --policy-pack hipaa --output evidence.json --key evidence.pem",
        ],
    )
    def create(
        output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The evidence file.")],
        stack: options.Stack = None,
        state: options.States = None,
        environment: options.Levels = None,
        commit: options.Commit = None,
        key: Annotated[
            Path | None, typer.Option("--key", metavar="FILE", help="Private key to sign with at once.")
        ] = None,
        packs: options.PolicyPacks = None,
        policy_config: options.PolicyConfig = None,
        waivers: options.Waivers = None,
        as_json: options.Json = False,
        directory: options.Directory = Path(),
        sandbox_dir: options.SandboxDir = None,
    ) -> None:
        """Checks a stack or saved states; writes what was evaluated, when, with what, and each control's verdict.

        Ends with 0 whatever the verdict is: evidence is also made of what is not in order.
        """
        from platform_lib.cli.console import out, print_json
        from platform_lib.cli.session import open_session
        from platform_lib.operations.evidence import gathered, program_of
        from platform_lib.operations.output import write_text
        from platform_lib.operations.packs import DEFAULT_PACK
        from platform_lib.operations.packs import policies as choose
        from platform_lib.operations.policy_check import check_program, check_state, state_files
        from platform_lib.operations.project import project_or_none
        from platform_lib.operations.signature import sign
        from policypacks.report.evidence import file_hash

        if state and stack:
            raise InputError("evidence create: --stack and --state do not go together; give one of them")
        if environment and not state:
            raise InputError(
                "evidence create: --environment is for saved states; a stack's configuration names its own"
            )
        hashes: dict[str, str] = {}
        if state:
            project = project_or_none(directory)
            policies = choose(project, packs, policy_config, waivers, fallback=(DEFAULT_PACK,))
            files = state_files(state)
            hashes = {str(file): file_hash(file) for file in files}
            checked = [check_state(file, policies, environment) for file in files]
        else:
            session = open_session(directory, sandbox_dir, stack)
            policies = choose(session.project, packs, policy_config, waivers, fallback=(DEFAULT_PACK,))
            checked = [check_program(session.stack, policies)]
        write_text(output, gathered(checked, policies, program_of(directory, commit), hashes))
        signed = sign(output, key, _passphrase()) if key else None
        if as_json:
            print_json(
                {
                    "evidence": str(output),
                    "signature": str(signed[0]) if signed else None,
                    "keyId": signed[1] if signed else None,
                    "verdicts": {item.subject: "refused" if item.refused else "accepted" for item in checked},
                }
            )
            return
        console = out()
        for item in checked:
            console.print(f"{item.subject}: {'refused' if item.refused else 'accepted'}, {item.resources} resources")
        console.print(f"written: {output}")
        if signed:
            console.print(f"written: {signed[0]}, signed by {signed[1]}")


def _register_keys(group: typer.Typer) -> None:
    @command(group, "keygen", examples=["platform evidence keygen --key evidence.pem  # and evidence.pem.pub"])
    def keygen(
        key: Annotated[
            Path, typer.Option("--key", metavar="FILE", help="The new private key; the public one is FILE.pub.")
        ],
        as_json: options.Json = False,
    ) -> None:
        """Makes an Ed25519 key pair; a passphrase in PLATFORM_EVIDENCE_PASSPHRASE protects the private key.

        Give the public key, or its id, to those who verify on another way than the evidence.
        """
        from platform_lib.cli.console import out, print_json
        from platform_lib.operations.signature import create_key

        public, identity = create_key(key, _passphrase())
        if as_json:
            print_json({"privateKey": str(key), "publicKey": str(public), "keyId": identity})
            return
        console = out()
        console.print(f"written: {key} (keep it secret)")
        console.print(f"written: {public}, {identity}")

    @command(group, "sign", examples=["platform evidence sign evidence.json --key evidence.pem"])
    def sign_(file: File, key: Key, as_json: options.Json = False) -> None:
        """Signs an evidence file; the signature is written beside it as FILE.sig."""
        from platform_lib.cli.console import out, print_json
        from platform_lib.operations.signature import sign
        from policypacks.report.evidence import read_evidence

        if not file.is_file():
            raise InputError(f"evidence {file}: no such file; make one with `platform evidence create`")
        read_evidence(file.read_bytes(), f"evidence {file}")
        path, identity = sign(file, key, _passphrase())
        if as_json:
            print_json({"evidence": str(file), "signature": str(path), "keyId": identity})
            return
        out().print(f"written: {path}, signed by {identity}")


def _register_verify(group: typer.Typer) -> None:
    @command(
        group,
        "verify",
        examples=[
            "platform evidence verify evidence.json --public-key evidence.pem.pub",
            "platform evidence verify evidence.json --public-key evidence.pem.pub --state prod.json",
        ],
    )
    def verify_(
        file: File,
        public_key: Annotated[
            Path,
            typer.Option("--public-key", metavar="FILE", help="The key you trust; not one that came with the file."),
        ],
        signature: Annotated[
            Path | None, typer.Option("--signature", metavar="FILE", help="The signature; FILE.sig if left out.")
        ] = None,
        state: Annotated[
            list[Path] | None,
            typer.Option("--state", metavar="FILE", help="State that must be one that was evaluated; repeatable."),
        ] = None,
        waivers: Annotated[
            Path | None, typer.Option("--waivers", metavar="FILE", help="Waiver file that must be the one used.")
        ] = None,
        packs: Annotated[bool, typer.Option("--packs", help="The installed packs must be the ones used.")] = False,
        as_json: options.Json = False,
    ) -> None:
        """Verifies that an evidence file is, byte for byte, what the owner of the key signed, and says what it shows.

        Ends with 1 where it is not, with 4 where an original differs from the one that was evaluated.
        """
        from platform_lib.cli.console import out, print_json
        from platform_lib.operations.evidence import compared
        from platform_lib.operations.signature import verify
        from policypacks.report.evidence import read_evidence

        content, identity = verify(file, public_key, signature)
        evidence = read_evidence(content, f"evidence {file}")
        comparisons = compared(evidence, state or (), waivers, packs=packs)
        if as_json:
            print_json(
                {
                    "verified": True,
                    "keyId": identity,
                    "evidence": evidence,
                    "compared": [{"what": item.what, "same": item.same} for item in comparisons],
                }
            )
        else:
            console = out()
            console.print(f"verified: {file}, signed by {identity}")
            console.print(f"  made {evidence['created']}, packs {evidence['packHash']}")
            program = evidence["program"]
            if program:
                dirty = {True: ", with changes", False: "", None: ", changes not looked at"}[program["dirty"]]
                console.print(f"  program at commit {program['commit']}{dirty}")
            for stack in evidence["stacks"]:
                failed = sum(control["verdict"] == "failed" for control in stack["controls"])
                console.print(
                    f"  {stack['subject']}: {stack['verdict']}, {stack['summary']['resources']} resources, "
                    f"{failed} controls with failures, {len(stack['waivers']['used'])} waivers used"
                )
            for item in comparisons:
                console.print(f"  {item.what}: {'the same' if item.same else 'differs'}")
        if not all(item.same for item in comparisons):
            raise typer.Exit(int(ExitCode.DIFFERENT))


def _passphrase() -> str:
    from platform_lib.operations.signature import PASSPHRASE

    return os.environ.get(PASSPHRASE, "")
