"""The JSON documents of the day-2 commands that others read, each with its schema in a file of its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from platform_lib.operations.compare.model import Comparison
from platform_lib.operations.drift.model import Drift
from platform_lib.operations.drill.model import Drill
from platform_lib.operations.ephemeral.model import Deletion
from platform_lib.operations.model import Model
from platform_lib.operations.stacks.model import StacksRun
from platform_lib.operations.upgrade.model import UpgradeReport

_HOME: Final = Path(__file__).parent

PUBLISHED: Final[Mapping[Path, type[Model]]] = {
    _HOME / "drift" / "drift.schema.json": Drift,
    _HOME / "drill" / "drill.schema.json": Drill,
    _HOME / "compare" / "comparison.schema.json": Comparison,
    _HOME / "ephemeral" / "deletion.schema.json": Deletion,
    _HOME / "stacks" / "run.schema.json": StacksRun,
    _HOME / "upgrade" / "report.schema.json": UpgradeReport,
}
"""Schema file to model: ``platform drift --json``, ``drill run --json``, ``compare --json``, the records of
``env destroy`` and ``env sweep``, ``stacks up --json``, ``check-upgrade --json``."""


def schema_of(model: type[Model]) -> dict[str, Any]:
    """The JSON schema of a document as it is written."""
    schema = model.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
