"""The resource monitor and the engine service that the Python SDK talks to, as objects in its own process."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import grpc
import pulumi
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, provider_pb2, resource_pb2

from platform_lib.core.errors import EngineError, PlatformError
from platform_lib.core.values import Properties
from platform_lib.sandbox import wire
from platform_lib.sandbox.engine import urn as urns
from platform_lib.sandbox.engine.callbacks import CallbackClient, InvokeTransform
from platform_lib.sandbox.engine.defaults import DefaultProviders
from platform_lib.sandbox.engine.exchange import Answer, Request
from platform_lib.sandbox.engine.executor import Executor
from platform_lib.sandbox.engine.failure import BailError, StepError
from platform_lib.sandbox.engine.generator import Generator
from platform_lib.sandbox.engine.goal import Goal, ReadRequest, RegisterResult, Registration
from platform_lib.sandbox.engine.hooks import CallbackError, Hook
from platform_lib.sandbox.engine.protocol_log import MONITOR, ProtocolLog
from platform_lib.sandbox.engine.registration import Registrations, Transform
from platform_lib.sandbox.engine.report import Severity
from platform_lib.sandbox.engine.run import Run, default_provider_denied, denied_package
from platform_lib.sandbox.engine.settled import Settled
from platform_lib.sandbox.engine.step import Step
from platform_lib.sandbox.engine.support import UnsupportedError, refuse
from platform_lib.sandbox.protocol import ProviderError

FEATURES = tuple(
    resource_pb2.ResourceMonitorFeature.Value(f"RESOURCE_MONITOR_FEATURE_{name}")
    for name in (
        "SECRETS",
        "RESOURCE_REFERENCES",
        "OUTPUT_VALUES",
        "ALIAS_SPECS",
        "REPLACEMENT_TRIGGER",
        "DELETED_WITH",
        "REPLACE_WITH",
        "TRANSFORMS",
        "INVOKE_TRANSFORMS",
        "PARAMETERIZATION",
        "RESOURCE_HOOKS",
        "ERROR_HOOKS",
        "SENDS_OPTIONS_TO_HOOKS",
        "BYTE_STRING",
        "INVOKE_DEPENDS_ON",
        "INVOKE_PARENT",
    )
)
"""What the monitor says it can do: what the stock engine says."""

_METADATA = {"mode": "server"}
"""How the protocol log marks calls that the program makes."""

_RESULTS: dict[str, Any] = {"success": 0, "failed": 1, "skipped": 2}


class OperationError(EngineError, pulumi.RunError):
    """The engine could not do what the program asked for; raised in the program, which has no more to report of it.

    Attributes:
        urn: the resource, empty where there is none.
    """

    def __init__(self, message: str, urn: str = "") -> None:
        self.urn = urn
        super().__init__(message)


class AnswerError(grpc.RpcError):  # type: ignore[misc]  # grpc carries no types
    """A call that is answered with an error; the SDK makes of it what it makes of one that came over gRPC."""

    def code(self) -> grpc.StatusCode:
        """The status of errors that have none of their own."""
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        """The message."""
        return str(self)


class Monitor:
    """Answers what the SDK asks of a resource monitor.

    Args:
        run: the operation.
        generator: decides what to do.
        executor: does it.
        registrations: makes goals of requests.
        finish: called once when the program has no more to register: does what comes after it.
        log: protocol log.
    """

    def __init__(
        self,
        run: Run,
        generator: Generator,
        executor: Executor,
        registrations: Registrations,
        finish: Callable[[], None],
        log: ProtocolLog | None,
    ) -> None:
        self._run = run
        self._generator = generator
        self._executor = executor
        self._registrations = registrations
        self._finish = finish
        self._log = log
        self.lock = threading.Lock()
        self.callbacks: CallbackClient | None = None
        self._defaults = DefaultProviders(run.target, self._register)
        self._invoke_transforms: list[InvokeTransform] = []
        self._settled = Settled()
        self._shut_down = False

    # -- the protocol ----------------------------------------------------------------------------------------------

    def GetDeploymentInfo(self, request: Any) -> Any:  # noqa: N802 - named by the protocol
        """What the program may know of the operation."""
        target = self._run.target
        response = resource_pb2.DeploymentInfo(
            project=target.project,
            stack=target.stack,
            organization=target.organization,
            config={key: value.value for key, value in target.config.items()},
            configSecretKeys=[key for key, value in target.config.items() if value.secret],
            dryRun=self._run.preview,
            parallel=self._run.options.parallel,
            supportedFeatures=FEATURES,
        )
        with self._logged("GetDeploymentInfo", request) as answer:
            answer(response)
        return response

    def SupportsFeature(self, request: Any) -> Any:  # noqa: N802 - named by the protocol
        """Older SDKs ask for each feature."""
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id != "stateMigrations")

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - named by the protocol
        """A resource of the program."""
        with self._logged("RegisterResource", request) as answer, self._entered(request.parent):
            own = self._transforms(request.transforms)
            direct = type(request) is Request
            if direct and self._registrations.transformed(request.parent):
                request = request.message()
            goal, providers = self._registrations.goal(request, own, self._defaults.reference)
            result = self._register(Registration(goal))
            state = result.state
            self._registrations.remember(state.urn, request.parent, goal, own, providers)
            self._settled.track(state.urn, request.parent, custom=goal.custom, known=bool(state.id))
            outputs = state.outputs if goal.custom else {}
            if direct:
                return Answer(state.urn, state.id, outputs, _RESULTS[result.result], result.unknown)
            response = resource_pb2.RegisterResourceResponse(
                urn=state.urn,
                id=state.id,
                object=wire.encode(
                    outputs,
                    keep_secrets=request.acceptSecrets,
                    keep_resources=request.acceptResources,
                ),
                result=_RESULTS[result.result],
                unknown=result.unknown,
            )
            answer(response)
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - named by the protocol
        """The outputs of a component, or of the stack."""
        response = empty_pb2.Empty()
        with self._logged("RegisterResourceOutputs", request) as answer, self._entered(request.urn):
            outputs = self._registrations.outputs(request.outputs)
            try:
                self._executor.register_outputs(request.urn, outputs)
            except StepError as error:
                self._run.report.error(str(error), request.urn)
                raise BailError(str(error)) from error
            answer(response)
        return response

    def ReadResource(self, request: Any) -> Any:  # noqa: N802 - named by the protocol
        """A resource that the program does not own."""
        with self._logged("ReadResource", request) as answer, self._entered(request.parent):
            if request.packageRef:
                raise refuse("parameterized package", f"{request.type} '{request.name}'")
            provider = request.provider
            if not provider and not urns.is_provider_type(request.type):
                package = urns.package_of(request.type)
                provider = self._defaults.reference(package, request.version, request.pluginDownloadURL)
                if denied_package(provider):
                    raise StepError(default_provider_denied(request.type, request.type))
            read = ReadRequest(
                type=request.type,
                name=request.name,
                id=request.id,
                properties=wire.decode(request.properties),
                parent=request.parent,
                provider=provider,
                dependencies=list(dict.fromkeys(request.dependencies)),
                additional_secret_outputs=list(request.additionalSecretOutputs),
                source_position=self._registrations.position(request),
            )
            urn = self._run.urn(read.parent, read.type, read.name)
            result = self._done(urn, lambda: self._generator.read(read), lambda: read.result)
            state = result.state
            self._settled.track(state.urn, request.parent, custom=True, known=True)
            response = resource_pb2.ReadResourceResponse(
                urn=state.urn,
                properties=wire.encode(
                    state.outputs, keep_secrets=request.acceptSecrets, keep_resources=request.acceptResources
                ),
            )
            if result.result != "success":
                response.result = _RESULTS[result.result]
            answer(response)
        return response

    def Invoke(self, request: Any) -> Any:  # noqa: N802 - named by the protocol
        """A look-up."""
        with self._logged("Invoke", request) as answer, self._entered(""):
            response = self._invoke(request)
            answer(response)
        return response

    def _invoke(self, request: Any) -> Any:
        token = request.tok
        if request.packageRef:
            raise refuse("parameterized package", f"look-up {token}")
        parent = getattr(request, "parent", "")
        package = urns.package_of(token)
        args: Properties = wire.decode(request.args)
        options: Any = resource_pb2.TransformInvokeOptions(
            provider=self._registrations.provider_for(request.provider, parent, package),
            version=request.version,
            plugin_download_url=request.pluginDownloadURL,
        )
        for transform in self._invoke_transforms:
            args, options = transform(token, args, options)
        reference = options.provider or self._defaults.reference(package, options.version, options.plugin_download_url)
        if denied_package(reference):
            raise StepError(f"Invoke: {default_provider_denied(package, token)}")
        instance = self._run.registry.get(reference)
        if instance is None:
            raise StepError(f"Invoke: unknown provider '{options.provider}' -> '{reference}'")
        if self._settled.unresolved(request.dependsOn):
            return resource_pb2.ResourceInvokeResponse(unknown=True)
        try:
            result = instance.invoke(token, args)
        except (ProviderError, PlatformError) as error:
            raise StepError(f"invocation of {token} returned an error: {error}") from error
        keep = request.acceptResources or token == "pulumi:pulumi:getResource"  # noqa: S105 - a function token
        response = resource_pb2.ResourceInvokeResponse(
            failures=[
                provider_pb2.CheckFailure(property=failure.property, reason=failure.reason)
                for failure in result.failures
            ],
        )
        getattr(response, "return").CopyFrom(wire.encode(result.outputs, keep_resources=keep))
        return response

    def Call(self, request: Any) -> Any:  # noqa: N802 - named by the protocol
        """A method of a remote component."""
        raise self._refused(refuse("method call", request.tok))

    def RegisterPackage(self, request: Any) -> Any:  # noqa: N802 - named by the protocol
        """A parameterized package."""
        raise self._refused(refuse("parameterized package", f"package '{request.name}'"))

    def ExistsResource(self, request: Any) -> Any:  # noqa: N802 - named by the protocol
        """Whether a resource exists in the cloud."""
        raise self._refused(refuse("exists check", f"{request.type} '{request.id}'"))

    def RegisterStackTransform(self, request: Any) -> Any:  # noqa: N802 - named by the protocol
        """A transform of every resource."""
        response = empty_pb2.Empty()
        with self._logged("RegisterStackTransform", request) as answer:
            self._registrations.stack_transforms.extend(self._transforms([request]))
            answer(response)
        return response

    def RegisterStackInvokeTransform(self, request: Any) -> Any:  # noqa: N802 - named by the protocol
        """A transform of every look-up."""
        response = empty_pb2.Empty()
        with self._logged("RegisterStackInvokeTransform", request) as answer:
            if self.callbacks is not None:
                self._invoke_transforms.append(self.callbacks.invoke_transform(request))
            answer(response)
        return response

    def RegisterResourceHook(self, request: Any) -> Any:  # noqa: N802 - named by the protocol
        """A hook."""
        response = empty_pb2.Empty()
        with self._logged("RegisterResourceHook", request) as answer:
            hook = Hook(request.callback.token, request.on_dry_run, request.ignore_errors)
            self._run.hooks.register(request.name, hook)
            answer(response)
        return response

    def RegisterErrorHook(self, request: Any) -> Any:  # noqa: N802 - named by the protocol
        """A hook for failures."""
        response = empty_pb2.Empty()
        with self._logged("RegisterErrorHook", request) as answer:
            self._run.hooks.register_error_hook(request.name, Hook(request.callback.token))
            answer(response)
        return response

    def SignalAndWaitForShutdown(self, request: Any) -> Any:  # noqa: N802 - named by the protocol
        """The program has no more to register, and stays to answer callbacks until everything is done."""
        response = empty_pb2.Empty()
        with self._logged("SignalAndWaitForShutdown", request) as answer:
            if self._shut_down:
                raise OperationError("Already waiting for shutdown")
            self._shut_down = True
            with self._entered(""):
                self._finish()
            answer(response)
        return response

    # -- how calls are served --------------------------------------------------------------------------------------

    def _logged(self, method: str, request: Any) -> AbstractContextManager[Callable[[Any], None]]:
        """Writes a call and its answer to the protocol log, if there is one."""
        return _NOT_LOGGED if self._log is None else _writing(self._log, method, request)

    @contextmanager
    def _entered(self, subject: str) -> Iterator[None]:
        """Serves a call of the program: one at a time, and none once the operation has failed.

        What fails on the way to the engine (a transform, a look-up) is the answer to the call, as it is over gRPC; what
        fails in the engine ends the operation, and the program learns of it by an ``OperationError``.
        """
        with self.lock:
            if self._run.stopped:
                raise OperationError("the operation is over; nothing more can be registered", subject)
            try:
                yield
            except OperationError:
                raise
            except (BailError, UnsupportedError) as error:
                if isinstance(error, UnsupportedError):
                    self._run.report.error(str(error))
                self._run.failed = True
                raise OperationError(str(error), subject) from error
            except (PlatformError, ProviderError, CallbackError) as error:
                raise AnswerError(str(error)) from error

    def _refused(self, error: UnsupportedError) -> OperationError:
        self._run.report.error(str(error))
        self._run.failed = True
        return OperationError(str(error))

    def _register(self, registration: Registration) -> RegisterResult:
        goal: Goal = registration.goal
        urn = self._run.urn(goal.parent, goal.type, goal.name)
        return self._done(urn, lambda: self._generator.register(registration), lambda: registration.result)

    def _done(
        self, urn: str, decide: Callable[[], list[Step]], result: Callable[[], RegisterResult | None]
    ) -> RegisterResult:
        """Decides about a resource and does it; failures that nobody was told of are reported on it."""
        try:
            self._executor.chain(decide())
        except BailError:
            raise
        except (PlatformError, ProviderError) as error:
            self._run.report.error(str(error), urn)
            raise BailError(str(error)) from error
        found = result()
        if found is None:
            raise BailError(f"{urn}: the operation stopped before the resource was done")
        return found

    def _transforms(self, callbacks: Any) -> list[Transform]:
        if self.callbacks is None:
            return []
        return [self.callbacks.transform(callback) for callback in callbacks]


def _ignore(response: Any) -> None:
    """No protocol log is written."""


@contextmanager
def _writing(log: ProtocolLog, method: str, request: Any) -> Iterator[Callable[[Any], None]]:
    logged = log.started(MONITOR + method, request, _METADATA)
    try:
        yield logged.completed
    except (PlatformError, AnswerError) as error:
        logged.failed(str(error))
        raise


_NOT_LOGGED: AbstractContextManager[Callable[[Any], None]] = nullcontext(_ignore)


class EngineService:
    """Answers what the SDK asks of the engine: it takes messages.

    Args:
        run: the operation.
    """

    def __init__(self, run: Run) -> None:
        self._run = run

    def Log(self, request: Any) -> Any:  # noqa: N802 - named by the protocol
        """A message of the program; debug messages are dropped."""
        if request.severity != engine_pb2.DEBUG and not request.ephemeral:
            severity: dict[int, Severity] = {
                engine_pb2.INFO: "info",
                engine_pb2.WARNING: "warning",
                engine_pb2.ERROR: "error",
            }
            self._run.report.diagnostic(severity.get(request.severity, "info"), request.message, request.urn)
        return empty_pb2.Empty()

    def RequirePulumiVersion(self, request: Any) -> Any:  # noqa: N802, ARG002 - named by the protocol
        """The sandbox stands in for whatever version is wanted."""
        return engine_pb2.RequirePulumiVersionResponse()
