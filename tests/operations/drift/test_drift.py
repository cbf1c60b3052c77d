"""Drift on the sandbox: found, classed, ranked, accepted, reverted; nothing is changed by looking."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from platform_lib.core.errors import CloudError, PlatformError
from platform_lib.core.values import Secret
from platform_lib.operations.drift.look import find_drift
from platform_lib.operations.drift.model import Drift, Meaning, Nature
from platform_lib.operations.drift.noise import NoiseRule
from platform_lib.operations.drift.settle import accept, revert
from platform_lib.operations.engines import SandboxStack
from platform_lib.operations.errors import RefusedError
from platform_lib.operations.record import Record
from platform_lib.operations.run import Policies
from platform_lib.sandbox.cloud.fault import FaultRule
from platform_lib.sandbox.workspace import Workspace
from support.cli_project import CliProject
from support.stock_backend import stock_backend, use_environment

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PACKS = Policies(("baseline",), today=NOW)
PROGRAM = """\
import pulumi
import pulumi_aws as aws

config = pulumi.Config()
vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16", tags={"owner": config.require("owner")})
subnet = aws.ec2.Subnet("private", vpc_id=vpc.id, cidr_block="10.0.0.0/24", availability_zone="eu-west-1a")
aws.s3.Bucket("logs")
aws.sqs.Queue("jobs", delay_seconds=1, tags={"owner": "me"}, opts=pulumi.ResourceOptions(ignore_changes=["tags"]))
aws.ssm.Parameter("token", type="SecureString", value=pulumi.Output.secret("canary-7f3a"))
"""


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with its stack up; each test takes a copy."""
    folder = tmp_path_factory.mktemp("drift") / "shop"
    CliProject(folder, PROGRAM)
    assert Workspace(folder, env={}).stack("dev").run("up").exit_code == 0
    return folder


