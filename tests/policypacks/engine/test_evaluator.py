import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from platform_lib.core.errors import PolicyError
from platform_lib.core.values import UNKNOWN, Secret
from policypacks.engine.evaluator import Evaluator, load
from policypacks.engine.graph import require_related
from policypacks.engine.pack import Override
from policypacks.engine.predicate import require_at_least, require_true
from policypacks.engine.resource import Resource
from policypacks.engine.verdict import Answer, Verdict
from policypacks.engine.waiver import Waiver, Waivers
from support.policy_engine import STACK, THING, TODAY, evaluator, facts, make_rule, record

GOOD, BAD, OPEN = {"on": True}, {"on": False}, {"on": UNKNOWN}


def on(resource: Resource) -> Verdict:
    return require_true(resource, "on")


RULE = make_rule(on)


def waiver(**more: Any) -> Waiver:
    values: dict[str, Any] = {
        "rule": "test-rule",
        "resource": f"urn:pulumi:dev::project::{THING}::it",
        "owner": "ann",
        "approver": "bob",
        "reason": "migration",
        "compensating_control": "firewall",
        "expires": TODAY + timedelta(days=1),
        "line": 3,
    }
    return Waiver(**{**values, **more})


def test_a_finding_says_all_that_a_reader_needs() -> None:
    (finding,) = evaluator(RULE).analyze_facts(facts(BAD))
    assert finding.rule == "test-rule"
    assert finding.urn == f"urn:pulumi:dev::project::{THING}::it"
    assert finding.message == (
        "Thing 'it': on: is not true, got false; set on to true (HIPAA 164.312(b); PCI DSS 10.2.1; SOC 2 CC7.2)"
    )
    assert finding.mandatory
    assert (finding.path, finding.remedy) == ("on", "set on to true")
    assert finding.controls["hipaa"] == ("164.312(b)",)


@pytest.mark.parametrize(
    ("environment", "tier", "mandatory"),
    [
        ("dev", 1, False), ("dev", 3, False), ("staging", 1, True), ("staging", 2, True), ("staging", 3, False),
        ("prod", 1, True), ("prod", 3, False), (None, 2, True), ("unheard-of", 1, True), ("", 1, True),
    ],
)  # fmt: skip
def test_levels_follow_environment_and_tier_and_unknown_means_prod(
    environment: str | None, tier: int, mandatory: bool
) -> None:
    it = evaluator(make_rule(on, record(tier=tier)), environment=environment)
    assert it.analyze_facts(facts(BAD))[0].mandatory is mandatory


@pytest.mark.parametrize(
    ("config", "mandatory"),
    [
        ({"all": "advisory"}, False),
        ({"all": "advisory", "test-rule": "mandatory"}, True),
        ({"test-rule": {"enforcementLevel": "advisory"}}, False),
        ({"pack-settings": {"environment": "dev"}}, False),
    ],
)
def test_the_configuration_overrules_the_pack(config: Mapping[str, Any], mandatory: bool) -> None:
    assert evaluator(RULE, config=config).analyze_facts(facts(BAD))[0].mandatory is mandatory


def test_disabled_rules_do_not_run() -> None:
    it = evaluator(RULE, config={"test-rule": "disabled"})
    assert it.analyze_facts(facts(BAD)) == []
    assert it.rules == {}


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ({"test-rul": "advisory"}, "did you mean 'test-rule'"),
        ({"test-rule": "mandatry"}, "did you mean 'mandatory'"),
        ({"test-rule": {"enforcementLevel": "advisory", "days": 3}}, "is not a setting"),
        ({"test-days": {"days": "many"}}, "is not of type 'integer'"),
        ({"test-days": {"day": 3}}, "did you mean 'days'"),
        ({"pack-settings": {"environmen": "dev"}}, "did you mean 'environment'"),
        ({"pack-settings": {"rule_seconds": 0}}, "rule_seconds"),
    ],
)
def test_what_the_configuration_gets_wrong_is_an_error(config: Mapping[str, Any], text: str) -> None:
    days = make_rule(on, record("test-days"), config={"days": {"type": "integer", "default": 3}})
    with pytest.raises(PolicyError, match=text):
        evaluator(RULE, days, config=config)


def test_settings_come_from_default_pack_and_configuration() -> None:
    rule = make_rule(
        lambda r: require_at_least(r, "on", r.config["days"]),
        record("test-days"),
        config={"days": {"type": "integer", "default": 3}},
    )
    assert evaluator(rule).settings("test-days") == {"days": 3}
    pack = {"test-days": Override(config={"days": 4})}
    assert evaluator(rule, overrides=pack).settings("test-days") == {"days": 4}
    it = evaluator(rule, overrides=pack, config={"test-days": {"days": 5}})
    assert it.analyze_facts(facts({"on": 5})) == []
    assert len(it.analyze_facts(facts({"on": 4}))) == 1


def test_undetermined_is_listed_at_preview_and_fails_closed_in_production() -> None:
    (preview,) = evaluator(RULE, preview=True).analyze_facts(facts(OPEN))
    assert (preview.answer, preview.mandatory, preview.unknown) == (Answer.UNDETERMINED, False, ("on",))
    (closed,) = evaluator(RULE).analyze_facts(facts(OPEN))
    assert (closed.answer, closed.mandatory) == (Answer.UNDETERMINED, True)
    (staging,) = evaluator(RULE, environment="staging").analyze_facts(facts(OPEN))
    assert not staging.mandatory


def test_waived_findings_are_left_out_and_reported() -> None:
    it = evaluator(RULE, waivers=Waivers("w.yaml", "00", (waiver(),)))
    assert it.analyze_facts(facts(BAD)) == []
    assert it.analyze_graph([STACK]) == []
    (result,) = it.report().rules
    assert result.status == "waived"
    assert result.waived[0].waiver == waiver()


