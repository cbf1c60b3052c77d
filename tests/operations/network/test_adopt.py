"""The ids and blocks of an existing network are found, in the sandbox cloud and in what CLIs print."""

import json
from pathlib import Path

import pytest

from platform_lib.components.vpc import LedgerArgs, VpcArgs
from platform_lib.components.vpc.addressing.ledger import AddressLedger
from platform_lib.components.vpc.addressing.ledger_file import DEFAULT_PATH, LedgerFile
from platform_lib.components.vpc.arguments.adopt import AdoptMode
from platform_lib.core.errors import PlanError
from platform_lib.operations.errors import InputError
from platform_lib.operations.network.adopt import adopt
from platform_lib.operations.network.inventory import read_items, sandbox_items
from platform_lib.operations.network.stacks import StackNetwork
from support.existing_networks import NETWORK, REGIONS, WHOLE, Existing, fields

EMPTY = LedgerFile(DEFAULT_PATH, AddressLedger())
KEY = {"aws": "dev/aws/eu-west-1/main", "azure": "dev/azure/westeurope/main", "gcp": "dev/gcp/europe-west1/main"}
FOUND_BY_HAND = {"dhcp-options", "dhcp-options-association", "network-acl-cache", "endpoints", "endpoints-https"}
"""What the command leaves to a person."""


def stack_network(cloud, **more):
    return StackNetwork("dev", "main", VpcArgs(**fields(cloud, **more)))


@pytest.fixture(params=["aws", "azure", "gcp"])
def existing(request):
    made = Existing(request.param, **WHOLE[request.param])
    yield made
    made.stack.cloud.close()


def chosen(existing):
    """Subnets of Azure and Google Cloud by hand, for the names of the sandbox do not tell the tier."""
    if existing.cloud == "aws":
        return {}
    return {f"{tier}/regional": existing.ids[f"subnet-{tier}"] for tier in ("web", "app", "db")}


def test_what_is_found_in_the_sandbox_is_imported_without_a_replace(existing):
    network = stack_network(existing.cloud, **existing.more)
    items = sandbox_items(existing.stack.cloud)
    found = adopt(EMPTY, network, items, existing.ids[NETWORK[existing.cloud]], chosen=chosen(existing))
    assert {**found.ids} == {name: text for name, text in existing.ids.items() if name not in FOUND_BY_HAND}
    assert set(found.without) == FOUND_BY_HAND & set(existing.ids)
    assert found.left == {}
    entry = found.planned.ledger.networks[KEY[existing.cloud]]
    assert entry.ranges == ("10.20.0.0/16",)
    assert len(entry.blocks) == len([name for name in existing.ids if name.startswith("subnet-")])

    existing.ids = {**existing.ids, **found.ids}
    with_ledger = existing.adopted(ledger=LedgerArgs.of(entry))
    changes = existing.stack.up(with_ledger)
    assert not [kind for kind in changes if "replace" in kind or "delete" in kind]
    assert set(existing.stack.up(with_ledger)) == {"same"}


def test_a_reference_needs_the_network_the_subnets_and_takes_the_tables(existing):
    network = stack_network(existing.cloud, tiers=existing.more.get("tiers", fields("aws")["tiers"]))
    items = sandbox_items(existing.stack.cloud)
    network_id = existing.ids[NETWORK[existing.cloud]]
    found = adopt(EMPTY, network, items, network_id, mode=AdoptMode.REFERENCE, chosen=chosen(existing))
    kinds = {name.partition("-")[0] for name in found.ids}
    assert kinds == {NETWORK[existing.cloud], "subnet"} | ({"route"} if existing.cloud != "gcp" else set())
    assert found.without == ()


# As documented: https://docs.aws.amazon.com/cli/latest/reference/ec2/describe-subnets.html and beside it.
VPC = "vpc-0a1b2c3d"
VPCS = {
    "Vpcs": [
        {
            "VpcId": VPC,
            "CidrBlock": "10.20.0.0/16",
            "CidrBlockAssociationSet": [
                {"AssociationId": "vpc-cidr-assoc-01", "CidrBlock": "10.20.0.0/16"},
                {"AssociationId": "vpc-cidr-assoc-02", "CidrBlock": "10.64.0.0/16"},
            ],
            "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2600:1f18:1:100::/56"}],
            "Tags": [{"Key": "Name", "Value": "legacy"}],
        }
    ]
}


