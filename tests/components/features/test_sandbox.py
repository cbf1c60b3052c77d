"""A feature store on the sandbox: up, again, every kind of change with its steps, destroyed."""

import pytest

from platform_lib.components.features import FeatureStore, FeatureStoreArgs
from platform_lib.operations.stateful import stateful
from platform_lib.sandbox.engine.event import StepEvent
from support.component_stack import ComponentStack
from support.feature_stores import SPEND, VISITS, store_args, surroundings


def store(environment="dev", **more):
    def make(account_id, opts):
        args = {**store_args(environment, account_id=account_id, **surroundings(opts)), **more}
        return FeatureStore("main", FeatureStoreArgs(**args), opts)

    return make


class Stack(ComponentStack):
    def steps(self, operation, component=None):
        """Exit code, and operation and name of every step that changes something in the store."""
        found = set()

        def keep(event):
            if isinstance(event, StepEvent) and event.phase == "outputs" and event.op != "same":
                found.add((event.op, event.urn.rsplit("::", 1)[-1].removeprefix("main-")))

        self.engine.sink = keep
        result = self.run(operation, component)
        self.errors = "\n".join(item.message for item in result.diagnostics)
        return result.exit_code, found


@pytest.fixture
def stack():
    made = Stack()
    yield made
    made.cloud.close()


def test_a_whole_store_comes_up_stays_and_goes(stack):
    previewed = stack.run("preview", store())
    assert stack.up(store()) == dict(previewed.changes)
    assert set(stack.up(store())) == {"same"}
    result = stack.run("destroy")
    assert (result.exit_code, set(result.changes)) == (0, {"delete"})
    assert stack.cloud.ls() == []


DATA = {
    "aws:dynamodb/table:Table",
    "aws:s3/bucket:Bucket",
    "aws:kinesis/stream:Stream",
    "aws:cloudwatch/logGroup:LogGroup",
}
"""Types that hold data."""


def data_names(stack):
    return {
        item.urn.rsplit("::", 1)[-1].removeprefix("main-")
        for item in stack.engine.snapshot.resources
        if item.type in DATA
    }


def test_what_holds_data_is_kept_outside_dev(stack):
    stack.up(store("prod"))
    assert stack.steps("destroy")[0] == 1
    kept = {item.type for item in stack.engine.snapshot.resources if item.protect}
    assert kept == DATA
    assert all(stateful(token) for token in DATA)


FEATURES = SPEND["features"]
DEFINITIONS = {("update", name) for name in ("repository", "watch", "serve", "serve-live", "push")}
"""A change of definitions: the files are written anew, the watch has them applied, functions begin anew."""

SCHEDULED = {"table-returns", "files-returns", "schedule-returns", "freshness-returns"}
ROLES = {f"{role}-role-policy" for role in ("apply", "materialise", "read")}
REPLACED_SELECTION = {(op, "backup") for op in ("create-replacement", "replace", "delete-replaced")}
"""AWS Backup changes no selection: there is a new one before the old one goes."""

RETURNS = {**SPEND, "name": "returns"}


@pytest.mark.parametrize(
    "more, steps",
    [
        pytest.param({"tier": "app"}, set(), id="what is so already"),
        pytest.param(
            {"batch_views": [{**SPEND, "every_minutes": 120}]},
            {("update", "schedule-spend"), ("update", "freshness-spend")},
            id="another schedule",
        ),
        pytest.param(
            {"batch_views": [{**SPEND, "freshness_minutes": 90}]}, {("update", "freshness-spend")}, id="fresher"
        ),
        pytest.param(
            {"batch_views": [{**SPEND, "ttl_minutes": 2000}]}, DEFINITIONS, id="values are good for less time"
        ),
        pytest.param(
            {"batch_views": [{**SPEND, "features": [*FEATURES, {"name": "returned", "type": "int64"}]}]},
            {*DEFINITIONS, ("update", "files-spend")},
            id="a feature more",
        ),
        pytest.param(
            {"batch_views": [SPEND, RETURNS]},
            {*DEFINITIONS, *(("create", name) for name in SCHEDULED), *(("update", name) for name in ROLES)}
            | REPLACED_SELECTION,
            id="a view more",
        ),
        pytest.param({"serving": {"latency_ms": 50}}, {("update", "serve-latency")}, id="faster answers"),
        pytest.param({"serving": {"registry_seconds": 30}}, DEFINITIONS, id="a registry that is newer"),
        pytest.param(
            {"serving": {"readers": {"shop": "arn:aws:iam::111122223333:role/shop"}}},
            {("create", "serve-permission-shop")},
            id="somebody more who asks",
        ),
        pytest.param({"stream": {"retention_hours": 240}}, {("update", "events")}, id="events are kept longer"),
        pytest.param({"log_retention_days": 30}, {("update", "logs")}, id="logs are kept for less time"),
    ],
)
def test_a_change_takes_the_steps_that_it_needs(stack, more, steps):
    stack.up(store())
    code, found = stack.steps("preview", store(**more))
    assert (code, found) == (0, steps), stack.errors
    code, found = stack.steps("up", store(**more))
    assert (code, found) == (0, steps), stack.errors
    assert set(stack.up(store(**more))) == {"same"}


