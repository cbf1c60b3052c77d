"""Secret values that are known, in every form in which they turn up; and taking them out of what is shown.

The values come from the configuration (secret keys) and from what the plan marks as secret. They live in this process
for the time of one gate: nothing here writes, logs or shows them.
"""

import base64
import json
import re
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from platform_lib.core.values import Secret, Value, walk
from platform_lib.operations.changes import SECRET_TEXT
from platform_lib.operations.gate.leaks.forms import looks_random

LEAST: Final = 8
"""Shorter values are too common in ordinary texts to be told apart from them."""

ModelT = TypeVar("ModelT", bound=BaseModel)


class SecretValues:
    """A set of secret texts.

    Args:
        values: the texts; those under ``LEAST`` characters are left out.
    """

    def __init__(self, values: Iterable[str]) -> None:
        self._values = frozenset(value for value in values if len(value) >= LEAST)

    def __len__(self) -> int:
        return len(self._values)

    def __or__(self, other: "SecretValues") -> "SecretValues":
        return SecretValues(self._values | other._values)

    @cached_property
    def _forms(self) -> Sequence[str]:
        """Every form of every value, the longest first."""
        found = {form for value in self._values for form in _forms(value)}
        return sorted(found, key=lambda form: (-len(form), form))

    def within(self, text: str) -> bool:
        """Whether one of the values, or an encoding of one, stands in a text."""
        return any(form in text for form in self._forms)

    def redacted(self, text: str) -> str:
        """The text with ``[secret]`` for every value in it."""
        if not self.within(text):
            return text
        return re.sub("|".join(map(re.escape, self._forms)), SECRET_TEXT, text)

    def redacted_model(self, model: ModelT) -> ModelT:
        """The model with ``[secret]`` for every value in any of its texts."""
        if not self._values:
            return model
        return type(model).model_validate(self._redacted(model.model_dump(mode="python")))

    def _redacted(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.redacted(value) if type(value) is str else value
        if isinstance(value, Mapping):
            return {self._redacted(key): self._redacted(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._redacted(item) for item in value]
        return value


def _forms(value: str) -> Iterator[str]:
    """A value as it turns up: as it is, in one case, with escapes of JSON and URLs, in base64, in hexadecimal."""
    raw = value.encode("utf-8", "surrogatepass")
    yield from (value, value.lower(), value.upper())
    yield json.dumps(value)[1:-1]
    yield urllib.parse.quote(value, safe="", errors="surrogatepass")
    yield from (raw.hex(), raw.hex().upper())
    for shift in range(3):
        # Base64 takes three bytes at a time: what a value becomes depends on where in them it begins.
        text = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
        inner = text[(0, 2, 3)[shift] : len(text) - (1 if (shift + len(raw)) % 3 else 0)]
        if len(inner) >= LEAST:
            yield inner
            yield inner.replace("+", "-").replace("/", "_")


def of_configuration(config: Mapping[str, str], secret_keys: Iterable[str]) -> SecretValues:
    """The values of secret keys; of a map or list those leaves that look random, since only some of them are secret."""
    found: set[str] = set()
    for key in secret_keys:
        text = config.get(key, "")
        found.add(text)
        found |= {leaf for leaf in configured_texts(text) if looks_random(leaf)}
    return SecretValues(found)


def configured_texts(value: str) -> list[str]:
    """The texts in a configuration value: those of a map or list (JSON) one by one, or the value itself."""
    try:
        data = json.loads(value)
    except ValueError:
        return [value]
    return [item for item in walk(data) if isinstance(item, str)] if isinstance(data, dict | list) else [value]


def of_properties(properties: Iterable[Value], *, only_random: bool) -> SecretValues:
    """The texts that values mark as secret.

    Args:
        properties: values with markers.
        only_random: leave out what does not look random, such as the region in a secret map: where such a text stands
            elsewhere, it need not be because of the secret.
    """
    found = {
        leaf
        for value in properties
        for item in walk(value)
        if isinstance(item, Secret)
        for leaf in walk(item.value)
        if isinstance(leaf, str) and (not only_random or looks_random(leaf))
    }
    return SecretValues(found)
