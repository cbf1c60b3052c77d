"""The resource provider protocol (``proto/pulumi/provider.proto``) over any ``Providers``.

The stock engine opens one connection for each provider instance, default or explicit, and tells the instances apart by
nothing else: the peer address of the connection is the key of the instance. Calls are answered by threads and not on an
event loop: the sandbox cloud answers from memory and a local file in well under a millisecond, and
gRPC's event loop alone takes half as long again as its threads (``benchmarks/provider.py``).
"""

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from platform_lib.core.errors import PlatformError
from platform_lib.core.values import Properties
from platform_lib.sandbox.protocol import (
    Autonaming,
    CheckFailure,
    DiffResult,
    InitializationError,
    Provider,
    ProviderError,
    Providers,
)
from platform_lib.sandbox.wire import decode, encode

_CHANGES = {
    "unknown": provider_pb2.DiffResponse.DIFF_UNKNOWN,
    "none": provider_pb2.DiffResponse.DIFF_NONE,
    "some": provider_pb2.DiffResponse.DIFF_SOME,
}
_KINDS = {
    "add": provider_pb2.PropertyDiff.ADD,
    "add-replace": provider_pb2.PropertyDiff.ADD_REPLACE,
    "delete": provider_pb2.PropertyDiff.DELETE,
    "delete-replace": provider_pb2.PropertyDiff.DELETE_REPLACE,
    "update": provider_pb2.PropertyDiff.UPDATE,
    "update-replace": provider_pb2.PropertyDiff.UPDATE_REPLACE,
}
_AUTONAMING_MODES = {
    provider_pb2.CheckRequest.AutonamingOptions.PROPOSE: "propose",
    provider_pb2.CheckRequest.AutonamingOptions.ENFORCE: "enforce",
    provider_pb2.CheckRequest.AutonamingOptions.DISABLE: "disable",
}

Context = Any
Handler = Callable[[Any, Any, Context], Any]


def _answers(handler: Handler) -> Handler:
    """Turns what a provider raises into the status that the stock engine expects."""

    def answer(self: "SandboxServicer", request: Any, context: Context) -> Any:
        try:
            return handler(self, request, context)
        except InitializationError as error:
            _abort_initialization(context, error)
        except (ProviderError, PlatformError) as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))

    return answer


def _abort_initialization(context: Context, error: InitializationError) -> NoReturn:
    """The resource exists but is not ready: the engine reads id, outputs and reasons from the status details."""
    detail = provider_pb2.ErrorResourceInitFailed(
        id=error.id, properties=encode(error.outputs), reasons=error.reasons, inputs=encode(error.inputs)
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error))
    status.details.add().Pack(detail)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, str(error))
    raise AssertionError("abort does not return")


