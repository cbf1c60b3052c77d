"""Stock mocks (``pulumi.runtime.set_mocks``) that answer as the sandbox cloud does, for tests that keep to them.

They validate inputs by the schema, make ids, arns and automatic names, and refuse what the cloud refuses. What the
stock mocks themselves do not do stays undone: ``docs/guides/testing.md`` lists it.
"""

import asyncio
import threading
import uuid
from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi.runtime import mocks, rpc

from platform_lib.core.values import UNKNOWN, Archive, Asset, Properties, Secret, has_secret, plain
from platform_lib.sandbox import wire
from platform_lib.sandbox.cloud.cloud import Cloud, open_cloud
from platform_lib.sandbox.engine import urn as urns
from platform_lib.sandbox.engine.defaults import package_config
from platform_lib.sandbox.protocol import CheckFailure, Provider, ProviderError
from platform_lib.testing.errors import ExpectationError
from platform_lib.testing.lookups import GivenLookups, RecordingProviders
from platform_lib.testing.world import World

_STACK_REFERENCE = "pulumi:pulumi:StackReference"
_SEED = b"platform_lib.testing"
_TIMEOUT_SECONDS = 1200.0


class StockMocks(mocks.Mocks):
    """Mocks for ``pulumi.runtime.set_mocks``, one for each test.

    Args:
        world: configuration of default providers, other stacks, look-ups; None for an empty one.
        preview: as given to ``set_mocks``: what a preview does not know is then unknown.
        cloud: a cloud that is there already; None for a new one in memory.
    """

    def __init__(self, world: World | None = None, *, preview: bool = False, cloud: Cloud | None = None) -> None:
        self.world = world or World()
        self.preview = preview
        self._own = cloud is None
        self.cloud = cloud if cloud is not None else open_cloud(None)
        if self._own or self.world.lookups or self.world.stack_references:
            self.cloud.fixtures = GivenLookups(self.world.lookups, self.world.stack_references)
        self.providers = RecordingProviders(self.cloud)
        self._opened: dict[str, Provider] = {}
        self._ids: dict[tuple[str, str], str] = {}
        self._thread = threading.get_ident()
        self._loops: set[asyncio.AbstractEventLoop] = set()

    def close(self) -> None:
        """Forgets the cloud, unless it was given, and closes the event loops that the stock monitor left open."""
        for loop in self._loops:
            loop.close()
        if self._own:
            self.cloud.close()

    def _remember_loop(self) -> None:
        """The stock monitor makes an event loop in every thread that it is called in, and closes none."""
        if threading.get_ident() != self._thread:
            self._loops.add(asyncio.get_event_loop())

    # What the mock monitor asks

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """Makes or reads a resource.

        Raises:
            ProviderError: the cloud or the schema refuses it.
        """
        self._remember_loop()
        if args.custom is False:
            return None, {}
        inputs = self._inputs(args.inputs)
        if urns.is_provider_type(args.typ):
            return self._provider(args.typ, args.name, inputs)
        if args.typ == _STACK_REFERENCE:
            return self._stack_reference(args)
        provider = self._opened_by(args.provider or "", urns.package_of(args.typ))
        urn = urns.make(self.world.stack, self.world.project, "", args.typ, args.name)
        if args.resource_id:
            found = provider.read(urn, str(args.resource_id), {}, {})
            if not found.id:
                raise ProviderError(f"{args.typ} '{args.name}': resource '{args.resource_id}' does not exist")
            return found.id, wire.to_json(found.outputs)
        checked = provider.check(urn, {}, inputs, _SEED, None)
        _refuse(f"{args.typ} '{args.name}'", checked.failures)
        made = provider.create(urn, checked.inputs, _TIMEOUT_SECONDS, preview=self.preview)
        self._ids[args.typ, args.name] = made.id
        return made.id or None, wire.to_json(made.outputs)

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """Answers a look-up.

        Raises:
            ProviderError: nothing answers it.
        """
        self._remember_loop()
        provider = self._opened_by(args.provider or "", urns.package_of(args.token))
        result = provider.invoke(args.token, plain(self._inputs(args.args)))
        failures = [(failure.property, failure.reason) for failure in result.failures]
        outputs: dict[str, Any] = wire.to_json(result.outputs)
        return outputs, failures

    def _provider(self, type_: str, name: str, inputs: Properties) -> tuple[str, dict[str, Any]]:
        package = urns.provider_package(type_)
        identifier = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{type_}::{name}"))
        if any(value is UNKNOWN for value in inputs.values()):
            return identifier, wire.to_json(inputs)
        self._opened[identifier] = self._open(package, name, inputs)
        return identifier, wire.to_json(inputs)

    def _open(self, package: str, name: str, inputs: Properties) -> Provider:
        provider = self.providers.open(package, "")
        urn = urns.make(self.world.stack, self.world.project, "", urns.PROVIDER_PREFIX + package, name)
        checked = provider.check_config(urn, {}, inputs)
        _refuse(f"provider '{name}' of {package}", checked.failures)
        provider.configure(urn, name, dict(checked.inputs))
        return provider

    def _opened_by(self, reference: str, package: str) -> Provider:
        identifier = reference.rpartition("::")[2]
        if identifier in self._opened:
            return self._opened[identifier]
        default = f"default {package}"
        if default not in self._opened:
            self._opened[default] = self._open(package, "default", package_config(self.world.target(), package))
        return self._opened[default]

    def _stack_reference(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        name = str(args.resource_id or args.inputs.get("name", args.name))
        outputs = self.world.stack_outputs(name)
        if outputs is None:
            raise ProviderError(f'unknown stack "{name}"')
        secrets = sorted(key for key, value in outputs.items() if has_secret(value))
        return name, wire.to_json({"name": name, "outputs": outputs, "secretOutputNames": secrets})

    # Values of the SDK

    def _inputs(self, properties: dict[str, Any]) -> Properties:
        return {key: self._value(value) for key, value in properties.items()}

    def _value(self, value: Any) -> Any:
        if isinstance(value, pulumi.Resource):
            return self._ids.get((value._type, value._name), UNKNOWN)  # noqa: SLF001 - the SDK's only way to ask
        if isinstance(value, pulumi.output.Unknown):
            return UNKNOWN
        if rpc.is_rpc_secret(value):
            return Secret(self._value(rpc.unwrap_rpc_secret(value)))
        if isinstance(value, pulumi.StringAsset):
            return Asset(text=value.text)
        if isinstance(value, pulumi.FileAsset):
            return Asset(path=str(value.path))
        if isinstance(value, pulumi.RemoteAsset):
            return Asset(uri=value.uri)
        if isinstance(value, pulumi.AssetArchive):
            return Archive(assets={key: self._value(item) for key, item in value.assets.items()})
        if isinstance(value, pulumi.FileArchive):
            return Archive(path=str(value.path))
        if isinstance(value, pulumi.RemoteArchive):
            return Archive(uri=value.uri)
        if isinstance(value, dict):
            return {key: self._value(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._value(item) for item in value]
        return int(value) if isinstance(value, float) and value.is_integer() else value


def _refuse(subject: str, failures: Sequence[CheckFailure]) -> None:
    if failures:
        texts = [f"{item.property}: {item.reason}" if item.property else item.reason for item in failures]
        raise ProviderError("\n".join(f"{subject}: {text}" for text in texts))


def reset_sdk() -> None:
    """Puts the SDK's own state back to what it is before any mocks: settings, stack, configuration, transformations.

    The stock mocks leave all of it behind, for the next test to find.
    """
    from pulumi.runtime import config, settings

    settings.reset_options()
    config.set_all_config({}, [])


def require_function(program: Any) -> None:
    """Refuses programs of files, which stock mocks cannot run.

    Raises:
        ExpectationError: the program is no function.
    """
    if not callable(program):
        raise ExpectationError("stock mocks run functions only, got a path; use run_program for programs of files")
