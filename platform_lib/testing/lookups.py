"""Answers of look-ups that a test gives, and a record of all that a program makes."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from platform_lib.core.errors import CloudError
from platform_lib.core.values import Properties, plain, redacted
from platform_lib.sandbox.cloud.fixture import Fixtures
from platform_lib.sandbox.protocol import InvokeResult, Provider, ProviderError, Providers
from platform_lib.testing.frozen import frozen
from platform_lib.testing.graph import Lookup

Answer = Mapping[str, Any] | Callable[[Mapping[str, Any]], Mapping[str, Any] | None]
"""What a look-up returns: a map of outputs, or a function of the arguments; None leaves it to the sandbox."""


class GivenLookups(Fixtures):
    """Answers by function token, taken before those that the sandbox has itself.

    An id or arn that stands in an answer counts as there, so that resources may refer to it; that of a function does
    so once it was given. So does what another stack exports.

    Args:
        answers: function token to answer.
        stack_references: outputs of other stacks by name.
    """

    def __init__(
        self, answers: Mapping[str, Answer], stack_references: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        super().__init__(None)
        self._given = dict(answers)
        self._texts: set[str] = set()
        for answer in self._given.values():
            if not callable(answer):
                self._remember(answer)
        for outputs in (stack_references or {}).values():
            self._remember(plain(dict(outputs)))

    def _remember(self, value: Any) -> None:
        if isinstance(value, str):
            self._texts.add(value)
        elif isinstance(value, Mapping):
            for item in value.values():
                self._remember(item)
        elif isinstance(value, list | tuple):
            for item in value:
                self._remember(item)

    def answer(self, token: str, args: Properties) -> Properties | None:
        """The answer given for a look-up, None where there is none.

        Raises:
            CloudError: the answer is no map.
        """
        given = self._given.get(token)
        found = given(frozen(args)) if callable(given) else given
        if found is None:
            return None
        if not isinstance(found, Mapping):
            raise CloudError(f"look-up {token}: answer: must be a map of outputs, got {type(found).__name__}")
        self._remember(found)
        return dict(found)

    def mentions(self, value: str) -> bool:
        """Whether an answer holds the text."""
        return value in self._texts

    def line(self, token: str, args: Properties) -> str:
        """What to give for a look-up."""
        del args
        return f"'{token}': {{...}}"

    @property
    def place(self) -> str:
        """Where answers stand, for messages."""
        return "the test's lookups"


class RecordingProviders:
    """Hands out the providers of a cloud and keeps the look-ups that pass through them.

    Args:
        providers: the cloud.
    """

    def __init__(self, providers: Providers) -> None:
        self._providers = providers
        self.lookups: list[Lookup] = []

    def open(self, package: str, version: str) -> Provider:
        """A new provider instance for the package.

        Raises:
            EngineError: no such package.
        """
        return cast(Provider, _Recording(self._providers.open(package, version), self.lookups))


class _Recording:
    """A provider whose look-ups are kept; everything else is the provider's own."""

    def __init__(self, provider: Provider, lookups: list[Lookup]) -> None:
        self._provider = provider
        self._lookups = lookups

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)

    def invoke(self, token: str, args: Properties) -> InvokeResult:
        """Answers a look-up."""
        try:
            result = self._provider.invoke(token, args)
        except (ProviderError, CloudError) as error:
            self._lookups.append(Lookup(token, frozen(redacted(args)), None, str(error)))
            raise
        refused = "; ".join(_text(failure.property, failure.reason) for failure in result.failures)
        self._lookups.append(Lookup(token, frozen(args), None if refused else frozen(result.outputs), refused))
        return result


def _text(path: str, reason: str) -> str:
    return f"{path}: {reason}" if path else reason
