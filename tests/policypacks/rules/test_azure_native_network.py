"""The cases of the rules for Azure networks."""

from typing import Any

import pytest

from platform_lib.core.values import UNKNOWN
from support.policies import FAIL, NOT_APPLICABLE, PASS, Case, R, Ref, Trial, drop, on, resource, trials


def entry(**changes: Any) -> dict[str, Any]:
    """An inbound rule that lets the office in by HTTPS."""
    return {
        "name": "it",
        "priority": 100,
        "direction": "Inbound",
        "access": "Allow",
        "protocol": "Tcp",
        "sourceAddressPrefix": "192.0.2.0/24",
        "destinationPortRange": "443",
        **changes,
    }


GROUP = resource("azure-native:network:NetworkSecurityGroup", {"securityRules": [entry()]})
RULE = resource("azure-native:network:SecurityRule", entry())


def rules(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"securityRules": list(entries)}


def opened(port: int) -> list[dict[str, Any]]:
    return [
        rules(entry(), entry(sourceAddressPrefix="*", destinationPortRange=str(port))),
        rules(entry(sourceAddressPrefix="Internet", destinationPortRange=f"{port - 5}-{port + 1}")),
        rules(entry(sourceAddressPrefixes=["0.0.0.0/0"], destinationPortRanges=["80", str(port)])),
    ]


def closed(port: int) -> list[dict[str, Any]]:
    public = {"sourceAddressPrefix": "*", "destinationPortRange": str(port)}
    return [
        rules(entry(**public, access="Deny")),
        rules(entry(**public, direction="Outbound")),
        rules(entry(**{**public, "sourceAddressPrefix": "VirtualNetwork"})),
        rules(entry(**{**public, "destinationPortRange": str(port + 1)})),
    ]


def port_case(rule: str, port: int) -> Case:
    return Case(
        rule,
        GROUP,
        bad=opened(port),
        also_good=closed(port),
        undetermined=rules(entry(sourceAddressPrefix=UNKNOWN)),
    )


VNET = R("vnet", "azure-native:network:VirtualNetwork", {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}})
SUBNET = resource("azure-native:network:Subnet", {"networkSecurityGroup": {"id": "group"}})
INTERFACE = resource(
    "azure-native:network:NetworkInterface", {"enableIPForwarding": False, "ipConfigurations": [{"name": "it"}]}
)

CASES = [
    port_case("azure-network-no-public-ssh", 22),
    port_case("azure-network-no-public-rdp", 3389),
    port_case("azure-network-no-public-database-ports", 5432),
    Case(
        "azure-network-no-public-udp",
        GROUP,
        bad=rules(entry(sourceAddressPrefix="*", protocol="Udp", destinationPortRange="53")),
        also_good=rules(entry(sourceAddressPrefix="*", protocol="Tcp", destinationPortRange="53")),
    ),
    Case(
        "azure-network-no-allow-all-inbound",
        RULE,
        bad=[
            {"sourceAddressPrefix": "*", "destinationPortRange": "*"},
            {"sourceAddressPrefix": "Internet", "destinationPortRange": "0-65535"},
        ],
        also_good={"destinationPortRange": "*"},
        guards=[],
        undetermined={"sourceAddressPrefix": UNKNOWN},
    ),
    Case(
        "azure-network-subnet-has-nsg",
        SUBNET,
        bad={"networkSecurityGroup.id": ""},
        unknown={"networkSecurityGroup.id": PASS},
        unrelated={"networkSecurityGroup.id": "", "subnetName": "GatewaySubnet"},
    ),
    Case(
        "azure-network-flow-logs",
        [
            VNET,
            R("log", "azure-native:network:FlowLog", {"targetResourceId": Ref("vnet"), "enabled": True}),
        ],
        bad=[drop("log"), on("log", {"enabled": False}), on("log", {"targetResourceId": "other"})],
    ),
    Case("azure-network-interface-no-ip-forwarding", INTERFACE, bad={"enableIPForwarding": True}),
    Case(
        "azure-network-interface-no-public-ip",
        INTERFACE,
        bad={"ipConfigurations[].publicIPAddress": {"id": "address"}},
        unknown={"ipConfigurations[].publicIPAddress": FAIL},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


def test_subnets_inside_a_network_need_a_group_too() -> None:
    group = {"networkSecurityGroup": {"id": "group"}}
    network = R("it", VNET.type, {"subnets": [{"name": "a", **group}, {"name": "GatewaySubnet"}]})
    case = Case(
        "azure-network-subnet-has-nsg",
        network,
        bad={"subnets": [{"name": "a"}]},
        absent={"subnets": NOT_APPLICABLE},
    )
    for trial in trials([case]):
        trial.run()
