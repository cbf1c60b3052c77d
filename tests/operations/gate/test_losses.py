"""What would be lost: data, what is protected, networks; steps between versions; unknown values that decide."""

from pathlib import Path
from typing import Any

import pytest

from platform_lib.core.values import UNKNOWN
from platform_lib.operations.gate.checks import network, stateful, unknowns, versions
from platform_lib.operations.gate.verdict import Effect, Severity
from platform_lib.sandbox import schema
from platform_lib.sandbox.protocol import PropertyDiff
from support.cli import resource, step, view
from support.cli_project import CliProject
from support.gates import found, gate_input

BUCKET = "aws:s3/bucket:Bucket"
VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
QUEUE = "aws:sqs/queue:Queue"
EKS = "aws:eks/cluster:Cluster"


@pytest.fixture
def project(tmp_path: Path) -> CliProject:
    return CliProject(tmp_path / "shop")


def replaced(token: str, name: str, key: str, old: Any, new: Any, **more: Any) -> list[Any]:
    """The steps of a replacement."""
    before, after = view(token, name, inputs={key: old}, **more), view(token, name, inputs={key: new}, **more)
    diff = {key: PropertyDiff(kind="update-replace", input_diff=True)}
    return [
        step("create-replacement", before, after, keys=(key,), detailed_diff=diff),
        step("replace", before, after, keys=(key,), detailed_diff=diff),
        step("delete-replaced", before, None),
    ]


@pytest.mark.parametrize(
    "environment, effect",
    [("dev", Effect.ADVISE), ("staging", Effect.REFUSE), ("prod", Effect.REFUSE), ("", Effect.REFUSE)],
)
def test_losing_what_holds_data_is_refused_outside_dev(project: CliProject, environment: str, effect: Effect) -> None:
    steps = replaced(BUCKET, "logs", "bucket", "a", "b")
    looked = stateful.look(gate_input(project, steps, environment=environment))
    [finding] = found(looked, stateful.LOSS)
    assert (finding.effect, finding.severity, finding.path) == (effect, Severity.CRITICAL, "bucket")
    assert finding.problem == "would be replaced and holds data, because of bucket"
    assert finding.remedy.startswith("put bucket back, or move what it holds first")
    assert looked.summary == "1 resource would be replaced or deleted, 1 of them holding something"


def test_deleting_it_is_a_loss_too_and_says_how_to_keep_it(project: CliProject) -> None:
    [finding] = found(stateful.look(gate_input(project, [step("delete", view(BUCKET, "logs"))])), stateful.LOSS)
    assert finding.problem == "would be deleted and holds data"
    assert "an alias where it was renamed or moved" in finding.remedy


def test_what_is_protected_is_named_as_such(project: CliProject) -> None:
    steps = [step("delete", view(QUEUE, "jobs", protect=True), phase="failed")]
    [finding] = found(stateful.look(gate_input(project, steps)), stateful.PROTECTED)
    assert finding.problem == "would be deleted and is protected"


def test_what_holds_nothing_may_go(project: CliProject) -> None:
    looked = stateful.look(gate_input(project, [step("delete", view(QUEUE, "jobs"))]))
    assert looked.findings == []
    assert looked.summary == "1 resource would be replaced or deleted, none of them holding something"


def test_what_stays_in_the_cloud_without_a_manager_is_advice(project: CliProject) -> None:
    looked = stateful.look(gate_input(project, [step("delete", view(BUCKET, "logs", retain_on_delete=True))]))
    assert [(item.check, item.effect) for item in looked.findings] == [(stateful.UNMANAGED, Effect.ADVISE)]


