"""Two stacks side by side: what is intended, what follows from a setting, what is accidental."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from platform_lib.core.values import UNKNOWN
from platform_lib.operations.compare.compare import compare, differences
from platform_lib.operations.compare.declared import FILE, Declared, declared_differences
from platform_lib.operations.compare.model import Comparison, Difference, Nature, Section
from platform_lib.operations.compare.page import page
from platform_lib.operations.compare.seen import Seen
from platform_lib.operations.engines import SandboxStack
from platform_lib.operations.governance.file import GovernanceError
from platform_lib.operations.project import find_project
from platform_lib.operations.pulumi_stack import PulumiStack
from platform_lib.operations.run import Policies
from platform_lib.sandbox.workspace import Workspace
from support.cli_project import CliProject
from support.reference_platform import ReferencePlatform
from support.stock_backend import stock_backend, use_environment

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = NOW.date()
PACKS = Policies(("baseline",), today=NOW)
VPC = "aws:ec2/vpc:Vpc::main"


def seen(stack: str = "dev", **given: Any) -> Seen:
    fields: dict[str, Any] = {"components": {}, "resources": {}, "settings": {}, "versions": {}, **given}
    return Seen(stack=stack, environment=fields.pop("environment", stack), source="planned", **fields)


def declared(section: Section, match: str, **given: Any) -> Declared:
    fields = {"reason": "it is meant to be so", "owner": "me", "expires": date(2027, 1, 1), **given}
    return Declared(section=section, match=match, **fields)


def told(left: Seen, right: Seen, *entries: Declared) -> list[Difference]:
    return list(differences(left, right, entries, today=TODAY))


# -- what differs --------------------------------------------------------------------------------------------------


def test_equal_stacks_differ_in_nothing() -> None:
    things: dict[str, Any] = {
        "components": {"a:b:C::main": "a:b:C"},
        "resources": {VPC: {"cidrBlock": "10.0.0.0/16", "later": UNKNOWN}},
        "settings": {"zones": ["a", "b"]},
        "versions": {"aws": "7.51.1"},
        "policies": {"baseline tier 1": "mandatory"},
    }
    assert told(seen("dev", environment="dev", **things), seen("dev", environment="dev", **things)) == []


@pytest.mark.parametrize(
    ("section", "field"),
    [
        (Section.COMPONENT, "components"),
        (Section.VERSION, "versions"),
        (Section.SETTING, "settings"),
        (Section.POLICY, "policies"),
    ],
)
def test_what_one_has_and_the_other_has_not_is_told_for_every_kind_of_thing(section: Section, field: str) -> None:
    (found,) = told(seen("dev", **{field: {"thing": "here"}}), seen("prod"))
    assert (found.section, found.subject, found.left, found.right, found.nature) == (
        section,
        "thing",
        "here",
        None,
        Nature.ACCIDENTAL,
    )


def test_a_resource_that_one_lacks_is_one_difference_and_not_one_a_property() -> None:
    (found,) = told(seen("dev", resources={VPC: {"a": 1, "b": 2}}), seen("prod"))
    assert (found.section, found.subject) == (Section.RESOURCE, VPC)


def test_a_property_that_differs_is_told_with_its_path() -> None:
    left, right = seen(resources={VPC: {"dns": True}}), seen("prod", resources={VPC: {"dns": False}})
    (found,) = told(left, right)
    assert (found.section, found.path, found.left, found.right) == (Section.PROPERTY, "dns", True, False)


def test_what_is_not_known_yet_is_not_called_different() -> None:
    left, right = seen(resources={VPC: {"id": UNKNOWN}}), seen("prod", resources={VPC: {"id": "vpc-1"}})
    assert told(left, right) == []


@pytest.mark.parametrize(
    ("setting", "left", "right"),
    [
        (("111111111111", "333333333333"), "arn:aws:iam::111111111111:root", "arn:aws:iam::333333333333:root"),
        ((365, 2192), 365, 2192),
        ((365, 2192), "365", "2192"),
        (("10.10.0.0/16", "10.30.0.0/16"), "10.10.32.0/22", "10.30.32.0/22"),
        (("dev", "prod"), "app-dev-eu", "app-prod-eu"),
    ],
)
def test_what_a_setting_makes_of_a_property_follows_from_it(setting: tuple[Any, Any], left: Any, right: Any) -> None:
    one = seen("x", environment="x", settings={"it": setting[0]}, resources={VPC: {"p": left}})
    other = seen("x", environment="x", settings={"it": setting[1]}, resources={VPC: {"p": right}})
    (_, found) = told(one, other)
    assert (found.nature, found.why) == (Nature.FOLLOWS, "follows from it")


@pytest.mark.parametrize(
    ("setting", "left", "right"),
    [
        (("10.10.0.0/16", "10.30.0.0/16"), "10.10.32.0/22", "10.30.36.0/22"),  # elsewhere in the network
        (("10.10.0.0/16", "10.30.0.0/16"), "10.10.32.0/22", "10.30.32.0/24"),  # of another size
        (("10.10.0.0/16", "10.30.0.0/16"), "10.9.32.0/22", "10.29.32.0/22"),  # outside
        ((365, 2192), 365, 30),
        ((True, False), "True", "False"),
        (("a", "b"), "a-x", "b-x"),  # too short to be found inside a text
        (("dev", "prod"), "device", "produce"),  # a part of a word
    ],
)
def test_what_only_looks_like_it_does_not_follow(setting: tuple[Any, Any], left: Any, right: Any) -> None:
    one = seen("x", environment="x", settings={"it": setting[0]}, resources={VPC: {"p": left}})
    other = seen("x", environment="x", settings={"it": setting[1]}, resources={VPC: {"p": right}})
    assert told(one, other)[-1].nature is Nature.ACCIDENTAL


QUEUE = "aws:sqs/queue:Queue::more"


def test_what_several_settings_make_of_a_text_follows_from_all_of_them() -> None:
    def stack(name: str, account: str, policy: str) -> Seen:
        return seen(name, settings={"account": account, "environment": name}, resources={VPC: {"policy": policy}})

    left = stack("dev", "111111111111", "arn:aws:iam::111111111111:role/runtime-dev")
    found = told(left, stack("prod", "333333333333", "arn:aws:iam::333333333333:role/runtime-prod"))[-1]
    assert (found.nature, found.why) == (Nature.FOLLOWS, "follows from account, environment")
    other = told(left, stack("prod", "333333333333", "arn:aws:iam::333333333333:role/other-prod"))[-1]
    assert other.nature is Nature.ACCIDENTAL


def test_what_names_a_resource_that_only_one_stack_has_follows_from_it() -> None:
    left = seen("x", environment="x", resources={VPC: {"a": 1}})
    right = seen("x", environment="x", resources={VPC: {"a": 1, f"ids[{{{QUEUE}}}]": f"{{{QUEUE}}}"}, QUEUE: {}})
    resource, follows = told(left, right)
    assert (resource.section, resource.subject) == (Section.RESOURCE, QUEUE)
    assert (follows.nature, follows.why) == (Nature.FOLLOWS, f"follows from {QUEUE}")


def test_a_list_with_an_unknown_item_is_not_compared() -> None:
    left = seen("x", environment="x", resources={VPC: {f"ids[{{{VPC}}}]": f"{{{VPC}}}", "names[0]": "a"}})
    right = seen("x", environment="x", resources={VPC: {"ids[0]": UNKNOWN, "names[0]": "b"}})
    assert [item.path for item in told(left, right)] == ["names[0]"]


# -- what is declared ----------------------------------------------------------------------------------------------


def test_a_declared_difference_is_intended_with_its_reason() -> None:
    (found,) = told(
        seen(settings={"zones": 2}), seen("prod", settings={"zones": 3}), declared(Section.SETTING, "zones")
    )
    assert (found.nature, found.why) == (Nature.INTENDED, "it is meant to be so")


@pytest.mark.parametrize(
    "entry",
    [
        declared(Section.RESOURCE, "zones"),
        declared(Section.SETTING, "zone"),
        declared(Section.SETTING, "zones", expires=date(2026, 11, 23)),
        declared(Section.SETTING, "zones", between=["dev", "staging"]),
        declared(Section.SETTING, "zones", between=["staging"]),
    ],
)
def test_an_entry_excuses_only_what_it_names_between_whom_it_names_until_it_expires(entry: Declared) -> None:
    (found,) = told(seen(settings={"zones": 2}), seen("prod", settings={"zones": 3}), entry)
    assert found.nature is Nature.ACCIDENTAL


@pytest.mark.parametrize("between", [[], ["dev"], ["prod"], ["prod", "dev"], ["dev", "prod"]])
def test_between_names_stacks_or_environments_in_any_order(between: list[str]) -> None:
    entry = declared(Section.SETTING, "z*", between=between, expires=TODAY)
    left, right = seen("green", environment="dev", settings={"zones": 2}), seen("prod", settings={"zones": 3})
    assert [item.nature for item in told(left, right, entry)] == [Nature.INTENDED]


def test_everything_wrong_with_the_file_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_text(
        "version: 1\ndifferences:\n  - section: settings\n    match: a\n    reason: short\n    owner: me\n"
        "    expires: soon\n  - {section: setting, match: a, reason: long enough, owner: me, expires: 2027-02-30}\n",
        encoding="utf-8",
    )
    with pytest.raises(GovernanceError) as caught:
        declared_differences(tmp_path)
    lines = str(caught.value).splitlines()
    assert [line.split(": ")[1] for line in lines] == [f"differences.yaml:{number}" for number in (3, 5, 7, 8)]
    assert "did you mean 'setting'?" in lines[0]
    assert "differences[0].expires: must be a day, got 'soon'; write it as 2027-11-30" in lines[2]


def test_a_project_without_the_file_declares_nothing(tmp_path: Path) -> None:
    assert declared_differences(tmp_path) == ()


# -- stacks --------------------------------------------------------------------------------------------------------


def laid(folder: Path, left: str, right: str, *entries: Declared) -> Comparison:
    workspace = Workspace(folder, env={})
    one, other = (SandboxStack(workspace.stack(name)) for name in (left, right))
    return compare(find_project(folder), one, other, PACKS, entries or declared_differences(folder), now=NOW)


@pytest.fixture
def shop(tmp_path: Path) -> CliProject:
    project = CliProject(tmp_path / "shop")
    project.config("prod", environment="prod")
    return project


def test_names_and_ids_that_the_cloud_made_up_are_no_difference(shop: CliProject) -> None:
    for name in ("dev", "prod"):
        assert Workspace(shop.folder, env={}).stack(name).run("up").exit_code == 0
    found = laid(shop.folder, "dev", "prod")
    assert (found.left.seen, found.right.seen) == ("deployed", "deployed")
    assert {item.section for item in found.accidental} == {Section.SETTING, Section.POLICY}
    assert found.compared["resource"] == 4


def test_a_deployed_stack_is_compared_with_a_planned_one(shop: CliProject) -> None:
    assert Workspace(shop.folder, env={}).stack("dev").run("up").exit_code == 0
    found = laid(shop.folder, "dev", "prod")
    assert (found.left.seen, found.right.seen) == ("deployed", "planned")
    assert not [item for item in found.accidental if item.section in (Section.RESOURCE, Section.PROPERTY)]


def test_entries_that_expired_or_match_nothing_are_told(shop: CliProject) -> None:
    found = laid(
        shop.folder,
        "dev",
        "prod",
        declared(Section.SETTING, "environment", expires=date(2026, 1, 1)),
        declared(Section.SETTING, "nothing", between=["dev", "prod"]),
        declared(Section.SETTING, "of others"),
    )
    assert [(item.entry, item.kind) for item in found.problems] == [
        ("setting environment", "expired"),
        ("setting nothing", "unmatched"),
    ]


def test_secrets_are_not_told(shop: CliProject) -> None:
    shop.program(
        "import pulumi\nimport pulumi_aws as aws\n"
        "aws.ssm.Parameter('p', type='SecureString', value=pulumi.Output.secret('canary-' + pulumi.get_stack()))\n"
    )
    for name in ("dev", "prod"):
        assert Workspace(shop.folder, env={}).stack(name).run("up").exit_code == 0
    found = laid(shop.folder, "dev", "prod")
    assert "canary" not in found.to_json()
    assert "canary" not in page(found)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> ReferencePlatform:
    return ReferencePlatform.copy(tmp_path_factory.mktemp("platform"))


@pytest.mark.parametrize(("left", "right"), [("dev", "staging"), ("staging", "prod"), ("dev", "prod")])
def test_the_reference_stacks_differ_only_on_purpose(reference: ReferencePlatform, left: str, right: str) -> None:
    found = laid(reference.root, left, right)
    assert [(item.section, item.subject, item.path, item.left, item.right) for item in found.accidental] == []
    assert found.parity == 100.0
    assert found.problems == ()
    assert found.compared["resource"] > 100
    assert found.left.cost.lines
    assert found.right.cost.lines


@pytest.mark.slow
def test_groups_in_lists_are_compared_by_their_values(reference: ReferencePlatform) -> None:
    from platform_lib.operations.compare.seen import look_at

    dev = look_at(find_project(reference.root), SandboxStack(reference.stack("dev")), PACKS)
    assert dev.settings["edge.groups"] == [
        {"name": "laboratory", "site": "north", "devices": 2},
        {"name": "cameras", "site": "north", "devices": 4},
    ]


def test_deployed_reference_stacks_differ_only_on_purpose_too(tmp_path: Path) -> None:
    platform = ReferencePlatform.copy(tmp_path)
    for name in ("dev", "prod"):
        assert platform.run("up", name).exit_code == 0
    for left, right in (("dev", "prod"), ("dev", "staging")):
        found = laid(platform.root, left, right)
        assert [(item.section, item.subject, item.path, item.left, item.right) for item in found.accidental] == []
        assert found.parity == 100.0


def test_a_seeded_difference_of_the_reference_stacks_is_found(tmp_path: Path) -> None:
    platform = ReferencePlatform.copy(tmp_path)
    platform.edit("staging", "    cidr: ", "    interface_endpoints: [logs]\n    cidr: ")
    found = laid(platform.root, "staging", "prod")
    assert found.parity < 100.0
    assert {(item.section, item.subject) for item in found.accidental} >= {
        (Section.SETTING, "network.interface_endpoints"),
    }
    assert [item for item in found.accidental if item.section is Section.RESOURCE and "kms" in item.subject]
    assert "network.interface_endpoints" in page(found)


@pytest.mark.slow
@pytest.mark.stock_engine
def test_stacks_of_the_stock_cli_are_compared_alike(tmp_path: Path, shop: CliProject) -> None:
    use_environment(shop.folder / "Pulumi.yaml")
    with stock_backend(tmp_path / "stock") as (variables, _):
        stacks = [PulumiStack(shop.folder, name, variables) for name in ("dev", "prod")]
        for stack in stacks:
            stack.call("stack", "init", stack.name, stack=False)
        assert stacks[0].run("up") == 0
        planned = compare(find_project(shop.folder), *stacks, PACKS, now=NOW)
        assert (planned.left.seen, planned.right.seen, planned.engine) == ("deployed", "planned", "pulumi")
        assert stacks[1].run("up") == 0
        deployed = compare(find_project(shop.folder), *stacks, PACKS, now=NOW)
        for found in (planned, deployed):
            assert {item.section for item in found.accidental} == {Section.SETTING, Section.POLICY}
            assert found.compared["resource"] == 4
