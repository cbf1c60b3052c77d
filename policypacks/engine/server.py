"""The analyzer server: how the stock ``pulumi`` CLI asks a policy pack.

The CLI starts the pack's ``__main__.py`` (``--policy-pack FOLDER``) or an executable (``--policy-pack PATH``), reads a
port from its standard output, and calls ConfigureStack, GetAnalyzerInfo, Configure, then Remediate and Analyze for
every resource and AnalyzeStack once. Whatever else the process prints is shown to users, so nothing is printed; a
diagnostic of a disabled rule ends the CLI with a panic, so there is none. Source: ``proto/pulumi/analyzer.proto`` and
what the CLI 3.260 was seen to do.
"""

import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # gRPC's own log lines would be shown to users

import grpc
from google.protobuf import empty_pb2

from platform_lib.core.errors import PlatformError
from policypacks.engine.configuration import PACK_SCHEMA, PACK_SETTINGS, configure
from policypacks.engine.decode import decode_struct, encode_struct
from policypacks.engine.evaluator import WAIVER_TITLES, Evaluator
from policypacks.engine.finding import Finding
from policypacks.engine.ledger import FILE, find_reviewed, read_blocks
from policypacks.engine.pack import Level, Pack, load_pack
from policypacks.engine.protocol import analyzer_pb2, analyzer_pb2_grpc, plugin_pb2
from policypacks.engine.record import FRAMEWORKS
from policypacks.engine.registry import Rule, load_rules
from policypacks.engine.resource import Facts
from policypacks.engine.token import canonical
from policypacks.engine.verdict import Answer
from policypacks.engine.waiver import find_waivers, read_waivers

MESSAGE_BYTES: Final = 400 * 1024 * 1024
"""The largest message, as the stock engine sets it (sdk/go ``rpcutil``)."""

ENVIRONMENT_KEYS: Final = ("platform:environment", "{project}:environment")
"""The stack's config keys that name its environment, first one first."""

_LEVELS: Mapping[Level, Any] = {"advisory": 0, "mandatory": 1, "disabled": 2, "remediate": 3}
_SEVERITIES: Mapping[str, Any] = {"low": 1, "medium": 2, "high": 3, "critical": 4}


ToldConfig = Callable[[Mapping[str, str], frozenset[str]], None]
"""What takes a stack's configuration; it holds secrets in plain text."""


