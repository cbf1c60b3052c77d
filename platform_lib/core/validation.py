"""Turns what pydantic found into findings in our own words: one line a fault, all at once, and never a secret.

Imports neither pulumi nor a cloud SDK, so that a stack file can be checked without either.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from platform_lib.core.errors import Finding, FindingsError, near

_MAX_SHOWN = 80
"""Longest value that a message repeats, in characters."""

_MUST_BE: Mapping[str, str] = {
    "string_type": "must be a string",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be a map",
    "model_type": "must be a map of its fields",
    "model_attributes_type": "must be a map of its fields",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be at most {le}",
    "less_than": "must be less than {lt}",
    "multiple_of": "must be a multiple of {multiple_of}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
    "string_pattern_mismatch": "must match {pattern}",
}
"""pydantic's error types in our words; ``{}`` takes the error's own context."""


_KINDS: Mapping[type, str] = {
    bool: "a boolean",
    str: "a string",
    int: "a number",
    float: "a number",
    type(None): "nothing",
}


class FieldError(ValueError):
    """What a validator of a field raises: the problem and the way out, in our words.

    Attributes:
        problem: what is wrong, without the value (the value is added where it may be shown).
        remedy: what to do about it; may be empty.
        path: where in the field, if not the field itself (``[2]`` or ``name``).
    """

    def __init__(self, problem: str, remedy: str = "", *, path: str = "") -> None:
        self.problem = problem
        self.remedy = remedy
        self.path = path
        super().__init__(f"{problem}; {remedy}" if remedy else problem)


class SeveralFieldsError(FindingsError, ValueError):
    """What a validator raises that found several things; their paths begin at the field."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("", findings)


def is_output(value: object) -> bool:
    """Whether the value is a Pulumi Output; while pulumi is not loaded there can be none."""
    pulumi = sys.modules.get("pulumi")
    return pulumi is not None and isinstance(value, pulumi.Output)


def join(path: str, item: str | int) -> str:
    """The path one step further: ``tiers`` and ``0`` make ``tiers[0]``, that and ``name`` make ``tiers[0].name``."""
    if isinstance(item, int):
        return f"{path}[{item}]"
    if not path or item.startswith("["):
        return f"{path}{item}"
    return f"{path}.{item}"


def shown(value: object) -> str:
    """The value as messages show it: short, one line, never the content of an Output."""
    if is_output(value):
        return "an Output"
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "nothing"}[value]
    if isinstance(value, (str, int, float)):
        text = repr(value)
        return text if len(text) <= _MAX_SHOWN else f"{text[: _MAX_SHOWN - 1]}…"
    return kind_of(value)


def kind_of(value: object) -> str:
    """The kind of a value, in words: all that is said about one that must not be shown."""
    if is_output(value):
        return "an Output"
    if isinstance(value, Mapping):
        return "a map"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "a list"
    return _KINDS.get(type(value), f"a {type(value).__name__}")


def findings_of(error: ValidationError, model: type[BaseModel]) -> tuple[Finding, ...]:
    """The faults of a validation, one a field, in the order of the fields.

    Args:
        error: what pydantic raised.
        model: the model that was to be made.

    Returns:
        The findings; the three errors that an ``Input`` field gives for one bad value are one finding. Only the values
        of plain fields are repeated in a message.
    """
    findings: dict[str, Finding] = {}
    for details in error.errors(include_url=False):
        path, holder, may_show = _locate(details, model)
        for finding in _findings(details, path, holder, may_show=may_show):
            findings.setdefault(finding.path, finding)
    return tuple(findings.values())


def _findings(details: ErrorDetails, path: str, holder: type[BaseModel] | None, *, may_show: bool) -> Iterable[Finding]:
    kind, value = details["type"], details["input"]
    context = details.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, FindingsError):  # a nested model that refused its own arguments
        for inner in cause.findings:
            yield Finding(join(path, inner.path) if inner.path else path, inner.problem, inner.remedy)
    elif kind == "missing":
        yield Finding(path, "is required")
    elif kind in {"extra_forbidden", "unexpected_keyword_argument"}:
        known = list(holder.model_fields) if holder else []
        hint = near(path.rsplit(".", 1)[-1], known)
        yield Finding(path, "is not known", hint or f"known here: {', '.join(known)}")
    elif is_output(value) and not isinstance(cause, FieldError):
        yield Finding(path, "must be known before anything is deployed, got an Output", "pass a plain value")
    elif isinstance(cause, FieldError):
        at = join(path, cause.path) if cause.path else path
        got = f", got {shown(value)}" if may_show and not cause.path and not isinstance(value, (Mapping, list)) else ""
        yield Finding(at, f"{cause.problem}{got}", cause.remedy)
    else:
        got = shown(value) if may_show else kind_of(value)
        yield Finding(path, f"{_problem(details)}, got {got}", _remedy(kind, context, value))


def _problem(details: ErrorDetails) -> str:
    kind, context = details["type"], details.get("ctx", {})
    if kind == "enum":
        return f"must be one of {context.get('expected', '')}".replace(" or ", ", ")
    if kind in _MUST_BE:
        return _MUST_BE[kind].format(**context)
    text = details["msg"].removeprefix("Value error, ").removesuffix(".")
    return text[:1].lower() + text[1:]


def _remedy(kind: str, context: Mapping[str, Any], value: object) -> str:
    if kind != "enum" or not isinstance(value, str):
        return ""
    return near(value, [word.strip("'") for word in str(context.get("expected", "")).replace(" or ", ", ").split(", ")])


def _locate(details: ErrorDetails, model: type[BaseModel]) -> tuple[str, type[BaseModel] | None, bool]:
    """Where a fault is: its path, the innermost model there, and whether the value may be shown.

    The location of pydantic also names the branches of unions; what is not in the annotation is such a branch.
    """
    path, holder, may_show = "", model, True
    annotation: Any = model
    for item in details["loc"]:
        annotation, was_input = _stripped(annotation)
        may_show = may_show and not was_input
        origin = get_origin(annotation) or annotation
        if isinstance(item, str) and isinstance(origin, type) and issubclass(origin, BaseModel):
            holder, field = origin, origin.model_fields.get(item)
            annotation, may_show = (field.annotation, may_show) if field else (Any, False)
        elif isinstance(item, int) and origin in (list, tuple, Sequence):
            annotation = next(iter(get_args(annotation)), Any)
        elif isinstance(item, str) and origin in (dict, Mapping) and item != "[key]":
            annotation = next(iter(get_args(annotation)[1:]), Any)
        else:
            break
        path = join(path, item)
    annotation, was_input = _stripped(annotation)
    return path, holder, may_show and not was_input and annotation is not Any


def _stripped(annotation: Any) -> tuple[Any, bool]:
    """The annotation without ``| None`` and ``Input[]``, and whether it was an ``Input``."""
    if get_origin(annotation) not in (Union, UnionType):
        return annotation, False
    branches = [branch for branch in get_args(annotation) if branch is not type(None)]
    was_input = any(getattr(get_origin(branch), "__name__", "") == "Output" for branch in branches)
    return branches[0], was_input


def is_input(annotation: Any) -> bool:
    """Whether a field takes Outputs."""
    return _stripped(annotation)[1]


def is_text(annotation: Any) -> bool:
    """Whether a field holds text (a string, or an enum of strings), apart from ``| None`` and ``Input[]``."""
    bare = _stripped(annotation)[0]
    return isinstance(bare, type) and issubclass(bare, str)
