"""Hypothesis strategies for the arguments of components and for the inputs of resources."""

import enum
import inspect
import random
import types
import typing
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, Final, TypeVar

import pulumi
from hypothesis import reject
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from platform_lib.core.errors import PlatformError, near
from platform_lib.core.values import Archive, Asset
from platform_lib.testing.errors import ExpectationError
from platform_lib.testing.tokens import token_of

M = TypeVar("M", bound=BaseModel)

_WORDS: Final = st.from_regex(r"[a-z][a-z0-9-]{0,14}[a-z0-9]", fullmatch=True)
_LARGEST: Final = 2**31 - 1
_REGIONS: Final = ("eu-west-1", "us-east-1", "eu-central-1")


def args_strategy(model: type[M], **fields: Any) -> st.SearchStrategy[M]:
    """Valid instances of a pydantic model, made from its annotations and constraints.

    Optional fields are left out half of the time. Where the model's own validators want more than annotations say
    (an address range that is large enough, a name of a certain form), give the field: values that the model refuses are
    thrown away, and hypothesis complains when that is nearly all of them.

    Args:
        model: the model, for example a component's ``Args``.
        fields: values or strategies that replace what would be made for a field.

    Returns:
        A strategy of models. Fields that also take an Output get plain values.

    Raises:
        ExpectationError: the model has no field of a given name, or one whose type nothing is known to fit.
    """
    for name in fields:
        if name not in model.model_fields:
            raise ExpectationError(
                f"{model.__name__}: {name}: is not a field; {near(name, model.model_fields)}".rstrip("; ")
            )
    required: dict[str, st.SearchStrategy[Any]] = {}
    optional: dict[str, st.SearchStrategy[Any]] = {}
    for name, field in model.model_fields.items():
        if name in fields:
            given = fields[name]
            required[name] = given if isinstance(given, st.SearchStrategy) else st.just(given)
        elif field.is_required():
            required[name] = _field(model, name, field)
        else:
            optional[name] = _field(model, name, field)

    def build(data: Mapping[str, Any]) -> M:
        try:
            return model(**data)
        except (ValidationError, PlatformError):
            reject()

    return st.fixed_dictionaries(required, optional=optional).map(build)


def _field(model: type[BaseModel], name: str, field: FieldInfo) -> st.SearchStrategy[Any]:
    bounds: dict[str, Any] = {}
    for item in field.metadata:
        for key in ("ge", "gt", "le", "lt", "min_length", "max_length", "pattern", "multiple_of"):
            if (value := getattr(item, key, None)) is not None:
                bounds[key] = value
    return _of(field.annotation, name, bounds, f"{model.__name__}: {name}")


def _of(kind: Any, name: str, bounds: Mapping[str, Any], subject: str) -> st.SearchStrategy[Any]:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in {typing.Union, types.UnionType}:
        plain = [item for item in arguments if not _deferred(item)]
        return st.one_of(*(_of(item, name, bounds, subject) for item in plain))
    if kind is None or kind is type(None):
        return st.none()
    if origin in {list, Sequence} or kind is list:
        item = _of(arguments[0] if arguments else str, name, {}, subject)
        return st.lists(item, min_size=bounds.get("min_length", 0), max_size=bounds.get("max_length", 3))
    if origin in {dict, Mapping} or kind is dict:
        return st.dictionaries(_WORDS, _of(arguments[1] if arguments else str, name, {}, subject), max_size=3)
    if origin is typing.Literal:
        return st.sampled_from(arguments)
    if inspect.isclass(kind):
        if issubclass(kind, enum.Enum):
            return st.sampled_from(kind)
        if issubclass(kind, BaseModel):
            return args_strategy(kind)
        if issubclass(kind, bool):
            return st.booleans()
        if issubclass(kind, int):
            return _integers(bounds)
        if issubclass(kind, float):
            return st.floats(bounds.get("ge", 0), bounds.get("le", 1e6), allow_nan=False)
        if issubclass(kind, str):
            return _texts(name, bounds)
    if kind is Any:
        return _WORDS
    raise ExpectationError(f"{subject}: nothing is known to fit {kind}; give a strategy for the field")


def _deferred(kind: Any) -> bool:
    origin = typing.get_origin(kind) or kind
    return inspect.isclass(origin) and issubclass(origin, pulumi.Output | Awaitable)


def _integers(bounds: Mapping[str, Any]) -> st.SearchStrategy[int]:
    lowest = bounds.get("ge", bounds["gt"] + 1 if "gt" in bounds else 0)
    highest = bounds.get("le", bounds["lt"] - 1 if "lt" in bounds else max(lowest, _LARGEST))
    step = bounds.get("multiple_of", 1)
    return st.integers(-(-lowest // step), highest // step).map(lambda number: number * step)


def _texts(name: str, bounds: Mapping[str, Any]) -> st.SearchStrategy[str]:
    """Texts that fit a field's bounds; without a pattern they are believable by the field's name."""
    if "pattern" in bounds:
        return st.from_regex(bounds["pattern"], fullmatch=True)
    if "cidr" in name:
        return st.builds("10.{}.0.0/{}".format, st.integers(0, 255), st.integers(16, 20))
    if name.endswith("region"):
        return st.sampled_from(_REGIONS)
    if name.endswith("account_id"):
        return st.from_regex(r"[0-9]{12}", fullmatch=True)
    if name.endswith("email"):
        return _WORDS.map("{}@example.com".format)
    longest = bounds.get("max_length", 16)
    return _WORDS.filter(lambda text: bounds.get("min_length", 0) <= len(text) <= longest)


def inputs_strategy(kind: Any, *, optional: float = 0.0) -> st.SearchStrategy[dict[str, Any]]:
    """Inputs of a resource type that fit its schema, by wire name.

    Pass them to ``pulumi.CustomResource(token, name, inputs)``.

    Args:
        kind: type token or resource class.
        optional: share of the optional inputs that are given too, 0 to 1.

    Raises:
        ExpectationError: no installed SDK has the type.
    """
    from platform_lib.sandbox import schema

    token = token_of(kind)
    try:
        known = schema.resource(token)
    except schema.SchemaError as error:
        raise ExpectationError(str(error)) from error

    def build(rng: random.Random) -> dict[str, Any]:
        return {key: _for_sdk(value) for key, value in schema.generate(known, rng, optional=optional).items()}

    return st.randoms(use_true_random=False).map(build)


def _for_sdk(value: Any) -> Any:
    """A generated value as the SDK takes it: assets as its own classes."""
    if isinstance(value, Asset):
        return pulumi.StringAsset(value.text or "")
    if isinstance(value, Archive):
        return pulumi.AssetArchive({key: _for_sdk(item) for key, item in (value.assets or {}).items()})
    if isinstance(value, dict):
        return {key: _for_sdk(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_for_sdk(item) for item in value]
    return value