def test_a_network_that_moves_is_explained_from_the_steps(project: CliProject) -> None:
    vpc = resource(VPC, "main")
    subnet = resource(SUBNET, "a", uses=[vpc.urn])
    task = resource(QUEUE, "in-it", uses=[subnet.urn])
    steps = replaced(VPC, "main", "cidrBlock", "10.0.0.0/16", "10.1.0.0/16", protect=True)
    looked = network.look(gate_input(project, steps, deployed=[vpc, subnet, task]))
    [finding] = found(looked, network.LOSS)
    assert finding.effect is Effect.REFUSE
    assert finding.problem == (
        "would be replaced because cidrBlock from 10.0.0.0/16 to 10.1.0.0/16 cannot be changed in place, and with it "
        "goes every address in it; 2 deployed resources use it; it is protected, so the engine refuses too"
    )
    assert "`platform network plan`" in finding.remedy
    assert found(stateful.look(gate_input(project, steps)), stateful.PROTECTED) == [], "told once"


def test_a_subnet_that_goes_names_the_way_to_give_it_up(project: CliProject) -> None:
    [finding] = network.look(gate_input(project, [step("delete", view(SUBNET, "a"))])).findings
    assert finding.problem == (
        "would be deleted, and with it goes everything that stands in it; no deployed resource uses it"
    )
    assert "`guard: false`" in finding.remedy


def test_a_network_that_stays_is_no_finding(project: CliProject) -> None:
    same = step("same", view(VPC, "main"), view(VPC, "main"))
    assert network.look(gate_input(project, [same])).findings == []
    assert network.look(gate_input(project, [step("create", None, view(QUEUE, "jobs"))])).skipped


@pytest.mark.parametrize(
    "token, path, old, new, check",
    [
        (EKS, "version", "1.33", "1.34", ""),
        (EKS, "version", "1.33", "1.33", ""),
        (EKS, "version", "1.33", "1.35", versions.SKIP),
        (EKS, "version", "1.33", "1.32", versions.DOWN),
        (EKS, "version", "1.9", "1.10", ""),
        (EKS, "version", "1.33", UNKNOWN, ""),
        (EKS, "version", "1.33", "latest", ""),
        ("azure-native:containerservice:ManagedCluster", "kubernetesVersion", "1.33.2", "1.35.0", versions.SKIP),
        ("gcp:container/cluster:Cluster", "minMasterVersion", "1.33.1-gke.100", "1.34.0-gke.1", ""),
        ("gcp:container/cluster:Cluster", "minMasterVersion", "v1.33", "2.0", versions.SKIP),
    ],
)
def test_a_control_plane_goes_up_one_minor_version_at_a_time(
    project: CliProject, token: str, path: str, old: Any, new: Any, check: str
) -> None:
    steps = [step("update", view(token, "main", inputs={path: old}), view(token, "main", inputs={path: new}))]
    looked = versions.look(gate_input(project, steps, environment="dev"))
    assert [item.check for item in looked.findings] == ([check] if check else [])
    if check:
        assert looked.findings[0].effect is Effect.REFUSE, "the cloud refuses it in dev too"


def test_what_runs_counts_where_the_program_named_no_version(project: CliProject) -> None:
    old = view(EKS, "main", inputs={}, outputs={"version": "1.31"})
    steps = [step("update", old, view(EKS, "main", inputs={"version": "1.34"}))]
    [finding] = versions.look(gate_input(project, steps)).findings
    assert finding.problem == "would go from 1.31 to 1.34 at once"
    assert finding.remedy.startswith("go one minor version at a time: 1.32 first")


def test_a_stack_without_a_control_plane_has_nothing_to_look_at(project: CliProject) -> None:
    assert versions.look(gate_input(project, [step("create", None, view(BUCKET, "logs"))])).skipped


def test_a_replacement_that_hangs_on_an_unknown_is_advice(project: CliProject) -> None:
    steps = replaced(SUBNET, "a", "vpcId", "vpc-1", UNKNOWN)
    [finding] = found(unknowns.look(gate_input(project, steps)), unknowns.REPLACE)
    assert (finding.effect, finding.path) == (Effect.ADVISE, "vpcId")
    assert unknowns.look(gate_input(project, steps)).summary == "1 resource of 1 with inputs that are known only at up"


def test_every_type_of_a_network_is_one_that_the_sdks_know():
    for token in network.NETWORK:
        assert schema.resource(token).token == token
