"""Secrets of a stack that end up in plain text are found, wherever; and the gate itself writes none of them down."""

import json
import random
import string
from collections.abc import Sequence
from pathlib import Path

import pytest

from platform_lib.core.values import Secret
from platform_lib.operations.gate.checks import secrets
from platform_lib.operations.gate.report.render import FORMS, render
from platform_lib.operations.gate.verdict import Effect, Outcome, Status
from platform_lib.sandbox.engine.event import DiagnosticEvent
from support.backend import PASSPHRASE
from support.cli_project import CliProject
from support.gates import folder_texts, found, gate_input, gate_of, plant_secret

ENV = {"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE}


def canary(seed: int) -> str:
    """A secret as a machine draws one."""
    return "".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=32))


TOKEN, PASSWORD, OUTPUT = canary(1), canary(2), canary(3)

KEPT = """\
import pulumi
import pulumi_aws as aws

token = pulumi.Config().require_secret("token")
aws.ssm.Parameter("token", type="SecureString", value=token, name="/shop/token")
aws.ssm.Parameter("password", type="SecureString", value=pulumi.Output.secret("PASSWORD"), name="/shop/password")
pulumi.export("made", pulumi.Output.secret("OUTPUT"))
pulumi.export("hash", token.apply(lambda text: len(text)))
""".replace("PASSWORD", PASSWORD).replace("OUTPUT", OUTPUT)

LEAKS = {
    "config": 'aws.sqs.Queue("jobs", tags={"token": pulumi.Config().require("token")})',
    "encoded": (
        'import base64\nopen_token = b"user:" + pulumi.Config().require("token").encode()\n'
        'aws.sqs.Queue("jobs", tags={"t": base64.b64encode(open_token).decode()})'
    ),
    "name": 'aws.sqs.Queue("jobs-" + pulumi.Config().require("token"))',
    "key": 'aws.sqs.Queue("jobs", tags={pulumi.Config().require("token"): "x"})',
    "output": 'pulumi.export("leak", pulumi.Output.unsecret(token))',
    "message": 'pulumi.log.warn("using " + pulumi.Config().require("token").encode().hex())',
}
"""What a program may do wrong with a secret of its configuration."""

MASKED = [
    'pulumi.log.warn("using " + pulumi.Config().require("token"))',
    'print("using", pulumi.Config().require("token"))',
]
"""What the engine masks."""


def project(folder: Path, program: str) -> CliProject:
    made = CliProject(folder / "shop", program)
    plant_secret(made.folder / "Pulumi.dev.yaml", "shop:token", TOKEN)
    return made


def test_secrets_that_stay_secret_pass(tmp_path: Path) -> None:
    verdict = gate_of(project(tmp_path, KEPT), env=ENV)
    phase = verdict.phase("secrets")
    assert phase is not None
    assert (phase.status, phase.findings) == (Status.PASSED, ())
    assert phase.summary.endswith("1 canary")


@pytest.mark.parametrize("place", LEAKS)
def test_a_secret_of_the_configuration_in_plain_text_is_refused(tmp_path: Path, place: str) -> None:
    verdict = gate_of(project(tmp_path, f"{KEPT}\n{LEAKS[place]}\n"), env=ENV)
    assert verdict.verdict is Outcome.REFUSED
    tripped = found(verdict, secrets.CANARY)
    assert tripped, "the canary shows it"
    assert {item.problem for item in tripped} == {"the secret configuration shop:token ends up here in plain text"}
    assert found(verdict, secrets.KNOWN), "and so does the real value"
    assert TOKEN not in verdict.to_json()


@pytest.mark.parametrize("line", MASKED)
def test_a_secret_that_the_engine_masks_in_a_message_is_advice(tmp_path: Path, line: str) -> None:
    verdict = gate_of(project(tmp_path, f"{KEPT}\n{line}\n"), env=ENV)
    [finding] = found(verdict, secrets.MASKED)
    assert finding.effect is Effect.ADVISE
    assert TOKEN not in verdict.to_json()


