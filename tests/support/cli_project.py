"""A small project on disk and the command run on it, in this process or as the installed command."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

PROGRAM = """\
import pulumi
import pulumi_aws as aws

config = pulumi.Config()


class Network(pulumi.ComponentResource):
    def __init__(self, name, cidr, zones, opts=None):
        super().__init__("shop:index:Network", name, None, opts)
        below = pulumi.ResourceOptions(parent=self)
        self.vpc = aws.ec2.Vpc(f"{name}-vpc", cidr_block=cidr, tags={"owner": config.require("owner")}, opts=below)
        for index, zone in enumerate(zones):
            aws.ec2.Subnet(
                f"{name}-private-{zone}",
                vpc_id=self.vpc.id,
                cidr_block=cidr.replace("0.0/16", f"{index}.0/24"),
                availability_zone=f"eu-west-1{zone}",
                opts=below,
            )
        self.register_outputs({})


network = Network("main", config.get("cidr") or "10.0.0.0/16", config.get("zones") or "ab")
protect = pulumi.ResourceOptions(protect=config.get_bool("protect") or False)
if config.get_bool("bucket") is not False:
    aws.s3.Bucket("logs", bucket=config.get("bucketName"), opts=protect)
if config.get_bool("keep"):
    aws.sqs.Queue("kept", opts=pulumi.ResourceOptions(retain_on_delete=True))
pulumi.export("vpcId", network.vpc.id)
pulumi.export("password", pulumi.Output.secret("canary-7f3a"))
"""

_UNSET = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_STACK", "CI", "NO_COLOR", "FORCE_COLOR")


@dataclass(frozen=True)
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Stdout as JSON; it must be nothing else."""
        return json.loads(self.out)


class CliProject:
    """A project called ``shop`` with a stack ``dev`` of one VPC, two subnets and a bucket."""

    def __init__(self, folder: Path, program: str = PROGRAM) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n", encoding="utf-8")
        self.program(program)
        self.config()

    def program(self, text: str) -> None:
        """Writes the program."""
        (self.folder / "__main__.py").write_text(text, encoding="utf-8")

    def config(self, stack: str = "dev", **values: Any) -> None:
        """Writes the stack file; owner, environment and region are there unless given."""
        chosen = {"owner": "me", "environment": "dev", **values}
        lines = ["config:", "  aws:region: eu-west-1"]
        lines += [f"  shop:{key}: {json.dumps(value)}" for key, value in chosen.items()]
        (self.folder / f"Pulumi.{stack}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def pyproject(self, text: str) -> None:
        """Writes ``[tool.platform]``."""
        (self.folder / "pyproject.toml").write_text(f"[tool.platform]\n{text}\n", encoding="utf-8")

    def run(self, *arguments: str, env: Mapping[str, str] | None = None, stdin: str | None = None) -> Answer:
        """Runs the command in this process, in the project's folder."""
        return invoke(*arguments, cwd=self.folder, env=env, stdin=stdin)

    def install(self, *arguments: str, env: Mapping[str, str] | None = None) -> Answer:
        """Runs the installed command in a process of its own, in the project's folder."""
        done = subprocess.run(
            [str(command_path()), *arguments],
            cwd=self.folder,
            env=clean_environment(env),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)


def command_path() -> Path:
    """The installed command, beside the interpreter."""
    return Path(sys.executable).with_name("platform")


def clean_environment(env: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment without what would change the output."""
    return {key: value for key, value in os.environ.items() if key not in _UNSET} | {"COLUMNS": "200"} | dict(env or {})


def invoke(
    *arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None, stdin: str | None = None
) -> Answer:
    """Runs the command in this process."""
    from platform_lib.cli.app import app

    changed: dict[str, str | None] = {**dict.fromkeys(_UNSET), "COLUMNS": "200", **(env or {})}
    before = Path.cwd()
    os.chdir(cwd or before)
    try:
        result = CliRunner().invoke(app, list(arguments), env=changed, input=stdin, prog_name="platform")
    finally:
        os.chdir(before)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Answer(result.exit_code, result.stdout, result.stderr)
