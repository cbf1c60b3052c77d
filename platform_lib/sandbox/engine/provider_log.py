"""Puts what the engine asks of its providers into the protocol log."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from google.protobuf import empty_pb2, struct_pb2
from google.protobuf.message import Message
from pulumi.runtime.proto import provider_pb2

from platform_lib.core.errors import PlatformError
from platform_lib.core.values import Properties, Secret, Value
from platform_lib.sandbox.engine import urn as urns
from platform_lib.sandbox.engine.protocol_log import PROVIDER, ProtocolLog
from platform_lib.sandbox.protocol import (
    Autonaming,
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    InvokeResult,
    Provider,
    ProviderError,
    Providers,
    ReadResult,
)
from platform_lib.sandbox.wire import encode, to_json

_T = TypeVar("_T")

_MODES: Final = {
    name: provider_pb2.CheckRequest.AutonamingOptions.Mode.Value(name.upper())
    for name in ("propose", "enforce", "disable")
}


class LoggedProviders:
    """Hands out providers whose calls are written to a protocol log.

    Args:
        providers: hands out the real ones.
        log: receives two lines for each call, in the form of the stock engine's.
    """

    def __init__(self, providers: Providers, log: ProtocolLog) -> None:
        self._providers = providers
        self._log = log

    def open(self, package: str, version: str) -> Provider:
        """See ``Providers.open``."""
        return LoggedProvider(self._providers.open(package, version), package, self._log)


class LoggedProvider:
    """A provider whose calls are written to a protocol log.

    Args:
        provider: answers the calls.
        package: its name, which the log's lines carry.
        log: receives the lines.
    """

    def __init__(self, provider: Provider, package: str, log: ProtocolLog) -> None:
        self._provider = provider
        self._package = package
        self._log = log

    def _call(self, method: str, request: Message, call: Callable[[], _T], response: Callable[[_T], Message]) -> _T:
        metadata = {"kind": "resource", "mode": "client", "name": self._package}
        logged = self._log.started(PROVIDER + method, request, metadata)
        try:
            result = call()
        except (ProviderError, PlatformError) as error:
            logged.failed(f"rpc error: code = Unknown desc = {error}")
            raise
        logged.completed(response(result))
        return result

    def check_config(self, urn: str, olds: Properties, news: Properties) -> CheckResult:
        """See ``Provider.check_config``."""
        request = provider_pb2.CheckRequest(olds=encode(olds), news=encode(news), **_subject(urn))
        return self._call("CheckConfig", request, lambda: self._provider.check_config(urn, olds, news), _checked)

    def diff_config(
        self,
        urn: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        ignore_changes: Sequence[str],
    ) -> DiffResult:
        """See ``Provider.diff_config``; the protocol does not send the id."""
        return self._call(
            "DiffConfig",
            _difference("", urn, old_inputs, old_outputs, news, ignore_changes),
            lambda: self._provider.diff_config(urn, id, old_inputs, old_outputs, news, ignore_changes),
            _diffed,
        )

    def configure(self, urn: str, id: str, inputs: Properties) -> None:
        """See ``Provider.configure``."""
        request = provider_pb2.ConfigureRequest(
            variables=_variables(self._package, inputs),
            args=encode(inputs),
            acceptSecrets=True,
            acceptResources=True,
            sends_old_inputs=True,
            sends_old_inputs_to_delete=True,
            id=id,
            **_subject(urn),
        )
        response = provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, acceptResources=True, supports_autonaming_configuration=True
        )
        self._call("Configure", request, lambda: self._provider.configure(urn, id, inputs), lambda _: response)

    def check(
        self, urn: str, olds: Properties, news: Properties, random_seed: bytes, autonaming: Autonaming | None
    ) -> CheckResult:
        """See ``Provider.check``."""
        request = provider_pb2.CheckRequest(
            olds=encode(olds), news=encode(news), randomSeed=random_seed, **_subject(urn)
        )
        if autonaming is not None:
            request.autonaming.proposed_name = autonaming.proposed
            request.autonaming.mode = _MODES[autonaming.mode]
        return self._call(
            "Check", request, lambda: self._provider.check(urn, olds, news, random_seed, autonaming), _checked
        )

    def diff(
        self,
        urn: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        ignore_changes: Sequence[str],
    ) -> DiffResult:
        """See ``Provider.diff``."""
        return self._call(
            "Diff",
            _difference(id, urn, old_inputs, old_outputs, news, ignore_changes),
            lambda: self._provider.diff(urn, id, old_inputs, old_outputs, news, ignore_changes),
            _diffed,
        )

    def create(self, urn: str, inputs: Properties, timeout: float, *, preview: bool) -> CreateResult:
        """See ``Provider.create``."""
        return self._call(
            "Create",
            provider_pb2.CreateRequest(properties=encode(inputs), timeout=timeout, preview=preview, **_subject(urn)),
            lambda: self._provider.create(urn, inputs, timeout, preview=preview),
            lambda made: provider_pb2.CreateResponse(id=made.id, properties=encode(made.outputs)),
        )

    def read(self, urn: str, id: str, inputs: Properties, state: Properties) -> ReadResult:
        """See ``Provider.read``."""
        return self._call(
            "Read",
            provider_pb2.ReadRequest(id=id, inputs=encode(inputs), properties=encode(state), **_subject(urn)),
            lambda: self._provider.read(urn, id, inputs, state),
            lambda found: provider_pb2.ReadResponse(
                id=found.id, properties=encode(found.outputs), inputs=encode(found.inputs)
            ),
        )

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
        """See ``Provider.update``."""
        request = provider_pb2.UpdateRequest(
            id=id,
            olds=encode(old_outputs),
            news=encode(news),
            old_inputs=encode(old_inputs),
            timeout=timeout,
            ignoreChanges=ignore_changes,
            preview=preview,
            **_subject(urn),
        )
        return self._call(
            "Update",
            request,
            lambda: self._provider.update(
                urn, id, old_inputs, old_outputs, news, timeout, ignore_changes, preview=preview
            ),
            lambda outputs: provider_pb2.UpdateResponse(properties=encode(outputs)),
        )

    def delete(self, urn: str, id: str, old_inputs: Properties, old_outputs: Properties, timeout: float) -> None:
        """See ``Provider.delete``."""
        request = provider_pb2.DeleteRequest(
            id=id, properties=encode(old_outputs), old_inputs=encode(old_inputs), timeout=timeout, **_subject(urn)
        )
        self._call(
            "Delete", request, lambda: self._provider.delete(urn, id, old_inputs, old_outputs, timeout), _nothing
        )

    def invoke(self, token: str, args: Properties) -> InvokeResult:
        """See ``Provider.invoke``."""
        return self._call(
            "Invoke",
            provider_pb2.InvokeRequest(tok=token, args=encode(args)),
            lambda: self._provider.invoke(token, args),
            _invoked,
        )

    def cancel(self) -> None:
        """See ``Provider.cancel``."""
        self._call("Cancel", empty_pb2.Empty(), self._provider.cancel, _nothing)


def _subject(urn: str) -> dict[str, Any]:
    """The resource in the fields that every request about one has."""
    return {"urn": urn, "name": urns.name_of(urn), "type": urns.type_of(urn)}


def _variables(package: str, inputs: Properties) -> dict[str, str]:
    """The configuration as older providers read it: text, or JSON of what is none; secrets bare."""
    found = {}
    for key, value in inputs.items():
        if key == "version":
            continue
        bare = _bare(value)
        found[f"{package}:config:{key}"] = bare if isinstance(bare, str) else json.dumps(bare, separators=(",", ":"))
    return found


def _bare(value: Value) -> Any:
    if isinstance(value, Secret):
        return _bare(value.value)
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_bare(item) for item in value]
    return to_json(value)


def _difference(
    id: str, urn: str, old_inputs: Properties, old_outputs: Properties, news: Properties, ignore: Sequence[str]
) -> Message:
    return provider_pb2.DiffRequest(
        id=id,
        olds=encode(old_outputs),
        news=encode(news),
        old_inputs=encode(old_inputs),
        ignoreChanges=ignore,
        **_subject(urn),
    )


def _failures(failures: Sequence[CheckFailure]) -> list[Any]:
    return [provider_pb2.CheckFailure(property=failure.property, reason=failure.reason) for failure in failures]


def _checked(result: CheckResult) -> Message:
    return provider_pb2.CheckResponse(inputs=encode(result.inputs), failures=_failures(result.failures))


def _diffed(result: DiffResult) -> Message:
    detailed = {
        path: provider_pb2.PropertyDiff(
            kind=provider_pb2.PropertyDiff.Kind.Value(diff.kind.upper().replace("-", "_")), inputDiff=diff.input_diff
        )
        for path, diff in (result.detailed or {}).items()
    }
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DiffChanges.Value(f"DIFF_{result.changes.upper()}"),
        replaces=result.replaces,
        stables=result.stables,
        diffs=result.diffs,
        deleteBeforeReplace=result.delete_before_replace,
        detailedDiff=detailed,
        hasDetailedDiff=result.detailed is not None,
    )


def _invoked(result: InvokeResult) -> Message:
    returned = struct_pb2.Struct() if result.failures else encode(result.outputs)
    return provider_pb2.InvokeResponse(**{"return": returned}, failures=_failures(result.failures))


def _nothing(_result: None) -> Message:
    return empty_pb2.Empty()
