"""One provider instance as the engine calls it: what the stock engine's plugin layer adds to the bare protocol."""

from collections.abc import Sequence
from dataclasses import replace

from platform_lib.core.values import UNKNOWN, Archive, Asset, Properties, Secret, Value, has_unknown
from platform_lib.sandbox.protocol import (
    Autonaming,
    CheckResult,
    CreateResult,
    DiffResult,
    InvokeResult,
    Provider,
    ProviderError,
    ReadResult,
)

DIFF_UNAVAILABLE = (
    "The provider for this resource has inputs that are not known during preview.\n"
    "This preview may not correctly represent the changes that will be applied during an update."
)
"""What the stock engine warns when it cannot ask a provider for a diff."""


class DiffUnavailableError(Exception):
    """The provider cannot compare, since its own configuration is not known yet."""


class Instance:
    """Wraps a provider: answers for it while its configuration is unknown, and keeps unknowns out of real operations.

    Attributes:
        provider: the bare provider.
        preview: whether unknown values may be shown to it; otherwise they are left out of what it checks.
        known: False once it was configured with unknown values: it is then never called, as it could not answer.
    """

    __slots__ = ("known", "preview", "provider")

    def __init__(self, provider: Provider, *, preview: bool) -> None:
        self.provider = provider
        self.preview = preview
        self.known = True

    def check_config(self, urn: str, olds: Properties, news: Properties) -> CheckResult:
        """See ``Provider.check_config``; inputs that were secret stay secret, as the stock engine sees to it."""
        result = self.provider.check_config(urn, olds, news)
        inputs = {
            key: Secret(value) if isinstance(news.get(key), Secret) and not isinstance(value, Secret) else value
            for key, value in result.inputs.items()
        }
        return CheckResult(inputs, result.failures)

    def diff_config(
        self,
        urn: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        ignore: Sequence[str],
    ) -> DiffResult:
        """See ``Provider.diff_config``."""
        return self.provider.diff_config(urn, id, old_inputs, old_outputs, news, ignore)

    def configure(self, urn: str, id: str, inputs: Properties) -> None:
        """See ``Provider.configure``; not called when a value is unknown."""
        if any(has_unknown(value) for key, value in inputs.items() if key != "version"):
            self.known = False
            return
        self.provider.configure(urn, id, inputs)

    def check(
        self, urn: str, olds: Properties, news: Properties, seed: bytes, autonaming: Autonaming | None
    ) -> CheckResult:
        """See ``Provider.check``."""
        if not self.known:
            return CheckResult(news)
        if not self.preview:
            news = without_unknowns(news)
        return self.provider.check(urn, olds, news, seed, autonaming)

    def diff(
        self,
        urn: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        ignore: Sequence[str],
    ) -> DiffResult:
        """See ``Provider.diff``; assets are given by hash alone.

        Raises:
            DiffUnavailableError: the provider's configuration is unknown.
        """
        if not self.known:
            raise DiffUnavailableError(DIFF_UNAVAILABLE)
        return self.provider.diff(urn, id, elided(old_inputs), elided(old_outputs), elided(news), ignore)

    def create(self, urn: str, inputs: Properties, timeout: float, *, preview: bool) -> CreateResult:
        """See ``Provider.create``."""
        if preview and not self.known:
            return CreateResult("", {})
        result = self.provider.create(urn, inputs, timeout, preview=preview)
        if not preview:
            _refuse_unknown(result.outputs)
            if not result.id:
                raise ProviderError(f"plugin returned empty resource.ID from create '{urn}'")
        return result

    def read(self, urn: str, id: str, inputs: Properties, state: Properties) -> ReadResult | None:
        """See ``Provider.read``; None while the configuration is unknown: nothing can be said of the resource."""
        if not self.known:
            return None
        result = self.provider.read(urn, id, inputs, state)
        _refuse_unknown(result.outputs)
        _refuse_unknown(result.inputs)
        return result

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
        """See ``Provider.update``."""
        if preview and not self.known:
            return {}
        outputs = self.provider.update(
            urn, id, elided(old_inputs), elided(old_outputs), news, timeout, ignore, preview=preview
        )
        if not preview:
            _refuse_unknown(outputs)
        return outputs

    def delete(self, urn: str, id: str, old_inputs: Properties, old_outputs: Properties, timeout: float) -> None:
        """See ``Provider.delete``."""
        self.provider.delete(urn, id, elided(old_inputs), elided(old_outputs), timeout)

    def invoke(self, token: str, args: Properties) -> InvokeResult:
        """See ``Provider.invoke``; a provider whose configuration is unknown answers nothing."""
        if not self.known:
            return InvokeResult({})
        result = self.provider.invoke(token, args)
        _refuse_unknown(result.outputs)
        return result


def _refuse_unknown(values: Properties) -> None:
    for key, value in values.items():
        if value is UNKNOWN or (type(value) in _CONTAINERS and has_unknown(value)):
            raise ProviderError(f"unmarshaling properties: unexpected unknown property value for '{key}'")


_CONTAINERS = frozenset({dict, list, Secret})


def without_unknowns(properties: Properties) -> Properties:
    """The properties without their unknown values, which exist outside of previews only where errors are continued."""
    if not any(has_unknown(value) for value in properties.values()):
        return properties
    return {key: _known(value) for key, value in properties.items() if _is_known(value)}


def _is_known(value: Value) -> bool:
    return value is not UNKNOWN and not (isinstance(value, Secret) and not _is_known(value.value))


def _known(value: Value) -> Value:
    if isinstance(value, dict):
        return {key: _known(item) for key, item in value.items() if _is_known(item)}
    if isinstance(value, list):
        return [_known(item) for item in value if _is_known(item)]
    return Secret(_known(value.value)) if isinstance(value, Secret) else value


def elided(properties: Properties) -> Properties:
    """The properties with assets and archives reduced to their hashes."""
    if not any(_has_blob(value) for value in properties.values()):
        return properties
    return {key: _elide(value) for key, value in properties.items()}


def _has_blob(value: Value) -> bool:
    kind = type(value)
    if kind is dict:
        return any(_has_blob(item) for item in value.values())
    if kind is list:
        return any(_has_blob(item) for item in value)
    if kind is Secret:
        return _has_blob(value.value)
    return kind is Asset or kind is Archive


def _elide(value: Value) -> Value:
    if isinstance(value, dict):
        return {key: _elide(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_elide(item) for item in value]
    if isinstance(value, Secret):
        return Secret(_elide(value.value))
    if isinstance(value, Asset):
        return replace(value, text=None, path=None, uri=None)
    if isinstance(value, Archive):
        return replace(value, assets=None, path=None, uri=None)
    return value
