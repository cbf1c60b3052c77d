"""Answers of look-ups from a file of the user's: what the sandbox cannot know, told once.

The file is YAML (or JSON, which is YAML)::

    aws:ec2/getAmi:getAmi:
      - args: {owners: [amazon]}        # optional: the arguments that must be equal; the first fit answers
        returns: {id: ami-0abc, architecture: x86_64}

An id or arn that a fixture names counts as there, so that resources may refer to it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from platform_lib.core.errors import CloudError
from platform_lib.core.values import Properties


class Fixtures:
    """The answers of one file, read when first needed.

    Args:
        path: of the file; None for no fixtures.
        required: whether a missing file is an error.
    """

    def __init__(self, path: Path | None, *, required: bool = False) -> None:
        self.path = path
        self._required = required
        self._answers: Mapping[str, list[tuple[Properties, Properties]]] | None = None
        self._mentioned: frozenset[str] = frozenset()

    def answer(self, token: str, args: Properties) -> Properties | None:
        """The first answer whose arguments are all equal to those given, None where nothing fits.

        Raises:
            CloudError: the file is missing or not of the form.
        """
        for wanted, returns in self._loaded().get(token, []):
            if all(args.get(key) == value for key, value in wanted.items()):
                return dict(returns)
        return None

    def mentions(self, value: str) -> bool:
        """Whether an answer holds the text."""
        self._loaded()
        return value in self._mentioned

    def line(self, token: str, args: Properties) -> str:
        """What to write into the file for a look-up."""
        shown = ", ".join(f"{key}: {value}" for key, value in args.items() if not isinstance(value, dict | list))
        return f"{token}: [{{args: {{{shown}}}, returns: {{...}}}}]"

    @property
    def place(self) -> str:
        """The file, for messages."""
        return str(self.path) if self.path is not None else "a fixtures file"

    def _loaded(self) -> Mapping[str, list[tuple[Properties, Properties]]]:
        if self._answers is None:
            self._answers = self._read()
            self._mentioned = frozenset(
                text for answers in self._answers.values() for _, returns in answers for text in _texts(returns)
            )
        return self._answers

    def _read(self) -> Mapping[str, list[tuple[Properties, Properties]]]:
        if self.path is None or (not self._required and not self.path.exists()):
            return {}
        from ruamel.yaml import YAML  # loaded only where there is a file
        from ruamel.yaml.error import YAMLError

        try:
            data = YAML(typ="safe", pure=True).load(self.path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, YAMLError) as error:
            raise CloudError(f"fixtures: {self.path}: not readable: {error}") from error
        if data is None:
            return {}
        if not isinstance(data, dict):
            raise CloudError(
                f"fixtures: {self.path}: expected look-up tokens with their answers, got {type(data).__name__}"
            )
        return {
            str(token): [self._entry(str(token), entry) for entry in _listed(entries)]
            for token, entries in data.items()
        }

    def _entry(self, token: str, entry: Any) -> tuple[Properties, Properties]:
        if (
            not isinstance(entry, dict)
            or not isinstance(entry.get("returns"), dict)
            or entry.keys() - {"args", "returns"}
        ):
            raise CloudError(
                f"fixtures: {self.path}: {token}: expected 'returns' (and maybe 'args'), got {entry!r}; "
                f"write it as {token}: [{{args: {{...}}, returns: {{...}}}}]"
            )
        return dict(entry.get("args") or {}), dict(entry["returns"])


def _listed(entries: Any) -> list[Any]:
    return entries if isinstance(entries, list) else [entries]


def _texts(value: Any) -> set[str]:
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        return {text for item in value.values() for text in _texts(item)}
    if isinstance(value, list):
        return {text for item in value for text in _texts(item)}
    return set()
