"""Tokens in all their spellings, and what is said when there is nothing behind one."""

import subprocess
import sys
from pathlib import Path

import pytest

from platform_lib.core.errors import CloudError, PlatformError
from platform_lib.sandbox import schema
from support import fake_sdk


def test_the_five_packages_are_found_with_distribution_and_version() -> None:
    found = {info.name: info for info in schema.packages()}
    assert {"aws", "azure-native", "gcp", "kubernetes", "vault"} <= set(found)
    assert found["azure-native"].distribution == "pulumi-azure-native"
    assert found["azure-native"].version[:1].isdigit()


@pytest.mark.parametrize(
    ("token", "canonical"),
    [
        ("azure-native:network/v20240101:VirtualNetwork", "azure-native:network:VirtualNetwork"),
        ("azure-native:storage/v20150501preview:StorageAccount", "azure-native:storage:StorageAccount"),
        ("kubernetes:extensions/v1beta1:DaemonSet", "kubernetes:extensions/v1beta1:DaemonSet"),
        ("kubernetes:storagemigration.k8s.io/v1alpha1:StorageVersionMigration",) * 2,
        ("aws:s3/bucketV2:BucketV2", "aws:s3/bucketV2:BucketV2"),
    ],
)
def test_versioned_and_twin_tokens_lead_to_the_type(token: str, canonical: str) -> None:
    assert schema.resource(token).token == canonical


def test_an_alias_leads_to_the_type_that_declares_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_sdk.write(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    for _ in range(2):  # from the source, then from the cache
        schema.forget()
        known = schema.resource("fake:old/thing:Thing")
        assert known.token == "fake:index/thing:Thing"
        assert known.aliases == ("fake:old/thing:Thing",)


def test_twins_share_the_facts_of_the_type_they_repeat() -> None:
    twin = schema.resource("aws:elasticloadbalancingv2/targetGroup:TargetGroup")
    assert {rule.path for rule in twin.replace} >= {"port", "protocol", "vpcId"}


def test_a_custom_resource_has_metadata_and_takes_anything_else() -> None:
    known = schema.resource("kubernetes:monitoring.coreos.com/v1:ServiceMonitor")
    assert known.inputs["apiVersion"].default == "monitoring.coreos.com/v1"
    assert known.inputs["kind"].default == "ServiceMonitor"
    assert known.open_properties
    assert {rule.path for rule in known.replace} == {"metadata.name", "metadata.namespace"}
    assert known.autoname is not None
    assert schema.validate(known, {"metadata": {"name": "m"}, "spec": {"x": [1]}, "data": {"free": True}}) == []
    assert str(schema.validate(known, {"metadata": {"nam": "m"}})[0]).startswith("metadata.nam: unknown property")


def test_a_patch_of_a_custom_resource_gets_no_automatic_name() -> None:
    known = schema.resource("kubernetes:example.com/v1:WidgetPatch")
    assert known.inputs["kind"].default == "Widget"
    assert known.autoname is None


def test_a_provider_resource_has_the_keys_of_the_configuration() -> None:
    known = schema.resource("pulumi:providers:aws")
    assert known.inputs["region"].default_env == ("AWS_REGION", "AWS_DEFAULT_REGION")
    assert known.inputs["assumeRoles"].json_text
    assert known.inputs["skipRegionValidation"].default is True
    assert {"region", "profile", "defaultTags"} <= set(schema.config_keys("aws"))
    assert "kubeconfig" in schema.config_keys("kubernetes")
    assert schema.resource("pulumi:providers:vault").inputs["maxRetries"].default == 2
    assert schema.resource("pulumi:providers:vault").inputs["maxRetries"].default_env == ("VAULT_MAX_RETRIES",)


@pytest.mark.parametrize(
    ("token", "parts"),
    [
        ("aws:s3/buket:Buket", ["pulumi-aws 7.", "did you mean 'aws:s3/bucket:Bucket'?"]),
        ("aws:s3:Bucket", ["did you mean 'aws:s3/bucket:Bucket'?"]),
        ("kubernetes:apps/v1:Deploymnt", ["pulumi-kubernetes 4.", "did you mean 'kubernetes:apps/v1:Deployment'?"]),
        ("kubernetes:networking.k8s.io/v1:Ingres", ["did you mean 'kubernetes:networking.k8s.io/v1:Ingress'?"]),
        ("azure-native:storage:StorageAcount", ["did you mean 'azure-native:storage:StorageAccount'?"]),
        ("aws:zzzzz/qqqqq:Xxxxx", ["not in pulumi-aws 7.", "platform schema aws"]),
    ],
)
def test_an_unknown_type_names_the_version_and_the_nearest_type(token: str, parts: list[str]) -> None:
    with pytest.raises(schema.UnknownTypeError) as caught:
        schema.resource(token)
    assert caught.value.token == token
    assert f"resource type '{token}'" in str(caught.value)
    assert all(part in str(caught.value) for part in parts)
    assert isinstance(caught.value, CloudError)
    assert isinstance(caught.value, PlatformError)


def test_an_unknown_look_up_names_the_nearest_one() -> None:
    with pytest.raises(
        schema.UnknownTypeError, match=r"look-up 'aws:ec2/getVpx:getVpx'.*did you mean 'aws:ec2/getVpc:getVpc'"
    ):
        schema.function("aws:ec2/getVpx:getVpx")


def test_an_unknown_object_class_is_refused() -> None:
    with pytest.raises(schema.UnknownTypeError, match="object class 'aws:ec2:NopeArgs': not in pulumi-aws"):
        schema.object("aws", "aws:ec2:NopeArgs")


def test_a_package_that_is_not_installed_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(schema.PackageMissingError) as caught:
        schema.resource("gcp:storage/bucket:Bucket")
    assert str(caught.value) == "package 'gcp': its SDK pulumi-gcp is not installed; pip install 'platform-lib[gcp]'"
    assert caught.value.token == "gcp"
    with pytest.raises(schema.PackageMissingError, match=r"platform-lib\[azure\]"):
        schema.tokens("azure-native")


def test_a_package_that_nobody_knows_names_the_installed_ones() -> None:
    with pytest.raises(schema.PackageMissingError, match=r"known are .*aws.*did you mean 'aws'"):
        schema.resource("awss:s3/bucket:Bucket")


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("aws:s3:Bucket", "aws:s3/bucket:Bucket"),
        ("aws:ec2:getVpc", "aws:ec2/getVpc:getVpc"),
        ("aws:s3/bucket:Bucket", "aws:s3/bucket:Bucket"),
        ("azure-native:storage:listStorageAccountKeys", "azure-native:storage:listStorageAccountKeys"),
        ("pulumi:providers:aws", "pulumi:providers:aws"),
        ("aws:nope:Nope", "aws:nope:Nope"),
    ],
)
def test_short_spellings_are_completed(written: str, full: str) -> None:
    assert schema.resolve(written) == full


def test_reading_a_type_imports_no_sdk_and_no_pulumi() -> None:
    code = (
        "import sys; from platform_lib.sandbox import schema; schema.use_cache(None); "
        "schema.resource('aws:s3/bucket:Bucket'); schema.function('aws:index/getRegion:getRegion'); "
        "print([name for name in sys.modules if name.startswith('pulumi')])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert result.stdout.strip() == "[]"


def test_the_public_names_are_all_there() -> None:
    assert [name for name in schema.__all__ if getattr(schema, name, None) is None] == []
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        schema.nope  # noqa: B018 - the access is what is tested
