import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.sandbox.cloud.naming import AUTONAMED, RANDOM_NAME, automatic, unique_name
from platform_lib.sandbox.protocol import Autonaming, CheckFailure
from platform_lib.sandbox.schema.model import AutonameRule
from support.cloud import driver, urn

RULE = AutonameRule("name", 20, "-", 7)
BUCKET = "aws:s3/bucket:Bucket"


@given(st.binary(max_size=40), st.text("abc", min_size=1, max_size=10), st.integers(1, 12))
def test_a_name_follows_from_its_seed(seed: bytes, prefix: str, digits: int) -> None:
    name = unique_name(seed, prefix, digits, 0)
    assert name == unique_name(seed, prefix, digits, 0)
    assert re.fullmatch(rf"{prefix}[0-9a-f]{{{digits}}}", name)


def test_other_seeds_and_urns_give_other_names() -> None:
    one = automatic(RULE, urn("t:m:R", "data"), b"1", None)
    assert one != automatic(RULE, urn("t:m:R", "data"), b"2", None)
    assert one != automatic(RULE, urn("t:m:S", "data"), b"1", None)


def test_a_name_that_is_too_long_is_an_error_and_never_cut() -> None:
    with pytest.raises(ValueError, match=r"name 'abcdefgh-' plus 7 random chars is longer than maximum length 15"):
        unique_name(b"", "abcdefgh-", 7, 15)
    failure = automatic(RULE, urn("t:m:R", "a-very-long-name"), b"", None)
    assert isinstance(failure, CheckFailure)
    assert failure.property == "name"
    assert "shorten the logical name 'a-very-long-name'" in failure.reason


@pytest.mark.parametrize(
    ("rule", "pattern"),
    [
        (AutonameRule("name", 0, "", 8), r"data[0-9a-f]{8}"),
        (AutonameRule("name", 0, "", 0), r"data"),
        (AutonameRule("name", 0, "", -1), r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}"),
        (AutonameRule("name", 0, "_", 3, charset="z"), r"data_zzz"),
        (AutonameRule("name", 0, "-", 7, prefix="alias/"), r"alias/data-[0-9a-f]{7}"),
    ],
)
def test_forms_of_automatic_names(rule: AutonameRule, pattern: str) -> None:
    assert re.fullmatch(pattern, str(automatic(rule, urn("t:m:R", "data"), b"seed", None)))


def test_the_engines_proposal_is_taken_or_switched_off() -> None:
    where = urn("t:m:R", "data")
    assert automatic(RULE, where, b"", Autonaming("prod-data", "propose")) == "prod-data"
    assert automatic(AutonameRule("name", 0, "-", 7, lower=True), where, b"", Autonaming("Prod", "propose")) == "prod"
    assert automatic(AutonameRule("name", 0, "-", 7, lower=True), where, b"", Autonaming("Prod", "enforce")) == "Prod"
    assert automatic(RULE, where, b"", Autonaming("", "disable")) is None
    assert isinstance(automatic(RULE, where, b"", Autonaming("x" * 21, "enforce")), CheckFailure)


def test_a_bridged_name_is_kept_until_a_replacement_is_decided() -> None:
    aws = driver("aws")
    first = aws.check(BUCKET, "data", {}).inputs
    assert re.fullmatch(r"data-[0-9a-f]{7}", first["bucket"])
    assert "bucket" in first["__defaults"]
    assert aws.check(BUCKET, "data", {}, first).inputs["bucket"] == first["bucket"]
    assert aws.check(BUCKET, "data", {}).inputs["bucket"] != first["bucket"], "empty olds: a new name"


def test_a_name_that_the_user_takes_back_becomes_automatic() -> None:
    aws = driver("aws")
    named = aws.create(BUCKET, "data", {"bucket": "my-own-bucket"})
    assert "bucket" not in named.inputs["__defaults"]
    found = aws.diff(named, {})
    assert found.replaces == ["bucket"]
    assert found.delete_before_replace is False


def test_a_replacement_under_a_name_of_the_users_deletes_first() -> None:
    aws = driver("aws")
    named = aws.create(BUCKET, "data", {"bucket": "my-own-bucket"})
    assert aws.diff(named, {"bucket": "another-bucket"}).delete_before_replace is True
    auto = aws.create(BUCKET, "auto")
    assert aws.diff(auto, {"objectLockEnabled": True}).replaces == ["objectLockEnabled"]
    assert aws.diff(auto, {"objectLockEnabled": True}).delete_before_replace is False


def test_a_prefix_leaves_the_name_to_the_cloud() -> None:
    role = driver("aws").create(
        "aws:iam/role:Role",
        "r",
        {
            "namePrefix": "app-",
            "assumeRolePolicy": '{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"}]}',
        },
    )
    assert "name" not in role.inputs
    assert re.fullmatch(r"app-\d{26}", role["name"])


def test_azure_names_at_random_at_the_top_and_copies_below() -> None:
    azure = driver("azure-native")
    group = azure.check("azure-native:resources:ResourceGroup", "rg", {}).inputs
    assert re.fullmatch(r"rg[0-9a-f]{8}", group["resourceGroupName"])
    assert group[RANDOM_NAME] is True
    subnet = azure.check(
        "azure-native:network:Subnet", "web", {"resourceGroupName": "g", "virtualNetworkName": "v"}
    ).inputs
    assert subnet["subnetName"] == "web"
    assert RANDOM_NAME not in subnet


def test_azure_deletes_first_unless_the_name_was_made_at_random() -> None:
    azure = driver("azure-native")
    auto = azure.create("azure-native:resources:ResourceGroup", "rg", {"location": "westeurope"})
    named = azure.create(
        "azure-native:resources:ResourceGroup", "own", {"location": "westeurope", "resourceGroupName": "own"}
    )
    assert azure.diff(auto, {"location": "northeurope"}).delete_before_replace is False
    assert azure.diff(named, {"location": "northeurope", "resourceGroupName": "own"}).delete_before_replace is True


def test_kubernetes_names_in_the_metadata_with_its_annotation() -> None:
    cluster = driver("kubernetes")
    made = cluster.create("kubernetes:core/v1:ConfigMap", "settings", {"data": {"a": "1"}})
    metadata = made.inputs["metadata"]
    assert re.fullmatch(r"settings-[0-9a-f]{8}", metadata["name"])
    assert metadata["annotations"] == {AUTONAMED: "true"}
    assert cluster.update(made, {"data": {"a": "2"}}).inputs["metadata"]["name"] == metadata["name"]


def test_kubernetes_deletes_first_when_the_users_name_stays() -> None:
    cluster = driver("kubernetes")
    inputs = {
        "metadata": {"name": "web"},
        "spec": {
            "selector": {"matchLabels": {"a": "1"}},
            "template": {"metadata": {"labels": {"a": "1"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}},
        },
    }
    made = cluster.create("kubernetes:apps/v1:Deployment", "web", inputs)
    changed = {
        "selector": {"matchLabels": {"a": "2"}},
        "template": {"metadata": {"labels": {"a": "2"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}},
    }
    same_name = cluster.diff(made, {"metadata": {"name": "web"}, "spec": changed})
    assert same_name.replaces == ["spec"]
    assert same_name.delete_before_replace is True
    assert cluster.diff(made, {"metadata": {"name": "web2"}, "spec": changed}).delete_before_replace is False
