"""``platform network adopt`` on a copy of the reference platform whose network stands in the sandbox cloud already."""

import json
from typing import Any

import pulumi
import pytest

from platform_lib.sandbox.engine.target import Program
from support.cli_project import invoke
from support.reference_platform import ReferencePlatform

SUBNETS = {
    "public-a": ("euc1-az1", "10.10.7.0/24"),
    "public-b": ("euc1-az2", "10.10.8.0/24"),
    "private-a": ("euc1-az1", "10.10.128.0/20"),
    "private-b": ("euc1-az2", "10.10.160.0/20"),
    "isolated-a": ("euc1-az1", "10.10.32.0/22"),
    "isolated-b": ("euc1-az2", "10.10.40.0/22"),
    "bastion": ("euc1-az1", "10.10.250.0/28"),
}


def by_hand() -> None:
    """A network as somebody made it before there was a component for it."""
    import pulumi_aws

    provider = pulumi_aws.Provider("aws", region="eu-central-1")
    options = pulumi.ResourceOptions(provider=provider)
    vpc = pulumi_aws.ec2.Vpc("legacy", cidr_block="10.10.0.0/16", tags={"Name": "legacy"}, opts=options)
    pulumi_aws.ec2.InternetGateway("legacy", vpc_id=vpc.id, opts=options)
    for name, (zone, cidr) in SUBNETS.items():
        pulumi_aws.ec2.Subnet(
            name, vpc_id=vpc.id, availability_zone_id=zone, cidr_block=cidr, tags={"Name": name}, opts=options
        )
    pulumi.export("vpc", vpc.id)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> ReferencePlatform:
    made = ReferencePlatform.copy(tmp_path_factory.mktemp("platform"))
    path = made.root / "governance" / "address-ledger.yaml"
    path.write_text("version: 1\nnetworks: {}\n", encoding="utf-8")
    result = made.run("up", "dev", program=Program(function=by_hand))
    assert result.exit_code == 0
    return made


def adopt(platform: ReferencePlatform, *arguments: str) -> Any:
    return invoke("network", "adopt", *arguments, cwd=platform.root)


def test_the_ids_are_shown_and_the_blocks_written_as_they_are(platform: ReferencePlatform) -> None:
    shown = adopt(platform, "dev/main", "--vpc", "legacy", "--output", "ids.json")
    assert (shown.code, shown.err) == (0, "")
    assert "dev/aws/eu-central-1/main: 9 ids for adopt, mode import\n" in shown.out
    assert "route-table-public: has no id; an import makes it\n" in shown.out
    assert "(10.10.250.0/28): no tier has it; its addresses stay taken in the ledger\n" in shown.out
    assert "8 changes not in the ledger yet; write them with 'platform network adopt --write'" in shown.out

    written = adopt(platform, "dev/main", "--vpc", "legacy", "--write", "--json")
    assert written.code == 0
    assert written.json["ids"] == json.loads((platform.root / "ids.json").read_text(encoding="utf-8"))
    assert {name for name in written.json["ids"] if not name.startswith("subnet-")} == {
        "vpc",
        "default-security-group",
        "internet-gateway",
    }
    again = invoke("network", "plan", "--stack", "dev", "--json", cwd=platform.root)
    assert again.json["changes"] == []
    (entry,) = again.json["networks"]
    used = {one["key"]: one["block"] for one in entry["blocks"] if one["use"] == "used"}
    assert used["private/euc1-az2"] == "10.10.160.0/20"
    assert len(used) == 6


@pytest.mark.parametrize(
    "arguments, text",
    [
        (("dev", "--vpc", "legacy"), "network: is written STACK/NETWORK, got 'dev'; write it as 'dev/main'"),
        (("dev/mian", "--vpc", "legacy"), "network 'mian': no stack has it; did you mean 'main'?"),
        (
            ("dev/main", "--vpc", "legaxy"),
            "vpc: the inventory holds no such network, got 'legaxy'; did you mean 'legacy'?",
        ),
        (("dev/main", "--vpc", "legacy", "--subnet", "x"), "subnet: is written TIER/ZONE=ID, got 'x'"),
        (("dev/main", "--vpc", "legacy", "--inventory", "none.json"), "inventory: none.json: cannot be read"),
    ],
)
def test_what_is_wrong_is_said(platform: ReferencePlatform, arguments: tuple[str, ...], text: str) -> None:
    answer = adopt(platform, *arguments)
    assert answer.code in (1, 2)
    assert text in " ".join(answer.err.split())
