"""What a preview says when a setting is broken: policies with their control ids, and settings with file and line."""

import re
from pathlib import Path

import pytest

from platform_lib.core.errors import SettingsError
from platform_lib.sandbox.engine.target import Program
from stacks.settings import StackSettings
from support.reference_platform import ReferencePlatform, evaluator, open_findings

REGION = "  platform:region:"


@pytest.fixture
def platform(tmp_path: Path) -> ReferencePlatform:
    return ReferencePlatform.copy(tmp_path)


def refused(platform: ReferencePlatform, rule: str, path: str, program: Program | None = None) -> None:
    """A preview of production is refused by a rule, with ids of all three frameworks, path and remedy."""
    policy = evaluator("prod", preview=True)
    result = platform.run("preview", "prod", policy=policy, program=program)
    assert result.exit_code == 1
    finding = next(finding for finding in result.findings if finding.rule == rule)
    assert finding.mandatory
    assert set(finding.controls) >= {"hipaa", "pci_dss", "soc2"}
    assert finding.path == path
    assert finding.remedy


def without_flow_logs(platform: ReferencePlatform, stack: str) -> None:
    platform.edit(stack, "  platform:network:", "  platform:network:\n    flow_logs_enabled: false")


def test_a_preview_of_production_refuses_a_network_without_flow_logs(platform: ReferencePlatform) -> None:
    without_flow_logs(platform, "prod")
    refused(platform, "aws-vpc-flow-logs-enabled", "")  # what is missing is a resource


def test_a_preview_of_production_refuses_a_short_retention(platform: ReferencePlatform) -> None:
    platform.edit("prod", REGION, "  platform:logging: {retention_days: 30}\n" + REGION)
    refused(platform, "aws-cloudwatch-log-group-retention", "retentionInDays")


def test_a_preview_of_production_refuses_a_public_bucket(platform: ReferencePlatform) -> None:
    def program() -> None:
        import pulumi
        import pulumi_aws as aws

        from stacks.blueprints.foundation import build_foundation
        from stacks.settings import StackSettings

        settings = StackSettings.from_config()
        provider = aws.Provider("aws", region=settings.region, allowed_account_ids=[settings.account_id])
        foundation = build_foundation(settings, settings.network, provider)
        opts = pulumi.ResourceOptions(provider=provider)
        aws.s3.BucketAcl("open", bucket=foundation.baseline.archive_bucket, acl="public-read", opts=opts)

    refused(platform, "aws-s3-bucket-acl-not-public-read", "acl", Program.of(program))


def test_the_same_mistake_is_advice_in_dev(platform: ReferencePlatform) -> None:
    without_flow_logs(platform, "dev")
    policy = evaluator("dev", preview=True)
    assert platform.run("preview", "dev", policy=policy).exit_code == 0
    assert "aws-vpc-flow-logs-enabled" in {found for found, _ in open_findings(policy)}


