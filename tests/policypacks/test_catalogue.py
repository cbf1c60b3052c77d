"""The catalogue names types, properties, controls and themes that exist."""

from dataclasses import replace

import pytest

from platform_lib.core.errors import PolicyError
from policypacks.engine.record import FRAMEWORKS, Record, catalogue, controls, find, read_records
from policypacks.engine.token import canonical
from support.catalogue import problems

GOOD = find("aws-kms-key-rotation-enabled")


@pytest.mark.parametrize("provider", sorted({record.provider for record in catalogue().values()}))
def test_every_record_is_right(provider: str) -> None:
    assert problems(record for record in catalogue().values() if record.provider == provider) == []


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (replace(GOOD, resources=("aws:kms/key:Keys",)), "unknown token aws:kms/key:Keys"),
        (replace(GOOD, properties=("enableKeyRotations",)), "unknown property enableKeyRotations"),
        (replace(GOOD, properties=("Key:policies",)), "unknown property Key:policies"),
        (replace(find("aws-ec2-instance-imdsv2-required"), properties=("metadataOptions.httpToken",)), "httpToken"),
        (replace(GOOD, controls={"hipaa": ("164.999",)}), "unknown hipaa control 164.999"),
        (replace(GOOD, themes=("unheard",)), "unknown theme unheard"),
        (replace(GOOD, fix={}), "remediable and fix"),
        (replace(GOOD, id="Bad_Id"), "bad id"),
        (replace(GOOD, absent="maybe"), "bad absent"),  # type: ignore[arg-type]
    ],
)
def test_what_is_wrong_with_a_record_is_found(record: Record, text: str) -> None:
    assert any(text in problem for problem in problems([record]))


def test_two_records_with_one_id_are_found() -> None:
    assert problems([GOOD, GOOD]) == [f"{GOOD.id}: is there twice"]


def test_a_record_with_an_unknown_field_is_refused(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "x.json"
    path.write_text('[{"id": "a-b", "severty": "high"}]')
    with pytest.raises(PolicyError, match="severty"):
        read_records(path, "x")
    path.write_text("[")
    with pytest.raises(PolicyError, match="cannot be read"):
        read_records(path, "x")


def test_an_unknown_id_is_refused_with_a_near_one() -> None:
    with pytest.raises(PolicyError, match="did you mean 'aws-kms-key-enabled'"):
        find("aws-kms-key-enable")


def test_the_frameworks_are_whole() -> None:
    assert {name: len(controls(name)) for name in FRAMEWORKS} == {"hipaa": 66, "pci_dss": 217, "soc2": 61}
    assert all(
        control.iac in ("direct", "partial", "none") for name in FRAMEWORKS for control in controls(name).values()
    )
    with pytest.raises(PolicyError, match="did you mean 'hipaa'"):
        controls("hippa")


def test_no_alias_is_a_catalogue_token_of_its_own_meaning() -> None:
    tokens = {token for record in catalogue().values() for token in record.resources if token != "*"}
    for token in tokens:
        assert canonical(canonical(token)) == canonical(token)
