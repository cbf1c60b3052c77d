"""What a plan of a feature store holds, and what it refuses: every message with the input that causes it."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_lib.components.features import (
    FeatureStoreArgs,
    FeatureStoreReference,
    FeatureType,
    PinnedViewArgs,
    contract_digest,
)
from platform_lib.components.features.args import FeatureStoreArgs as Args
from platform_lib.components.features.kind import ViewKind
from platform_lib.components.features.plan import notices, plan_store
from platform_lib.components.features.planning.contract import contract_of, part_of
from platform_lib.components.features.planning.expression import names_in, problem_with
from platform_lib.core.errors import ArgsError, PlanError
from support.contexts import context
from support.feature_stores import RATIO, SPEND, VISITS, store_args


def planned(environment="prod", **more):
    return plan_store("main", FeatureStoreArgs(**store_args(environment, **more)), subject="FeatureStore 'main'")


def refused(environment="prod", **more):
    with pytest.raises((ArgsError, PlanError)) as raised:
        planned(environment, **more)
    return [str(finding) for finding in raised.value.findings]


def spend(**more):
    return {"batch_views": [{**SPEND, **more}]}


def visits(**more):
    return {"stream_views": [{**VISITS, **more}]}


def ratio(**more):
    return {"request_views": [{**RATIO, **more}]}


def computed(expression, **more):
    return ratio(features=[{"name": "y", "type": "float64", "expression": expression, **more}])


def pinned(keys=None, features=None, **more):
    view = {"name": "spend", "keys": keys or {"customer_id": "int64"}, "features": features or {"total": "float64"}}
    return {"pinned_contract": {"views": [{**view, **more}]}}


# Defaults


def test_what_is_left_out_is_filled_in():
    plan = planned()
    batch, stream = plan.views
    assert (batch.kind, batch.every_minutes, batch.delay_minutes) == (ViewKind.BATCH, 60, 5)
    assert (batch.freshness_minutes, batch.backfill_minutes) == (130, 2880)
    assert (stream.kind, stream.freshness_minutes, stream.every_minutes) == (ViewKind.STREAM, 15, 0)
    assert [feature.sensitivity for feature in batch.features] == ["confidential", "internal"]
    assert (plan.project, plan.tier, plan.deletion_protection) == ("main_prod", "app", True)
    assert plan.table("spend") == "main_prod.spend"
    assert (plan.task.cpu, plan.task.memory_mib, plan.task.timeout_seconds) == (1024, 4096, 3600)
    assert plan.task.lease_seconds > plan.task.timeout_seconds
    assert plan.log_retention_days == 365
    assert planned(context=context("prod", compliance_scope=["hipaa"])).log_retention_days == 2192


def test_without_stream_views_there_is_no_stream():
    assert planned(stream_views=None).stream is None


def test_dev_needs_no_copies_and_does_not_protect():
    assert planned("dev", copies=None).deletion_protection is False
    assert planned("dev", deletion_protection=True).deletion_protection is True
    assert planned("prod", deletion_protection=False).deletion_protection is False


def test_a_view_may_be_of_nothing_but_its_own():
    plan = planned(**ratio(views=None, features=[{"name": "y", "type": "string", "expression": "str(amount)"}]))
    assert plan.request_views[0].views == ()


def test_a_preview_tells_of_views_that_are_no_more():
    views = [
        {"name": "old", "until": "2027-01-31"},
        {"name": "older", "until": "2026-01-31", "replaced_by": "spend", "data_released": True},
    ]
    subject = "FeatureStore 'main'"
    kept, released = notices(planned(retired_views=views), subject=subject)
    text = "'old' is retired; its table 'main_prod.old' and its files stay, protected, until 2027-01-31"
    assert kept == f"{subject}: retired_views[0]: {text}"
    (unprotected,) = notices(planned("dev", retired_views=views[:1]), subject=subject)
    assert unprotected.endswith("'main_dev.old', which DynamoDB does not protect, and its files stay with the entry")
    text = "'older' is retired; its table 'main_prod.older' is no longer protected and goes with the entry"
    then = "'spend' begins empty: copy values before consumers move"
    assert released == f"{subject}: retired_views[1]: {text}; {then}"


# Messages

LONG = "v" * 250
LONGER = "v" * 260


REFUSALS = yaml.safe_load((Path(__file__).parent / "refusals.yaml").read_text(encoding="utf-8"))
CHANGED = {"spend": spend, "visits": visits, "ratio": ratio, "computed": computed, "pinned": pinned}


def arguments(given):
    """Arguments from what the file of refusals says."""
    found = {}
    for name, value in given.items():
        found |= CHANGED[name](**value) if name in CHANGED else {name: value}
    return found


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case["says"][0].partition(",")[0][:80])
def test_what_is_wrong_is_said_with_the_way_out(case):
    assert refused(**arguments(case["given"])) == case["says"]


def test_a_name_that_is_too_long_for_its_children_is_told():
    with pytest.raises(PlanError, match=re.escape("name: is ")):
        plan_store("a" * 60, FeatureStoreArgs(**store_args(project="p")), subject="FeatureStore 'a'")


@pytest.mark.parametrize("environment", ["prod--eu", "a-very-long-environment-of-a-region"])
def test_an_environment_that_makes_no_project_is_told(environment):
    name = f"main_{environment}".replace("-", "_")
    problem = f"project: is not given, and {name!r} is no name of at most 32 characters"
    assert refused(environment) == [f"{problem}; give one of lower-case letters and digits joined by single '_'"]


def test_a_digest_that_is_not_that_of_the_views_is_told():
    contract = pinned()["pinned_contract"]
    (message,) = refused(pinned_contract={**contract, "digest": "sha256:0"})
    assert message.startswith("pinned_contract.digest: is not the digest of the views beside it (sha256:")
    digest = contract_digest([PinnedViewArgs(**view) for view in contract["views"]])
    planned(pinned_contract={**contract, "digest": digest})


def test_all_findings_come_at_once():
    found = refused(
        **visits(name="spend", entities=["x"], ttl_minutes=5, freshness_minutes=6),
        **computed("amount.real"),
        **pinned(features={"gone": "int64"}),
        copies=None,
        retired_views=[{"name": "basket", "until": "2027-01-31"}],
    )
    assert len(found) == 8


# The contract


def reference(**more):
    return FeatureStoreReference(
        region="eu-west-1",
        project="main_prod",
        serving_arn="serve",
        training_policy_arn="training",
        event_stream_arn="",
        contract=contract_of(planned(**more)),
    )


def test_what_a_consumer_uses_has_a_digest_that_others_do_not_change():
    used = ["spend:total", "basket:share"]
    digest = reference().digest_of(used)
    more = spend(features=[*SPEND["features"], {"name": "returned", "type": "int64"}])
    assert reference(**more, stream_views=None).digest_of(used) == digest
    reference(**more).require(used, digest)
    assert reference().digest_of(list(reversed(used))) == digest
    assert reference().digest_of(["spend:total"]) != digest


def test_a_change_of_what_a_consumer_uses_fails_its_preview():
    digest = reference().digest_of(["spend:orders"])
    other = spend(features=[SPEND["features"][0], {"name": "orders", "type": "string"}])
    with pytest.raises(PlanError) as raised:
        reference(**other).require(["spend:orders"], digest)
    assert str(raised.value).startswith(
        "FeatureStoreReference 'main_prod': contract_digest: is no longer what the store"
    )
    assert "spend by customer_id (int64) gives orders (string)" in str(raised.value)
    assert digest in str(raised.value)


def test_a_feature_that_is_not_there_is_told_with_its_neighbour():
    with pytest.raises(PlanError) as raised:
        reference().digest_of(["spend:totl"])
    text = "features[0]: is not in the store, got 'spend:totl'; did you mean 'spend:total'?"
    assert str(raised.value) == f"FeatureStoreReference 'main_prod': {text}"


kinds = st.sampled_from(list(FeatureType))
names = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
views = st.builds(
    PinnedViewArgs,
    name=names,
    keys=st.dictionaries(names, kinds, min_size=1, max_size=3),
    features=st.dictionaries(names, kinds, min_size=1, max_size=5),
)
contracts = st.lists(views, min_size=1, max_size=4, unique_by=lambda view: view.name)


@given(contracts, st.randoms(use_true_random=False))
def test_a_digest_does_not_depend_on_order_and_changes_with_everything_else(contract, random):
    shuffled = [
        view.model_copy(update={"features": dict(random.sample(list(view.features.items()), len(view.features)))})
        for view in random.sample(contract, len(contract))
    ]
    digest = contract_digest(contract)
    assert contract_digest(shuffled) == digest
    view = contract[0]
    (feature, kind), *_ = view.features.items()
    other = next(one for one in FeatureType if one is not kind)
    for change in (
        {"features": {**view.features, feature: other}},
        {"features": {**view.features, "one_more": kind}},
        {"keys": {**view.keys, "one_more": kind}},
        {"name": "another_one"},
    ):
        assert contract_digest([view.model_copy(update=change), *contract[1:]]) != digest


@given(contracts)
def test_a_part_of_everything_is_everything(contract):
    everything = [f"{view.name}:{feature}" for view in contract for feature in view.features]
    part, findings = part_of(contract, everything)
    assert findings == []
    assert contract_digest(part) == contract_digest(contract)


# Properties of plans

snake = st.from_regex(r"v[a-z0-9]{0,12}(_[a-z0-9]{1,8})?", fullmatch=True)


@st.composite
def stores(draw):
    """Arguments of stores whose views have times that go together."""
    found = draw(st.lists(snake, min_size=1, max_size=6, unique=True))
    batch, stream = [], []
    for name in found:
        every, delay = draw(st.integers(5, 10080)), draw(st.integers(0, 1440))
        ttl = every + delay + draw(st.integers(1, 10000))
        kind = draw(st.sampled_from(["batch", "stream"]))
        common = {"name": name, "entities": ["shop"], "features": [{"name": "f", "type": "int64"}], "ttl_minutes": ttl}
        if kind == "batch":
            batch.append({**common, "every_minutes": every, "delay_minutes": delay})
        else:
            stream.append(common)
    return {"batch_views": batch or None, "stream_views": stream or None, "request_views": None}


@settings(max_examples=100)
@given(stores())
def test_names_are_unique_and_fit_and_times_go_together(more):
    plan = planned(**more)
    tables = [plan.state_table, *(plan.table(view.name) for view in plan.views)]
    assert len(set(tables)) == len(tables)
    assert all(3 <= len(name) <= 255 and re.fullmatch(r"[a-zA-Z0-9_.-]+", name) for name in tables)
    for view in plan.batch_views:
        assert view.every_minutes + view.delay_minutes < view.freshness_minutes <= view.ttl_minutes
        assert view.backfill_minutes >= view.every_minutes + view.delay_minutes
    for view in plan.stream_views:
        assert 0 < view.freshness_minutes <= view.ttl_minutes


@settings(max_examples=50)
@given(stores(), snake.map(lambda name: f"x{name}"))
def test_a_view_more_changes_nothing_of_the_others(more, name):
    before = planned(**more)
    added = {"name": name, "entities": ["shop"], "features": [{"name": "f", "type": "int64"}], "ttl_minutes": 60}
    after = planned(**{**more, "stream_views": [*(more["stream_views"] or []), added]})
    assert set(before.views) <= set(after.views)
    assert {before.table(view.name) for view in before.views} < {after.table(view.name) for view in after.views}


@given(st.text(max_size=40))
def test_no_text_is_taken_for_an_expression_that_is_more_than_arithmetic(text):
    if problem_with(text, ["a", "b"]) == "":
        assert set(names_in(text)) <= {"a", "b"}
        assert "." not in re.sub(r"\d*\.\d*|'[^']*'|\"[^\"]*\"", "", text)


def test_arguments_can_be_given_as_a_map():
    assert Args.parse("FeatureStore 'main'", store_args()).batch_views[0].name == "spend"
