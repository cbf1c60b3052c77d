"""Reads a file of reviewed decisions (``governance/*.yaml``) into its model, every fault with file and line."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from platform_lib.core.errors import Finding, FindingsError, SettingsError
from platform_lib.core.validation import findings_of
from platform_lib.operations.changes import path_parts
from platform_lib.sandbox.yaml_source import Source, parse_yaml

FOLDER = Path("governance")
"""Where the files stand in a project."""


class GovernanceError(FindingsError):
    """A file of reviewed decisions is not usable; paths carry file and line."""


class Decisions(BaseModel):
    """Base of what such a file holds: nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, hide_input_in_errors=True)


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
