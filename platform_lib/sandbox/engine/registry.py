"""Provider resources: the instances of a run by reference, and the life cycle that the resources themselves have."""

# ruff: noqa: ARG002 - the provider protocol gives the arguments and their names

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from platform_lib.core.values import UNKNOWN_SENTINEL, Properties
from platform_lib.sandbox.engine import urn as urns
from platform_lib.sandbox.engine.diff import equal
from platform_lib.sandbox.engine.instance import Instance
from platform_lib.sandbox.engine.state import ResourceState
from platform_lib.sandbox.protocol import (
    Autonaming,
    CheckResult,
    CreateResult,
    DiffResult,
    Provider,
    ProviderError,
    Providers,
    ReadResult,
)

INTERNAL: Final = "__internal"
"""Key of a provider's inputs under which the engine keeps what is none of the provider's business."""

VERSION: Final = "version"
"""Key of a provider's inputs that holds the version of its package."""

_UNCONFIGURED: Final = "unconfigured"


def configuration(inputs: Properties) -> Properties:
    """A provider's inputs as the provider sees them."""
    if INTERNAL not in inputs:
        return inputs
    return {key: value for key, value in inputs.items() if key != INTERNAL}


class Registry:
    """Opens, configures and finds provider instances; has the methods of a provider for provider resources.

    Args:
        providers: hands out instances.
        builtin: serves the package ``pulumi``.
        preview: whether ids of new providers are unknown.
    """

    def __init__(self, providers: Providers, builtin: Provider, *, preview: bool) -> None:
        self._providers = providers
        self._builtin = Instance(builtin, preview=preview)
        self._preview = preview
        self._instances: dict[tuple[str, str], Instance] = {}
        self._aliases: dict[str, str] = {}
        self._opened: list[Instance] = []

    def get(self, reference: str) -> Instance | None:
        """The configured instance with a reference (``urn::id``)."""
        urn, _, identifier = reference.rpartition("::")
        return self._instances.get((urn, identifier))

    def close(self) -> None:
        """Tells every instance that the operation is over."""
        opened, self._opened = self._opened, []
        for instance in opened:
            instance.provider.cancel()

    def alias(self, urn: str, old: str) -> None:
        """A provider resource was found under an old URN: resources in the old state refer to it by that."""
        if urn != old:
            self._aliases[urn] = old

    def _open(self, urn: str, inputs: Properties) -> Instance:
        package = urns.provider_package(urns.type_of(urn))
        if package == "pulumi":
            return self._builtin
        version = inputs.get(VERSION)
        provider = self._providers.open(package, version if isinstance(version, str) else "")
        instance = Instance(provider, preview=self._preview)
        self._opened.append(instance)
        return instance

    def _keep(self, urn: str, identifier: str, instance: Instance) -> None:
        self._instances[urn, identifier] = instance
        if urn in self._aliases:
            self._instances[self._aliases[urn], identifier] = instance

    def same(self, state: ResourceState, *, checked: bool) -> None:
        """Makes the instance of an unchanged provider resource available.

        Args:
            state: the resource.
            checked: its inputs were just checked, so the instance that did it is used.

        Raises:
            EngineError: there is no such package.
            ProviderError: the provider refuses its configuration.
        """
        key = (state.urn, state.id)
        if not state.id or state.id == UNKNOWN_SENTINEL:
            raise ProviderError(f"provider '{state.urn}' has an unknown ID")
        if key in self._instances:
            return
        instance = self._instances.pop((state.urn, _UNCONFIGURED), None) if checked else None
        if instance is None:
            instance = self._open(state.urn, state.inputs)
        try:
            instance.configure(state.urn, state.id, configuration(state.inputs))
        except ProviderError as error:
            raise ProviderError(f"configure provider '{state.urn}': {error}") from error
        self._keep(state.urn, state.id, instance)

    def check(
        self,
        urn: str,
        olds: Properties,
        news: Properties,
        seed: bytes,
        autonaming: Autonaming | None,
    ) -> CheckResult:
        """Opens an instance and has it check its configuration."""
        instance = self._open(urn, news)
        result = instance.check_config(urn, configuration(olds), configuration(news))
        if result.failures:
            return result
        self._keep(urn, _UNCONFIGURED, instance)
        inputs = dict(result.inputs)
        if VERSION in news:
            if VERSION in inputs and not equal(inputs[VERSION], news[VERSION]):
                raise ProviderError(
                    f'provider "{urn}" attempted to change version from "{news[VERSION]}" to "{inputs[VERSION]}"'
                )
            inputs[VERSION] = news[VERSION]
        if INTERNAL in news:
            inputs[INTERNAL] = news[INTERNAL]
        return CheckResult(inputs)

    def diff(
        self,
        urn: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        ignore: Sequence[str],
    ) -> DiffResult:
        """Has the instance compare its configurations."""
        instance = self._instances.get((urn, _UNCONFIGURED)) or self._instances.get((urn, id))
        if instance is None:
            raise ProviderError(f"provider '{urn}' was never checked")
        return self.diff_config(instance, urn, id, old_inputs, old_outputs, news, ignore)

    @staticmethod
    def diff_config(
        instance: Instance,
        urn: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        ignore: Sequence[str],
    ) -> DiffResult:
        """Compares two configurations; where the provider cannot say, old outputs are compared with new inputs."""
        news = configuration(news)
        diff = instance.diff_config(urn, id, configuration(old_inputs), old_outputs, news, ignore)
        if diff.changes == "unknown":
            return replace(diff, changes="none" if equal(old_outputs, news) else "some")
        return diff

    def create(self, urn: str, inputs: Properties, timeout: float, *, preview: bool) -> CreateResult:
        """Configures the checked instance under a new id."""
        instance = self._instances.pop((urn, _UNCONFIGURED), None) or self._open(urn, inputs)
        identifier = UNKNOWN_SENTINEL if preview else str(uuid.uuid4())
        config = configuration(inputs)
        instance.configure(urn, identifier, config)
        self._keep(urn, identifier, instance)
        return CreateResult(identifier, config)

    def update(
        self,
        urn: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        timeout: float,
        ignore: Sequence[str],
        *,
        preview: bool,
    ) -> Properties:
        """Configures the checked instance under the id that the provider has."""
        instance = self._instances.pop((urn, _UNCONFIGURED), None) or self._open(urn, news)
        config = configuration(news)
        instance.configure(urn, id, config)
        self._keep(urn, id, instance)
        return config

    def delete(self, urn: str, id: str, old_inputs: Properties, old_outputs: Properties, timeout: float) -> None:
        """Forgets the instance."""
        self._instances.pop((urn, id), None)

    def read(self, urn: str, id: str, inputs: Properties, state: Properties) -> ReadResult:
        """Provider resources are not read."""
        raise ProviderError("provider resources may not be read")
