"""The stock engine takes a network over as the sandbox engine does: by the ids that providers import by."""

import json
import subprocess

import pytest

from support.stock_backend import stock_backend, use_environment

pytestmark = [
    pytest.mark.stock_engine,
    pytest.mark.slow,
]

BY_HAND = """
import pulumi
from pulumi_aws import Provider, ec2

opts = pulumi.ResourceOptions(provider=Provider("aws", region="eu-west-1"))
vpc = ec2.Vpc("legacy", cidr_block="10.20.0.0/16", tags={"Name": "legacy"}, opts=opts)
gateway = ec2.InternetGateway("legacy", vpc_id=vpc.id, opts=opts)
web = ec2.Subnet("web", vpc_id=vpc.id, availability_zone_id="euw1-az1", cidr_block="10.20.0.0/24", opts=opts)
app = ec2.Subnet("app", vpc_id=vpc.id, availability_zone_id="euw1-az1", cidr_block="10.20.128.0/20", opts=opts)
table = ec2.RouteTable("web", vpc_id=vpc.id, opts=opts)
ec2.RouteTableAssociation("web", subnet_id=web.id, route_table_id=table.id, opts=opts)
ec2.Route(
    "web", route_table_id=table.id, destination_cidr_block="0.0.0.0/0", gateway_id=gateway.id, opts=opts
)
pulumi.export("ids", {
    "vpc": vpc.id,
    "internet-gateway": gateway.id,
    "subnet-web-euw1-az1": web.id,
    "subnet-app-euw1-az1": app.id,
    "route-table-web": table.id,
    "route-table-association-web-euw1-az1": pulumi.Output.concat(web.id, "/", table.id),
    "default-route-web": pulumi.Output.concat(table.id, "_0.0.0.0/0"),
})
"""
ADOPTING = """
import json
from pathlib import Path

import pulumi
from pulumi_aws import Provider

from platform_lib.components.vpc import VpcArgs, VpcComponent
from platform_lib.core.context import Context

context = Context(environment="dev", owner="net", cost_centre="cc-1", data_classification="internal")
VpcComponent(
    "main",
    VpcArgs(
        context=context,
        region="eu-west-1",
        cidr="10.20.0.0/16",
        zones=["euw1-az1"],
        tiers=[{"name": "web", "role": "public"}, {"name": "app", "role": "private"}],
        adopt={"mode": "import", "ids": json.loads(Path("ids.json").read_text())},
    ),
    pulumi.ResourceOptions(provider=Provider("aws", region="eu-west-1")),
)
"""


def project(folder, name, program):
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n", encoding="utf-8")
    (folder / "__main__.py").write_text(program, encoding="utf-8")
    use_environment(folder / "Pulumi.yaml")
    return folder


def test_a_network_made_by_hand_is_imported_updated_and_then_stays(tmp_path):
    with stock_backend(tmp_path / "backend") as (variables, _):

        def pulumi(folder, *words):
            done = subprocess.run(
                ["pulumi", *words, "--stack", "dev", "--non-interactive"],
                cwd=folder,
                env=variables,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        legacy = project(tmp_path / "legacy", "legacy", BY_HAND)
        pulumi(legacy, "stack", "init")
        pulumi(legacy, "up", "--yes")
        ids = pulumi(legacy, "stack", "output", "ids", "--json")
        adopting = project(tmp_path / "adopting", "adopting", ADOPTING)
        (adopting / "ids.json").write_text(ids, encoding="utf-8")
        pulumi(adopting, "stack", "init")
        text = pulumi(adopting, "up", "--yes")
        assert f"{len(json.loads(ids))} imported" in text
        assert "replace" not in text
        assert "delete" not in text
        pulumi(adopting, "up", "--yes", "--expect-no-changes")