class AnalyzerServer(analyzer_pb2_grpc.AnalyzerServicer):  # type: ignore[misc] # generated, without types
    """One pack behind the analyzer protocol; a new evaluator for every ConfigureStack.

    Args:
        pack: the pack to serve.
        today: the day against which waivers expire; the caller owns the clock.
        evaluator: of the caller, for one run: it decides alone, whatever the CLI says about stack, levels and settings.
        told: called with the stack's configuration by key, and which keys are secret, before anything is analysed.
    """

    def __init__(
        self, pack: Pack, *, today: Any, evaluator: Evaluator | None = None, told: ToldConfig | None = None
    ) -> None:
        self._pack = pack
        self._today = today
        self._given = evaluator
        self._told = told
        self._stack: Mapping[str, Any] = {"environment": None, "preview": False, "project": "", "stack": ""}
        self._evaluator: Evaluator | None = None
        self._content: Mapping[str, Any] = {}

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002 (the protocol's)
        """Only called where the CLI starts an executable itself."""
        return analyzer_pb2.AnalyzerHandshakeResponse()

    def ConfigureStack(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002 (the protocol's)
        """Which stack is analysed; comes before everything else."""
        config = dict(request.config)
        if self._told is not None:
            self._told(config, frozenset(request.config_secret_keys))
        names = [key.format(project=request.project) for key in ENVIRONMENT_KEYS]
        self._stack = {
            "environment": next((config[name] for name in names if name in config), None),
            "preview": request.dry_run,
            "project": request.project,
            "stack": request.stack,
        }
        self._evaluator = None
        return analyzer_pb2.AnalyzerStackConfigureResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002 (the protocol's)
        """The version of the pack."""
        return plugin_pb2.PluginInfo(version=self._pack.version)

    def GetAnalyzerInfo(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002 (the protocol's)
        """Every rule of the pack with its level in this stack's environment and the schema of its settings."""
        pack = self._pack
        info = analyzer_pb2.AnalyzerInfo(
            name=pack.name,
            displayName=pack.title,
            description=pack.description,
            version=pack.version,
            supportsConfig=True,
            policies=[self._policy(rule) for rule in (self._given or pack).rules.values()],
        )
        info.policies.append(_simple(PACK_SETTINGS, "Settings of the pack as a whole", PACK_SCHEMA))
        for kind, title in WAIVER_TITLES.items():
            info.policies.append(_simple(f"waiver-{kind}", title, {}))
        return info

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802 (the protocol's)
        """Levels and settings from the policy configuration, the engine's defaults filled in."""
        content: dict[str, Any] = {}
        for name, config in request.policyConfig.items():
            if name.startswith("waiver-") and name.removeprefix("waiver-") in WAIVER_TITLES:
                continue
            content[name] = self._configured(name, config)
        self._content = content
        with _refused(context):
            self._evaluator = self._made()
        return empty_pb2.Empty()

    def Remediate(self, request: Any, context: Any) -> Any:  # noqa: N802 (the protocol's)
        """Changed inputs, rule by rule, from those of level remediate."""
        response = analyzer_pb2.RemediateResponse()
        with _refused(context):
            evaluator = self._ready()
            if any(evaluator.level(rule_id) == "remediate" for rule_id in evaluator.rules):
                for rule, properties in evaluator.remediations(_facts(request)):
                    remediation = response.remediations.add(
                        policyName=rule.id,
                        policyPackName=self._pack.name,
                        policyPackVersion=self._pack.version,
                        description=rule.title,
                    )
                    encode_struct(properties, remediation.properties)
        return response

    def Analyze(self, request: Any, context: Any) -> Any:  # noqa: N802 (the protocol's)
        """Findings about one resource."""
        response = analyzer_pb2.AnalyzeResponse()
        with _refused(context):
            evaluator = self._ready()
            response.diagnostics.extend(self._diagnostics(evaluator.analyze_facts(_facts(request))))
            for rule_id in evaluator.not_applicable(request.urn):
                response.not_applicable.add(policy_name=rule_id)
        return response

    def AnalyzeStack(self, request: Any, context: Any) -> Any:  # noqa: N802 (the protocol's)
        """Findings about the stack, and the report where one was asked for."""
        response = analyzer_pb2.AnalyzeResponse()
        with _refused(context):
            evaluator = self._ready()
            facts = [evaluator.completed(_facts(resource)) for resource in request.resources]
            response.diagnostics.extend(self._diagnostics(evaluator.analyze_graph(facts)))
            path = evaluator.configuration.pack["report"]
            if path and self._given is None:
                evaluator.report().write(self._pack.folder / path)
        return response

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002 (the protocol's)
        """Comes at the end of every run; there is nothing to undo."""
        return empty_pb2.Empty()

    def _ready(self) -> Evaluator:
        if self._evaluator is None:
            self._evaluator = self._made()
        return self._evaluator

    def _made(self) -> Evaluator:
        if self._given is not None:
            return self._given
        known = load_rules()
        configuration = configure(self._content, known)
        named = configuration.pack["waivers"]
        waivers = self._pack.folder / named if named else find_waivers(self._pack.folder.absolute(), Path.cwd())
        named = configuration.pack["address_ledger"]
        ledger = self._pack.folder / named if named else find_reviewed(FILE, self._pack.folder.absolute(), Path.cwd())
        return Evaluator(
            [self._pack],
            today=self._today,
            configuration=configuration,
            waivers=read_waivers(waivers, today=self._today, known=known),
            ledger=read_blocks(ledger),
            **self._stack,
        )

    def _default(self, rule: Rule) -> Level:
        if self._given is not None:
            return self._given.level(rule.id)
        return self._pack.level(rule, self._stack["environment"])

    def _configured(self, name: str, config: Any) -> dict[str, Any]:
        """What was really configured: the engine sends every rule, with its default where nothing was said."""
        values = decode_struct(config.properties)
        schema = PACK_SCHEMA if name == PACK_SETTINGS else {}
        rule = self._pack.rules.get(name)
        if rule is not None:
            schema = rule.config
        given = {key: value for key, value in values.items() if schema.get(key, {}).get("default") != value}
        level = next(word for word, number in _LEVELS.items() if number == config.enforcementLevel)
        if rule is not None and level != self._default(rule):
            given["enforcementLevel"] = level
        return given

    def _policy(self, rule: Rule) -> Any:
        info = _simple(rule.id, rule.title, rule.config, level=_LEVELS[self._default(rule)])
        info.displayName = rule.title
        info.message = rule.reason
        info.severity = _SEVERITIES[rule.record.severity]
        info.policy_type = 2 if rule.whole_stack else 1
        info.remediation_steps = rule.record.condition
        info.tags.extend(f"{framework}:{item}" for framework, ids in rule.record.controls.items() for item in ids)
        if self._pack.framework:
            info.framework.name = FRAMEWORKS[self._pack.framework]
            info.framework.specification = ", ".join(rule.record.controls.get(self._pack.framework, ()))
        return info

    def _diagnostics(self, findings: Sequence[Finding]) -> Iterable[Any]:
        for finding in findings:
            yield analyzer_pb2.AnalyzeDiagnostic(
                policyName=finding.rule,
                policyPackName=self._pack.name,
                policyPackVersion=self._pack.version,
                description=finding.title,
                message=f"{finding.title}\n{finding.message}",
                enforcementLevel=_LEVELS["mandatory" if finding.mandatory else "advisory"],
                urn=finding.urn,
                severity=_SEVERITIES["low" if finding.answer is Answer.UNDETERMINED else finding.severity],
            )


def _simple(name: str, title: str, schema: Mapping[str, Mapping[str, Any]], *, level: Any = 0) -> Any:
    info = analyzer_pb2.PolicyInfo(name=name, description=title, enforcementLevel=level)
    if schema:
        encode_struct({key: _listed(value) for key, value in schema.items()}, info.configSchema.properties)
    return info


def _listed(schema: Any) -> Any:
    """A schema with lists for tuples, as a struct holds them."""
    if isinstance(schema, Mapping):
        return {key: _listed(value) for key, value in schema.items()}
    return [_listed(item) for item in schema] if isinstance(schema, list | tuple) else schema


def _facts(request: Any) -> Facts:
    """A resource of the protocol, decoded once."""
    properties = decode_struct(request.properties)
    given = request.options
    options: dict[str, Any] = {}
    if given.protect:
        options["protect"] = True
    for name in ("ignoreChanges", "aliases", "additionalSecretOutputs"):
        if values := list(getattr(given, name)):
            options[name] = values
    if given.deleteBeforeReplaceDefined or given.deleteBeforeReplace:
        options["deleteBeforeReplace"] = given.deleteBeforeReplace
    if given.HasField("customTimeouts"):
        timeouts = given.customTimeouts
        options["customTimeouts"] = {name: getattr(timeouts, name) for name in ("create", "update", "delete", "read")}
    provider = request.provider if request.HasField("provider") and request.provider.type else None
    dependencies = getattr(request, "propertyDependencies", {})
    return Facts(
        type=request.type,
        kind=canonical(request.type),
        urn=request.urn,
        name=request.name,
        properties=properties,
        options=options,
        provider=None if provider is None else decode_struct(provider.properties),
        provider_name="" if provider is None else provider.name,
        parent=given.parent or getattr(request, "parent", ""),
        dependencies=tuple(getattr(request, "dependencies", ())),
        property_dependencies={key: tuple(value.urns) for key, value in dependencies.items()},
    )


@contextlib.contextmanager
def _refused(context: Any) -> Iterator[None]:
    """Our errors as a status that the CLI shows as one line."""
    try:
        yield
    except PlatformError as error:
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))


def start(
    pack: Pack,
    *,
    today: Any,
    port: int = 0,
    evaluator: Evaluator | None = None,
    told: ToldConfig | None = None,
) -> tuple[grpc.Server, int]:
    """Serve a pack on the loopback interface.

    Args:
        pack: the pack.
        today: the day against which waivers expire.
        port: 0 for a free one.
        evaluator: see ``AnalyzerServer``.
        told: likewise.

    Returns:
        The running server and its port.
    """
    options = [
        ("grpc.max_receive_message_length", MESSAGE_BYTES),
        ("grpc.max_send_message_length", MESSAGE_BYTES),
        ("grpc.so_reuseport", 0),
    ]
    server = grpc.server(ThreadPoolExecutor(max_workers=4, thread_name_prefix="analyzer"), options=options)
    servicer = AnalyzerServer(pack, today=today, evaluator=evaluator, told=told)
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(servicer, server)
    bound = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    return server, bound


def serve(where: str | Path) -> None:
    """Serve the pack in a folder until the CLI ends the process; what a pack's ``__main__.py`` calls.

    Args:
        where: the pack's folder or a file in it (``__file__``), or the name of a built-in pack.
    """
    try:
        pack = load_pack(where)
    except PlatformError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from error
    server, port = start(pack, today=datetime.now(UTC).date())
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    quiet = io.StringIO()
    with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet), contextlib.suppress(KeyboardInterrupt):
        server.wait_for_termination()  # the CLI ends the process by SIGINT, then SIGTERM
    server.stop(grace=0)


def main() -> None:
    """``python -m policypacks.engine.server PACK``: what an executable pack calls."""
    serve(sys.argv[1] if len(sys.argv) > 1 else "baseline")


if __name__ == "__main__":
    main()
