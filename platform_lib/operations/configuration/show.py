"""What a stack is set to, and where each value comes from."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from pydantic import BaseModel

from platform_lib.core.settings import Origin, Settings
from platform_lib.core.validation import is_input, join
from platform_lib.operations.changes import SECRET_TEXT


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One value.

    Attributes:
        path: in the settings model (``network.cidr``).
        value: as JSON data; ``[secret]`` for a secret.
        origin: where it comes from.
    """

    path: str
    value: Any
    origin: Origin


def setting_rows(settings: Settings) -> Iterator[SettingRow]:
    """Every value of a stack's settings, in the order of the model; lists and maps are one value each."""
    yield from _rows(settings, settings, "")


def _rows(settings: Settings, model: BaseModel, prefix: str) -> Iterator[SettingRow]:
    for name, field in type(model).model_fields.items():
        path, value = join(prefix, name), getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _rows(settings, value, path)
        else:
            secret = is_input(field.annotation) and value is not None
            yield SettingRow(path, SECRET_TEXT if secret else plain_value(value), settings.origin(path))


def plain_value(value: Any) -> Any:
    """A value of a model as JSON data."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, dict):
        return {str(key): plain_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_value(item) for item in value]
    return value
