import asyncio
import functools
import sys
import threading
import unittest

import pulumi
import pulumi_aws as aws
import pytest

from platform_lib.testing import UnreachedAssertionError, run_program


def bucket(name="site"):
    return aws.s3.Bucket(name, tags={"team": "web"})


def has_team(tags):
    assert tags["team"] == "web"


def has_team_somewhere(tags):
    for key in tags:
        if key == "nothing":
            has_team(tags)


class Checks(unittest.TestCase):
    def check(self, tags):
        self.assertEqual(tags, {"team": "web"})  # noqa: PT009 - what is tested

    def never(self, tags):
        if not tags:
            self.assertEqual(tags, {})  # noqa: PT009 - what is tested


class Callable:
    def __call__(self, tags):
        assert tags == {"team": "web"}


def pytest_fails(tags):
    if not tags:
        pytest.fail("no tags")


async def awaited(tags):
    await asyncio.sleep(0)
    assert tags == {"team": "web"}


REACHED = {
    "function": has_team,
    "lambda": lambda tags: has_team(tags),
    "partial": functools.partial(lambda key, tags: has_team({key: tags["team"]}), "team"),
    "method": Checks().check,
    "callable": Callable(),
    "coroutine": awaited,
}
MISSED = {
    "loop over nothing": lambda tags: [has_team(tags) for _ in ()],
    "branch not taken": has_team_somewhere,
    "method": Checks().never,
    "pytest.fail": pytest_fails,
}


@pytest.mark.parametrize("check", REACHED.values(), ids=REACHED)
def test_assertion_that_runs_is_no_finding(check):
    run_program(lambda: bucket().tags.apply(check) and None)


@pytest.mark.parametrize("check", MISSED.values(), ids=MISSED)
def test_function_that_runs_without_asserting_is_found(check):
    with pytest.raises(UnreachedAssertionError, match=r"output 'tags' of .*Bucket 'site'.* came to no assertion"):
        run_program(lambda: bucket().tags.apply(check) and None)


@pytest.mark.parametrize("check", REACHED.values(), ids=REACHED)
def test_value_that_is_never_known_is_found(check):
    def program():
        bucket().arn.apply(check)

    with pytest.raises(UnreachedAssertionError, match=r"output 'arn' of .*Bucket 'site'.*value was not known"):
        run_program(program, mode="preview")


def test_what_only_the_update_knows_is_no_finding():
    def program():
        def check(arn):
            assert arn.startswith("arn:")

        bucket().arn.apply(check)

    run_program(program)
    run_program(program, mode="update")


def test_assertion_that_fails_is_raised_as_it_is():
    def program():
        def check(tags):
            assert tags == {"team": "data"}, "wrong team"

        bucket().tags.apply(check)

    with pytest.raises(AssertionError, match="wrong team") as caught:
        run_program(program)
    assert type(caught.value) is AssertionError


def test_message_names_output_resource_and_both_places():
    def program():
        made = bucket()
        made.arn.apply(has_team)

    with pytest.raises(UnreachedAssertionError) as caught:
        run_program(program, mode="preview")
    line = program.__code__.co_firstlineno
    (place,) = caught.value.places
    assert place.endswith(f"test_applies.py:{line + 2}")
    assert f"test_applies.py:{line - bucket_distance()}" in str(caught.value)


def bucket_distance():
    """Lines from the program above to the line in ``bucket`` that makes the resource."""
    program_line = test_message_names_output_resource_and_both_places.__code__.co_firstlineno + 1
    return program_line - (bucket.__code__.co_firstlineno + 1)


def test_part_of_an_output_is_named_by_its_path():
    def program():
        network = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
        group = aws.ec2.SecurityGroup("web", vpc_id=network.id)
        group.ingress[0].from_port.apply(has_team)

    with pytest.raises(UnreachedAssertionError, match=r"output 'ingress.0.from_port' of"):
        run_program(program, mode="preview")


def test_combined_output_names_its_resources():
    def program():
        pulumi.Output.all(bucket("one").arn, bucket("two").arn).apply(lambda arns: has_team(arns))

    with pytest.raises(UnreachedAssertionError, match=r"an Output of .*'one' and .*'two'"):
        run_program(program, mode="preview")


def test_apply_within_an_apply_is_the_one_that_is_named():
    def program():
        made = bucket()

        def outer(_tags):
            def inner(arn):
                assert arn

            return made.arn.apply(inner)

        made.tags.apply(outer)

    run_program(program)
    with pytest.raises(UnreachedAssertionError) as caught:
        run_program(program, mode="preview")
    assert len(caught.value.places) == 1
    assert "output 'arn'" in str(caught.value)


def test_each_resource_of_a_loop_counts_for_itself():
    def program():
        def check(found):
            for value in found or []:
                assert value

        for name, tags in (("with", {"team": "web"}), ("one", {}), ("two", {})):
            aws.s3.Bucket(name, tags=tags).tags.apply(check)

    with pytest.raises(UnreachedAssertionError) as caught:
        run_program(program)
    assert "'one'" in str(caught.value)
    assert "'two'" in str(caught.value)
    assert "'with'" not in str(caught.value)


def test_applies_without_assertions_are_left_alone():
    def program():
        for found in (bucket().arn,):
            pulumi.export("name", found.apply(lambda arn: arn.split(":")[-1]))

    run_program(program, mode="preview")


def test_a_debugger_keeps_its_trace():
    lines = []

    def tracer(frame, event, arg):
        lines.append(frame.f_code.co_name)
        return

    previous = threading.gettrace()
    threading.settrace(tracer)
    try:
        run_program(lambda: bucket().tags.apply(has_team) and bucket("other").tags.apply(has_team_somewhere) and None)
    finally:
        threading.settrace(previous)
    assert "has_team" in lines


def test_trace_is_gone_after_the_call():
    def program():
        bucket().tags.apply(has_team)
        bucket("other").tags.apply(lambda _tags: traces.append(sys.gettrace()))

    traces = []
    run_program(program)
    assert traces == [None, None]