class Shop:
    """A copy of the project, its stack, and hands on its cloud."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workspace = Workspace(folder, env={})
        self.stack = SandboxStack(self.workspace.stack("dev"))

    def edit(self, name: str, path: str, value: object) -> None:
        with self.workspace.cloud() as cloud:
            cloud.edit(self.id(name), path, value)

    def remove(self, name: str) -> None:
        with self.workspace.cloud() as cloud:
            cloud.remove(self.id(name))

    def id(self, name: str) -> str:
        state = self.stack.handle.state()
        item = next(item for item in state.resources if item.urn.endswith(f"::{name}"))
        return f"{item.type}={item.id}"

    def look(self, *noise: NoiseRule, policies: Policies = PACKS) -> Drift:
        return find_drift(self.stack, policies, noise, now=NOW)


@pytest.fixture
def shop(up: Path, tmp_path: Path) -> Shop:
    shutil.copytree(up, tmp_path / "shop")
    return Shop(tmp_path / "shop")


def test_nothing_drifted(shop: Shop) -> None:
    found = shop.look()
    assert (found.drifted, found.resources, found.looked_at, found.checked) == (False, (), 5, NOW)


def test_looking_changes_neither_state_nor_cloud(shop: Shop) -> None:
    shop.edit("main", "enableDnsSupport", False)
    before = shop.stack.handle.state()
    first = shop.look()
    assert shop.stack.handle.state() == before
    assert shop.look() == first


def test_what_the_program_decides_is_real_with_old_and_new_value(shop: Shop) -> None:
    shop.edit("main", "enableDnsSupport", False)
    (item,) = shop.look().open
    (change,) = item.properties
    assert (item.name, item.nature, item.meaning) == ("main", Nature.REAL, Meaning.CHANGED)
    assert (change.path, change.kind, change.old, change.new) == ("enableDnsSupport", "update", True, False)


def test_what_only_the_cloud_computes_is_unknown_and_says_so(shop: Shop) -> None:
    shop.edit("main", "ownerId", "999999999999")
    found = shop.look()
    (item,) = found.open
    assert found.drifted
    assert (item.nature, item.meaning, item.properties[0].nature) == (Nature.UNKNOWN, Meaning.UNKNOWN, Nature.UNKNOWN)
    assert "no rule of governance/drift.yaml" in item.properties[0].reason


def test_a_rule_makes_it_noise_with_its_reason(shop: Shop) -> None:
    shop.edit("main", "ownerId", "999999999999")
    found = shop.look(NoiseRule(type="aws:ec2/*", path="ownerId", reason="moves with the account"))
    assert (found.drifted, found.open) == (False, ())
    (item,) = found.resources
    assert (item.nature, item.properties[0].reason) == (Nature.NOISE, "moves with the account")


def test_one_real_property_makes_the_resource_real_beside_noise(shop: Shop) -> None:
    shop.edit("main", "ownerId", "999999999999")
    shop.edit("main", "enableDnsSupport", False)
    (item,) = shop.look(NoiseRule(type="*", path="ownerId", reason="moves with the account")).open
    assert {change.path: change.nature for change in item.properties} == {
        "enableDnsSupport": Nature.REAL,
        "ownerId": Nature.NOISE,
    }


def test_what_the_program_ignores_is_noise(shop: Shop) -> None:
    shop.edit("jobs", "tags.owner", "somebody-else")
    found = shop.look(NoiseRule(type="aws:*", path="tagsAll", reason="computed of the tags"))
    assert not found.drifted
    assert any("ignore_changes" in change.reason for item in found.resources for change in item.properties)


def test_no_rule_hides_that_a_policy_now_fails(shop: Shop) -> None:
    shop.edit("private", "mapPublicIpOnLaunch", True)
    (item,) = shop.look(NoiseRule(type="*", path="mapPublic*", reason="somebody wants it gone")).open
    assert (item.nature, item.meaning) == (Nature.REAL, Meaning.SECURITY)
    assert [rule.rule for rule in item.rules] == ["aws-vpc-subnet-no-auto-public-ip"]
    assert item.rules[0].controls["pci_dss"]


def test_a_rule_that_failed_before_is_no_news(shop: Shop) -> None:
    shop.edit("logs", "tags.new", "x")  # the bucket fails rules about encryption and versions all the time
    (item,) = shop.look().open
    assert (item.meaning, item.rules) == (Meaning.CHANGED, ())


def test_security_comes_first_then_what_is_lost_then_gone_then_changed(shop: Shop) -> None:
    shop.edit("main", "enableDnsSupport", False)
    shop.edit("private", "mapPublicIpOnLaunch", True)
    shop.remove("logs")
    shop.remove("jobs")
    found = shop.look()
    assert [(item.name, item.meaning) for item in found.open] == [
        ("private", Meaning.SECURITY),
        ("logs", Meaning.LOSS),
        ("jobs", Meaning.GONE),
        ("main", Meaning.CHANGED),
    ]
    assert (found.open[1].gone, found.open[1].stateful) == (True, "holds data")


def test_without_packs_nothing_is_ranked_by_policies(shop: Shop) -> None:
    shop.edit("private", "mapPublicIpOnLaunch", True)
    found = shop.look(policies=Policies(()))
    assert (found.open[0].meaning, found.packs) == (Meaning.CHANGED, ())


def test_secrets_are_told_as_secrets(shop: Shop) -> None:
    shop.edit("token", "value", Secret("canary-other"))
    found = shop.look()
    assert found.drifted
    assert "canary" not in found.to_json()
    assert "[secret]" in found.to_json()


def test_what_an_engine_tells_only_as_secret_breaks_no_rule(shop: Shop) -> None:
    """The stock engine's log shows ``[secret]`` for every secret: rules go on judging what the state has."""
    from platform_lib.operations.drift.look import _opened

    sealed = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}
    seen = {"value": "[secret]", "list": ["[secret]", 2], "other": "[secret]", "plain": 1}
    assert _opened(seen, {"value": sealed, "list": [sealed], "plain": 0}) == {
        "value": sealed,
        "list": [sealed, 2],
        "other": "[secret]",
        "plain": 1,
    }


