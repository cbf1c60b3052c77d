"""Makes a goal of what the SDK sends when the program makes a resource."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from platform_lib.core.errors import EngineError
from platform_lib.core.values import Properties
from platform_lib.sandbox import wire
from platform_lib.sandbox.engine import urn as urns
from platform_lib.sandbox.engine.assets import hashed
from platform_lib.sandbox.engine.exchange import Request
from platform_lib.sandbox.engine.goal import Alias, Goal
from platform_lib.sandbox.engine.path import PathError, parse
from platform_lib.sandbox.engine.registry import INTERNAL, VERSION
from platform_lib.sandbox.engine.support import refuse

Transform = Callable[[str, str, bool, str, Properties, Any], tuple[Properties, Any]]
"""Changes properties and options: name, type, custom, parent, properties, ``TransformResourceOptions``."""

HOOKS: Final = {
    "before_create": "BeforeCreate",
    "after_create": "AfterCreate",
    "before_update": "BeforeUpdate",
    "after_update": "AfterUpdate",
    "before_delete": "BeforeDelete",
    "after_delete": "AfterDelete",
    "on_error": "OnError",
}
"""Names of hook kinds in requests, and in the state."""

_TOKEN: Final = re.compile(r"[^:]+:[^:]*:[^:]+")
_DURATION: Final = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_UNITS: Final = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


class Registrations:
    """Makes goals of requests, and remembers what children take over from their parents.

    Args:
        directory: working folder of the program; relative paths of assets start there.
        root: folder of the project; source positions are given relative to it.
    """

    def __init__(self, directory: Path, root: Path) -> None:
        self._directory = directory
        self._root = f"{root.resolve().as_uri()}/"
        self._goals: dict[str, Goal] = {}
        self._parents: dict[str, str] = {}
        self._transforms: dict[str, list[Transform]] = {}
        self._component_providers: dict[str, dict[str, str]] = {}
        self.stack_transforms: list[Transform] = []

    def remember(self, urn: str, parent: str, goal: Goal, own: list[Transform], providers: Mapping[str, str]) -> None:
        """A resource was registered: its children may need to know."""
        self._goals[urn] = goal
        self._parents[urn] = parent
        if own:
            self._transforms[urn] = own
        if not goal.custom:
            self._component_providers[urn] = dict(providers)

    def transformed(self, parent: str) -> bool:
        """Whether there are transforms for the children of a resource."""
        return bool(self.stack_transforms or (self._transforms and self._inherited_transforms(parent)))

    def _inherited_transforms(self, parent: str) -> list[Transform]:
        found: list[Transform] = []
        while parent:
            found.extend(self._transforms.get(parent, ()))
            parent = self._parents.get(parent, "")
        return found

    def _inherit(self, request: Any) -> None:
        """Sets what a child takes from its parent: ``deleted_with``, ``protect``, ``retain_on_delete``, provider."""
        parent = self._goals.get(request.parent) if request.parent else None
        if parent is None:
            return
        if not request.deletedWith:
            request.deletedWith = parent.deleted_with
        if not request.HasField("protect") and parent.protect is not None:
            request.protect = parent.protect
        if not request.HasField("retainOnDelete") and parent.retain_on_delete is not None:
            request.retainOnDelete = parent.retain_on_delete
        if not request.provider and parent.provider:
            package = urns.provider_package(urns.type_of(urns.reference_urn(parent.provider)))
            if not request.custom or package == urns.package_of(request.type):
                request.provider = parent.provider

    def _resolve_provider(self, provider: str, providers: Mapping[str, str], parent: str, package: str) -> str:
        if provider:
            return provider
        if package in providers:
            return providers[package]
        return self._component_providers.get(parent, {}).get(package, "")

    def provider_for(self, provider: str, parent: str, package: str) -> str:
        """The provider of a look-up: the given one, or that of the component it belongs to."""
        return self._resolve_provider(provider, {}, parent, package)

    def goal(
        self,
        request: Any,
        own: list[Transform],
        default_provider: Callable[[str, str, str], str],
    ) -> tuple[Goal, dict[str, str]]:
        """The goal of a ``RegisterResourceRequest``.

        Args:
            request: as the SDK sent it; it may be changed.
            own: the transforms that the resource itself declares.
            default_provider: the reference of the default provider for package, version and download address.

        Returns:
            The goal, and the providers that children of a component take over, by package.

        Raises:
            EngineError: the request asks for something that is not supported, or is malformed.
        """
        ordinary = type(request) is Request
        if not ordinary:
            _refuse_unsupported(request)
        type_, custom, parent = request.type, request.custom, request.parent
        if custom and not _TOKEN.fullmatch(type_):
            raise EngineError(f"type '{type_}': not a type token; it must have the form <package>:<module>:<type>")
        self._inherit(request)
        given = dict(request.object) if ordinary else wire.decode(request.object)
        properties = hashed(given, self._directory)
        dependencies = list(dict.fromkeys(request.dependencies))
        if request.propertyDependencies:
            by_property = {key: list(dict.fromkeys(item.urns)) for key, item in request.propertyDependencies.items()}
        else:
            by_property = {key: list(dependencies) for key in properties}
        options: Any = request
        provider, providers = request.provider, dict(request.providers)
        if custom:
            provider = self._resolve_provider(provider, providers, parent, urns.package_of(type_))
        transforms = [*own, *self._inherited_transforms(parent), *self.stack_transforms]
        if transforms:
            raised = wire.upgrade(properties, by_property if own else {})
            options = transform_options(request, provider)
            for transform in transforms:
                raised, options = transform(request.name, type_, custom, parent, raised, options)
            if own:
                dependencies = list(dict.fromkeys(options.depends_on))
                by_property = {}
            for key, value in raised.items():
                found = dict.fromkeys(by_property.get(key, ()))
                more: set[str] = set()
                wire.output_dependencies(value, more)
                by_property[key] = list(found | dict.fromkeys(sorted(more)))
                if own:
                    dependencies = list(dict.fromkeys([*dependencies, *sorted(more)]))
            properties = hashed(wire.downgrade(raised), self._directory)
            provider, providers = options.provider, dict(options.providers)
        if not custom:
            for package, reference in self._component_providers.get(parent, {}).items():
                providers.setdefault(package, reference)
        for key in properties:
            by_property.setdefault(key, [])
        is_provider = urns.is_provider_type(type_)
        version, url = options.version, _field(options, "pluginDownloadURL", "plugin_download_url")
        if custom and not is_provider:
            provider = provider or default_provider(urns.package_of(type_), version, url.removesuffix("/"))
        elif custom:
            provider = ""
            properties = dict(properties)
            if version:
                properties[VERSION] = version
                properties.setdefault(INTERNAL, {})
            if url:
                properties[INTERNAL] = {"pluginDownloadURL": url}
        else:
            provider = ""
        make = _ordinary_goal if ordinary else _goal
        return make(
            request, options, properties, dependencies, by_property, provider, self.position(request)
        ), providers

    def outputs(self, message: Any) -> Properties:
        """The outputs that a component registers."""
        return hashed(wire.decode(message), self._directory)

    def position(self, request: Any) -> str:
        """Where in the program the resource is made, as the state has it."""
        source = request.sourcePosition
        if not source.uri.startswith(self._root):
            return ""
        return f"project:///{source.uri[len(self._root) :]}#{source.line}"


def _refuse_unsupported(request: Any) -> None:
    subject = f"{request.type} '{request.name}'"
    if request.remote:
        raise refuse("remote component", subject)
    if request.packageRef:
        raise refuse("parameterized package", subject)
    if request.state_migrations:
        raise refuse("state_migrations", subject)
    if request.envVarMappings:
        raise refuse("env_var_mappings", subject)


def _field(message: Any, *names: str) -> Any:
    """The first of the fields that a message has: requests and transform options name some of them differently."""
    for name in names:
        if name in message.DESCRIPTOR.fields_by_name:
            return getattr(message, name)
    raise EngineError(f"protocol: {message.DESCRIPTOR.name} has no field {names[0]}; the SDK is newer than this engine")


def _optional(message: Any, name: str) -> Any:
    return getattr(message, name) if message.HasField(name) else None


def transform_options(request: Any, provider: str) -> Any:
    """The options of a request in the form that transforms get."""
    from pulumi.runtime.proto import alias_pb2, resource_pb2

    aliases = [alias_pb2.Alias(urn=urn) for urn in request.aliasURNs]
    options = resource_pb2.TransformResourceOptions(
        depends_on=request.dependencies,
        ignore_changes=request.ignoreChanges,
        replace_on_changes=request.replaceOnChanges,
        version=request.version,
        aliases=[*aliases, *request.aliases],
        provider=provider,
        plugin_download_url=request.pluginDownloadURL,
        deleted_with=request.deletedWith,
        additional_secret_outputs=request.additionalSecretOutputs,
        providers=dict(request.providers),
        plugin_checksums=dict(request.pluginChecksums),
        hide_diff=request.hideDiffs,
        replace_with=request.replace_with,
    )
    setattr(options, "import", request.importId)
    if request.HasField("protect"):
        options.protect = request.protect
    if request.HasField("retainOnDelete"):
        options.retain_on_delete = request.retainOnDelete
    if request.deleteBeforeReplaceDefined or request.deleteBeforeReplace:
        options.delete_before_replace = request.deleteBeforeReplace
    if request.HasField("customTimeouts"):
        options.custom_timeouts.CopyFrom(request.customTimeouts)
    if request.HasField("hooks"):
        options.hooks.CopyFrom(request.hooks)
    if request.HasField("replacement_trigger"):
        options.replacement_trigger.CopyFrom(request.replacement_trigger)
    return options


def _goal(
    request: Any,
    options: Any,
    properties: Properties,
    dependencies: list[str],
    property_dependencies: dict[str, list[str]],
    provider: str,
    position: str,
) -> Goal:
    """The goal of a request, its options taken from the request itself or from what transforms made of them."""
    if options is request:
        first = (
            request.deleteBeforeReplace if request.deleteBeforeReplaceDefined or request.deleteBeforeReplace else None
        )
        timeouts = request.customTimeouts if request.HasField("customTimeouts") else None
        aliases = [Alias(urn=urn) for urn in request.aliasURNs] + [_alias(item) for item in request.aliases]
        retain, identifier = _optional(request, "retainOnDelete"), request.importId
    else:
        first = _optional(options, "delete_before_replace")
        timeouts = options.custom_timeouts if options.HasField("custom_timeouts") else None
        aliases = [_alias(item) for item in options.aliases]
        retain, identifier = _optional(options, "retain_on_delete"), getattr(options, "import")
    hidden = list(_field(options, "hideDiffs", "hide_diff"))
    for path in hidden:
        try:
            parse(path)
        except PathError as error:
            raise EngineError(f"{request.type} '{request.name}': hide_diffs: {error}, got '{path}'") from error
    trigger = wire.decode_value(options.replacement_trigger) if options.HasField("replacement_trigger") else None
    return Goal(
        type=request.type,
        name=request.name,
        custom=request.custom,
        properties=properties,
        parent=request.parent,
        protect=_optional(options, "protect"),
        dependencies=dependencies,
        provider=provider,
        property_dependencies=property_dependencies,
        delete_before_replace=first,
        ignore_changes=list(_field(options, "ignoreChanges", "ignore_changes")),
        additional_secret_outputs=list(_field(options, "additionalSecretOutputs", "additional_secret_outputs")),
        aliases=aliases,
        id=identifier,
        custom_timeouts=_timeouts(timeouts) if timeouts is not None else {},
        replace_on_changes=list(_field(options, "replaceOnChanges", "replace_on_changes")),
        replacement_trigger=trigger,
        retain_on_delete=retain,
        deleted_with=_field(options, "deletedWith", "deleted_with"),
        replace_with=list(options.replace_with),
        hooks=_hooks(options) if options.HasField("hooks") else {},
        hide_diff=hidden,
        source_position=position,
    )


def _ordinary_goal(
    request: Any,
    _options: Any,
    properties: Properties,
    dependencies: list[str],
    property_dependencies: dict[str, list[str]],
    provider: str,
    position: str,
) -> Goal:
    """The goal of a request without a message, which has only the options that are named here."""
    return Goal(
        type=request.type,
        name=request.name,
        custom=request.custom,
        properties=properties,
        parent=request.parent,
        protect=_optional(request, "protect"),
        dependencies=dependencies,
        provider=provider,
        property_dependencies=property_dependencies,
        additional_secret_outputs=list(request.additionalSecretOutputs),
        aliases=[_alias(item) for item in request.aliases],
        retain_on_delete=_optional(request, "retainOnDelete"),
        deleted_with=request.deletedWith,
        source_position=position,
    )


def _alias(message: Any) -> Alias:
    if message.WhichOneof("alias") == "urn":
        return Alias(urn=message.urn)
    spec = message.spec
    return Alias(
        name=spec.name,
        type=spec.type,
        stack=spec.stack,
        project=spec.project,
        parent=spec.parentUrn,
        no_parent=spec.noParent,
    )


def _hooks(options: Any) -> dict[str, list[str]]:
    found = {state_name: list(getattr(options.hooks, name)) for name, state_name in HOOKS.items()}
    return {name: names for name, names in found.items() if names}


def _timeouts(message: Any) -> dict[str, float]:
    found = {name: getattr(message, name) for name in ("create", "update", "delete", "read")}
    return {name: seconds(text) for name, text in found.items() if text}


def seconds(text: str) -> float:
    """A duration as Go writes it (``1h30m``, ``5m``, ``30s``) in seconds.

    Raises:
        EngineError: the text is none.
    """
    parts: Sequence[tuple[str, str]] = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text.removeprefix("+"):
        raise EngineError(f"custom timeouts: '{text}' is not a duration; give one like 30s, 5m or 1h30m")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)
