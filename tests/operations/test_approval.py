"""Approvals: what makes one count, and every reason for which it does not."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from platform_lib.operations.approval import Signed, approval_problems, approve, read_signed
from platform_lib.operations.errors import InputError, RefusedError
from platform_lib.operations.signature import SignatureError, verify_bytes
from support.deployments import BUCKET, NOON, TWO, approval, approvers, governance, key, key_file, proposal

PROD = proposal("prod")


def problems(document: Signed, of: Any = PROD, people: str = "", **fields: Any) -> list[str]:
    found = governance(people=people) if people else governance()
    environment = found.environments.named("prod")
    return approval_problems(document, of, found, environment, **{"at": NOON, "requested_by": "carl", **fields})


def test_an_approval_of_somebody_who_may_counts() -> None:
    assert problems(approval(PROD)) == []
    assert problems(approval(PROD, "bob")) == []


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (approval(PROD, signer="mallory"), "the approval: does not match its signature by SHA256:"),
        (approval(PROD, "mallory"), "is nobody in governance/approvers.yaml of the deployed commit"),
        (
            approval(PROD, created=NOON - timedelta(hours=5), expires=NOON - timedelta(seconds=1)),
            "expired at 2026-11-24",
        ),
        (
            approval(PROD, created=NOON + timedelta(minutes=6)),
            "was made 6m after now, got 2026-11-24T12:06:00+00:00; set",
        ),
        (approval(PROD, expires=NOON + timedelta(days=9)), "holds 9d 1h, got 8h in 'prod'; approve it again"),
        (approval(PROD, digest="sha256:0"), "names another digest than that of the proposal in it"),
        (approval(proposal("staging")), "is for another change, approved sha256:"),
    ],
)
def test_what_makes_it_worthless_is_told(document: Signed, problem: str) -> None:
    (found,) = problems(document)
    assert problem in found


def test_a_clock_a_little_ahead_is_believed() -> None:
    assert problems(approval(PROD, created=NOON + timedelta(minutes=4))) == []


def test_what_differs_from_the_approved_change_is_shown() -> None:
    step = PROD.steps[BUCKET].model_copy(update={"inputs": {"acl": "public-read"}})
    changed = PROD.model_copy(update={"commit": TWO, "steps": {BUCKET: step}})
    (found,) = problems(approval(PROD), changed)
    assert f"approved {PROD.digest}, got {changed.digest}; have this one approved:" in found
    assert f'  steps {BUCKET}: inputs.acl: was not approved, got "public-read"' in found
    many = PROD.model_copy(update={"tools": {f"tool-{number}": "1" for number in range(30)}})
    assert problems(approval(PROD), many)[0].endswith("and 19 more differences")


@pytest.mark.parametrize(
    ("authors", "requested_by", "problem"),
    [
        (
            ("Alice <ALICE@example.org>",),
            "carl",
            "wrote the change, as Alice <ALICE@example.org>; nobody approves their",
        ),
        (("alice-account <noreply@example.org>",), "carl", "wrote the change, as alice-account <noreply"),
        ((), "alice-account", "asked for the change, as alice-account; nobody approves what they asked for"),
        ((), "robot, alice@example.org", "asked for the change, as alice@example.org; nobody approves"),
        ((), "Alice", "asked for the change, as Alice; nobody approves"),
    ],
)
def test_four_eyes(authors: tuple[str, ...], requested_by: str, problem: str) -> None:
    own = proposal("prod", authors=("Dora <dora@example.org>", *authors))
    (found,) = problems(approval(own), own, requested_by=requested_by)
    assert problem in found
    # Who asked is also what the proposal says, whoever runs the pipeline.
    asked = proposal("prod", requested_by="alice@example.org")
    (found,) = problems(approval(asked), asked)
    assert "asked for the change, as alice@example.org" in found


def test_only_those_of_the_environment_may() -> None:
    people = approvers(people=("alice", "bob", "zoe")).replace(
        "identities: [zoe@", "environments: [staging]\n    identities: [zoe@"
    )
    (found,) = problems(approval(PROD, "zoe"), people=people)
    assert "may not approve for environment 'prod'; ask one who may" in found


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace('"approver": "alice"', '"approver": "bob"'),
        lambda text: text.replace("2026-11-24T13:00", "2026-11-25T13:00"),
        lambda text: text + " ",
        lambda text: text[:-2],
        lambda text: json.dumps(json.loads(text)),
        lambda text: "{}",
    ],
)
def test_an_edited_approval_is_worthless(spoil: Any) -> None:
    document = approval(PROD)
    assert problems(Signed(content=spoil(document.content), signature=document.signature))


def sign(tmp_path: Path, by: str = "alice", **fields: Any) -> Any:
    given = {"ttl": None, "reason": "", "now": NOON, "key": key_file(tmp_path, by), **fields}
    return approve(
        given.pop("proposal", PROD), governance(), by=by, passphrase="", output=tmp_path / "approval.json", **given
    )


def test_approving_writes_what_counts_at_the_deployment(tmp_path: Path) -> None:
    made = sign(tmp_path, ttl=timedelta(hours=2), reason="change 4711")
    assert (made.expires, made.reason) == (NOON + timedelta(hours=2), "change 4711")
    document = read_signed(tmp_path / "approval.json")
    assert problems(document) == []
    assert problems(document, at=NOON + timedelta(hours=2, seconds=1)) == [
        "expired at 2026-11-24T14:00:00+00:00; have the change approved again"
    ]
    assert sign(tmp_path).expires == NOON + timedelta(hours=8)


def test_who_may_not_approve_is_told_before_anything_is_written(tmp_path: Path) -> None:
    own = proposal("prod", authors=("Alice <alice@example.org>",))
    with pytest.raises(RefusedError, match="approval by 'alice': wrote the change, as Alice"):
        sign(tmp_path, proposal=own)
    with pytest.raises(RefusedError, match="approval by 'mallory': is nobody in governance/approvers"):
        sign(tmp_path, by="mallory")
    with pytest.raises(RefusedError, match="approval by 'alice': the approval: does not match its signature"):
        sign(tmp_path, key=key_file(tmp_path, "bob"))
    with pytest.raises(InputError, match=r"approve: --ttl: must be more than 0s and at most 8h, .* got 9h"):
        sign(tmp_path, ttl=timedelta(hours=9))
    (tmp_path / "none.pem").write_text("no key", encoding="utf-8")
    with pytest.raises(InputError, match=r"none\.pem: is no private key in PEM form"):
        sign(tmp_path, key=tmp_path / "none.pem")
    assert not (tmp_path / "approval.json").exists()


def test_both_files_must_be_there(tmp_path: Path) -> None:
    sign(tmp_path)
    file = tmp_path / "approval.json"
    file.with_name("approval.json.sig").unlink()
    with pytest.raises(
        InputError, match=r"approval\.json\.sig: no such file; give the file and keep its \.sig beside it"
    ):
        read_signed(file)
    with pytest.raises(InputError, match=r"none\.json: no such file"):
        read_signed(tmp_path / "none.json")
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(RefusedError, match="is not text"):
        read_signed(file)


def test_a_signature_verifies_against_any_of_several_keys() -> None:
    document = approval(PROD)
    content, signature = document.content.encode(), document.signature.encode()
    keys = [key("bob").public_key(), key("alice").public_key()]
    assert verify_bytes(content, signature, keys, "it") == verify_bytes(content, signature, keys[1:], "it")
    with pytest.raises(SignatureError, match="it: does not match its signature by any key that is trusted"):
        verify_bytes(content, signature, [], "it")
