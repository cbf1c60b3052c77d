import time

import pytest

from platform_lib.core.errors import PolicyError
from platform_lib.core.values import UNKNOWN, Secret
from policypacks.engine.evaluation import RuleIndex, merged, run
from policypacks.engine.registry import REGISTRY, load_rules, rule
from policypacks.engine.resource import Resource, Setting
from policypacks.engine.text import Pattern
from policypacks.engine.token import canonical
from policypacks.engine.verdict import PASS, Answer, Verdict
from policypacks.engine.watchdog import RuleTimeout, Watchdog
from support.policy_engine import TODAY, evaluator, facts, make_rule, record

SETTING = Setting("prod", TODAY)


def broken(resource: Resource) -> Verdict:
    raise KeyError(resource.name)


def endless(resource: Resource) -> Verdict:
    while resource:
        pass
    return PASS


def stubborn(resource: Resource) -> Verdict:
    while resource:
        try:
            time.sleep(0.001)
        except Exception:  # noqa: BLE001 (what a careless rule may do)
            continue
    return PASS


def test_outputs_are_completed_by_inputs() -> None:
    inputs = {"set": 1, "unknown": UNKNOWN, "nested": {"set": 1}, "list": [{"set": 1}, 2], "shorter": [1, 2]}
    outputs = {
        "id": "x", "computed": UNKNOWN, "set": UNKNOWN, "unknown": "known", "secret": Secret(UNKNOWN),
        "nested": {"set": 1, "computed": UNKNOWN}, "list": [{"set": 1, "computed": UNKNOWN}, UNKNOWN], "shorter": [3],
    }  # fmt: skip
    assert merged(inputs, outputs) == {
        "id": "x", "set": 1, "unknown": "known", "secret": Secret(UNKNOWN), "nested": {"set": 1},
        "list": [{"set": 1}, 2], "shorter": [3],
    }  # fmt: skip


def test_a_rule_that_raises_is_a_finding_and_stops_nothing() -> None:
    it = evaluator(make_rule(broken, record("test-broken")), make_rule(lambda r: r.read() and PASS, record("test-ok")))
    (finding,) = it.analyze_facts(facts({"a": 1}))
    assert finding.rule == "test-broken"
    assert finding.answer is Answer.ERROR
    assert "KeyError" in finding.message
    assert finding.mandatory
    assert [result.status for result in it.report().rules] == ["failed", "passed"]


def test_a_rule_that_answers_something_else_is_a_finding() -> None:
    verdict = run(make_rule(lambda r: True), facts(), {}, SETTING)  # type: ignore[arg-type, return-value]
    assert verdict.answer is Answer.ERROR
    assert "answered bool" in verdict.faults[0].problem


@pytest.mark.parametrize("function", [endless, stubborn])
def test_a_rule_that_never_ends_is_cut_off(function: object) -> None:
    watchdog = Watchdog(0.2)
    verdict = run(make_rule(function), facts({"a": 1}), {}, SETTING, None, watchdog)  # type: ignore[arg-type]
    assert verdict.answer is Answer.ERROR
    assert "cut off after 0.2 s" in verdict.faults[0].problem
    assert run(make_rule(lambda r: PASS), facts(), {}, SETTING, None, watchdog) is PASS


def test_rules_that_end_near_the_limit_leave_nothing_behind() -> None:
    watchdog = Watchdog(0.02)
    cut = 0
    for pause in [0.015, 0.02, 0.025, 0.03, 0.018, 0.022] * 5:
        try:
            with watchdog:
                time.sleep(pause)
        except RuleTimeout:
            cut += 1
    for _ in range(1000):
        sum(range(100))
    assert cut >= 5


def test_the_watchdog_thread_ends_when_idle() -> None:
    watchdog = Watchdog(0.02)
    with watchdog:
        pass
    thread = watchdog._thread
    assert thread is not None
    thread.join(timeout=30)
    assert not thread.is_alive()
    with watchdog:
        assert watchdog._thread is not None


def test_rules_are_found_by_alias_version_patch_and_prefix() -> None:
    bucket = make_rule(lambda r: PASS, record("test-a", resources=("aws:s3/bucket:Bucket",)))
    storage = make_rule(lambda r: PASS, record("test-b", resources=("azure-native:storage:StorageAccount",)))
    deployment = make_rule(lambda r: PASS, record("test-c", resources=("kubernetes:apps/v1:Deployment",)))
    any_aws = make_rule(lambda r: PASS, record("test-d", provider="aws", resources=("*",)))
    anything = make_rule(lambda r: PASS, record("test-e", provider="any", resources=("*",)))
    index = RuleIndex([bucket, storage, deployment, any_aws, anything])
    assert index.rules("aws:s3/bucketV2:BucketV2") == (bucket, any_aws, anything)
    assert index.rules("azure-native:storage/v20230101:StorageAccount") == (storage, anything)
    assert index.rules("kubernetes:apps/v1:DeploymentPatch") == (deployment, anything)
    assert index.rules("kubernetes:apps/v1beta2:Deployment") == (deployment, anything)
    assert index.rules("gcp:x/y:Y") == (anything,)


def test_canonical_tokens() -> None:
    assert canonical("azure-native:network/v20240101preview:PrivateEndpoint") == "azure-native:network:PrivateEndpoint"
    assert canonical("azure-native:documentdb/v20240101:DatabaseAccount") == "azure-native:cosmosdb:DatabaseAccount"
    assert canonical("gcp:storage/bucket:Bucket") == "gcp:storage/bucket:Bucket"


def test_two_rules_with_one_id_are_refused() -> None:
    first = next(iter(load_rules()))
    with pytest.raises(PolicyError, match="remove one"):

        @rule(first)
        def again(resource: Resource) -> Verdict:
            """Things are right.

            Wrong things are bad.
            """
            return PASS

    assert REGISTRY[first].module.startswith("policypacks.rules")


def test_a_rule_outside_the_catalogue_is_refused_with_a_near_name() -> None:
    with pytest.raises(PolicyError, match="did you mean 'aws-kms-key-rotation-enabled'"):
        rule("aws-kms-key-rotation-enable")


def test_a_rule_without_a_reason_is_refused() -> None:
    with pytest.raises(PolicyError, match="docstring"):

        @rule(record("test-silent"))
        def silent(resource: Resource) -> Verdict:
            """Says only what."""
            return PASS


def test_a_setting_without_default_is_refused() -> None:
    with pytest.raises(PolicyError, match="has no default"):
        rule(record("test-setting"), config={"days": {"type": "integer"}})


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a*)*", "((ab)+c)*", "(x{2,})+", "(?:a|b+)+"])
def test_patterns_that_can_run_away_are_refused(pattern: str) -> None:
    with pytest.raises(PolicyError, match="repeats"):
        Pattern(pattern)


@pytest.mark.parametrize("pattern", [r"a+b*", r"(?:ab)+", r"[(+]+x", r"\(a+\)+", r"(?:a{1,3})b+"])
def test_other_patterns_are_fine(pattern: str) -> None:
    assert Pattern(pattern).pattern == pattern


def test_long_texts_are_searched_in_windows() -> None:
    pattern = Pattern("needle")
    for start in (0, 61_440, 65_533, 65_536, 200_000):
        assert pattern.find("x" * start + "needle" + "x" * 70_000) == "needle"
    assert pattern.find("x" * 300_000) is None
    assert pattern.find("") is None
    assert not pattern.fits("needle" * 20_000)
