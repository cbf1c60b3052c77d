import pulumi
import pytest

from platform_lib.core.errors import ReferenceMissingError
from platform_lib.core.inputs import Input
from platform_lib.core.references import StackOutputs
from platform_lib.core.values import Secret
from platform_lib.testing import ProgramFailedError, run_program
from support.recording import record


class NetworkOutputs(StackOutputs):
    output_name = "network"
    version = 2

    vpc_id: Input[str]
    """Id."""

    subnet_ids: Input[dict[str, list[str]]]
    """Ids."""

    note: Input[str] | None = None
    """Newer, optional."""


VALUE = {"version": 2, "vpc_id": "vpc-1", "subnet_ids": {"private": ["subnet-1"]}}


def test_a_stack_exports_its_outputs_as_one_versioned_value():
    def program():
        NetworkOutputs(vpc_id=pulumi.Output.secret("vpc-1"), subnet_ids={"private": ["subnet-1"]}).export()
        exported = pulumi.runtime.settings.get_root_resource().outputs["network"]
        return [exported, pulumi.Output.from_input(exported["vpc_id"]).is_secret()]

    exported, vpc_id_is_secret = record(program).result
    assert exported == {**VALUE, "note": None}
    assert vpc_id_is_secret


def test_a_consumer_reads_the_same_model():
    found = NetworkOutputs.parse("org/platform/prod", {**VALUE, "added_later": 1})
    assert found == NetworkOutputs(vpc_id="vpc-1", subnet_ids={"private": ["subnet-1"]})


@pytest.mark.parametrize(
    "value, output, text",
    [
        (None, "network", "does not export 'network'; deploy it first"),
        ("x", "network", "exports a string as 'network', expected a map"),
        (
            {**VALUE, "version": 1},
            "network",
            "exports version 1 of 'network', this program reads version 2; deploy both from the same release",
        ),
        (
            {"version": 2, "vpc_id": "vpc-1"},
            "network.subnet_ids",
            "'network.subnet_ids' is required; deploy it first",
        ),
        (
            {**VALUE, "vpc_id": ["hunter2"]},
            "network.vpc_id",
            "'network.vpc_id' must be a string, got a list; deploy it first",
        ),
    ],
)
def test_what_is_missing_is_told_by_name(value, output, text):
    with pytest.raises(ReferenceMissingError) as caught:
        NetworkOutputs.parse("org/platform/prod", value)
    assert str(caught.value) == f"NetworkOutputs: stack 'org/platform/prod': {text}"
    assert (caught.value.stack, caught.value.output) == ("org/platform/prod", output)


def reading(outputs, secret_names=()):
    """Reads through a stack reference whose answer is given."""

    def program():
        reference = pulumi.StackReference("org/platform/prod")
        reference.outputs = pulumi.Output.from_input(outputs)
        reference.secret_output_names = pulumi.Output.from_input(list(secret_names))
        read = NetworkOutputs.read(reference)
        return pulumi.Output.all(read.apply(lambda found: found.vpc_id), read.is_secret())

    return record(program).result


def test_a_stack_reference_gives_the_checked_model():
    assert reading({"network": VALUE}) == ["vpc-1", False]


def test_a_secret_stays_secret_through_a_stack_reference():
    assert reading({"network": VALUE}, ["network"]) == ["vpc-1", True]


def test_a_missing_output_of_a_stack_reference_fails_the_program_with_its_text():
    with pytest.raises(ReferenceMissingError, match="does not export 'network'") as caught:
        reading({"other": 1})
    assert isinstance(caught.value, pulumi.RunError)
    assert caught.value.stack == "org/platform/prod"


def reading_now(outputs):
    """Reads at once, in a program on the sandbox, from a stack with the given outputs."""
    found = []

    def program():
        found.append(NetworkOutputs.read_now("org/platform/prod"))

    run_program(program, stack_references={"org/platform/prod": outputs})
    return found


def test_what_decides_a_plan_is_read_at_once():
    previewed, updated = reading_now({"network": VALUE})
    assert previewed == updated == NetworkOutputs(vpc_id="vpc-1", subnet_ids={"private": ["subnet-1"]})


def test_a_secret_is_not_read_at_once():
    with pytest.raises(ProgramFailedError, match="exports 'network' as a secret, which cannot be read at once"):
        reading_now({"network": {**VALUE, "vpc_id": Secret("hunter2")}})


def test_another_output_may_be_a_secret():
    assert reading_now({"network": VALUE, "token": Secret("hunter2")})


def test_what_is_missing_fails_the_program_at_once():
    with pytest.raises(ProgramFailedError, match="does not export 'network'; deploy it first") as caught:
        reading_now({"other": 1})
    assert isinstance(caught.value.__cause__, ReferenceMissingError)
    assert isinstance(caught.value.__cause__, pulumi.RunError)


def test_a_stack_that_is_not_there_is_told_by_name():
    def program():
        NetworkOutputs.read_now("org/platform/nowhere")

    with pytest.raises(ProgramFailedError) as caught:
        run_program(program)
    assert isinstance(caught.value.__cause__, ReferenceMissingError)
    assert "NetworkOutputs: stack 'org/platform/nowhere': cannot be read (" in str(caught.value)
    assert "unknown stack" in str(caught.value)
    assert "Traceback" not in str(caught.value)
