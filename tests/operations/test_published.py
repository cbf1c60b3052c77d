"""The documents that others read fit the schemas that are published for them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from platform_lib.operations.compare.model import Comparison, Difference, Nature, Section, Side
from platform_lib.operations.cost.model import Cost
from platform_lib.operations.drift import model as drift
from platform_lib.operations.drill import model as drill
from platform_lib.operations.ephemeral.model import Blocker, Deletion, Mark, Removed
from platform_lib.operations.model import Model
from platform_lib.operations.published import PUBLISHED, schema_of
from platform_lib.operations.stacks.model import StackRun, StacksRun
from platform_lib.operations.upgrade.model import Bump, ContractChange, Kind, Lost, Renamed, UpgradeReport

NOW = datetime(2026, 11, 24, tzinfo=UTC)
URN = "urn:pulumi:dev::shop::aws:sqs/queue:Queue::jobs"
QUEUE = "aws:sqs/queue:Queue"
SIDE = Side(
    stack="dev", environment="dev", seen="planned", components=0, resources=1, cost=Cost(currency="USD", monthly=1.5)
)
DOCUMENTS: list[Model] = [
    drift.Drift(
        engine="sandbox",
        project="shop",
        stack="dev",
        environment="dev",
        checked=NOW,
        drifted=True,
        packs=("baseline 0.1.0",),
        looked_at=1,
        resources=(
            drift.ResourceDrift(
                urn=URN,
                type=QUEUE,
                name="jobs",
                nature=drift.Nature.REAL,
                meaning=drift.Meaning.SECURITY,
                rules=(drift.BrokenRule(rule="r", severity="high", mandatory=True, problem="p"),),
                properties=(drift.PropertyDrift(path="a", kind="update", old=1, new=None, nature=drift.Nature.REAL),),
            ),
        ),
        settled="reverted",
    ),
    drill.Drill(
        project="shop",
        stack="dev",
        replica="main",
        ran=NOW,
        in_place=False,
        region_down="eu-central-1",
        lost_at=NOW,
        canary_seconds=60,
        seed=drill.Seed.KEY_MISSING,
        seeded="the key is gone",
        ways=(
            drill.WayRecord(
                way=drill.Way.FAILOVER,
                began=NOW,
                steps=(
                    drill.StepRecord(
                        name="use-files",
                        phase=drill.Phase.DATA,
                        action=drill.Action.USE,
                        site=drill.Site.SECONDARY,
                        region="eu-west-1",
                        source="files",
                        title="use the copy of files as it is",
                        began=NOW,
                        seconds=0,
                        planned_seconds=0,
                        basis=drill.Basis.ASSUMED,
                        checks=(drill.Check(name="copy", passed=False, text="the key is gone"),),
                    ),
                ),
                sources=(
                    drill.SourceRecord(
                        name="files",
                        kind="s3",
                        mechanism="timed-replication",
                        point_objective=900,
                        time_objective=3600,
                        within=False,
                        note="not served",
                    ),
                ),
            ),
        ),
        passed=False,
        failures=("failover: use-files: the key is gone",),
    ),
    Comparison(
        engine="pulumi",
        project="shop",
        at=NOW,
        left=SIDE,
        right=SIDE,
        compared={"setting": 1},
        parity=99.9,
        differences=(Difference(section=Section.SETTING, subject="a", left=[1], nature=Nature.ACCIDENTAL),),
    ),
    Deletion(
        engine="sandbox",
        project="shop",
        stack="pr-1",
        reason="expired",
        mark=Mark(source="dev", created=NOW, expires=NOW),
        at=NOW,
        done=False,
        left=(Removed(urn=URN, type=QUEUE, id="jobs-1"),),
        blockers=(Blocker(kind="protected", urn=URN, problem="p"),),
    ),
    StacksRun(
        engine="sandbox",
        operation="up",
        order=(("shop/dev",),),
        stacks=(StackRun(project="shop", stack="dev", verdict="done", summary={"create": 1}),),
    ),
    UpgradeReport(
        since="v1",
        commit="a" * 40,
        project="shop",
        stack="dev",
        lost=(Lost(urn=URN, type=QUEUE, action="delete"),),
        renamed=(Renamed(old=URN, new=URN),),
        contract=(ContractChange(kind=Kind.REMOVED, subject="a", bump=Bump.MAJOR),),
        bump=Bump.MAJOR,
        version="1.0.0",
        next_version="2.0.0",
    ),
]


@pytest.mark.golden
@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_schema_is_that_of_the_model(request: pytest.FixtureRequest, path: Path) -> None:
    made = json.dumps(schema_of(PUBLISHED[path]), indent=1) + "\n"
    if request.config.getoption("--update-golden"):
        path.write_text(made, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == made, "run make golden, and say in CHANGELOG.md what changed"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: type(document).__name__)
def test_a_document_fits_its_schema_and_is_read_back_as_it_was(document: Any) -> None:
    path = next(path for path, model in PUBLISHED.items() if model is type(document))
    data = json.loads(document.to_json())
    validator = jsonschema.Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))
    validator.validate(data)
    assert type(document).model_validate_json(document.to_json()) == document
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({**data, "more": 1})


def test_every_published_document_has_an_example() -> None:
    assert {type(document) for document in DOCUMENTS} == set(PUBLISHED.values())
