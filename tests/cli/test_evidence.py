"""Evidence through the command: made, signed, verified; whatever is changed is noticed."""

import base64
import json
import shutil
import stat
import subprocess
from pathlib import Path

import jsonschema
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from platform_lib.operations import signature
from platform_lib.operations.signature import SignatureError
from policypacks.report.evidence import schema
from support.cli_project import Answer, CliProject, invoke

VPC = "urn:pulumi:prod::shop::aws:ec2/vpc:Vpc::main"
KEY = "urn:pulumi:prod::shop::aws:kms/key:Key::data"
RULE = "aws-kms-key-rotation-enabled"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
WAIVERS = f"""\
waivers:
  - rule: {RULE}
    resource: "{KEY}"
    owner: data
    approver: security
    reason: the key is retired this month
    compensating_control: nothing is encrypted under it any more
    expires: 2999-01-01
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    resources = [
        {"urn": VPC, "type": "aws:ec2/vpc:Vpc", "custom": True, "id": "vpc-1", "inputs": {"cidrBlock": "10.0.0.0/16"}},
        {"urn": KEY, "type": "aws:kms/key:Key", "custom": True, "id": "key-1", "inputs": {"description": "s3cr3t"}},
    ]
    state = {"version": 3, "deployment": {"resources": resources}}
    (tmp_path / "prod.json").write_text(json.dumps(state), encoding="utf-8")
    (tmp_path / "waivers.yaml").write_text(WAIVERS, encoding="utf-8")
    return tmp_path


def run(folder: Path, *arguments: str, passphrase: str = "") -> Answer:
    return invoke("evidence", *arguments, cwd=folder, env={"PLATFORM_EVIDENCE_PASSPHRASE": passphrase})


def create(folder: Path, *more: str) -> Answer:
    return run(
        folder, "create", "--state", "prod.json", "--waivers", "waivers.yaml", "--commit", COMMIT,
        "--output", "evidence.json", *more,
    )  # fmt: skip


def verify(folder: Path, *more: str) -> Answer:
    return run(folder, "verify", "evidence.json", "--public-key", "key.pem.pub", *more)


@pytest.fixture
def signed(folder: Path) -> Path:
    assert run(folder, "keygen", "--key", "key.pem").code == 0
    assert create(folder, "--key", "key.pem").code == 0
    return folder


def test_the_file_says_what_was_evaluated(folder: Path) -> None:
    answer = create(folder, "--json")
    assert (answer.code, answer.json["verdicts"], answer.json["signature"]) == (0, {"prod.json": "refused"}, None)
    evidence = json.loads((folder / "evidence.json").read_text(encoding="utf-8"))
    jsonschema.validate(evidence, schema(), jsonschema.Draft202012Validator)
    assert evidence["program"] == {"commit": COMMIT, "dirty": None}
    (stack,) = evidence["stacks"]
    assert (stack["project"], stack["stack"], stack["environment"], stack["phase"]) == ("shop", "prod", "prod", "state")
    assert stack["resources"] == [VPC, KEY]
    assert [(item["rule"], item["resources"], item["approver"]) for item in stack["waivers"]["used"]] == [
        (RULE, [KEY], "security")
    ]
    assert len(stack["controls"]) == 344
    by_id = {(item["framework"], item["id"]): item for item in stack["controls"]}
    assert by_id["pci_dss", "3.7.4"]["rules"][RULE] == "waived"
    assert by_id["hipaa", "164.308(a)(2)"]["verdict"] == "not-in-code"
    assert any(item["rule"] == "aws-vpc-flow-logs-enabled" for item in stack["findings"])


def test_what_was_signed_is_verified_against_its_originals(signed: Path) -> None:
    answer = verify(signed, "--state", "prod.json", "--waivers", "waivers.yaml", "--packs")
    assert answer.code == 0
    assert answer.out.startswith("verified: evidence.json, signed by SHA256:")
    assert answer.out.count("the same\n") == 3
    (signed / "prod.json").write_text("{}", encoding="utf-8")
    answer = verify(signed, "--state", "prod.json", "--json")
    assert answer.code == 4
    assert answer.json["compared"] == [{"what": "state prod.json", "same": False}]


@pytest.mark.parametrize("name", ["evidence.json", "evidence.json.sig"])
def test_every_changed_byte_fails(signed: Path, name: str) -> None:
    assert verify(signed).code == 0
    content = (signed / name).read_bytes()
    for place in range(0, len(content), max(1, len(content) // 100)):
        for bit in (1, 4, 32):
            changed = bytearray(content)
            changed[place] ^= bit
            (signed / name).write_bytes(changed)
            with pytest.raises(SignatureError):
                signature.verify(signed / "evidence.json", signed / "key.pem.pub")
    for changed in (content + b"\n", content[:-1], b""):
        (signed / name).write_bytes(changed)
        answer = verify(signed)
        assert (answer.code, "evidence.json" in answer.err) == (1, True)


def test_another_key_does_not_verify(signed: Path) -> None:
    assert run(signed, "keygen", "--key", "other.pem").code == 0
    answer = run(signed, "verify", "evidence.json", "--public-key", "other.pem.pub")
    assert answer.code == 1
    assert "the file was changed, or another key signed it" in answer.err


def test_openssl_verifies_it_too(signed: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    (signed / "raw").write_bytes(base64.b64decode((signed / "evidence.json.sig").read_bytes()))
    arguments = ["pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "key.pem.pub", "-in", "evidence.json"]
    done = subprocess.run([openssl, *arguments, "-sigfile", "raw"], cwd=signed, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_keys_are_private_and_never_replaced(folder: Path) -> None:
    first = run(folder, "keygen", "--key", "key.pem", "--json")
    assert stat.S_IMODE((folder / "key.pem").stat().st_mode) == 0o600
    assert first.json["keyId"].startswith("SHA256:")
    again = run(folder, "keygen", "--key", "key.pem")
    assert (again.code, again.err) == (
        2,
        "error: evidence key: key.pem: is there already; choose another name, keys are not replaced\n",
    )


def test_a_passphrase_protects_the_key(folder: Path) -> None:
    assert run(folder, "keygen", "--key", "key.pem", passphrase="correct horse").code == 0
    assert create(folder).code == 0
    missing = run(folder, "sign", "evidence.json", "--key", "key.pem")
    assert (missing.code, "set PLATFORM_EVIDENCE_PASSPHRASE" in missing.err) == (2, True)
    wrong = run(folder, "sign", "evidence.json", "--key", "key.pem", passphrase="wrong")
    assert (wrong.code, "is not its own" in wrong.err, "wrong horse" in wrong.err) == (2, True, False)
    assert run(folder, "sign", "evidence.json", "--key", "key.pem", passphrase="correct horse").code == 0
    assert verify(folder).code == 0


def test_other_keys_and_files_are_refused_by_name(signed: Path) -> None:
    rsa = generate_private_key(public_exponent=65537, key_size=2048)
    private = rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (signed / "rsa.pem").write_bytes(private)
    (signed / "rsa.pub").write_bytes(rsa.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    assert "is not an Ed25519 key" in run(signed, "sign", "evidence.json", "--key", "rsa.pem").err
    assert "is not an Ed25519 key" in run(signed, "verify", "evidence.json", "--public-key", "rsa.pub").err
    assert "is no public key" in run(signed, "verify", "evidence.json", "--public-key", "key.pem").err
    assert "is no private key" in run(signed, "sign", "evidence.json", "--key", "key.pem.pub").err
    other = run(signed, "sign", "prod.json", "--key", "key.pem")
    assert (other.code, "is a required property" in other.err) == (1, True)
    assert run(signed, "sign", "nothing.json", "--key", "key.pem").code == 2
    assert run(signed, "verify", "nothing.json", "--public-key", "key.pem.pub").code == 1


def test_evidence_of_a_newer_form_is_refused(signed: Path) -> None:
    data = json.loads((signed / "evidence.json").read_text(encoding="utf-8"))
    (signed / "evidence.json").write_text(json.dumps({**data, "format": "9.0"}), encoding="utf-8")
    answer = run(signed, "sign", "evidence.json", "--key", "key.pem")
    assert "format: is not known, got '9.0'; update the platform" in answer.err


def test_the_commit_is_the_repository_s(folder: Path) -> None:
    git = shutil.which("git")
    if git is None:
        pytest.skip("git is not installed")
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "waivers.yaml"], ["commit", "-q", "-m", "x"]):
        subprocess.run([git, *who, *arguments], cwd=folder, check=True)
    assert run(folder, "create", "--state", "prod.json", "--output", "evidence.json").code == 0
    program = json.loads((folder / "evidence.json").read_text(encoding="utf-8"))["program"]
    assert (len(program["commit"]), program["dirty"]) == (40, True)
    refused = run(folder, "create", "--state", "prod.json", "--output", "e.json", "--commit", "main")
    assert (refused.code, "is no commit id, got 'main'" in refused.err) == (2, True)


def test_evidence_of_a_program_names_no_state(tmp_path: Path) -> None:
    project = CliProject(tmp_path / "shop")
    answer = project.run("evidence", "create", "-s", "dev", "--commit", COMMIT, "--output", "evidence.json")
    assert answer.code == 0
    assert answer.out.startswith("dev: accepted, ")
    assert answer.out.endswith("\nwritten: evidence.json\n")
    (stack,) = json.loads((project.folder / "evidence.json").read_text(encoding="utf-8"))["stacks"]
    assert (stack["subject"], stack["environment"], stack["phase"], stack["stateSha256"]) == (
        "dev", "dev", "preview", None,
    )  # fmt: skip
    mixed = project.run("evidence", "create", "-s", "dev", "--state", "x.json", "--output", "e.json")
    assert (mixed.code, "do not go together" in mixed.err) == (2, True)