SETTINGS = {
    "unknown key": ("platform:region:", "platform:regoin:", "regoin: is not known; did you mean 'region'"),
    "wrong type": ("zones: [euc1-az1, euc1-az2]", "zones: euc1-az1", "network.zones: must be a list"),
    "a network that the stack does not hold": (
        REGION,
        "  platform:blueprints: [runtime]\n" + REGION,
        "network: is that of another stack; leave it out",
    ),
    "no stack to take it from": (
        REGION,
        "  platform:blueprints: [runtime]\n" + REGION,
        "foundation_stack: is required without the blueprint 'foundation'; name the stack that holds it",
    ),
    "two foundations": (
        REGION,
        "  platform:foundation_stack: organization/platform/other\n" + REGION,
        "foundation_stack: is given, but the stack holds the foundation itself; leave it out",
    ),
    "unknown blueprint": (
        REGION,
        "  platform:blueprints: [foundation, runtim]\n" + REGION,
        "blueprints[1]: must be one of",
    ),
    "a blueprint twice": (
        REGION,
        "  platform:blueprints: [foundation, foundation]\n" + REGION,
        "blueprints: must name each blueprint once",
    ),
    "nobody for the cluster": (
        "    administrators:\n      platform: arn:aws:iam::111111111111:role/platform-administrators",
        "    administrators: {}",
        "cluster.administrators: is required for the blueprint 'runtime'; name a role of IAM",
    ),
    "a part that nobody copies": (
        REGION,
        "  platform:blueprints: [foundation, resilience]\n" + REGION,
        "blueprints: hold 'resilience', and nothing that it would copy; leave it out",
    ),
    "no runtime to take": (
        REGION,
        "  platform:blueprints: [foundation, secrets]\n" + REGION,
        "runtime_stack: is required without the blueprint 'runtime'; name the stack that holds it",
    ),
    "a stack that nothing stands on": (
        REGION,
        "  platform:blueprints: [foundation]\n  platform:runtime_stack: organization/platform/other\n" + REGION,
        "runtime_stack: is given, but nothing of the stack stands on it; leave it out",
    ),
    "a group of another stack": (
        REGION,
        "  platform:blueprints: [foundation]\n" + REGION,
        "edge: is that of another stack; leave it out",
    ),
    "a blueprint without its group": (
        "  platform:resilience: {}\n",
        "",
        "resilience: is required for the blueprint 'resilience'; give it in the stack's file, {} where",
    ),
    "a signer that is not known": (
        "      security: arn",
        "      securiti: arn",
        "edge.update.root[1]: is not one of the signers, got 'security'; did you mean 'securiti'?",
    ),
    "a database that cannot grow": (
        "  platform:data: {}",
        "  platform:data: {database: {maximum_storage_gib: 21}}",
        "data.database.maximum_storage_gib: must be",
    ),
    "a group without devices": (
        "      - {name: cameras, site: north, devices: 4}",
        "      - {name: cameras, site: north, devices: 0}",
        "edge.groups[1].devices: must be at least 1",
    ),
    "unknown environment": ("platform:environment: dev", "platform:environment: demo", "environment: must be one of"),
}


def test_outside_dev_what_is_stateful_is_copied(platform: ReferencePlatform) -> None:
    platform.edit("prod", REGION, "  platform:blueprints: [foundation, runtime]\n" + REGION)
    with pytest.raises(SettingsError) as raised:
        StackSettings.from_file(platform.root / "Pulumi.prod.yaml", "platform")
    said = str(raised.value)
    assert "blueprints: hold runtime and no 'resilience', which copies what they hold; add 'resilience'" in said


@pytest.mark.parametrize("case", SETTINGS)
def test_a_wrong_setting_names_file_line_and_way_out(platform: ReferencePlatform, case: str) -> None:
    old, new, text = SETTINGS[case]
    platform.edit("dev", old, new)
    with pytest.raises(SettingsError) as raised:
        StackSettings.from_file(platform.root / "Pulumi.dev.yaml", "platform")
    assert re.search(r"(Pulumi\.dev|settings/region/eu-central-1)\.yaml(:\d+)?: " + re.escape(text), str(raised.value))


NETWORKS = {
    "host bits": ("10.10.0.0/16", "10.10.0.1/16", "VpcArgs: cidr: has host bits set beyond /16"),
    "too small": (
        "10.10.0.0/16",
        "10.10.0.0/24",
        "VpcComponent 'main': isolated/euc1-az1: 10.10.32.0/22 of the ledger lies outside",
    ),
    "zone that the ledger does not have": (
        "[euc1-az1, euc1-az2]",
        "[euc1-az1, euc1-az2, euc1-az3]",
        "VpcComponent 'main': ledger.isolated/euc1-az3: the address ledger has no entry for it; run 'platform network",
    ),
    "assertion that does not hold": (
        "10.10.0.0/16",
        "10.10.0.0/16\n    assertions: [private must not reach internet]",
        "VpcComponent 'main': assertions[0]: 'private must not reach internet' does not hold: ",
    ),
    "zone of another region": ("euc1-az1", "use1-az1", "VpcComponent 'main': zones[0]: "),
}


@pytest.mark.parametrize("case", NETWORKS)
def test_a_network_that_cannot_be_registers_nothing(platform: ReferencePlatform, case: str) -> None:
    old, new, text = NETWORKS[case]
    platform.edit("dev", old, new)
    result = platform.run("preview", "dev")
    assert result.exit_code == 1
    said = " ".join(diagnostic.message for diagnostic in result.diagnostics)
    assert text in said
    assert "Traceback" not in said
    assert not any("VpcComponent" in step.type for step in platform.steps)
