"""The project of its own against the platform: on one sandbox with it, and on one where its stack is told by a file."""

import shutil
from pathlib import Path

import pytest

from platform_lib.core.values import plain
from platform_lib.sandbox.workspace import Workspace
from support.reference_platform import ROOT, ReferencePlatform

CONSUMER = ROOT / "examples" / "consumer"
PLATFORM = "organization/platform/dev"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> ReferencePlatform:
    made = ReferencePlatform.copy(tmp_path_factory.mktemp("platform"))
    assert made.run("up", "dev").exit_code == 0
    return made


def test_it_stands_on_the_platform_of_the_same_sandbox(platform: ReferencePlatform) -> None:
    stack = Workspace(CONSUMER, sandbox_dir=platform.root / ".sandbox", env={}).stack("dev")
    up = stack.run("up")
    assert (up.exit_code, set(up.changes)) == (0, {"create"})
    assert plain(stack.outputs())["zones"] == ["euc1-az1", "euc1-az2"]
    assert set(stack.run("up").changes) == {"same"}
    offered = plain(platform.stack("dev").outputs())
    inputs = {resource.type: plain(resource.inputs) for resource in stack.state().resources}
    assert inputs["aws:ec2/securityGroup:SecurityGroup"]["vpcId"] == offered["network"]["vpc_id"]
    assert inputs["aws:rds/subnetGroup:SubnetGroup"]["subnetIds"] == offered["network"]["subnet_ids"]["isolated"]
    assert inputs["aws:eks/podIdentityAssociation:PodIdentityAssociation"]["clusterName"] == offered["cluster"]["name"]
    assert stack.run("destroy").exit_code == 0


def test_it_comes_up_where_a_file_tells_what_the_platform_offers(tmp_path: Path) -> None:
    shutil.copytree(CONSUMER, tmp_path, dirs_exist_ok=True)
    stack = Workspace(tmp_path, env={}).stack("dev")
    assert stack.run("up").exit_code == 0
    assert set(stack.run("up").changes) == {"same"}


def test_the_file_has_the_fields_that_the_platform_offers(platform: ReferencePlatform, tmp_path: Path) -> None:
    from ruamel.yaml import YAML

    told = YAML(typ="safe").load(CONSUMER / ".sandbox" / "fixtures.yaml")
    (entry,) = told["pulumi:pulumi:StackReference"]
    assert entry["args"] == {"name": PLATFORM}
    offered = plain(platform.stack("dev").outputs())
    for output, fields in entry["returns"].items():
        optional = {key for key, value in offered[output].items() if value is None} | {"cloud"}
        assert set(fields) == set(offered[output]) - optional
