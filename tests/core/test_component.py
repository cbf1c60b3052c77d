import pulumi
import pytest

from platform_lib.core.component import PlatformComponent
from platform_lib.core.errors import ArgsError, Finding, NamingError, PlanError
from platform_lib.core.reporting import CostDriver, Evidence
from platform_lib.core.run_errors import as_run_error, run_errors
from support.contexts import context
from support.recording import record


class Child(pulumi.CustomResource):
    def __init__(self, name, opts):
        super().__init__("test:index:Child", name, {}, opts)


class Thing(PlatformComponent):
    size: pulumi.Output[int]

    def __init__(self, name, args, opts=None):
        with self.planning(name) as subject:
            if "problem" in args:
                raise PlanError(subject, [Finding("size", args["problem"])])
        super().__init__(name, args["context"], opts)
        Child(self.child_name("store", "a"), self.child_options(stateful=True))
        Child(self.child_name("cache"), self.child_options())
        driver = CostDriver(item="test:things", quantity=1, unit="things", assumption="one")
        self.finish({"size": 3}, cost_drivers=[driver], evidence=[Evidence(child="x", statement="y", controls=["z:1"])])


def recorded(environment="prod", name="main", opts=None, **more):
    return record(lambda: Thing(name, {"context": context(environment), **more}, opts).size)


def test_children_hang_below_their_component_under_its_token():
    found = recorded()
    component = found.named("main")
    assert component.type == "platform-lib:index:Thing"
    assert {item.parent for item in found.of_type("test:index:Child")} == {component.urn}
    assert {item.name for item in found.of_type("test:index:Child")} == {"main-store-a", "main-cache"}


def test_outputs_are_set_and_registered_with_those_that_every_component_has():
    found = recorded()
    assert found.result == 3
    assert found.outputs[found.named("main").urn] == {
        "size": 3,
        "cost_drivers": [{"item": "test:things", "quantity": 1, "unit": "things", "assumption": "one"}],
        "evidence": [{"child": "x", "statement": "y", "controls": ["z:1"]}],
    }


@pytest.mark.parametrize(
    "environment, protect, expected",
    [
        ("prod", None, {"main": False, "main-store-a": True, "main-cache": False}),
        ("dev", None, {"main": False, "main-store-a": False, "main-cache": False}),
        ("prod", False, {"main": False, "main-store-a": False, "main-cache": False}),
        ("dev", True, {"main": True, "main-store-a": True, "main-cache": True}),
    ],
)
def test_stateful_children_are_protected_outside_dev_unless_the_caller_says_otherwise(environment, protect, expected):
    found = recorded(environment, opts=pulumi.ResourceOptions(protect=protect))
    assert {item.name: item.protect for item in found.registrations} == expected


def test_a_bad_argument_registers_nothing_and_reaches_pulumi_as_a_run_error():
    caught = []

    def program():
        try:
            Thing("main", {"context": context(), "problem": "is too small"})
        except PlanError as error:
            caught.append(error)

    assert record(program).registrations == []
    (error,) = caught
    assert isinstance(error, pulumi.RunError)
    assert str(error) == "Thing 'main': size: is too small"
    assert error.findings == (Finding("size", "is too small"),)


def test_a_bad_name_of_a_component_is_refused():
    with pytest.raises(ArgsError, match=r"Thing 'Main Net': name: must be lower-case .* use 'main-net'"):
        recorded(name="Main Net")


def test_errors_keep_class_text_and_attributes_as_run_errors():
    error = PlanError("Thing 'main'", [Finding("size", "is too small")])
    twin = as_run_error(error)
    assert isinstance(twin, PlanError)
    assert isinstance(twin, pulumi.RunError)
    assert str(twin) == str(error)
    assert twin.findings == error.findings
    assert as_run_error(twin) is twin
    assert type(as_run_error(PlanError("x", []))) is type(twin)


def test_other_errors_pass_through():
    with pytest.raises(KeyError), run_errors():
        raise KeyError("x")
    with pytest.raises(NamingError) as caught, run_errors():
        raise NamingError("y")
    assert isinstance(caught.value, pulumi.RunError)
