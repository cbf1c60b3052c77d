"""The address plan, reachability and the ledger by the command, on a copy of the reference platform."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from support.cli_project import Answer, invoke
from support.reference_platform import ROOT, ReferencePlatform

DEV = "dev/aws/eu-central-1/main"
ZONES = "[euc1-az1, euc1-az2]"
MORE_ZONES = "[euc1-az1, euc1-az2, euc1-az3]"


@pytest.fixture
def platform(tmp_path: Path) -> ReferencePlatform:
    return ReferencePlatform.copy(tmp_path)


def network(platform: ReferencePlatform, *arguments: str) -> Answer:
    return invoke("network", *arguments, cwd=platform.root)


def ledger(platform: ReferencePlatform) -> str:
    return (platform.root / "governance" / "address-ledger.yaml").read_text(encoding="utf-8")


def blocks(answer: Answer) -> dict[str, str]:
    (found,) = answer.json["networks"]
    return {one["key"]: one["block"] for one in found["blocks"] if one["use"] == "used"}


def test_the_plan_shows_the_map_of_every_network(platform: ReferencePlatform) -> None:
    answer = network(platform, "plan")
    assert (answer.code, answer.err) == (0, "")
    for environment in ("dev", "staging", "prod"):
        assert f"network              {environment}/aws/eu-central-1/main\n" in answer.out
    assert "largest free block   10.10.64.0/18\n" in answer.out
    assert f"10.10.0.0/16         █{7 * '·'}██{22 * '·'}{8 * '█'}{24 * '·'}\n" in answer.out
    assert "10.10.144.0/20  10.10.144.0  10.10.159.255  used  private/euc1-az2" in answer.out
    assert answer.out.endswith("nothing to change in the address ledger\n")


def test_a_zone_more_is_planned_then_written_and_moves_nothing(platform: ReferencePlatform) -> None:
    before, text = blocks(network(platform, "plan", "--stack", "dev", "--json")), ledger(platform)
    platform.edit("dev", ZONES, MORE_ZONES)
    shown = network(platform, "plan", "--stack", "dev")
    assert shown.code == 0
    assert f"  + add     {DEV}  isolated/euc1-az3  10.10." in shown.out
    assert "3 changes not in the ledger yet; write them with 'platform network plan --write'\n" in shown.out
    assert ledger(platform) == text

    written = network(platform, "plan", "--write", "--json", "--stack", "dev")
    assert [(one["kind"], one["key"]) for one in written.json["changes"]] == [
        ("add", "isolated/euc1-az3"),
        ("add", "private/euc1-az3"),
        ("add", "public/euc1-az3"),
    ]
    assert written.json["written"] is True
    assert before.items() <= blocks(written).items()
    assert ledger(platform).startswith("# Address ledger: ")
    assert len(ledger(platform).splitlines()) == len(text.splitlines()) + 3
    assert network(platform, "plan", "--json").json["changes"] == []


def test_a_zone_less_frees_and_release_gives_back(platform: ReferencePlatform) -> None:
    platform.edit("dev", ZONES, "[euc1-az2]")
    freed = network(platform, "plan", "--write")
    assert f"  - free    {DEV}  public/euc1-az1  10.10.0.0/24\n" in freed.out
    assert "3 changes written to " in freed.out

    assert network(platform, "release", DEV).code == 2  # nobody can be asked
    refused = network(platform, "release", DEV, "public/euc1-az2", "--yes")
    assert refused.code == 1
    assert "public/euc1-az2 is in use: 10.10.1.0/24" in refused.err
    one = network(platform, "release", DEV, "public/euc1-az1", "--yes", "--json")
    assert [change["key"] for change in one.json["changes"]] == ["public/euc1-az1"]
    rest = network(platform, "release", DEV, "--yes")
    assert rest.code == 0
    assert "freed" not in ledger(platform).split("networks:")[1]
    assert network(platform, "release", DEV, "--yes").out == "nothing to change in the address ledger\n"


def test_a_network_that_no_stack_has_is_retired_and_released(platform: ReferencePlatform) -> None:
    refused = network(platform, "retire", DEV, "--yes")
    assert (refused.code, refused.err) == (
        2,
        f"error: network {DEV}: stack 'dev' still has it; take it out of the stack first\n",
    )
    (platform.root / "Pulumi.dev.yaml").unlink()
    told = network(platform, "plan")
    assert f"{DEV}: no stack has it any more; once it is destroyed, run 'platform network retire {DEV}'\n" in told.out
    assert network(platform, "plan", "--json").json["abandoned"] == [DEV]
    assert network(platform, "retire", DEV, "--yes").code == 0
    assert DEV in ledger(platform)
    assert network(platform, "release", DEV, "--yes").code == 0
    assert DEV not in ledger(platform)


def test_the_picture_shows_one_network(platform: ReferencePlatform) -> None:
    target = platform.root / "dev.svg"
    answer = network(platform, "plan", "--stack", "dev", "--format", "svg", "--output", str(target))
    assert (answer.code, answer.out, answer.err) == (0, "", f"written: {target}\n")
    assert ElementTree.parse(target).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    assert network(platform, "plan", "-s", "dev", "-f", "svg").out == target.read_text(encoding="utf-8")
    assert network(platform, "plan", "--format", "svg").code == 2
    assert network(platform, "plan", "--output", str(target)).code == 2


@pytest.mark.golden
@pytest.mark.parametrize("stack", ["dev", "staging", "prod"])
def test_the_picture_in_the_docs_is_that_of_the_stack(
    platform: ReferencePlatform, stack: str, request: pytest.FixtureRequest
) -> None:
    picture = ROOT / "docs" / "images" / f"address-plan-{stack}.svg"
    drawn = network(platform, "plan", "--stack", stack, "--format", "svg").out
    if request.config.getoption("--update-golden"):
        picture.write_text(drawn, encoding="utf-8")
    assert drawn == picture.read_text(encoding="utf-8"), "the picture is old; `make golden` draws it anew"


def test_reach_explains_every_hop(platform: ReferencePlatform) -> None:
    answer = network(platform, "reach", "private", "internet", "--stack", "prod")
    assert answer.code == 0
    assert "any in private/euc1-az1 (10.30.128.10) to internet (1.0.0.10) on tcp/443: reachable\n" in answer.out
    assert "  there passes NAT gateway nat-euc1-az3: translates the source address" in answer.out
    (found, _) = network(platform, "reach", "isolated", "internet", "-s", "dev", "--json").json["answers"]
    assert (found["outcome"], found["hops"][-1]["decision"]) == ("blocked", "stops")
    endpoint = network(platform, "reach", "isolated", "kms", "--port", "tcp/80", "-s", "dev", "--json").json["answers"]
    assert {one["outcome"] for one in endpoint} == {"blocked"}
    unknown = network(platform, "reach", "privat", "internet", "--stack", "dev")
    assert unknown.err == (
        "error: reachability: nothing in the network has this name, got 'privat'; did you mean 'private'?\n"
    )
    assert "main of dev, main of prod, main of staging" in network(platform, "reach", "private", "internet").err


def test_check_proves_all_networks(platform: ReferencePlatform) -> None:
    assert network(platform, "check").out == (
        f"ok {DEV}: 6 subnets as in the ledger, 0 assertions hold\n"
        "ok prod/aws/eu-central-1/main: 9 subnets as in the ledger, 0 assertions hold\n"
        "ok staging/aws/eu-central-1/main: 9 subnets as in the ledger, 0 assertions hold\n"
    )
    data: Any = network(platform, "check", "--stack", "dev", "--json").json
    assert data == {"networks": [{"stack": "dev", "network": DEV, "subnets": 6, "assertions": 0}]}


def test_check_tells_all_that_is_wrong_in_all_stacks(platform: ReferencePlatform) -> None:
    platform.edit("dev", ZONES, MORE_ZONES)
    platform.edit(
        "prod", "  platform:network:", "  platform:network:\n    assertions: [private must not reach internet]"
    )
    answer = network(platform, "check")
    assert answer.code == 1
    lines = answer.err.splitlines()
    assert any(
        line.startswith("error: network check: stack 'dev': VpcComponent 'main': ledger.public/euc1-az3: ")
        for line in lines
    )
    assert any(
        line.startswith("error: network check: stack 'prod': VpcComponent 'main': assertions[0]: ") for line in lines
    )
    assert len(json.loads(network(platform, "check", "--json").out)["error"]["findings"]) == len(lines)


FAULTS = {
    "unknown stack": (["plan", "--stack", "de"], 2, "stack 'de': there is no such stack; did you mean 'dev'?"),
    "unknown network": (["plan", "--network", "mian"], 2, "network 'mian': no stack has it; did you mean 'main'?"),
    "no network in the ledger": (
        ["release", "dev/aws/eu-central-1/mian", "--yes"],
        1,
        "address ledger: networks: no such network, got dev/aws/eu-central-1/mian; did you mean",
    ),
    "no key of a network": (["retire", "main"], 2, "network: a network is written environment/cloud/region/name"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_what_is_not_there_is_told_with_a_near_name(platform: ReferencePlatform, case: str) -> None:
    arguments, code, text = FAULTS[case]
    answer = network(platform, *arguments)
    assert answer.code == code
    assert answer.err.startswith(f"error: {text}")


def test_a_ledger_edited_into_an_overlap_is_refused_with_its_lines(platform: ReferencePlatform) -> None:
    path = platform.root / "governance" / "address-ledger.yaml"
    path.write_text(ledger(platform).replace("10.10.1.0/24", "10.10.0.0/24"), encoding="utf-8")
    answer = network(platform, "plan")
    assert answer.code == 1
    assert "line 13: networks.dev/aws/eu-central-1/main.blocks.public/euc1-az2: 10.10.0.0/24 overlaps" in answer.err


def test_two_stacks_that_overlap_are_refused_before_any_preview(platform: ReferencePlatform) -> None:
    (platform.root / "governance" / "address-ledger.yaml").unlink()
    assert network(platform, "plan", "--json").code == 0
    platform.edit("staging", "10.20.0.0/16", "10.10.128.0/17")
    answer = network(platform, "plan")
    assert answer.code == 1
    assert "10.10.128.0/17 overlaps 10.10.0.0/16 of networks.dev/aws/eu-central-1/main.ranges" in answer.err


def test_without_a_ledger_the_program_names_the_command_that_makes_one(platform: ReferencePlatform) -> None:
    (platform.root / "governance" / "address-ledger.yaml").unlink()
    result = platform.run("preview", "dev")
    assert result.exit_code == 1
    said = " ".join(diagnostic.message for diagnostic in result.diagnostics)
    assert f"VpcComponent 'main': ledger: the address ledger has no entry for {DEV}; " in said
    checked = network(platform, "check", "--stack", "dev")
    assert checked.code == 1
    assert "ledger: the address ledger has no entry for dev/aws/eu-central-1/main; run 'platform net" in checked.err
    assert network(platform, "plan", "--write", "--stack", "dev").code == 0
    assert platform.run("preview", "dev").exit_code == 0


HOOKS = {
    "no function": ("", 2, "network: the project names no function for its networks; add [tool.platform] network"),
    "no such module": ('network = "stacks.nowhere:networks"', 1, "tool.platform.network: cannot be imported, got"),
    "no function there": ('network = "stacks.networks:MAIN"', 1, "tool.platform.network: must name a function, got"),
}


@pytest.mark.parametrize("case", HOOKS)
def test_a_project_whose_networks_cannot_be_found(platform: ReferencePlatform, case: str) -> None:
    line, code, text = HOOKS[case]
    path = platform.root / "pyproject.toml"
    shipped = path.read_text(encoding="utf-8")
    path.write_text(shipped.replace('network = "stacks.networks:networks"', line), encoding="utf-8")
    answer = network(platform, "check")
    assert answer.code == code
    assert text in answer.err


def test_arguments_that_do_not_fit_name_their_stack(platform: ReferencePlatform) -> None:
    platform.edit("dev", "10.10.0.0/16", "10.10.0.1/16")
    answer = network(platform, "plan")
    assert answer.code == 1
    assert answer.err.startswith("error: stack 'dev': VpcArgs: cidr: has host bits set beyond /16")