def aws_subnet(number, name, cidr, **more):
    return {
        "SubnetId": f"subnet-0a1b2c3{number}",
        "VpcId": VPC,
        "CidrBlock": cidr,
        "AvailabilityZoneId": "euw1-az1",
        "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": f"2600:1f18:1:10{number}::/64"}],
        "Tags": [{"Key": "Name", "Value": name}],
        **more,
    }


SUBNETS = {
    "Subnets": [
        aws_subnet(1, "legacy-web-a", "10.20.7.0/24"),
        aws_subnet(2, "legacy-app-a", "10.20.128.0/20"),
        aws_subnet(3, "bastion", "10.20.250.0/28"),
        {**aws_subnet(4, "legacy-web-a", "10.99.0.0/24"), "VpcId": "vpc-0ffffffff"},
    ]
}
TABLES = {
    "RouteTables": [
        {
            "RouteTableId": f"rtb-0a1b2c3{number}",
            "VpcId": VPC,
            "Associations": [{"SubnetId": f"subnet-0a1b2c3{number}"}],
            "Routes": [
                {"DestinationCidrBlock": "10.20.0.0/16", "GatewayId": "local", "Origin": "CreateRouteTable"},
                {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-0a1b2c3d", "Origin": "CreateRoute"},
            ],
        }
        for number in (1, 2)
    ]
}
GATEWAYS = {"InternetGateways": [{"InternetGatewayId": "igw-0a1b2c3d", "Attachments": [{"VpcId": VPC}]}]}
NATS = {
    "NatGateways": [
        {
            "NatGatewayId": f"nat-0a1b2c3{number}",
            "VpcId": VPC,
            "SubnetId": "subnet-0a1b2c31",
            "State": state,
            "NatGatewayAddresses": [{"AllocationId": f"eipalloc-0a1b2c3{number}"}],
        }
        for number, state in ((1, "available"), (2, "deleted"))
    ]
}
GROUPS = {"SecurityGroups": [{"GroupId": "sg-0a1b2c3d", "GroupName": "default", "VpcId": VPC}]}
ENDPOINTS = {
    "VpcEndpoints": [{"VpcEndpointId": "vpce-0a1b", "VpcId": VPC, "ServiceName": "com.amazonaws.eu-west-1.s3"}]
}
ASKED = {
    "zones": ["euw1-az1"],
    "egress": "single",
    "tiers": [{"name": "web", "role": "public"}, {"name": "app", "role": "private"}],
    "address": {"secondary": ["10.64.0.0/16"], "ipv6": {"source": "provider"}},
}


def inventory(tmp_path: Path, *contents):
    paths = []
    for index, content in enumerate(contents):
        paths.append(tmp_path / f"{index}.json")
        paths[-1].write_text(json.dumps(content), encoding="utf-8")
    return read_items(paths)


@pytest.fixture
def aws(tmp_path):
    return inventory(tmp_path, VPCS, SUBNETS, TABLES, GATEWAYS, NATS, GROUPS, ENDPOINTS)


def test_a_network_of_aws_is_found_in_what_the_cli_printed(aws):
    found = adopt(EMPTY, stack_network("aws", **ASKED), aws, VPC)
    assert found.ids == {
        "vpc": VPC,
        "default-security-group": "sg-0a1b2c3d",
        "range-10-64-0-0-16": "vpc-cidr-assoc-02",
        "route-table-web": "rtb-0a1b2c31",
        "route-table-app-euw1-az1": "rtb-0a1b2c32",
        "subnet-web-euw1-az1": "subnet-0a1b2c31",
        "route-table-association-web-euw1-az1": "subnet-0a1b2c31/rtb-0a1b2c31",
        "subnet-app-euw1-az1": "subnet-0a1b2c32",
        "route-table-association-app-euw1-az1": "subnet-0a1b2c32/rtb-0a1b2c32",
        "internet-gateway": "igw-0a1b2c3d",
        "nat-address-euw1-az1": "eipalloc-0a1b2c31",
        "nat-euw1-az1": "nat-0a1b2c31",
        "default-route-web": "rtb-0a1b2c31_0.0.0.0/0",
        "default-route-app-euw1-az1": "rtb-0a1b2c32_0.0.0.0/0",
        "endpoint-s3": "vpce-0a1b",
    }
    assert found.without == ("default-route-ipv6-web", "endpoint-dynamodb")
    assert found.left == {"subnet-0a1b2c33": "10.20.250.0/28"}
    entry = found.planned.ledger.networks[KEY["aws"]]
    assert entry.ranges == ("10.20.0.0/16", "10.64.0.0/16")
    assert entry.blocks == {"app/euw1-az1": "10.20.128.0/20", "web/euw1-az1": "10.20.7.0/24"}
    assert entry.freed == {"unmanaged/subnet-0a1b2c33": "10.20.250.0/28"}
    assert entry.ipv6_numbers == {"app/euw1-az1": 2, "web/euw1-az1": 1}


def refused(items, vpc=VPC, file=EMPTY, **more):
    asked = {name: more.pop(name) for name in ("chosen",) if name in more}
    with pytest.raises(PlanError) as caught:
        adopt(file, stack_network("aws", **{**ASKED, **more}), items, vpc, **asked)
    return [str(one) for one in caught.value.findings]


def test_what_cannot_be_matched_is_told_and_not_guessed(aws):
    tiers = [*ASKED["tiers"], {"name": "db", "role": "isolated"}]
    (text,) = refused(aws, tiers=tiers)
    assert text.startswith(
        "db/euw1-az1: no subnet of the existing network is it, there are subnet-0a1b2c31 (10.20.7.0/"
    )
    assert text.endswith("; say it by --subnet db/euw1-az1=ID")
    tiers = [{"name": "legacy", "role": "public"}, {"name": "app", "role": "private"}]
    (text,) = refused(aws, tiers=tiers)
    assert text.startswith("legacy/euw1-az1: more than one subnet could be it, there are subnet-0a1b2c31")


def test_a_size_that_differs_is_told_with_the_one_that_fits(aws):
    tiers = [{"name": "web", "role": "public", "prefix_length": 25}, ASKED["tiers"][1]]
    (text,) = refused(aws, tiers=tiers)
    assert text == (
        "web/euw1-az1: subnet-0a1b2c31 is a /24, the tier asks for /25; give the tier prefix_length 24, or a tier of "
        "its own"
    )


def test_one_subnet_is_not_two_and_a_key_has_to_exist(aws):
    text = refused(aws, chosen={"app/euw1-az1": "subnet-0a1b2c31", "ap/euw1-az1": "x"})
    assert "subnet: the network has no tier and zone 'ap/euw1-az1'; did you mean 'app/euw1-az1'?" in text
    assert "app/euw1-az1: subnet-0a1b2c31 is web/euw1-az1 already; say it by --subnet app/euw1-az1=ID" in text


def test_another_network_is_told_with_near_names(aws):
    assert refused(aws, vpc="vpc-0a1b2c3e") == [
        "vpc: the inventory holds no such network, got 'vpc-0a1b2c3e'; did you mean 'vpc-0a1b2c3d'?"
    ]


def test_ranges_that_the_arguments_do_not_have_are_told(aws):
    text = refused(aws, address={"ipv6": {"source": "provider"}})
    assert any("the address ledger holds 10.64.0.0/16, the arguments do not" in one for one in text)


def test_what_the_ledger_says_counts_first_and_stays(aws):
    first = adopt(EMPTY, stack_network("aws", **ASKED), aws, VPC).planned
    again = adopt(LedgerFile(DEFAULT_PATH, first.ledger), stack_network("aws", **ASKED), aws, VPC).planned
    assert (again.changes, again.ledger) == ((), first.ledger)


GROUP = "/subscriptions/0/resourceGroups/net/providers/Microsoft.Network"


def test_a_network_of_azure_is_found_in_what_the_cli_printed(tmp_path):
    # https://learn.microsoft.com/cli/azure/network/vnet#az-network-vnet-show
    subnets = [
        {
            "id": f"{GROUP}/virtualNetworks/legacy/subnets/{name}",
            "name": name,
            "addressPrefix": cidr,
            "networkSecurityGroup": {"id": f"{GROUP}/networkSecurityGroups/{name}"},
            "routeTable": {"id": f"{GROUP}/routeTables/{name}"},
            "natGateway": {"id": f"{GROUP}/natGateways/out"} if name == "app" else None,
        }
        for name, cidr in (("web", "10.20.0.0/24"), ("app", "10.20.16.0/20"))
    ]
    vnet = {
        "id": f"{GROUP}/virtualNetworks/legacy",
        "type": "Microsoft.Network/virtualNetworks",
        "name": "legacy",
        "addressSpace": {"addressPrefixes": ["10.20.0.0/16"]},
        "subnets": subnets,
    }
    nat = {
        "id": f"{GROUP}/natGateways/out",
        "type": "Microsoft.Network/natGateways",
        "name": "out",
        "publicIpAddresses": [{"id": f"{GROUP}/publicIPAddresses/out"}],
    }
    items = inventory(tmp_path, vnet, [nat])
    network = stack_network("azure", egress="single", tiers=ASKED["tiers"], flow_logs={"enabled": False})
    found = adopt(EMPTY, network, items, "legacy")
    assert found.ids == {
        "resource-group": "/subscriptions/0/resourceGroups/net",
        "network": f"{GROUP}/virtualNetworks/legacy",
        "security-group-web": f"{GROUP}/networkSecurityGroups/web",
        "security-group-app": f"{GROUP}/networkSecurityGroups/app",
        "route-table-web": f"{GROUP}/routeTables/web",
        "route-table-app": f"{GROUP}/routeTables/app",
        "nat-address-1": f"{GROUP}/publicIPAddresses/out",
        "nat": f"{GROUP}/natGateways/out",
        "subnet-web": f"{GROUP}/virtualNetworks/legacy/subnets/web",
        "subnet-app": f"{GROUP}/virtualNetworks/legacy/subnets/app",
    }
    assert found.without == ()


def test_a_network_of_google_cloud_is_found_in_what_the_cli_printed(tmp_path):
    # https://cloud.google.com/compute/docs/reference/rest/v1/subnetworks
    base = "https://www.googleapis.com/compute/v1/projects/p"
    network = f"{base}/global/networks/legacy"
    region = f"{base}/regions/{REGIONS['gcp']}"
    subnets = [
        {
            "kind": "compute#subnetwork",
            "name": f"legacy-{name}",
            "selfLink": f"{region}/subnetworks/legacy-{name}",
            "network": network,
            "ipCidrRange": cidr,
            "secondaryIpRanges": [{"rangeName": "services", "ipCidrRange": "10.20.64.0/22"}] if name == "app" else [],
        }
        for name, cidr in (("web", "10.20.0.0/24"), ("app", "10.20.16.0/20"))
    ]
    router = {
        "kind": "compute#router",
        "name": "out",
        "selfLink": f"{region}/routers/out",
        "network": network,
        "region": region,
        "nats": [{"name": "nat", "natIps": [f"{region}/addresses/nat-1"]}],
    }
    route = {
        "kind": "compute#route",
        "name": "default",
        "selfLink": f"{base}/global/routes/default",
        "network": network,
        "destRange": "0.0.0.0/0",
        "nextHopGateway": f"{base}/global/gateways/default-internet-gateway",
    }
    existing = {"kind": "compute#network", "name": "legacy", "selfLink": network}
    items = inventory(tmp_path, [existing], subnets, [router], [route])
    tiers = [ASKED["tiers"][0], {"name": "app", "role": "private", "gcp": {"secondary_ranges": {"services": 22}}}]
    found = adopt(
        EMPTY, stack_network("gcp", egress="regional", tiers=tiers), items, "projects/p/global/networks/legacy"
    )
    prefix = f"projects/p/regions/{REGIONS['gcp']}"
    assert found.ids == {
        "network": "projects/p/global/networks/legacy",
        "subnet-web": f"{prefix}/subnetworks/legacy-web",
        "subnet-app": f"{prefix}/subnetworks/legacy-app",
        "default-route": "projects/p/global/routes/default",
        "router": f"{prefix}/routers/out",
        "nat-address-1": f"{prefix}/addresses/nat-1",
        "nat": f"{prefix}/routers/out/nat",
    }
    entry = found.planned.ledger.networks[KEY["gcp"]]
    assert entry.blocks["app/regional/services"] == "10.20.64.0/22"


def test_a_file_without_a_network_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds nothing of a network; see 'platform network adopt --help'"):
        inventory(tmp_path, {"Reservations": []})
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read, "):
        read_items([tmp_path / "broken.json"])