def test_a_waiver_that_excuses_nothing_is_a_finding() -> None:
    it = evaluator(RULE, waivers=Waivers("w.yaml", "00", (waiver(),)), project="project", stack="dev")
    it.analyze_facts(facts(GOOD))
    (finding,) = it.analyze_graph([STACK])
    assert (finding.rule, finding.urn, finding.mandatory) == ("waiver-unmatched", STACK.urn, False)


def test_a_waiver_for_another_stack_or_rule_is_not_unmatched() -> None:
    elsewhere = waiver(resource="urn:pulumi:prod::project::x:y:Z::it")
    other_rule = waiver(rule="not-in-this-pack")
    it = evaluator(RULE, waivers=Waivers("w.yaml", "00", (elsewhere, other_rule)), project="project", stack="dev")
    assert it.analyze_graph([STACK]) == []


def test_remediation_mends_only_what_is_marked_and_safe() -> None:
    marked = record(remediable=True, fix={"on": True})
    config = {"all": "remediate"}

    def changed(rule_record: Any, **more: Any) -> object:
        return evaluator(make_rule(on, rule_record), config={**config, **more}).remediations(facts(BAD))

    assert [properties for _, properties in changed(marked)] == [GOOD]  # type: ignore[attr-defined]
    assert changed(record(fix={"on": True})) == []
    assert changed(replace(marked, replace_risk=True)) == []
    asked = {"pack-settings": {"remediate_by_replacement": True}}
    assert len(changed(replace(marked, replace_risk=True), **asked)) == 1  # type: ignore[arg-type]
    assert changed(replace(marked, fix={"on": "no"})) == []
    assert evaluator(make_rule(on, marked)).remediations(facts(BAD)) == []
    assert evaluator(make_rule(on, marked), config=config).remediations(facts(GOOD)) == []
    waived = evaluator(make_rule(on, marked), config=config, waivers=Waivers("w", "0", (waiver(),)))
    assert waived.remediations(facts(BAD)) == []


def test_remediation_keeps_secrets_and_leaves_the_given_inputs_alone() -> None:
    it = evaluator(make_rule(on, record(remediable=True, fix={"on": True})), config={"all": "remediate"})
    given = {"on": Secret(False), "other": UNKNOWN}
    (changed,) = it.remediations(facts(given))
    assert changed[1] == {"on": Secret(True), "other": UNKNOWN}
    assert given == {"on": Secret(False), "other": UNKNOWN}


def test_a_value_from_the_configuration_is_needed_for_its_fix() -> None:
    marked = record(remediable=True, fix={"on": "$config.answer"})
    rule = make_rule(on, marked)
    assert rule.config["answer"]["default"] == ""
    assert evaluator(rule, config={"all": "remediate"}).remediations(facts(BAD)) == []
    given = {"test-rule": {"enforcementLevel": "remediate", "answer": "true"}}
    assert evaluator(rule, config=given).remediations(facts(BAD))[0][1] == {"on": "true"}


def test_stack_rules_see_inputs_where_outputs_do_not_know() -> None:
    rule = make_rule(
        lambda r: require_related(r, "test:index:Log", by="thing"),
        record(scope="stack", resources=(THING, "test:index:Log")),
    )
    it = evaluator(rule)
    log = facts({"thing": "it-id"}, name="log", token="test:index:Log")
    it.analyze_facts(log)
    graph = [facts({"id": "it-id"}), it.completed(replace(log, properties={"thing": UNKNOWN}))]
    assert it.analyze_graph(graph) == []


def test_external_resources_are_not_judged() -> None:
    it = evaluator(RULE, make_rule(on, record("test-stack", scope="stack")))
    outside = facts(BAD, external=True)
    assert it.analyze_facts(outside) == []
    assert it.analyze_graph([outside]) == []


def test_an_evaluator_needs_a_pack() -> None:
    with pytest.raises(PolicyError, match="no pack"):
        Evaluator([], today=date(2026, 1, 1))


def test_several_packs_are_one_evaluation_each_rule_once() -> None:
    both = load(["hipaa", "pci"], today=TODAY)
    alone = load(["pci"], today=TODAY)
    assert set(alone.rules) < set(both.rules) or set(alone.rules) == set(both.rules)
    assert both.report().frameworks == ("hipaa", "pci_dss")
    assert len({rule.id for rule in both.rules.values()}) == len(both.rules)


def test_an_unknown_pack_is_named_with_a_near_one() -> None:
    with pytest.raises(PolicyError, match="did you mean 'hipaa'"):
        load(["hippa"], today=TODAY)


def test_the_report_is_plain_data() -> None:
    it = evaluator(RULE, preview=True)
    for name, properties in (("a", GOOD), ("b", BAD), ("c", OPEN)):
        it.analyze_facts(facts(properties, name=name))
    data = json.loads(it.report().to_json())
    assert data["summary"]["passed"] == data["summary"]["failed"] == data["summary"]["undetermined"] == 1
    assert data["rules"][0]["failed"][0]["faults"] == [
        {"path": "on", "problem": "is not true, got false", "remedy": "set on to true"}
    ]
    control = next(item for item in data["controls"] if item["id"] == "164.312(b)")
    assert control["status"] == "failed"
    assert "not a statement of compliance" in data["statement"]


def test_a_resource_of_a_megabyte_is_evaluated() -> None:
    large = {"on": False, "text": "x" * 1_000_000, "list": [{"k": index} for index in range(20_000)]}
    (finding,) = evaluator(RULE).analyze_facts(facts(large))
    assert len(finding.message) < 500
