"""A range from a pool, further ranges, IPv6 and pods, from the command to the plan of the program, on each cloud."""

import sys
from pathlib import Path

import pytest

from platform_lib.components.vpc.addressing.ledger_file import read_ledger
from support.cli_project import invoke
from support.reference_platform import ReferencePlatform

LEDGER = """\
version: 1
pools:
  dev: [10.0.0.0/12]
external:
  head-office: {kind: on-premises, ranges: [10.0.0.0/15]}
networks: {}
"""
NETWORKS = '''\
"""The networks of the tests: one of each cloud, their ranges from the pool."""

from platform_lib.components.vpc import VpcArgs

REGIONS = {"aws": "eu-west-1", "azure": "westeurope", "gcp": "europe-west1"}
TIERS = [
    {"name": "app", "role": "private", "gcp": {"secondary_ranges": {"services": 22}}},
    {"name": "web", "role": "public"},
    {"name": "pods", "role": "pods"},
]


def networks(settings):
    if settings.context.environment != "dev":
        return {}
    return {
        cloud: VpcArgs(
            context=settings.context,
            cloud=cloud,
            region=region,
            address={"pool": "dev", "prefix_length": 16, "ipv6": IPV6[cloud]},
            tiers=TIERS,
            egress=EGRESS,
        )
        for cloud, region in REGIONS.items()
    }


IPV6 = {
    "aws": {"source": "provider"},
    "azure": {"source": "own", "cidr": "fd20:1:2::/48"},
    "gcp": {"source": "own", "cidr": "fd20:1:3::/48"},
}
EGRESS = "single"
'''


def project(root: Path, networks: str = NETWORKS) -> Path:
    """A copy of the reference platform with networks of its own."""
    platform = ReferencePlatform.copy(root)
    (root / "governance" / "address-ledger.yaml").write_text(LEDGER, encoding="utf-8")
    (root / "own_networks.py").write_text(networks, encoding="utf-8")
    path = root / "pyproject.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("stacks.networks:networks", "own_networks:networks"), encoding="utf-8")
    return platform.root


@pytest.fixture
def fresh_module():
    """Modules load once in a process, and each test writes its own."""
    yield
    sys.modules.pop("own_networks", None)


@pytest.mark.usefixtures("fresh_module")
def test_plan_writes_and_check_proves_what_a_pool_gives(tmp_path: Path) -> None:
    root = project(tmp_path)
    before = invoke("network", "check", cwd=root)
    assert before.code == 1
    assert (
        "the address ledger has no entry for dev/aws/eu-west-1/aws; run 'platform network plan --write'" in before.err
    )

    assert invoke("network", "plan", "--write", cwd=root).code == 0
    ledger = read_ledger(root / "governance" / "address-ledger.yaml").ledger
    entries = {entry.id.cloud.value: entry for entry in ledger.networks.values()}
    assert sorted(entry.ranges for entry in entries.values()) == [("10.2.0.0/16",), ("10.3.0.0/16",), ("10.4.0.0/16",)]
    assert {entry.pool for entry in entries.values()} == {"dev"}
    assert set(entries["gcp"].blocks) == {"app/regional", "app/regional/services", "pods/regional", "web/regional"}
    assert entries["gcp"].blocks["app/regional/services"].endswith("/22")
    assert sorted(entries["aws"].ipv6_numbers.values()) == list(range(6))

    checked = invoke("network", "check", cwd=root)
    assert (checked.code, checked.out.count("subnets as in the ledger")) == (0, 3)
    again = invoke("network", "plan", "--json", cwd=root)
    assert again.json["changes"] == []


@pytest.mark.usefixtures("fresh_module")
def test_check_tells_of_what_a_cloud_is_not_made_with_as_the_program_does(tmp_path: Path) -> None:
    root = project(tmp_path, NETWORKS.replace('EGRESS = "single"', 'EGRESS = "regional"'))
    assert invoke("network", "plan", "--write", cwd=root).code == 0
    checked = invoke("network", "check", cwd=root)
    assert checked.code == 1
    assert "stack 'dev': VpcComponent 'azure': egress.regional: is not made on azure by this version" in checked.err


REFERENCED = '''\
"""One network that is only referred to."""

from platform_lib.components.vpc import VpcArgs


def networks(settings):
    ids = {"network": "projects/p/global/networks/n", "subnet-app": "projects/p/regions/r/subnetworks/app"}
    tiers = [{"name": "app", "role": "private"}]
    adopt = {"mode": "reference", "ids": ids}
    common = {"context": settings.context, "cloud": "gcp", "region": "europe-west1", "cidr": "10.20.0.0/16"}
    return {"old": VpcArgs(tiers=tiers, adopt=adopt, **common)}
'''


@pytest.mark.usefixtures("fresh_module")
def test_of_a_network_that_is_only_referred_to_no_way_is_told(tmp_path: Path) -> None:
    root = project(tmp_path, REFERENCED)
    assert invoke("network", "plan", "--write", "--stack", "dev", cwd=root).code == 0
    assert invoke("network", "check", "--stack", "dev", cwd=root).code == 0
    answer = invoke("network", "reach", "app", "internet", "--stack", "dev", cwd=root)
    assert answer.code == 2
    assert (
        "network dev/gcp/europe-west1/old: is only referred to (adopt), so that its routes are not known" in answer.err
    )
