"""Production over three stacks: each takes what it stands on from the one that holds it."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from platform_lib.core.values import plain
from platform_lib.sandbox.engine.target import Program
from support.reference_platform import ReferencePlatform, evaluator, open_findings

FOUNDATION = "prod-foundation"
RUNTIME = "prod-runtime"
APPS = "prod-apps"
LAYOUT: dict[str, dict[str, Any]] = {
    FOUNDATION: {"blueprints": ["foundation"]},
    RUNTIME: {"blueprints": ["runtime", "resilience"], "foundation_stack": f"organization/platform/{FOUNDATION}"},
    APPS: {
        "blueprints": ["secrets", "data", "resilience", "edge"],
        "foundation_stack": f"organization/platform/{FOUNDATION}",
        "runtime_stack": f"organization/platform/{RUNTIME}",
    },
}
GROUPS = {
    FOUNDATION: {"network"},
    RUNTIME: {"cluster", "mesh", "vault", "resilience"},
    APPS: {"secrets", "data", "resilience", "edge"},
}
"""Which groups of production's settings each stack takes over."""

OWN_OF_EACH = "platform-lib:index:DrReplica"
"""Each stack copies what it holds itself."""


@pytest.fixture
def platform(tmp_path: Path) -> ReferencePlatform:
    """Production as ``prod-foundation``, ``prod-runtime`` and ``prod-apps``."""
    made = ReferencePlatform.copy(tmp_path)
    yaml = YAML()
    whole = yaml.load((made.root / "Pulumi.prod.yaml").read_text(encoding="utf-8"))["config"]
    of_groups = set().union(*GROUPS.values())
    for name, own in LAYOUT.items():
        config = {
            key: value
            for key, value in whole.items()
            if (group := key.removeprefix("platform:")) not in of_groups or group in GROUPS[name]
        }
        if name == RUNTIME:
            config["platform:resilience"] = {**config["platform:resilience"], "name": "runtime-recovery"}
        config |= {f"platform:{key}": value for key, value in own.items()}
        with (made.root / f"Pulumi.{name}.yaml").open("w", encoding="utf-8") as file:
            yaml.dump({"config": config}, file)
    return made


def components(platform: ReferencePlatform, stack: str) -> set[str]:
    found = (resource.type for resource in platform.stack(stack).state().resources)
    return {token.removeprefix("platform-lib:index:") for token in found if token.startswith("platform-lib:index:")}


def test_each_stack_stands_on_the_ones_before_and_passes_the_policies(platform: ReferencePlatform) -> None:
    for stack in LAYOUT:
        assert platform.run("preview", stack, policy=evaluator("prod", preview=True)).exit_code == 0
        policy = evaluator("prod")
        assert platform.run("up", stack, policy=policy).exit_code == 0
        assert open_findings(policy) == set()
    for stack in LAYOUT:
        assert set(platform.run("up", stack).changes) == {"same"}
    assert {stack: components(platform, stack) for stack in LAYOUT} == {
        FOUNDATION: {"SecurityBaseline", "VpcComponent"},
        RUNTIME: {"KubernetesCluster", "MeshComponent", "VaultCluster", "DrReplica"},
        APPS: {"VaultConfiguration", "Database", "FeatureStore", "DeviceAdmission", "EdgeFleet", "DrReplica"},
    }

    network = plain(platform.stack(FOUNDATION).outputs())["network"]
    offered = plain(platform.stack(RUNTIME).outputs())
    runtime = {r.type: plain(r.inputs) for r in platform.stack(RUNTIME).state().resources}
    apps = {r.urn.rsplit("::", 1)[-1]: plain(r.inputs) for r in platform.stack(APPS).state().resources}
    assert runtime["aws:eks/cluster:Cluster"]["vpcConfig"]["subnetIds"] == network["subnet_ids"]["private"]
    assert apps["records-subnets"]["subnetIds"] == network["subnet_ids"]["isolated"]
    assert apps["records-access-cluster"]["referencedSecurityGroupId"] == offered["cluster"]["security_group_id"]
    assert apps["vault"]["address"] == offered["vault"]["address"]


def identities(platform: ReferencePlatform, stack: str) -> list[str]:
    """What a stack has, without its name, itself, its providers, and its own copies."""
    urns = (resource.urn.split("::", 2)[2] for resource in platform.stack(stack).state().resources)
    left_out = ("pulumi:pulumi:Stack", "pulumi:providers:", OWN_OF_EACH)
    return [urn for urn in urns if not urn.startswith(left_out)]


def test_both_layouts_make_the_same(platform: ReferencePlatform) -> None:
    assert platform.run("up", "prod").exit_code == 0
    whole = sorted(identities(platform, "prod"))
    (platform.root / ".sandbox").rename(platform.root / ".sandbox-of-one-stack")
    parts: list[str] = []
    for stack in LAYOUT:
        assert platform.run("up", stack).exit_code == 0
        parts += identities(platform, stack)
    assert sorted(parts) == whole


def test_a_stack_without_what_it_stands_on_says_what_to_do(platform: ReferencePlatform) -> None:
    result = platform.run("preview", RUNTIME)
    assert result.exit_code == 1
    said = " ".join(diagnostic.message for diagnostic in result.diagnostics)
    assert f'unknown stack "organization/platform/{FOUNDATION}"' in said


def test_a_foundation_of_an_older_release_is_refused_by_name(platform: ReferencePlatform) -> None:
    platform.edit(RUNTIME, f"/{FOUNDATION}", "/prod")

    def program() -> None:
        import pulumi

        pulumi.export("network", {"version": 0})

    assert platform.run("up", "prod", program=Program.of(program)).exit_code == 0
    result = platform.run("preview", RUNTIME)
    said = " ".join(diagnostic.message for diagnostic in result.diagnostics)
    assert "NetworkOutputs: stack 'organization/platform/prod': exports version 0 of 'network'" in said
    assert "Traceback" not in said
