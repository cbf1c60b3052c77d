"""Where secrets stand: inputs that the schema calls secret are marked by Check, outputs follow their inputs."""

import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from platform_lib.core.values import UNKNOWN, Properties, Secret, plain, walk
from platform_lib.sandbox.cloud import path as paths
from platform_lib.sandbox.cloud.codec import holds_secret
from platform_lib.sandbox.cloud.path import Segment
from platform_lib.sandbox.protocol import CheckFailure, ProviderError
from platform_lib.sandbox.schema.model import ResourceSchema


@functools.lru_cache(maxsize=4096)
def _parsed(secret_inputs: tuple[str, ...]) -> tuple[tuple[Segment, ...], ...]:
    return tuple(paths.parse(path) for path in secret_inputs)


def mark_inputs(schema: ResourceSchema, inputs: Properties) -> Properties:
    """The inputs with every value marked that the schema or the upstream provider calls secret."""
    for segments in _parsed(schema.secret_inputs):
        head = str(segments[0])
        if inputs.get(head) is not None:
            inputs[head] = _mark(inputs[head], segments[1:])
    for key, value in inputs.items():
        known = schema.inputs.get(key)
        if known is not None and known.secret and value is not None and not isinstance(value, Secret):
            inputs[key] = Secret(value)
    return inputs


def _mark(value: Any, segments: tuple[Segment, ...]) -> Any:
    if isinstance(value, Secret) or value is None or value is UNKNOWN:
        return value
    if not segments:
        return Secret(value)
    head, rest = segments[0], segments[1:]
    if isinstance(value, list):
        below = rest if head == paths.STAR or isinstance(head, int) else segments
        return [_mark(item, below) for item in value]
    if isinstance(value, dict):
        keys = list(value) if head == paths.STAR else [head] if head in value else []
        return {**value, **{key: _mark(value[key], rest) for key in keys}}
    return value


def mark_outputs(
    schema: ResourceSchema, inputs: Properties, outputs: Properties, before: Properties | None = None
) -> Properties:
    """The outputs with secrets marked: as in the input of the same name, as the schema says, and as they were before.

    Args:
        schema: of the type.
        inputs: the checked inputs, secrets marked.
        outputs: plain outputs.
        before: the outputs of the last operation: an output once secret stays secret.
    """
    for key, value in inputs.items():
        if key in outputs and holds_secret(value):
            outputs[key] = value if _same(plain(value), outputs[key]) else Secret(outputs[key])
    known = schema.outputs
    for key, value in outputs.items():
        output = known.get(key)
        if output is not None and output.secret and value is not None and not isinstance(value, Secret):
            outputs[key] = Secret(value)
    for key, was in before.items() if before else ():
        if isinstance(was, Secret) and key in outputs and not holds_secret(outputs[key]):
            outputs[key] = Secret(outputs[key])
    return outputs


class Unwrapped(Mapping[str, Any]):
    """Properties without the marks of secrets, looked up one by one: the first map that has a key counts."""

    __slots__ = ("_maps",)

    def __init__(self, *maps: Properties) -> None:
        self._maps = maps

    def __getitem__(self, key: str) -> Any:
        for each in self._maps:
            if key in each:
                return plain(each[key])
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(key for each in self._maps for key in each))

    def __len__(self) -> int:
        return len(dict.fromkeys(key for each in self._maps for key in each))


class hidden:  # noqa: N801 - a block, named as one
    """Takes the secrets of the inputs out of what a refusal says."""

    __slots__ = ("_inputs",)

    def __init__(self, inputs: Properties) -> None:
        self._inputs = inputs

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, refusal: BaseException | None, trace: object) -> None:
        if isinstance(refusal, ProviderError):
            text = masked(str(refusal), self._inputs)
            if text != str(refusal):
                raise ProviderError(text) from None


def masked_failures(failures: Iterable[CheckFailure], inputs: Properties) -> list[CheckFailure]:
    """The findings without the secrets of the inputs."""
    return [CheckFailure(failure.property, masked(failure.reason, inputs)) for failure in failures]


def masked(text: str, inputs: Properties) -> str:
    """The text with every secret text or number of the inputs replaced by ``[secret]``."""
    secret = [item.value for item in walk(inputs) if isinstance(item, Secret)]
    leaves = {str(leaf) for value in secret for leaf in walk(value) if isinstance(leaf, str | int) and str(leaf)}
    for leaf in sorted(leaves, key=len, reverse=True):
        text = text.replace(leaf, "[secret]")
    return text


def _same(one: Any, other: Any) -> bool:
    return bool(one == other)


def follow(marked: Properties, stored: Properties) -> Properties:
    """The stored values, secret where they are secret in ``marked``; what it does not know stays as stored."""
    if not holds_secret(marked) and not holds_secret(stored):
        return stored
    return {key: _follow(marked[key], value) if key in marked else value for key, value in stored.items()}


def _follow(marked: Any, stored: Any) -> Any:
    if isinstance(marked, Secret):
        return Secret(plain(stored))
    if isinstance(marked, dict) and isinstance(stored, dict):
        return follow(marked, stored)
    if isinstance(marked, list) and isinstance(stored, list):
        tail = stored[len(marked) :]
        return [_follow(mark, value) for mark, value in zip(marked, stored, strict=False)] + tail
    return plain(stored) if isinstance(stored, Secret) and marked == plain(stored) else stored
