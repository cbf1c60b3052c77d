"""The three stacks of the reference platform on the sandbox: up, again, changed, drifted, destroyed."""

from pathlib import Path

import pytest

from platform_lib.core.values import has_secret, plain
from support.cli_project import invoke
from support.reference_platform import ReferencePlatform, evaluator, open_findings

STACKS = ("dev", "staging", "prod")


@pytest.fixture
def platform(tmp_path: Path) -> ReferencePlatform:
    return ReferencePlatform.copy(tmp_path)


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_comes_up_repeats_and_passes_the_policies(platform: ReferencePlatform, stack: str) -> None:
    policy = evaluator(stack)
    up = platform.run("up", stack, policy=policy)
    assert (up.exit_code, set(up.changes)) == (0, {"create"})
    assert up.changes["create"] >= 500
    assert open_findings(policy) == set()
    assert policy.report().summary()["passed"] > 100  # the packs had work

    again = platform.run("up", stack)
    assert (again.exit_code, dict(again.changes)) == (0, {"same": up.changes["create"]})


def test_the_stacks_live_side_by_side_each_in_an_account_of_its_own(platform: ReferencePlatform) -> None:
    for stack in STACKS:
        assert platform.run("up", stack).exit_code == 0
    with platform.workspace.cloud() as cloud:
        accounts = {row.scope for row in cloud.ls(package="aws")}
    assert accounts == {"111111111111", "222222222222", "333333333333"}


def test_production_differs_as_a_real_one_does(platform: ReferencePlatform) -> None:
    for stack in ("dev", "prod"):
        assert platform.run("up", stack).exit_code == 0
    states = {stack: platform.stack(stack).state().resources for stack in ("dev", "prod")}
    gateways = {stack: sum("natGateway" in r.type for r in found) for stack, found in states.items()}
    protected = {stack: sum(r.protect for r in found) for stack, found in states.items()}
    retention = {
        stack: {r.inputs["retentionInDays"] for r in found if r.type == "aws:cloudwatch/logGroup:LogGroup"}
        for stack, found in states.items()
    }
    assert gateways == {"dev": 1, "prod": 3}
    assert protected["dev"] == 0
    assert protected["prod"] > 10
    assert retention == {"dev": {365}, "prod": {2192}}


@pytest.mark.parametrize("stack", STACKS)
def test_every_taggable_resource_carries_the_required_tags(platform: ReferencePlatform, stack: str) -> None:
    from platform_lib.core.tagging import REQUIRED_TAGS
    from platform_lib.sandbox import schema

    assert platform.run("up", stack).exit_code == 0
    looked_at = 0
    for resource in platform.stack(stack).state().resources:
        if resource.type.startswith("aws:") and "tags" in schema.resource(resource.type).inputs:
            looked_at += 1
            assert set(REQUIRED_TAGS) <= set(resource.inputs.get("tags", ())), resource.urn
            assert resource.inputs["tags"]["environment"] == stack
    assert looked_at > 20


def test_a_third_zone_creates_and_moves_nothing(platform: ReferencePlatform) -> None:
    assert platform.run("up", "dev").exit_code == 0
    platform.edit("dev", "[euc1-az1, euc1-az2]", "[euc1-az1, euc1-az2, euc1-az3]")
    assert invoke("network", "plan", "--write", "--stack", "dev", cwd=platform.root).code == 0
    grown = platform.run("up", "dev")
    assert grown.exit_code == 0
    assert platform.kinds(of="aws:ec2/subnet:Subnet")["create"] == 3
    assert not {"replace", "delete", "delete-replaced"} & set(grown.changes)


def test_a_changed_retention_updates_the_log_groups_alone(platform: ReferencePlatform) -> None:
    assert platform.run("up", "dev").exit_code == 0
    platform.edit("dev", "  platform:region:", "  platform:logging: {retention_days: 400}\n  platform:region:")
    changed = platform.run("up", "dev")
    assert changed.exit_code == 0
    assert {step.type for step in platform.steps if step.op == "update"} == {"aws:cloudwatch/logGroup:LogGroup"}