def test_accept_takes_it_into_the_state_and_leaves_the_cloud(shop: Shop) -> None:
    shop.edit("main", "enableDnsSupport", False)
    accept(shop.stack)
    assert not shop.look().drifted
    with shop.workspace.cloud() as cloud:
        assert cloud.find(shop.id("main")).inputs["enableDnsSupport"] is False


def test_revert_puts_back_what_was_changed_and_what_is_gone(shop: Shop) -> None:
    shop.edit("main", "enableDnsSupport", False)
    shop.remove("logs")
    revert(shop.stack, shop.look())
    assert not shop.look().drifted
    with shop.workspace.cloud() as cloud:
        assert cloud.find(shop.id("main")).inputs["enableDnsSupport"] is True
        assert cloud.find(shop.id("logs"))


def test_revert_leaves_noise_alone(shop: Shop) -> None:
    shop.edit("main", "enableDnsSupport", False)
    shop.edit("jobs", "delaySeconds", 9)
    noise = NoiseRule(type="*", path="delaySeconds", reason="the queue tunes itself")
    revert(shop.stack, shop.look(noise))
    assert not shop.look(noise).drifted
    with shop.workspace.cloud() as cloud:
        assert cloud.find(shop.id("jobs")).inputs["delaySeconds"] == 9


def test_revert_deploys_no_change_on_the_way(shop: Shop) -> None:
    shop.edit("main", "enableDnsSupport", False)
    path = shop.folder / "__main__.py"
    path.write_text(PROGRAM + 'aws.sqs.Queue("new")\n', encoding="utf-8")
    with pytest.raises(RefusedError) as caught:
        revert(shop.stack, shop.look())
    assert str(caught.value) == (
        "drift: stack 'dev': --revert: the program differs from what was deployed, got "
        "urn:pulumi:dev::shop::aws:sqs/queue:Queue::new; check out the deployed commit, or deploy the change first"
    )
    assert shop.look().drifted


def test_a_stack_that_is_not_there_is_refused(shop: Shop) -> None:
    (shop.folder / "Pulumi.new.yaml").write_text("config: {}\n", encoding="utf-8")
    with pytest.raises(PlatformError, match="stack 'new': has no state on engine sandbox; deploy it first"):
        find_drift(SandboxStack(shop.workspace.stack("new")), PACKS)


def test_a_cloud_that_cannot_be_read_is_an_error_and_not_no_drift(shop: Shop) -> None:
    with shop.workspace.cloud() as cloud:
        cloud.inject(FaultRule(effect="fail", operation="read", times=0))
    with pytest.raises(PlatformError, match="injected fault"):
        shop.look()
    with shop.workspace.cloud() as cloud, pytest.raises(CloudError):
        cloud.clear_faults(9)


@pytest.mark.slow
@pytest.mark.stock_engine
def test_the_stock_engine_tells_the_same(tmp_path: Path, up: Path) -> None:
    from platform_lib.operations.pulumi_stack import PulumiStack

    folder = tmp_path / "shop"
    shutil.copytree(up, folder, ignore=lambda *_: {".sandbox"})
    use_environment(folder / "Pulumi.yaml")
    with stock_backend(tmp_path / "stock") as (variables, cloud):
        stack = PulumiStack(folder, "dev", variables)
        stack.call("stack", "init", stack.name, stack=False)
        record = Record()
        assert stack.run("up", sink=record) == 0, record.diagnostics
        assert not find_drift(stack, PACKS, now=NOW).drifted
        ids = {row.urn.rpartition("::")[2]: f"{row.type}={row.id}" for row in cloud.ls()}
        cloud.edit(ids["main"], "enableDnsSupport", False)
        cloud.edit(ids["private"], "mapPublicIpOnLaunch", True)
        cloud.remove(ids["logs"])
        found = find_drift(stack, PACKS, now=NOW)
        assert [(item.name, item.meaning) for item in found.open] == [
            ("private", Meaning.SECURITY),
            ("logs", Meaning.LOSS),
            ("main", Meaning.CHANGED),
        ]
        assert found.engine == "pulumi"
        assert found.looked_at == 5
        assert "canary" not in found.to_json()
        revert(stack, found)
        assert not find_drift(stack, PACKS, now=NOW).drifted