class SandboxServicer(provider_pb2_grpc.ResourceProviderServicer):
    """Serves one package.

    Args:
        providers: hands out an instance for each connection.
        package: the package that this port serves.
        version: what the engine shows as the version of the plugin.
    """

    def __init__(self, providers: Providers, package: str, version: str) -> None:
        self.package = package
        self.version = version
        self._providers = providers
        self._instances: dict[str, Provider] = {}

    def _instance(self, context: Context) -> Provider:
        peer = context.peer()
        instance = self._instances.get(peer)
        if instance is None:
            # Calls of one connection may come at once: the first instance is everybody's.
            instance = self._instances.setdefault(peer, self._providers.open(self.package, self.version))
        return instance

    def Handshake(self, request: Any, context: Context) -> Any:
        """Tells the engine what this provider understands."""
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, accept_resources=True, supports_autonaming_configuration=True
        )

    def Attach(self, request: Any, context: Context) -> Any:
        """The engine gives its address; the sandbox has nothing to ask of it."""
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Context) -> Any:
        """The version of the provider SDK whose schema is served."""
        return plugin_pb2.PluginInfo(version=self.version)

    @_answers
    def CheckConfig(self, request: Any, context: Context) -> Any:
        """Validates the configuration of the instance."""
        answer = self._instance(context).check_config(request.urn, decode(request.olds), decode(request.news))
        return _checked(answer.inputs, answer.failures)

    @_answers
    def DiffConfig(self, request: Any, context: Context) -> Any:
        """Compares two configurations."""
        return _diffed(
            self._instance(context).diff_config(
                request.urn,
                request.id,
                decode(request.old_inputs),
                decode(request.olds),
                decode(request.news),
                list(request.ignoreChanges),
            )
        )

    @_answers
    def Configure(self, request: Any, context: Context) -> Any:
        """Takes the configuration of the instance."""
        self._instance(context).configure(request.urn, request.id, decode(request.args))
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, acceptResources=True, supports_autonaming_configuration=True
        )

    @_answers
    def Check(self, request: Any, context: Context) -> Any:
        """Validates inputs and fills in defaults."""
        autonaming = None
        if request.HasField("autonaming"):
            autonaming = Autonaming(request.autonaming.proposed_name, _AUTONAMING_MODES[request.autonaming.mode])  # type: ignore[arg-type]
        answer = self._instance(context).check(
            request.urn, decode(request.olds), decode(request.news), request.randomSeed, autonaming
        )
        return _checked(answer.inputs, answer.failures)

    @_answers
    def Diff(self, request: Any, context: Context) -> Any:
        """Compares checked inputs with the old ones."""
        old_inputs = decode(request.old_inputs)
        return _diffed(
            self._instance(context).diff(
                request.urn,
                request.id,
                old_inputs,
                decode(request.olds),
                # Most are the same, and comparing messages is quicker than reading one.
                old_inputs if request.news == request.old_inputs else decode(request.news),
                list(request.ignoreChanges),
            )
        )

    @_answers
    def Create(self, request: Any, context: Context) -> Any:
        """Makes the resource."""
        made = self._instance(context).create(
            request.urn, decode(request.properties), request.timeout, preview=request.preview
        )
        return provider_pb2.CreateResponse(id=made.id, properties=encode(made.outputs))

    @_answers
    def Read(self, request: Any, context: Context) -> Any:
        """Reads the resource; an empty id says that there is none."""
        found = self._instance(context).read(
            request.urn, request.id, decode(request.inputs), decode(request.properties)
        )
        if not found.id:
            return provider_pb2.ReadResponse()  # empty properties, unlike unset ones, would be those of a resource
        return provider_pb2.ReadResponse(id=found.id, properties=encode(found.outputs), inputs=encode(found.inputs))

    @_answers
    def Update(self, request: Any, context: Context) -> Any:
        """Changes the resource in place."""
        outputs = self._instance(context).update(
            request.urn,
            request.id,
            decode(request.old_inputs),
            decode(request.olds),
            decode(request.news),
            request.timeout,
            list(request.ignoreChanges),
            preview=request.preview,
        )
        return provider_pb2.UpdateResponse(properties=encode(outputs))

    @_answers
    def Delete(self, request: Any, context: Context) -> Any:
        """Deletes the resource."""
        self._instance(context).delete(
            request.urn, request.id, decode(request.old_inputs), decode(request.properties), request.timeout
        )
        return empty_pb2.Empty()

    @_answers
    def Invoke(self, request: Any, context: Context) -> Any:
        """Answers a look-up."""
        answer = self._instance(context).invoke(request.tok, decode(request.args))
        returned = struct_pb2.Struct() if answer.failures else encode(answer.outputs)
        return provider_pb2.InvokeResponse(**{"return": returned}, failures=_failures(answer.failures))

    def Cancel(self, request: Any, context: Context) -> Any:
        """The engine is done with this instance; the server goes on for the next operation."""
        instance = self._instances.pop(context.peer(), None)
        if instance is not None:
            instance.cancel()
        return empty_pb2.Empty()


def _failures(failures: Sequence[CheckFailure]) -> list[Any]:
    return [provider_pb2.CheckFailure(property=failure.property, reason=failure.reason) for failure in failures]


def _checked(inputs: Properties, failures: Sequence[CheckFailure]) -> Any:
    return provider_pb2.CheckResponse(inputs=encode(inputs), failures=_failures(failures))


def _diffed(answer: DiffResult) -> Any:
    detailed = answer.detailed or {}
    return provider_pb2.DiffResponse(
        changes=_CHANGES[answer.changes],
        replaces=answer.replaces,
        stables=answer.stables,
        diffs=answer.diffs,
        deleteBeforeReplace=answer.delete_before_replace,
        detailedDiff={
            path: provider_pb2.PropertyDiff(kind=_KINDS[diff.kind], inputDiff=diff.input_diff)
            for path, diff in detailed.items()
        },
        hasDetailedDiff=answer.detailed is not None,
    )