def test_drift_is_shown_by_refresh_and_mended_by_up(platform: ReferencePlatform) -> None:
    assert platform.run("up", "dev").exit_code == 0
    with platform.workspace.cloud() as cloud:
        vpc = cloud.ls(type="aws:ec2/vpc:Vpc")[0]
        cloud.edit(vpc.id, "enableDnsHostnames", value=False)
    assert dict(platform.run("refresh", "dev").changes)["update"] == 1
    drifted = [step for step in platform.steps if step.op == "update"]
    assert [(step.type, list(step.detailed_diff or ())) for step in drifted] == [
        ("aws:ec2/vpc:Vpc", ["enableDnsHostnames"])
    ]

    assert dict(platform.run("up", "dev").changes)["update"] == 1
    with platform.workspace.cloud() as cloud:
        assert cloud.show(vpc.id)["outputs"]["enableDnsHostnames"] is True


def test_destroy_leaves_nothing(platform: ReferencePlatform) -> None:
    assert platform.run("up", "dev").exit_code == 0
    assert platform.run("destroy", "dev").exit_code == 0
    with platform.workspace.cloud() as cloud:
        assert cloud.ls() == []
    assert platform.stack("dev").state().resources == []


def test_production_is_not_destroyed_until_it_is_unprotected(platform: ReferencePlatform) -> None:
    assert platform.run("up", "prod").exit_code == 0
    refused = platform.run("destroy", "prod")
    assert refused.exit_code == 1
    protected = platform.stack("prod").protected()
    named = " ".join(diagnostic.message for diagnostic in refused.diagnostics)
    assert "cannot be deleted" in named
    assert protected

    platform.stack("prod").unprotect()
    kept = platform.run("destroy", "prod")
    assert kept.exit_code == 1
    assert any("deletion protection" in one.message or "delete protected" in one.message for one in kept.diagnostics)

    platform.edit("prod", "  platform:region:", "  platform:deletion_protection: false\n  platform:region:")
    assert platform.run("up", "prod").exit_code == 0
    platform.stack("prod").unprotect()
    assert platform.run("destroy", "prod").exit_code == 0
    with platform.workspace.cloud() as cloud:
        assert cloud.ls() == []


def test_outputs_are_what_other_stacks_read(platform: ReferencePlatform) -> None:
    from stacks.exports import BaselineOutputs, ClusterOutputs, NetworkOutputs

    assert platform.run("up", "dev").exit_code == 0
    outputs = plain(platform.stack("dev").outputs())
    network = NetworkOutputs.parse("dev", outputs["network"])
    assert (network.cidr, network.zones) == ("10.10.0.0/16", ["euc1-az1", "euc1-az2"])
    assert str(BaselineOutputs.parse("dev", outputs["baseline"]).data_key_arn).startswith(
        "arn:aws:kms:eu-central-1:1111"
    )
    cluster = ClusterOutputs.parse("dev", outputs["cluster"])
    assert (cluster.name, cluster.vpc_id) == ("runtime-dev", network.vpc_id)
    assert [group["name"] for group in cluster.node_groups] == ["system"]


def test_no_output_holds_a_secret(platform: ReferencePlatform) -> None:
    assert platform.run("up", "dev").exit_code == 0
    assert not has_secret(platform.stack("dev").outputs())


def test_staging_has_the_shape_of_production(platform: ReferencePlatform) -> None:
    shapes = {}
    for stack in ("staging", "prod"):
        assert platform.run("up", stack).exit_code == 0
        found = platform.stack(stack).state().resources
        shapes[stack] = {r.urn.split("::", 2)[2] for r in found if "nodes" in r.urn or "Cluster" in r.type}
    assert shapes["staging"] == shapes["prod"]
    assert any(name.endswith("runtime-nodes-apps") for name in shapes["prod"])


def test_an_upgrade_of_the_cluster_updates_its_parts_alone(platform: ReferencePlatform) -> None:
    platform.edit("dev", "    administrators:", '    version: "1.34"\n    administrators:')
    assert platform.run("up", "dev").exit_code == 0
    platform.edit("dev", '    version: "1.34"\n', "")
    assert platform.run("up", "dev").exit_code == 0
    changed = [step.urn.rsplit("::", 1)[-1] for step in platform.steps if step.op != "same"]
    assert changed == [
        *("runtime-cluster", "runtime-addon-kube-proxy", "runtime-nodes-system", "runtime-addon-coredns")
    ]
