"""The cases of the rule about the address ledger, and the same on the sandbox engine."""

import pytest

from platform_lib.core.values import UNKNOWN
from support.policies import Case, R, Trial, add, drop, on, trials

NETWORK = R("main", "platform-lib:index:VpcComponent")
AWS = {
    "prod/aws/eu-west-1/main": {"app/euw1-az1": "10.0.0.0/20", "app/euw1-az2": "10.0.16.0/20"},
    "dev/aws/eu-west-1/main": {"app/euw1-az1": "10.1.0.0/20"},
    "prod/aws/eu-west-1/other": {"app/euw1-az1": "10.2.0.0/20"},
}
AZURE = {"prod/azure/westeurope/main": {"app/regional": "10.0.0.0/20"}}
GCP = {
    "prod/gcp/europe-west1/main": {
        "app/regional": "10.0.0.0/20",
        "app/regional/services": "10.0.32.0/22",
        "pods/regional": "10.0.64.0/18",
        "private-services/regional": "10.0.40.0/21",
    }
}


def aws(zone: int, cidr: str) -> R:
    properties = {"cidrBlock": cidr, "region": "eu-west-1", "mapPublicIpOnLaunch": False}
    return R(f"main-subnet-app-euw1-az{zone}", "aws:ec2/subnet:Subnet", properties)


AZURE_SUBNET = R(
    "main-subnet-app",
    "azure-native:network:Subnet",
    {
        "addressPrefix": "10.0.0.0/20",
        "defaultOutboundAccess": False,
        "networkSecurityGroup": {"id": "group"},
        "privateEndpointNetworkPolicies": "Enabled",
    },
)
GCP_SUBNET = R(
    "main-subnet-app",
    "gcp:compute/subnetwork:Subnetwork",
    {
        "ipCidrRange": "10.0.0.0/20",
        "region": "europe-west1",
        "privateIpGoogleAccess": True,
        "logConfig": {"flowSampling": 1.0, "metadata": "INCLUDE_ALL_METADATA"},
        "secondaryIpRanges": [{"rangeName": "pods", "ipCidrRange": "10.0.64.0/18"}],
    },
)
RESERVED = R("main-private-services", "gcp:compute/globalAddress:GlobalAddress", {"address": "10.0.40.0"})
FIRST, SECOND = "main-subnet-app-euw1-az1", "main-subnet-app-euw1-az2"
RULE = "platform-address-ledger-kept"

CASES = [
    Case(
        RULE,
        [NETWORK, aws(1, "10.0.0.0/20"), aws(2, "10.0.16.0/20")],
        bad=[
            on(FIRST, {"cidrBlock": "10.0.48.0/20"}),
            drop(SECOND),
            add(aws(3, "10.0.32.0/20")),
        ],
        also_good=on(FIRST, {"tags": {"team": "net"}}),
        undetermined=on(FIRST, {"cidrBlock": UNKNOWN}),
        guards=[],
        config={"networks": AWS},
    ),
]

OTHER_CLOUDS = [
    Case(
        RULE,
        [NETWORK, AZURE_SUBNET],
        bad=on("main-subnet-app", {"addressPrefix": "10.0.48.0/20"}),
        also_good=on("main-subnet-app", {"addressPrefix": None, "addressPrefixes": ["10.0.0.0/20", "fd00::/64"]}),
        undetermined=on("main-subnet-app", {"addressPrefix": UNKNOWN}),
        guards=[],
        config={"networks": AZURE},
    ),
    Case(
        RULE,
        [NETWORK, GCP_SUBNET, RESERVED],
        bad=[
            on("main-subnet-app", {"ipCidrRange": "10.0.48.0/20"}),
            on("main-subnet-app", {"secondaryIpRanges": []}),
            drop("main-private-services"),
        ],
        undetermined=on("main-subnet-app", {"secondaryIpRanges": UNKNOWN}),
        guards=[],
        config={"networks": GCP},
    ),
]


@pytest.mark.parametrize("trial", trials([*CASES, *OTHER_CLOUDS]), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
