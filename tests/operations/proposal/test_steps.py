"""Steps as the digest sees them: whatever differs from one preview to the next is left out, nothing else is."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.core.values import UNKNOWN, Archive, Asset, ResourceReference, Secret
from platform_lib.operations.proposal.steps import _any_of, lost, planned_steps
from platform_lib.sandbox.protocol import PropertyDiff
from support.cli import STACK_URN, step, urn, view

BUCKET = "aws:s3/bucket:Bucket"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
ACCOUNT = "azure-native:storage:StorageAccount"


def made(name: str, **inputs: Any) -> Any:
    return step("create", new=view(BUCKET, name, inputs=inputs))


def inputs_of(*events: Any, name: str = "logs", token: str = BUCKET) -> Any:
    return planned_steps(events)[urn(token, name)].inputs


@given(st.text("0123456789abcdef", min_size=7, max_size=7), st.text("0123456789abcdef", min_size=7, max_size=7))
def test_automatic_names_do_not_count_wherever_they_stand(one: str, other: str) -> None:
    def preview(tail: str) -> Any:
        name = f"logs-{tail}"
        document = '{"Resource": "arn:aws:s3:::' + name + '/*"}'
        return planned_steps(
            [
                made("logs", bucket=name, __defaults=["bucket"]),
                step("create", new=view(POLICY, "logs", inputs={"bucket": name, "policy": document, "__defaults": []})),
            ]
        )

    assert preview(one) == preview(other)
    assert preview(one)[urn(POLICY, "logs")].inputs == {
        "bucket": "[name of logs]",
        "policy": '{"Resource": "arn:aws:s3:::[name of logs]/*"}',
    }


def test_a_name_that_begins_with_another_one_is_taken_whole() -> None:
    short, long = "data-0123456", "data-0123456789abcd"
    found = planned_steps(
        [
            step("create", new=view(BUCKET, "data", inputs={"bucket": short, "__defaults": ["bucket"]})),
            step("create", new=view("aws:sqs/queue:Queue", "dat", inputs={"name": long, "__defaults": ["name"]})),
            made("logs", note=f"see {long} and {short}", __defaults=[]),
        ]
    )
    assert found[urn(BUCKET, "logs")].inputs == {"note": "see [name of dat] and [name of data]"}


@given(st.sets(st.text("ab.", min_size=1, max_size=5), min_size=1, max_size=8), st.text("ab.x", max_size=30))
def test_any_of_some_words_is_found_the_longest_first(words: set[str], text: str) -> None:
    plainly = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    assert re.findall(_any_of(words), text) == re.findall(plainly, text)


def test_names_that_the_program_sets_count() -> None:
    assert inputs_of(made("logs", bucket="logs-0123456", __defaults=[])) == {"bucket": "logs-0123456"}


def test_defaults_that_are_no_names_count() -> None:
    assert inputs_of(made("logs", acl="private", __defaults=["acl"])) == {"acl": "private"}


@pytest.mark.parametrize(
    ("token", "inputs", "expected"),
    [
        (
            DEPLOYMENT,
            {"metadata": {"name": "web-1a2b3c4d", "annotations": {"pulumi.com/autonamed": "true"}}},
            {"metadata": {"name": "[name of web]", "annotations": {"pulumi.com/autonamed": "true"}}},
        ),
        (
            ACCOUNT,
            {"accountName": "web1a2b3c4d", "kind": "StorageV2", "__createBeforeDelete": True},
            {"accountName": "[name of web]", "kind": "StorageV2"},
        ),
        (
            "aws:ec2/launchTemplate:LaunchTemplate",
            {"name": "6a1e6c2e-2f0b-4b4e-9d2c-0b5b7f0a1c3d", "__defaults": ["name"]},
            {"name": "[name of web]"},
        ),
        (
            BUCKET,
            {"website": {"index": "web-0123456", "__defaults": ["index"]}, "__defaults": []},
            {"website": {"index": "[name of web]"}},
        ),
    ],
)
def test_each_provider_marks_its_names_in_its_own_way(token: str, inputs: Any, expected: Any) -> None:
    assert inputs_of(step("create", new=view(token, "web", inputs=inputs)), name="web", token=token) == expected


def test_the_old_automatic_name_of_a_replaced_resource_does_not_count_either() -> None:
    def preview(tail: str) -> Any:
        old = view(BUCKET, "logs", inputs={"bucket": "logs-aaaaaaa", "__defaults": ["bucket"]})
        new = view(BUCKET, "logs", inputs={"bucket": f"logs-{tail}", "__defaults": ["bucket"]})
        return planned_steps([step(op, old, new, keys=["region"]) for op in ("create-replacement", "replace")])

    found = preview("bbbbbbb")
    assert found == preview("ccccccc")
    (only,) = found.values()
    assert (only.operations, only.replace_keys) == (("create-replacement", "replace"), ("region",))


def test_secrets_unknowns_assets_and_references_are_written_as_what_they_are() -> None:
    found = inputs_of(
        made(
            "logs",
            password=Secret("canary-1"),
            deep={"list": [Secret("canary-2"), UNKNOWN]},
            code=Asset(hash="1" * 64, text="x"),
            bundle=Archive(hash="2" * 64, path="x"),
            other=ResourceReference(urn(BUCKET, "b"), "b-1"),
            number=3.0,
            part=0.5,
        )
    )
    assert found == {
        "password": "[secret]",
        "deep": {"list": ["[secret]", "[unknown]"]},
        "code": f"[asset {'1' * 64}]",
        "bundle": f"[archive {'2' * 64}]",
        "other": urn(BUCKET, "b"),
        "number": 3,
        "part": 0.5,
    }


def test_what_stays_and_what_the_engine_makes_for_itself_is_left_out() -> None:
    stack = step("create", new=view("pulumi:pulumi:Stack", "shop-dev", custom=False, id=""))
    default = step("create", new=view("pulumi:providers:aws", "default_7_51_0"))
    same = step("same", view(BUCKET, "kept"), view(BUCKET, "kept"))
    own = step("create", new=view("pulumi:providers:aws", "west", inputs={"region": "us-west-2"}))
    found = planned_steps([stack, default, same, own, made("logs")])
    assert list(found) == sorted([urn(BUCKET, "logs"), urn("pulumi:providers:aws", "west")])
    assert STACK_URN not in found


def test_ids_of_providers_do_not_count_and_the_order_of_events_neither() -> None:
    provider = urn("pulumi:providers:aws", "west")
    one = step("create", new=view(BUCKET, "a", provider=f"{provider}::04da6b54-80e4-46f7-96ec-b56ff0331ba9", id=""))
    other = step("create", new=view(BUCKET, "a", provider=f"{provider}::1111", id="a-77"))
    assert planned_steps([one, made("b")]) == planned_steps([made("b"), other])
    assert planned_steps([one])[urn(BUCKET, "a")].provider == provider


def test_a_change_says_which_properties_move_and_what_goes_away_has_no_inputs() -> None:
    old, new = view(BUCKET, "a", inputs={"acl": "private"}), view(BUCKET, "a", inputs={"acl": "public-read"})
    change = step("update", old, new, detailed_diff={"acl": PropertyDiff("update")})
    gone = step("delete", view(BUCKET, "b", inputs={"acl": "private"}, protect=True, retain_on_delete=True))
    found = planned_steps([change, gone])
    assert found[urn(BUCKET, "a")].properties == ("acl",)
    assert found[urn(BUCKET, "a")].inputs == {"acl": "public-read"}
    away = found[urn(BUCKET, "b")]
    assert (away.inputs, away.protected, away.retained) == ({}, True, True)


def test_what_holds_something_and_goes_away_is_lost_unless_it_is_retained() -> None:
    found = planned_steps(
        [
            step("delete", view(BUCKET, "gone")),
            step("delete", view(BUCKET, "kept", retain_on_delete=True)),
            step("replace", view(BUCKET, "again"), view(BUCKET, "again")),
            step("delete", view("aws:sns/topic:Topic", "alerts")),
            step("update", view(BUCKET, "changed"), view(BUCKET, "changed")),
        ]
    )
    assert sorted(lost(found)) == [(urn(BUCKET, "again"), "holds data"), (urn(BUCKET, "gone"), "holds data")]
