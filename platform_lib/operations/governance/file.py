"""Reads a file of reviewed decisions (``governance/*.yaml``) into its model, every fault with file and line."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from platform_lib.core.errors import Finding, FindingsError, SettingsError
from platform_lib.core.validation import FieldError, findings_of
from platform_lib.operations.changes import path_parts
from platform_lib.sandbox.yaml_source import Source, parse_yaml

FOLDER = Path("governance")
"""Where the files stand in a project."""


class GovernanceError(FindingsError):
    """A file of reviewed decisions is not usable; paths carry file and line."""


class Decisions(BaseModel):
    """Base of what such a file holds: nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, hide_input_in_errors=True)


def _day(value: Any) -> Any:
    text = str(value).removesuffix(" 00:00:00 +0000 UTC")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FieldError("must be a day", "write it as 2027-11-30") from None


Day: TypeAlias = Annotated[date, BeforeValidator(_day)]
"""A day in such a file; an unquoted one comes as YAML's timestamp in the stock CLI's words."""

Model = TypeVar("Model", bound=BaseModel)


def parse_decisions(content: bytes, path: Path, model: type[Model]) -> Model:
    """The decisions of a file's content, which may be that of another commit.

    Raises:
        GovernanceError: it is no YAML, or does not fit the model: all faults at once.
    """
    subject = f"{path.parent.name}/{path.name}"
    try:
        source = parse_yaml(content, path, subject=subject)
    except SettingsError as error:
        raise GovernanceError(subject, error.findings) from None
    if not isinstance(source.data, dict):
        raise GovernanceError(subject, [Finding("", "must be a map", f"it has {', '.join(model.model_fields)}")])
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        raise GovernanceError(subject, [placed(item, source) for item in findings_of(error, model)]) from None


def placed(finding: Finding, source: Source) -> Finding:
    """The finding with the line of what it is about, or of what stands around it."""
    where = source.where(*path_parts(finding.path)) if finding.path else source.path.name
    return Finding(where, finding.problem, finding.remedy)
