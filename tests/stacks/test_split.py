"""The platform over several stacks: each takes what it stands on from the one that holds it."""

from pathlib import Path

import pytest

from platform_lib.core.values import plain
from support.reference_platform import ReferencePlatform, evaluator, open_findings

FOUNDATION = "prod-foundation"
RUNTIME = "prod-runtime"


@pytest.fixture
def platform(tmp_path: Path) -> ReferencePlatform:
    """Production as ``prod-foundation`` and ``prod-runtime``."""
    made = ReferencePlatform.copy(tmp_path)
    text = (made.root / "Pulumi.prod.yaml").read_text(encoding="utf-8")
    network, cluster = text.index("  platform:network:"), text.index("  platform:cluster:")
    common = text[:network]
    parts = {
        FOUNDATION: common + "  platform:blueprints: [foundation]\n" + text[network:cluster],
        RUNTIME: common
        + f"  platform:blueprints: [runtime]\n  platform:foundation_stack: organization/platform/{FOUNDATION}\n"
        + text[cluster:],
    }
    for name, content in parts.items():
        (made.root / f"Pulumi.{name}.yaml").write_text(content, encoding="utf-8")
    return made


def types(platform: ReferencePlatform, stack: str) -> set[str]:
    return {resource.type for resource in platform.stack(stack).state().resources}


def test_a_stack_stands_on_another_one_as_on_itself(platform: ReferencePlatform) -> None:
    policy = evaluator("prod")
    assert platform.run("up", FOUNDATION, policy=policy).exit_code == 0
    assert open_findings(policy) == set()
    assert "platform-lib:index:KubernetesCluster" not in types(platform, FOUNDATION)

    assert platform.run("preview", RUNTIME).exit_code == 0
    policy = evaluator("prod")
    assert platform.run("up", RUNTIME, policy=policy).exit_code == 0
    assert open_findings(policy) == set()
    assert "platform-lib:index:VpcComponent" not in types(platform, RUNTIME)
    for stack in (FOUNDATION, RUNTIME):
        assert set(platform.run("up", stack).changes) == {"same"}

    network = plain(platform.stack(FOUNDATION).outputs())["network"]
    (cluster,) = (r for r in platform.stack(RUNTIME).state().resources if r.type == "aws:eks/cluster:Cluster")
    assert plain(cluster.inputs)["vpcConfig"]["subnetIds"] == network["subnet_ids"]["private"]


def test_both_layouts_make_the_same(platform: ReferencePlatform) -> None:
    assert platform.run("up", "prod").exit_code == 0
    whole = sorted(resource.urn.split("::", 2)[2] for resource in platform.stack("prod").state().resources)
    other = ReferencePlatform(platform.root)
    (platform.root / ".sandbox").rename(platform.root / ".sandbox-of-one-stack")
    parts = []
    for stack in (FOUNDATION, RUNTIME):
        assert other.run("up", stack).exit_code == 0
        parts += [resource.urn.split("::", 2)[2] for resource in other.stack(stack).state().resources]
    twice = [name for name in parts if name.startswith(("pulumi:pulumi:Stack", "pulumi:providers:"))]
    kept = [name for name in whole if not name.startswith(("pulumi:pulumi:Stack", "pulumi:providers:"))]
    assert sorted(name for name in parts if name not in twice) == kept


def test_the_runtime_without_its_foundation_says_what_to_do(platform: ReferencePlatform) -> None:
    result = platform.run("preview", RUNTIME)
    assert result.exit_code == 1
    said = " ".join(diagnostic.message for diagnostic in result.diagnostics)
    assert f'unknown stack "organization/platform/{FOUNDATION}"' in said


def test_a_foundation_of_an_older_release_is_refused_by_name(platform: ReferencePlatform) -> None:
    assert platform.run("up", FOUNDATION).exit_code == 0
    platform.edit(RUNTIME, f"/{FOUNDATION}", "/prod")
    (platform.root / "Pulumi.prod.yaml").write_text(
        (platform.root / f"Pulumi.{FOUNDATION}.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )

    def program() -> None:
        import pulumi

        pulumi.export("network", {"version": 0})

    from platform_lib.sandbox.engine.target import Program

    assert platform.run("up", "prod", program=Program.of(program)).exit_code == 0
    result = platform.run("preview", RUNTIME)
    said = " ".join(diagnostic.message for diagnostic in result.diagnostics)
    assert "NetworkOutputs: stack 'organization/platform/prod': exports version 0 of 'network'" in said
    assert "Traceback" not in said
