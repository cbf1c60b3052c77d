"""The digest: a pure function in which every single part counts, and the difference between two proposals."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.operations.proposal.proposal import Proposal, ProposalError, ProposedPack, differences, read_proposal
from platform_lib.operations.proposal.steps import PlannedStep
from support.deployments import BUCKET, TWO, proposal

OTHER: dict[str, Any] = {
    "project": "store",
    "stack": "prod-eu",
    "environment": "staging",
    "engine": "pulumi",
    "commit": TWO,
    "base": TWO,
    "authors": ("Eve <eve@example.org>",),
    "locks": {"requirements.txt": "0" * 64},
    "settings": {"Pulumi.prod.yaml": "0" * 64},
    "decisions": {},
    "tools": {"pulumi": "3.273.0"},
    "packs": (ProposedPack(source="baseline", name="baseline", version="1.0.1", sha256="d" * 64),),
    "rules": "0" * 64,
    "steps": {},
}
"""Another value for each part that the digest covers."""


def test_every_part_is_tried() -> None:
    assert OTHER.keys() | {"format", "requested_by"} == Proposal.model_fields.keys()


@pytest.mark.parametrize("name", sorted(OTHER))
def test_each_single_changed_part_changes_the_digest(name: str) -> None:
    found = proposal("prod")
    changed = found.model_copy(update={name: OTHER[name]})
    assert changed.digest != found.digest
    assert differences(found, changed)


@pytest.mark.parametrize("field", sorted(set(PlannedStep.model_fields) - {"protected", "retained"}))
def test_each_part_of_a_step_changes_the_digest(field: str) -> None:
    found = proposal("prod")
    other: dict[str, Any] = {
        "operations": ("update",),
        "type": "aws:s3/bucketV2:BucketV2",
        "provider": "west",
        "replace_keys": ("bucket",),
        "properties": ("acl",),
        "inputs": {"tags": {"owner": "you"}},
    }
    changed = found.steps[BUCKET].model_copy(update={field: other[field]})
    assert found.model_copy(update={"steps": {BUCKET: changed}}).digest != found.digest


@pytest.mark.parametrize("field", ["protected", "retained"])
def test_the_marks_of_a_step_change_the_digest(field: str) -> None:
    found = proposal("prod")
    changed = found.steps[BUCKET].model_copy(update={field: True})
    assert found.model_copy(update={"steps": {BUCKET: changed}}).digest != found.digest


def test_the_same_again_has_the_same_digest_and_no_difference() -> None:
    one, other = proposal("prod"), proposal("prod", requested_by="somebody else")
    assert one.digest == other.digest
    assert one.digest.startswith("sha256:")
    assert differences(one, other) == []
    assert read_proposal(one.to_json().encode(), "proposal") == one
    assert read_proposal(other.to_json().encode(), "proposal").requested_by == "somebody else"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text(max_size=4), JSON, max_size=4), st.dictionaries(st.text(max_size=4), JSON, max_size=4))
def test_digests_agree_exactly_where_nothing_differs(one: dict[str, Any], other: dict[str, Any]) -> None:
    def of(inputs: dict[str, Any]) -> Proposal:
        step = PlannedStep(operations=("create",), type="aws:s3/bucket:Bucket", inputs=inputs)
        return proposal("prod", steps={BUCKET: step})

    found, changed = of(one), of(other)
    assert (found.digest == changed.digest) == (not differences(found, changed))
    assert of(dict(reversed(list(one.items())))).digest == found.digest


def test_the_difference_names_what_was_approved_and_what_was_got() -> None:
    found = proposal("prod")
    step = found.steps[BUCKET].model_copy(update={"inputs": {"tags": {"owner": "you"}, "acl": "public-read"}})
    changed = found.model_copy(update={"commit": TWO, "steps": {BUCKET: step}, "locks": {}})
    assert differences(found, changed) == [
        f'commit: was approved as "{"1" * 40}", got "{TWO}"',
        "locks: was not approved, got {}",
        f'locks["requirements.txt"]: was approved and is gone, got nothing instead of "{"a" * 64}"',
        f'steps {BUCKET}: inputs.acl: was not approved, got "public-read"',
        f'steps {BUCKET}: inputs.tags.owner: was approved as "me", got "you"',
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{}", "proposal x: project: is required; give the file as `platform propose` wrote it"),
        (b"[", "proposal x: "),
        (b'{"format": "2.0"}', "proposal x: format"),
    ],
)
def test_what_is_no_proposal_is_told(content: bytes, message: str) -> None:
    with pytest.raises(ProposalError) as caught:
        read_proposal(content, "proposal x")
    assert message in str(caught.value)
