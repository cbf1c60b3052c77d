"""The provider of Pulumi's own package: stack references, stashes, and the look-ups behind them."""

# ruff: noqa: ARG002 - the provider protocol gives the arguments and their names

import uuid
from collections.abc import Callable, Sequence
from typing import Final

from platform_lib.core.values import UNKNOWN, Properties, has_secret
from platform_lib.sandbox.engine.diff import equal
from platform_lib.sandbox.engine.state import ResourceState
from platform_lib.sandbox.engine.target import StackOutputs
from platform_lib.sandbox.engine.urn import type_of
from platform_lib.sandbox.protocol import (
    Autonaming,
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    InvokeResult,
    ProviderError,
    ReadResult,
)

STACK_REFERENCE: Final = "pulumi:pulumi:StackReference"
STASH: Final = "pulumi:index:Stash"

_INPUT: Final = {STACK_REFERENCE: "name", STASH: "input"}
_DEPRECATED: Final = (
    'The "pulumi:pulumi:StackReference" resource type is deprecated. '
    "Update your SDK or if already up to date raise an issue at https://github.com/pulumi/pulumi/issues."
)


class BuiltinProvider:
    """Serves the package ``pulumi``.

    Args:
        stack_outputs: answers stack references; None: there are no other stacks.
        resource: the registered or read resource with a URN, None when there is none.
        warn: shows a warning on a resource.
    """

    def __init__(
        self,
        stack_outputs: StackOutputs | None,
        resource: Callable[[str], ResourceState | None],
        warn: Callable[[str, str], None],
    ) -> None:
        self._stack_outputs = stack_outputs
        self._resource = resource
        self._warn = warn

    def check_config(self, urn: str, olds: Properties, news: Properties) -> CheckResult:
        """There is no configuration."""
        return CheckResult({})

    def diff_config(
        self,
        urn: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        ignore_changes: Sequence[str],
    ) -> DiffResult:
        """There is no configuration."""
        return DiffResult("none")

    def configure(self, urn: str, id: str, inputs: Properties) -> None:
        """There is no configuration."""

    def check(
        self,
        urn: str,
        olds: Properties,
        news: Properties,
        random_seed: bytes,
        autonaming: Autonaming | None,
    ) -> CheckResult:
        """Takes the one input that the type has."""
        wanted = _wanted(urn)
        if type_of(urn) == STACK_REFERENCE:
            self._warn(urn, _DEPRECATED)
        for key in news:
            if key != wanted:
                return CheckResult(news, [CheckFailure(key, f'unknown property "{key}"')])
        if wanted not in news:
            return CheckResult(news, [CheckFailure(wanted, f'missing required property "{wanted}"')])
        if wanted == "name" and not (isinstance(news["name"], str) or news["name"] is UNKNOWN):
            return CheckResult(news, [CheckFailure("name", 'property "name" must be a string')])
        return CheckResult(news)

    def diff(
        self,
        urn: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        ignore_changes: Sequence[str],
    ) -> DiffResult:
        """A reference to another stack is another reference; a stash is updated."""
        wanted = _wanted(urn)
        if equal(old_inputs.get(wanted), news.get(wanted)):
            return DiffResult("none")
        if wanted == "name":
            return DiffResult("some", replaces=["name"])
        return DiffResult("some", diffs=["input"])

    def create(self, urn: str, inputs: Properties, timeout: float, *, preview: bool) -> CreateResult:
        """Reads the stack, or stashes the input."""
        identifier = "" if preview else str(uuid.uuid4())
        if _wanted(urn) == "name":
            return CreateResult(identifier, self._read_stack(inputs["name"]))
        return CreateResult(identifier, {"input": inputs["input"], "output": inputs["input"]})

    def read(self, urn: str, id: str, inputs: Properties, state: Properties) -> ReadResult:
        """Reads the stack again; a stash is what it was."""
        if _wanted(urn) == "name":
            for key in inputs:
                if key != "name":
                    raise ProviderError(f'unknown property "{key}"')
            if "name" not in inputs:
                raise ProviderError("stack reference can not be imported")
            return ReadResult(id, inputs, self._read_stack(inputs["name"]))
        if not inputs:
            raise ProviderError("stash can not be imported")
        return ReadResult(id, inputs, state)

    def update(
        self,
        urn: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        timeout: float,
        ignore_changes: Sequence[str],
        *,
        preview: bool,
    ) -> Properties:
        """A stash keeps the output of its first input."""
        if _wanted(urn) == "name":
            raise ProviderError(f"unrecognized resource type '{type_of(urn)}'")
        return {"input": news["input"], "output": old_outputs.get("output")}

    def delete(self, urn: str, id: str, old_inputs: Properties, old_outputs: Properties, timeout: float) -> None:
        """There is nothing to delete."""

    def invoke(self, token: str, args: Properties) -> InvokeResult:
        """``readStackOutputs`` and ``getResource``."""
        if token == "pulumi:pulumi:readStackOutputs":  # noqa: S105 - a function token
            return InvokeResult(self._read_stack(args["name"]))
        if token == "pulumi:pulumi:getResource":  # noqa: S105 - a function token
            urn = args.get("urn")
            state = self._resource(urn) if isinstance(urn, str) else None
            if state is None:
                raise ProviderError(f"unknown resource {urn}")
            identifier = state.id
            return InvokeResult({"urn": urn, "id": identifier, "provider": state.provider, "state": state.outputs})
        raise ProviderError(f"unrecognized function name: '{token}'")

    def cancel(self) -> None:
        """There is nothing to cancel."""

    def _read_stack(self, name: object) -> Properties:
        if not isinstance(name, str):
            raise ProviderError("the name of a stack reference must be a string that is known")
        outputs = self._stack_outputs(name) if self._stack_outputs else None
        if outputs is None:
            raise ProviderError(f'unknown stack "{name}"')
        secrets = sorted(key for key, value in outputs.items() if has_secret(value))
        return {"name": name, "outputs": outputs, "secretOutputNames": secrets}


def _wanted(urn: str) -> str:
    """The one input of the type of a resource."""
    type_ = type_of(urn)
    if type_ not in _INPUT:
        raise ProviderError(f"unrecognized resource type '{type_}'")
    return _INPUT[type_]