def retired(**more):
    return {
        "batch_views": [RETURNS],
        "request_views": None,
        "retired_views": [{"name": "spend", "until": "2027-03-31", **more}],
    }


def test_a_view_that_is_retired_keeps_its_table_and_the_preview_says_so(stack):
    stack.up(store("prod"))
    before = data_names(stack)
    code, steps = stack.steps("preview", store("prod", **retired(replaced_by="returns")))
    assert code == 0
    assert "retired_views[0]: 'spend' is retired; its table 'main_prod.spend' and its files stay" in stack.errors
    assert "until 2027-03-31; 'returns' begins empty" in stack.errors
    assert {name for op, name in steps if op in ("delete", "replace")} & before == set()
    assert ("update", "table-spend") in steps, "its tags say until when it is kept"
    assert {("delete", name) for name in ("schedule-spend", "freshness-spend", "files-spend")} <= steps
    assert stack.steps("up", store("prod", **retired(replaced_by="returns"))) == (0, steps)
    assert data_names(stack) == before | {"table-returns"}
    tags = stack.of_type("aws:dynamodb/table:Table")["main-table-spend"]["tags"]
    assert (tags["retired-until"], tags["retired-data"]) == ("2027-03-31", "kept")


@pytest.mark.parametrize("change", ["removed", "renamed"])
def test_a_view_that_goes_without_a_word_fails_the_preview_and_nothing_is_lost(stack, change):
    stack.up(store("prod"))
    before = data_names(stack)
    views = [RETURNS] if change == "renamed" else None
    for operation in ("preview", "up"):
        code, _ = stack.steps(operation, store("prod", batch_views=views, request_views=None))
        assert code == 1
        assert "main-table-spend" in stack.errors
        assert "protect" in stack.errors
    assert before <= data_names(stack)


def test_data_of_a_retired_view_go_in_two_steps_more(stack):
    stack.up(store("prod"))
    stack.up(store("prod", **retired()))
    released = store("prod", **retired(data_released=True))
    code, steps = stack.steps("up", released)
    assert (code, steps) == (0, {("update", "table-spend")})
    assert "is no longer protected and goes with the entry" in stack.errors
    code, steps = stack.steps("up", store("prod", **{**retired(), "retired_views": None}))
    assert code == 0, stack.errors
    assert {name for op, name in steps if op == "delete"} == {"table-spend"}


def test_a_retired_view_comes_back_with_its_values(stack):
    stack.up(store("prod"))
    before = data_names(stack)
    stack.up(store("prod", **retired()))
    assert stack.steps("preview", store("prod"))[0] == 1, "the view that came meanwhile is protected"
    code, steps = stack.steps("up", store("prod", batch_views=[SPEND, RETURNS]))
    assert code == 0, stack.errors
    assert ("update", "table-spend") in steps
    assert before <= data_names(stack)


def test_a_feature_of_another_type_is_refused_before_anything_is_done(stack):
    pinned = {"views": [{"name": "spend", "keys": {"customer_id": "int64"}, "features": {"total": "float64"}}]}
    stack.up(store("prod", pinned_contract=pinned))
    other = {**SPEND, "features": [{"name": "total", "type": "string"}, FEATURES[1]]}
    code, steps = stack.steps("preview", store("prod", pinned_contract=pinned, batch_views=[other], request_views=None))
    assert (code, steps) == (1, set())
    assert "pinned_contract.views[0].features.total: changes its type from float64 to string" in stack.errors


def test_a_type_that_nobody_pinned_changes_no_table(stack):
    stack.up(store())
    other = {**SPEND, "features": [{"name": "total", "type": "string"}, FEATURES[1]]}
    code, steps = stack.steps("up", store(batch_views=[other], request_views=None))
    assert (code, steps) == (0, {*DEFINITIONS, ("update", "files-spend")}), stack.errors


def test_a_view_may_become_one_that_is_pushed(stack):
    stack.up(store("prod"))
    before = data_names(stack)
    pushed = {key: SPEND[key] for key in ("name", "entities", "features", "ttl_minutes", "created_column")}
    code, steps = stack.steps("up", store("prod", batch_views=None, stream_views=[VISITS, pushed]))
    assert code == 0, stack.errors
    assert {name for op, name in steps if op in ("delete", "replace")} == {"schedule-spend"}
    assert data_names(stack) == before


def test_another_image_goes_into_tasks_and_functions(stack):
    stack.up(store())
    image = store_args()["image"][:-4] + "0000"
    code, steps = stack.steps("up", store(image=image))
    assert code == 0, stack.errors
    assert {("update", name) for name in ("serve", "push", "watch", "serve-live")} <= steps
    assert not {name for _, name in steps} & data_names(stack)
