"""Reviewed decisions as data: YAML files below ``governance/`` that hold a list of entries, each of one model."""

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, PrivateAttr, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from platform_lib.core.errors import Finding, SettingsError
from platform_lib.core.validation import findings_of


class Reviewed(BaseModel):
    """Base of an entry: its fields and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    _line: int = PrivateAttr(default=0)

    @property
    def line(self) -> int:
        """Where it stands in the file, from 1; 0 where it is of no file."""
        return self._line


EntryT = TypeVar("EntryT", bound=Reviewed)


def read_reviewed(path: Path, key: str, model: type[EntryT]) -> tuple[EntryT, ...]:
    """The entries of a file.

    Args:
        path: the file; one that does not exist has no entry.
        key: of the list, the only key of the file beside ``version``.
        model: of an entry.

    Raises:
        SettingsError: it is not such a file, or entries are wrong: all of them, with their lines.
    """
    if not path.is_file():
        return ()
    try:
        document = YAML().load(path.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(
            path.name, [Finding("", f"cannot be read as YAML: {' '.join(str(error).split())}")]
        ) from None
    if document is None:
        return ()
    listed = document.get(key) if isinstance(document, CommentedMap) else None
    if not isinstance(document, CommentedMap) or set(document) - {key, "version"} or not _is_list(listed):
        raise SettingsError(path.name, [Finding("", f"must be a map with the key '{key}' and a list below it")])
    entries: list[EntryT] = []
    findings: list[Finding] = []
    for index, item in enumerate(listed or ()):
        line = listed.lc.item(index)[0] + 1 if isinstance(listed, CommentedSeq) else 0
        try:
            entry = model.model_validate(_plain(item))
        except ValidationError as error:
            findings += [_placed(found, path, line) for found in findings_of(error, model)]
        else:
            entry._line = line  # noqa: SLF001  # pydantic keeps private attributes out of the constructor
            entries.append(entry)
    if findings:
        raise SettingsError(path.name, findings)
    return tuple(entries)


def _placed(finding: Finding, path: Path, line: int) -> Finding:
    where = f"{path.name}:{line}" + (f": {finding.path}" if finding.path else "")
    return Finding(where, finding.problem, finding.remedy)


def _is_list(value: object) -> bool:
    return value is None or isinstance(value, list)


def _plain(value: Any) -> Any:
    """The value without what the YAML reader adds; dates stay dates."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
