"""Options of resources come to what the SDK makes of them."""

import contextvars
import inspect
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi import resource as resources
from pulumi.resource import DependencyResource

from platform_lib.sandbox.engine import acceleration, options
from platform_lib.sandbox.engine.engine import Engine
from platform_lib.sandbox.engine.target import Program, Target
from support.sim_cloud import SimProviders

COPY: Any = inspect.unwrap(pulumi.ResourceOptions._copy)
MERGE: Any = inspect.unwrap(pulumi.ResourceOptions.merge)

PARENT = DependencyResource("urn:pulumi:dev::tx::a:b:C::parent")
GIVEN = {
    "parent": st.just(PARENT),
    "depends_on": st.just([]) | st.just([PARENT]),
    "protect": st.booleans(),
    "version": st.text(max_size=3),
    "retain_on_delete": st.booleans(),
    "aliases": st.lists(st.text(max_size=3), max_size=2),
    "ignore_changes": st.lists(st.text(max_size=3), max_size=2),
    "hide_diffs": st.lists(st.text(max_size=3), max_size=2),
    "transformations": st.just([]),
    "replace_with": st.just([PARENT]),
    "hooks": st.just(pulumi.ResourceHookBinding(before_create=[])),
    "providers": st.just([]),
}
OPTIONS = st.fixed_dictionaries({}, optional=GIVEN).map(lambda given: pulumi.ResourceOptions(**given))


def active(function: Callable[..., Any], *args: Any) -> Any:
    """What a function comes to in a program on the sandbox engine."""

    def run() -> Any:
        acceleration.activate(traces=False)
        return function(*args)

    return contextvars.copy_context().run(run)


def fields(made: pulumi.ResourceOptions) -> dict[str, Any]:
    """The options; hooks that say nothing are none."""
    hooks = made.hooks if made.hooks is not None and any(vars(made.hooks).values()) else None
    return {**vars(made), "hooks": hooks}


def test_all_options_are_known():
    assert options.can_merge()


def test_options_are_copied_as_by_the_sdk():
    made = pulumi.ResourceOptions(protect=True, depends_on=[], aliases=["a"])

    quick = active(lambda: pulumi.ResourceOptions._copy(made))

    assert type(quick) is pulumi.ResourceOptions
    assert quick is not made
    assert vars(quick) == vars(COPY(made))
    assert all(vars(quick)[key] is value for key, value in vars(COPY(made)).items())


@given(OPTIONS, OPTIONS | st.none())
def test_options_are_merged_as_by_the_sdk(first: pulumi.ResourceOptions, second: pulumi.ResourceOptions | None):
    before = [dict(vars(each)) for each in (first, second) if each is not None]

    quick = active(lambda: pulumi.ResourceOptions.merge(first, second))

    assert type(quick) is pulumi.ResourceOptions
    assert fields(quick) == fields(MERGE(first, second))
    assert [dict(vars(each)) for each in (first, second) if each is not None] == before


def test_options_of_another_kind_are_left_to_the_sdk():
    with pytest.raises(TypeError, match="ResourceOptions instance"):
        active(lambda: pulumi.ResourceOptions.merge(pulumi.ResourceOptions(), "text"))  # type: ignore[arg-type]
    assert vars(active(lambda: pulumi.ResourceOptions.merge(None, None)))["depends_on"] == []


def test_aliases_are_collapsed_as_by_the_sdk():
    aliases: list[Any] = ["urn:x", pulumi.Alias(type_="a:b:Old"), pulumi.Alias(name="n", parent=None, stack="other")]
    began: list[Any] = []

    def program() -> None:
        quick, stock = resources.collapse_alias_to_urn, inspect.unwrap(resources.collapse_alias_to_urn)
        parent = pulumi.ComponentResource("a:b:Group", "group")
        for number, alias in enumerate(aliases):
            arguments: Any = (alias, "name", "a:b:New", parent)
            output = quick(*arguments)
            began.append(vars(output).get("_data"))
            pulumi.export(f"{number}", pulumi.Output.all(output, stock(*arguments)))

    engine = Engine(Target("tx", "dev"), SimProviders())
    result = engine.run("up", Program.of(program))

    assert result.exit_code == 0, result.diagnostics
    assert began == [None] * len(aliases)
    assert [one == other for one, other in engine.outputs.values()] == [True] * len(aliases)
    assert engine.outputs["1"][0].endswith("a:b:Group$a:b:Old::name")


def test_an_alias_without_a_name_is_refused():
    def program() -> None:
        pulumi.ComponentResource("a:b:Group", "group", {}, pulumi.ResourceOptions(aliases=[pulumi.Alias(name=None)]))

    result = Engine(Target("tx", "dev"), SimProviders()).run("up", Program.of(program))

    assert "No valid 'name' passed in for alias" in "".join(item.message for item in result.diagnostics)
