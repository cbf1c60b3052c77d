"""Outputs that others read: typed contracts of the project, declared consumers, stacks that hold a reference."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from platform_lib.core.errors import SettingsError
from platform_lib.core.values import UNKNOWN, Secret
from platform_lib.operations.gate.checks import contracts
from platform_lib.operations.gate.consumers import declared, referring
from platform_lib.operations.gate.verdict import Effect
from platform_lib.operations.governance.file import GovernanceError
from support.cli_project import CliProject
from support.gates import found, gate_input

MODELS = """\
from typing import ClassVar

from platform_lib.core.inputs import Input
from platform_lib.core.references import StackOutputs


class NetworkOutputs(StackOutputs):
    output_name: ClassVar[str] = "network"
    version: ClassVar[int] = 2

    vpc_id: Input[str]
    subnet_ids: Input[dict[str, list[str]]]
"""
GOOD = {"version": 2, "vpc_id": "vpc-1", "subnet_ids": {"private": ["subnet-1"]}}


@pytest.fixture
def project(tmp_path: Path) -> Iterator[CliProject]:
    made = CliProject(tmp_path / "shop")
    (made.folder / "typed_outputs_of_shop.py").write_text(MODELS, encoding="utf-8")
    made.pyproject('contracts = "typed_outputs_of_shop"')
    yield made
    sys.modules.pop("typed_outputs_of_shop", None)
    sys.path[:] = [path for path in sys.path if path != str(made.folder.resolve())]


def problems(project: CliProject, outputs: dict[str, Any], **more: Any) -> list[tuple[str, str, str]]:
    looked = contracts.look(gate_input(project, outputs=outputs, **more))
    return [(item.check, f"{item.subject}.{item.path}".rstrip("."), item.problem) for item in looked.findings]


@pytest.mark.parametrize(
    "value",
    [GOOD, {**GOOD, "more": 1}, {**GOOD, "vpc_id": UNKNOWN}, {**GOOD, "subnet_ids": {"private": UNKNOWN}}, UNKNOWN],
)
def test_outputs_that_fit_their_model_pass(project: CliProject, value: Any) -> None:
    assert problems(project, {"network": value}) == []
    assert problems(project, {"network": Secret(value)}) == []
    assert problems(project, {"other": 1}) == [], "another stack exports it"


@pytest.mark.parametrize(
    "value, path, problem",
    [
        ("text", "network", "does not fit NetworkOutputs: must be a map of its fields, got a string"),
        ({**GOOD, "version": 1}, "network.version", "does not fit NetworkOutputs: must be 2, got 1"),
        ({"version": 2, "vpc_id": "a"}, "network.subnet_ids", "does not fit NetworkOutputs: is required"),
        ({**GOOD, "vpc_id": 5}, "network.vpc_id", "does not fit NetworkOutputs: must be a string, got a number"),
    ],
)
def test_outputs_that_break_their_model_are_refused(project: CliProject, value: Any, path: str, problem: str) -> None:
    assert problems(project, {"network": value}) == [(contracts.OWN, path, problem)]


def test_a_module_that_cannot_be_imported_is_told(project: CliProject) -> None:
    project.pyproject('contracts = "no_such_module_of_shop"')
    with pytest.raises(SettingsError, match=r"tool.platform.contracts: cannot be imported, got 'no_such_module"):
        contracts.look(gate_input(project))


CONSUMERS = """\
version: 1
consumers:
  - consumer: web/dev
    stack: shop/dev
    output: network
    version: 2
    fields: {vpc_id: string, subnet_ids: map}
  - consumer: web/prod
    stack: shop/prod
    output: network
  - consumer: reports/dev
    stack: shop/*
    output: bucket
"""


def consume(project: CliProject, text: str = CONSUMERS) -> None:
    (project.folder / "governance").mkdir(exist_ok=True)
    (project.folder / "governance" / "consumers.yaml").write_text(text, encoding="utf-8")


def test_those_who_read_the_stack_are_found_by_project_and_stack(project: CliProject) -> None:
    consume(project)
    assert [item.consumer for item in declared(project.folder, "shop", "dev")] == ["web/dev", "reports/dev"]
    assert declared(project.folder, "other", "dev") == []


@pytest.mark.parametrize(
    "outputs, expected",
    [
        ({"network": GOOD, "bucket": "b"}, []),
        ({"network": UNKNOWN, "bucket": UNKNOWN}, []),
        ({"network": GOOD}, [("bucket", "is not exported any more; reports/dev needs it")]),
        ({"netzwerk": GOOD, "bucket": "b"}, [("network", "is not exported any more; web/dev needs it")]),
    ],
)
def test_an_output_that_is_renamed_while_a_consumer_needs_it_is_refused(
    project: CliProject, outputs: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    consume(project)
    looked = contracts.look(gate_input(project, outputs=outputs))
    broken = found(looked, contracts.CONSUMER)
    assert [(item.subject, item.problem.partition(", as")[0]) for item in broken] == expected
    assert all(item.effect is Effect.REFUSE for item in broken)


@pytest.mark.parametrize(
    "value, path, problem",
    [
        ({"version": 2, "subnet_ids": {}}, "vpc_id", "is not exported any more"),
        ({"version": 2, "vpc_id": ["a"], "subnet_ids": {}}, "vpc_id", "is a list, and not a string"),
        ({**GOOD, "version": 3}, "version", "is version 3, and it reads version 2"),
        ("text", "version", "is version None, and it reads version 2"),
    ],
)
def test_a_field_that_a_consumer_needs_is_watched(project: CliProject, value: Any, path: str, problem: str) -> None:
    consume(project)
    project.pyproject("")
    broken = found(contracts.look(gate_input(project, outputs={"network": value, "bucket": "b"})), contracts.CONSUMER)
    assert [(item.path, item.problem.partition("; web/dev")[0]) for item in broken] == [(path, problem)]


@pytest.mark.parametrize(
    "text, problem",
    [
        ("consumers: [{consumer: web, stack: a/b, output: x}]", "consumers[0].consumer: must be a project and a stack"),
        (
            "consumers: [{consumer: a/b, stack: a/b, output: x, fields: {a: text}}]",
            "fields.a: input should be 'string'",
        ),
        ("consumers: [{consumer: a/b, stack: a/b, outputs: x}]", "outputs: is not known"),
        ("consumers: {", "not YAML"),
    ],
)
def test_a_wrong_file_of_consumers_is_told_with_its_line(project: CliProject, text: str, problem: str) -> None:
    consume(project, text)
    with pytest.raises(GovernanceError) as caught:
        declared(project.folder, "shop", "dev")
    assert problem in str(caught.value)
    assert "consumers.yaml:1" in str(caught.value)


def test_what_is_removed_is_advice_where_nobody_reads_it(project: CliProject) -> None:
    looked = contracts.look(gate_input(project, before={"network": GOOD, "vpcId": "v"}, outputs={"network": GOOD}))
    assert [(item.check, item.subject, item.effect) for item in looked.findings] == [
        (contracts.REMOVED, "vpcId", Effect.ADVISE)
    ]


@pytest.mark.parametrize(
    "after, problem",
    [
        ({}, "is exported now and would not be any more"),
        ({"network": "text"}, "is a map now and would be a string"),
        ({"network": {"version": 2, "vpc_id": "v"}}, "is exported now and would not be any more"),
        ({"network": {**GOOD, "version": 3}}, "is 2 now and would be 3"),
    ],
)
def test_a_stack_that_holds_a_reference_may_read_what_goes(tmp_path: Path, after: dict[str, Any], problem: str) -> None:
    producer = CliProject(tmp_path / "shop")
    reader = 'import pulumi\npulumi.export("vpc", pulumi.StackReference("organization/shop/dev").get_output("vpcId"))\n'
    assert producer.run("up", "--stack", "dev", "--yes", "--no-policy").code == 0
    consumer = CliProject(tmp_path / "web", reader)
    (consumer.folder / "Pulumi.yaml").write_text("name: web\nruntime: python\n", encoding="utf-8")
    (consumer.folder / "Pulumi.dev.yaml").write_text("config: {}\n", encoding="utf-8")
    shared = ("--sandbox-dir", str(producer.folder / ".sandbox"))
    assert consumer.run("up", "--stack", "dev", "--yes", "--no-policy", *shared).code == 0
    given = gate_input(producer, before={"network": GOOD}, outputs=after)
    assert dict(referring(given.stack)) == {"web/dev": ["organization/shop/dev"]}
    removed = found(contracts.look(given), contracts.REMOVED)
    assert [(item.effect, item.problem) for item in removed] == [
        (Effect.REFUSE, f"{problem}; web/dev holds a reference to this stack and may read it")
    ]
    consume(producer, "consumers: [{consumer: web/dev, stack: shop/dev, output: vpcId}]")
    given = gate_input(producer, before={"network": GOOD}, outputs={**after, "vpcId": "v"})
    assert [item.effect for item in contracts.look(given).findings] == [Effect.ADVISE], "it says what it reads"