def test_the_canary_finds_it_where_the_real_secret_cannot_be_opened(tmp_path: Path) -> None:
    leaking = project(tmp_path, f"{KEPT}\n{LEAKS['output']}\n")
    file = leaking.folder / "Pulumi.dev.yaml"
    file.write_text("secretsprovider: awskms://alias/x\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    (leaking.folder / ".sandbox").mkdir()
    fixtures = "pulumi:config: [{args: {stack: dev}, returns: {shop:token: a-stand-in-for-it}}]\n"
    (leaking.folder / ".sandbox" / "fixtures.yaml").write_text(fixtures, encoding="utf-8")
    assert found(gate_of(leaking), secrets.CANARY)


def test_a_program_that_takes_no_canary_is_told(tmp_path: Path) -> None:
    picky = f'{KEPT}\nif pulumi.Config().require("token") != "{TOKEN}":\n    raise ValueError("not a token of ours")\n'
    verdict = gate_of(project(tmp_path, picky), env=ENV)
    [finding] = found(verdict, secrets.UNTRIED)
    assert finding.effect is Effect.ADVISE
    assert "ValueError: not a token of ours" in finding.problem


def test_a_secret_pasted_as_plain_configuration_is_refused(tmp_path: Path) -> None:
    pasted = CliProject(tmp_path / "shop")
    pasted.config(apiKey="AKIAIOSFODNN7EXAMPLE", session=canary(9), zones="ab")
    verdict = gate_of(pasted)
    findings = {item.subject: item.effect for item in found(verdict, secrets.CONFIGURATION)}
    assert findings == {
        "configuration shop:apiKey": Effect.REFUSE,
        "configuration shop:session": Effect.ADVISE,
    }
    assert "AKIAIOSFODNN7EXAMPLE" not in verdict.to_json()


def test_a_secret_of_the_program_that_stands_open_elsewhere_is_refused(tmp_path: Path) -> None:
    program = (
        "import pulumi\nimport pulumi_aws as aws\n"
        f'aws.sqs.Queue("jobs", tags={{"t": "x {PASSWORD}"}})\n'
        f'aws.ssm.Parameter("p", type="SecureString", value=pulumi.Output.secret("{PASSWORD}"))\n'
    )
    verdict = gate_of(CliProject(tmp_path / "shop", program))
    places = {(item.subject.rpartition("::")[2], item.path) for item in found(verdict, secrets.KNOWN)}
    assert places == {("jobs", "tags.t"), ("jobs", "tagsAll.t")}


def test_known_forms_in_outputs_and_messages_are_refused_and_randomness_is_advice(tmp_path: Path) -> None:
    given = gate_input(
        CliProject(tmp_path / "shop"),
        outputs={
            "key": "AKIAIOSFODNN7EXAMPLE",
            "text": f"is {canary(8)}",
            "digest": canary(6),
            "hidden": Secret(canary(7)),
        },
        messages=[DiagnosticEvent("info", "ghp_" + "a1B2" * 9)],
    )
    looked = secrets.look(given)
    assert {(item.check, item.subject, item.effect) for item in looked.findings} == {
        (secrets.FORM, "output key", Effect.REFUSE),
        (secrets.FORM, "the program's messages", Effect.REFUSE),
        (secrets.RANDOM, "output text", Effect.ADVISE),
    }


def written(answers: Sequence[str]) -> str:
    return "\n".join(answers)


def test_no_canary_appears_in_anything_that_is_made(tmp_path: Path) -> None:
    """Planted in configuration, inputs, outputs, names and messages: in no file, output, comment or event."""
    lines = [KEPT, LEAKS["config"].replace('"jobs"', '"a"'), LEAKS["name"], LEAKS["output"], LEAKS["message"], *MASKED]
    program = "\n".join(lines)
    planted = project(tmp_path, program)
    out = tmp_path / "out"
    out.mkdir()
    writes = [part for form in FORMS for part in ("--write", f"{form}={out / form}")]
    told = []
    for arguments in (["--all"], ["--json"], ["--format", "comment"], ["--format", "sarif"], ["--format", "junit"]):
        answer = planted.run("gate", "--stack", "dev", *arguments, *writes, env=ENV)
        assert answer.code == 3, answer.err
        told += [answer.out, answer.err]
    verdict = gate_of(planted, env=ENV)
    told += [render(verdict, form) for form in FORMS] + [repr(verdict), str(verdict)]
    assert {path.name for path in out.iterdir()} == set(FORMS)
    for secret in (TOKEN, PASSWORD, OUTPUT):
        assert secret not in written(told)
        for path, content in folder_texts(tmp_path).items():
            if path.name in ("__main__.py", "cloud.sqlite"):
                continue  # the program itself; the cloud, which has to hold what it was given
            assert secret.encode() not in content, path
    data = json.loads((out / "json").read_text(encoding="utf-8"))
    assert "[secret]" in json.dumps(data["steps"]), "the name is told without the secret in it"
