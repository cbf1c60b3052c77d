from typing import Any

from platform_lib.core.values import UNKNOWN, Secret
from policypacks.engine.graph import Stack, forbid_related, require_related
from policypacks.engine.resource import Facts, Resource, Setting
from policypacks.engine.verdict import PASS, Answer, Verdict, fail
from support.policy_engine import facts, record

VPC, LOG, MIDDLE = "test:index:Vpc", "test:index:Log", "test:index:Middle"


def vpc(name: str = "vpc", **properties: Any) -> Facts:
    return facts({"id": f"{name}-id", **properties}, name=name, token=VPC)


def log(name: str = "log", *, uses: Facts | None = None, **properties: Any) -> Facts:
    dependencies = {"vpcId": (uses.urn,)} if uses else {}
    return facts(properties, name=name, token=LOG, property_dependencies=dependencies)


def subject(of: Facts, *others: Facts, absent: str = "violation") -> Resource:
    from datetime import date

    stack = Stack([of, *others])
    return Resource(of, record(scope="stack", absent=absent), {}, Setting("prod", date(2026, 1, 1)), stack)


def answer(verdict: Verdict) -> Answer:
    return verdict.answer


def test_related_by_an_equal_value() -> None:
    it = subject(vpc(), log(vpcId="vpc-id"), log("other", vpcId="another"))
    assert [other.name for other in it.stack.related(it, LOG, by="vpcId")] == ["log"]


def test_related_by_a_secret_value_and_a_list() -> None:
    it = subject(vpc(), log(vpcId=Secret("vpc-id")), log("many", ids=["x", "vpc-id"]))
    assert [other.name for other in it.stack.related(it, LOG, by="vpcId")] == ["log"]
    assert [other.name for other in it.stack.related(it, LOG, by="ids[]")] == ["many"]


def test_related_by_another_output() -> None:
    it = subject(vpc(endpoint="x.example"), log(vpcId="x.example"))
    assert require_related(it, LOG, by="vpcId").answer is Answer.FAIL
    assert require_related(it, LOG, by="vpcId", key="endpoint") is not None
    assert require_related(it, LOG, by="vpcId", key="endpoint").answer is Answer.PASS


def test_related_by_dependency_while_unknown() -> None:
    one, two = vpc("one", id=UNKNOWN), vpc("two", id=UNKNOWN)
    logs = log(uses=one, vpcId=UNKNOWN)
    assert require_related(subject(one, two, logs), LOG, by="vpcId").answer is Answer.PASS
    assert require_related(subject(two, one, logs), LOG, by="vpcId").answer is Answer.FAIL


def test_unknown_through_another_resource_may_be_related() -> None:
    one = vpc("one", id=UNKNOWN)
    middle = facts({}, name="middle", token=MIDDLE, dependencies=(one.urn,))
    it = subject(one, middle, log(uses=middle, vpcId=UNKNOWN))
    related = it.stack.related(it, LOG, by="vpcId")
    assert (related.sure, [other.name for other in related.maybe]) == ([], ["log"])
    verdict = require_related(it, LOG, by="vpcId")
    assert verdict.answer is Answer.UNDETERMINED
    assert verdict.unknown == ("log.vpcId",)


def test_unknown_without_any_dependency_may_be_related() -> None:
    it = subject(vpc(), log(vpcId=UNKNOWN))
    assert require_related(it, LOG, by="vpcId").answer is Answer.UNDETERMINED


def test_one_related_resource_must_pass_the_check() -> None:
    def check(other: Resource) -> Verdict:
        return PASS if other.get("good") else fail("good", "is not set", "set good")

    good, bad = log("good", vpcId="vpc-id", good=True), log("bad", vpcId="vpc-id")
    assert require_related(subject(vpc(), good, bad), LOG, by="vpcId", check=check).answer is Answer.PASS
    assert require_related(subject(vpc(), good, bad), LOG, by="vpcId", check=check, every=True).answer is Answer.FAIL
    verdict = require_related(subject(vpc(), bad), LOG, by="vpcId", check=check)
    assert verdict.faults[0].path == "bad.good"


def test_none_related_is_read_as_the_record_says() -> None:
    assert require_related(subject(vpc(), absent="pass"), LOG, by="vpcId").answer is Answer.PASS
    verdict = require_related(subject(vpc()), LOG, by="vpcId")
    assert verdict.answer is Answer.FAIL
    assert "no Log names it by vpcId" in verdict.faults[0].problem


def test_forbidden_relation() -> None:
    assert forbid_related(subject(vpc()), LOG, by="vpcId").answer is Answer.PASS
    assert forbid_related(subject(vpc(), log(vpcId="vpc-id")), LOG, by="vpcId").answer is Answer.FAIL
    assert forbid_related(subject(vpc(), log(vpcId=UNKNOWN)), LOG, by="vpcId").answer is Answer.UNDETERMINED


def test_target_is_related_from_the_other_end() -> None:
    one, two = vpc("one"), vpc("two")
    source = log(vpcId="two-id")
    it = subject(source, one, two)
    assert [other.name for other in it.stack.target(it, "vpcId", VPC)] == ["two"]


def test_users_are_those_that_depend() -> None:
    one = vpc("one")
    logs = log(uses=one, vpcId="one-id")
    assert Stack([one, logs]).users == {one.urn: frozenset({logs.urn})}


def test_relations_of_many_resources_stay_cheap() -> None:
    vpcs = [vpc(f"v{index}") for index in range(2000)]
    logs = [log(f"l{index}", vpcId=f"v{index}-id") for index in range(2000)]
    stack = Stack([*vpcs, *logs])
    it = subject(vpcs[0], *logs)
    assert len(stack.related(it, LOG, by="vpcId").sure) == 1
    assert len(stack._named) == 1
