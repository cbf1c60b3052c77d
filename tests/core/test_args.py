from enum import StrEnum

import pulumi
import pytest
from pydantic import Field, field_validator

from platform_lib.core.args import ComponentArgs, InvalidArgsError
from platform_lib.core.context import Context
from platform_lib.core.errors import ArgsError, Finding
from platform_lib.core.inputs import Input, require_plain
from platform_lib.core.validation import FieldError, SeveralFieldsError
from support.contexts import context

SUBJECT = "Thing 'main'"


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class Inner(ComponentArgs):
    size: int
    """Size."""

    secret: Input[str] | None = None
    """A secret."""


class Outer(ComponentArgs):
    context: Context
    """Context."""

    inner: list[Inner] | None = None
    """Inner things."""

    by_name: dict[str, Inner] | None = None
    """Inner things by name."""

    count: int | None = Field(default=None, ge=1, le=5)
    """Count."""

    colour: Colour | None = None
    """Colour."""

    enabled: bool | None = None
    """Enabled."""

    password: Input[str] | None = None
    """Password."""

    names: list[str] | None = None
    """Names."""

    @field_validator("names")
    @classmethod
    def _check_names(cls, value):
        if bad := [index for index, name in enumerate(value or ()) if name == "bad"]:
            raise SeveralFieldsError([Finding(f"[{index}]", "is bad", "use another") for index in bad])
        if value == ["worse"]:
            raise FieldError("is worse", "use another", path="[0]")
        return value


def parsed(**more):
    return Outer.parse(SUBJECT, {"context": context(), **more})


def messages(**more):
    with pytest.raises(ArgsError) as caught:
        parsed(**more)
    return str(caught.value).splitlines()


def test_a_map_and_a_model_give_the_same():
    from_map = parsed(inner=[{"size": 3}], colour="red")
    from_model = Outer(context=context(), inner=[Inner(size=3)], colour=Colour.RED)
    assert from_map == from_model
    assert Outer.parse(SUBJECT, from_model) is from_model


def test_all_faults_are_told_at_once_one_a_line():
    lines = messages(count=9, enabled="perhaps", inner=[{"size": "x"}, {}], colour="redd", colou="red")
    assert lines == [
        "Thing 'main': inner[0].size: must be a whole number, got 'x'",
        "Thing 'main': inner[1].size: is required",
        "Thing 'main': count: must be at most 5, got 9",
        "Thing 'main': colour: must be one of 'red', 'green', got 'redd'; did you mean 'red'?",
        "Thing 'main': enabled: must be true or false, got 'perhaps'",
        "Thing 'main': colou: is not known; did you mean 'colour'?",
    ]


@pytest.mark.parametrize(
    "fault, line",
    [
        ({"by_name": {"a": {"sizes": 1}}}, "Thing 'main': by_name.a.sizes: is not known; did you mean 'size'?"),
        ({"inner": 5}, "Thing 'main': inner: must be a list, got 5"),
        ({"inner": [5]}, "Thing 'main': inner[0]: must be a map of its fields, got 5"),
        ({"by_name": []}, "Thing 'main': by_name: must be a map, got a list"),
        ({"names": ["good", "bad"]}, "Thing 'main': names[1]: is bad; use another"),
        ({"names": ["worse"]}, "Thing 'main': names[0]: is worse; use another"),
        ({"colour": None, "count": 1.5}, "Thing 'main': count: must be a whole number, got 1.5"),
        ({"zzz": 1}, "Thing 'main': zzz: is not known; known here: context, inner, by_name, count"),
    ],
)
def test_a_fault_has_its_path_and_words(fault, line):
    assert any(message.startswith(line) for message in messages(**fault))


def test_a_whole_number_may_arrive_as_a_float():
    assert parsed(count=3.0).count == 3


def test_values_of_input_fields_are_never_shown():
    lines = messages(password=["hunter2"], inner=[{"size": 1, "secret": {"hunter2": 1}}])
    assert lines == [
        "Thing 'main': inner[0].secret: must be a string, got a map",
        "Thing 'main': password: must be a string, got a list",
    ]


def test_not_even_scalars_of_input_fields_are_shown():
    assert messages(password=12345) == ["Thing 'main': password: must be a string, got a number"]


def test_values_of_unknown_keys_are_never_shown():
    assert "hunter2" not in "\n".join(messages(pasword="hunter2"))


@pytest.mark.parametrize("field", ["count", "colour", "enabled", "names", "inner"])
def test_an_output_in_a_plain_field_is_refused_in_one_sentence(field):
    async def fault():
        return messages(**{field: pulumi.Output.from_input(1)})

    import asyncio

    assert asyncio.run(fault()) == [
        f"Thing 'main': {field}: must be known before anything is deployed, got an Output; pass a plain value"
    ]


def test_an_input_field_takes_an_output_and_keeps_it():
    async def kept():
        output = pulumi.Output.secret("x")
        return parsed(password=output).password is output

    import asyncio

    assert asyncio.run(kept())


def test_a_model_made_directly_tells_its_faults_the_same_way():
    with pytest.raises(InvalidArgsError) as caught:
        Inner(size="x")
    assert str(caught.value) == "Inner: size: must be a whole number, got 'x'"
    assert isinstance(caught.value, pulumi.RunError)
    assert caught.value.findings == (Finding("size", "must be a whole number, got 'x'"),)


def test_something_else_than_a_map_is_refused():
    with pytest.raises(ArgsError, match="Thing 'main': args: must be Outer or a map, got a string"):
        Outer.parse(SUBJECT, "x")


def test_args_do_not_change():
    with pytest.raises(ValueError, match="frozen"):
        parsed().count = 3


def test_require_plain_finds_an_output_at_any_depth():
    async def check():
        with pytest.raises(FieldError) as caught:
            require_plain({"a": [1, {"b": pulumi.Output.from_input(1)}]})
        return caught.value.path

    import asyncio

    assert asyncio.run(check()) == "a[1].b"
    require_plain({"a": [1, {"b": 2}]})
