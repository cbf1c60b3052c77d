"""The rules of a deployment, one by one: each is broken alone, and answers with its own reason alone."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from platform_lib.operations.gate.verdict import PackUsed, PoliciesUsed, Program
from platform_lib.operations.ledger.entry import DriftCheck, Started, TestReport, sha256
from platform_lib.operations.ledger.judge import Past, problems_of
from platform_lib.operations.proposal.proposal import Proposal, ProposedPack
from platform_lib.operations.proposal.steps import PlannedStep
from support.deployments import (
    BUCKET,
    ENVIRONMENTS,
    NOON,
    ONE,
    THREE,
    TWO,
    approval,
    approvers,
    evidence,
    governance,
    proposal,
    refusing,
    started,
    texts,
    verdict,
)

PACK = ProposedPack(source="baseline", name="baseline", version="1.0.0", sha256="d" * 64)


def judged(of: Started, past: Past | None = None, at: datetime = NOON, stack: str = "") -> list[str]:
    return problems_of(of, past or Past(governance()), project="shop", stack=stack or of.proposal.stack, at=at)


def staging(**fields: Any) -> Started:
    return started(proposal("staging"), **{"evidence": evidence(), **fields})


def prod(of: Proposal | None = None, **fields: Any) -> Started:
    chosen = of or proposal("prod")
    given = {"evidence": evidence(environment="staging", stack="staging"), "approvals": (approval(chosen),), **fields}
    return started(chosen, **given)


def test_what_is_in_order_is_allowed_in_every_environment() -> None:
    assert judged(started(proposal("dev"))) == []
    assert judged(staging()) == []
    assert judged(prod()) == []


def test_the_lowest_environment_needs_no_evidence_and_no_approval() -> None:
    assert judged(started(proposal("dev"), evidence=None, approvals=())) == []


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"evidence": None}, "evidence: commit 111111111111 was not deployed to 'dev'; deploy it there first"),
        (
            {"evidence": evidence(TWO)},
            "evidence: is about commit 222222222222, got 111111111111; promote the same commit",
        ),
        (
            {"evidence": evidence(environment="prod", stack="prod")},
            "evidence: is of 'prod', got 'dev' below this one; promote from there",
        ),
        ({"evidence": evidence(verdict="refused")}, "gate: the verdict at 'dev' was refused; mend it there"),
        ({"evidence": evidence(rules="0" * 64)}, "evidence: 'dev' was judged by other rules than those here"),
        ({"evidence": evidence(tests=None)}, "tests: there is no report of 'dev'; give its JUnit file with --tests"),
        (
            {"evidence": evidence(tests=TestReport(file="j.xml", sha256="", tests=3, failed=1, skipped=0))},
            "tests: j.xml: of 3, 1 failed and 0 were skipped; all must pass, and one must run",
        ),
        (
            {"evidence": evidence(tests=TestReport(file="j.xml", sha256="", tests=2, failed=0, skipped=2))},
            "tests: j.xml: of 2, 0 failed and 2 were skipped; all must pass, and one must run",
        ),
        (
            {"evidence": evidence(tests=TestReport(file="j.xml", sha256="", tests=0, failed=0, skipped=0))},
            "tests: j.xml: of 0, 0 failed",
        ),
        ({"evidence": evidence(drift=None)}, "drift: nobody looked for drift in 'dev'; look for it"),
        (
            {"evidence": evidence(drift=DriftCheck(checked=NOON, looked_at=4, drifted=True, sha256=""))},
            "drift: 'dev' has drifted from its state; revert or accept that first",
        ),
        (
            {
                "evidence": evidence(
                    drift=DriftCheck(checked=NOON - timedelta(hours=2), looked_at=4, drifted=False, sha256="")
                )
            },
            "drift: 'dev' was looked at 2026-11-24T10:00:00+00:00, too long from now; look again",
        ),
        (
            {"evidence": evidence(finished=NOON - timedelta(minutes=50))},
            "soak: it has been in 'dev' for 50m of the 1h that 'staging' asks for; wait 10m",
        ),
        (
            {"evidence": evidence(replaced=NOON - timedelta(minutes=90))},
            "soak: it has been in 'dev' for 30m of the 1h that 'staging' asks for before it was replaced; deploy",
        ),
        (
            {"evidence": evidence(finished=NOON + timedelta(hours=1))},
            "soak: it was deployed to 'dev' 1h after now; set both machines' clocks right",
        ),
    ],
)
def test_what_the_environment_below_must_show(fields: Any, reason: str) -> None:
    (found,) = judged(staging(**fields))
    assert found.startswith(reason)


def test_gates_that_an_environment_does_not_ask_for_are_not_asked() -> None:
    assert judged(prod(evidence=evidence(environment="staging", stack="staging", drift=None))) == []


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (
            {"verdict": verdict(proposal("prod"), [refusing()])},
            "gate: refused the change:\n  aws-s3-bucket-not-public: ",
        ),
        (
            {"verdict": verdict(proposal("prod"), program=Program(commit=TWO, dirty=False))},
            "gate: its verdict is not about the clean commit 111111111111; run it there",
        ),
        (
            {"verdict": verdict(proposal("prod"), program=Program(commit=ONE, dirty=True))},
            "gate: its verdict is not about the clean commit",
        ),
        ({"verdict": verdict(proposal("prod"), program=None)}, "gate: its verdict is not about the clean commit"),
        ({"verdict": verdict(proposal("prod"), stack="dev")}, "gate: its verdict is about shop/dev/sandbox; run it on"),
        (
            {
                "verdict": verdict(
                    proposal("prod"),
                    policies=PoliciesUsed(
                        packs=(PackUsed(name="baseline", version="1.0.0", rules=1),),
                        pack_hash="e" * 64,
                        environment="dev",
                    ),
                )
            },
            "gate: judged by the levels of 'dev', got 'prod' in environment 'prod'; set `environment` in the stack's",
        ),
        (
            {
                "verdict": verdict(
                    proposal("prod"), policies=PoliciesUsed(packs=(), pack_hash="e" * 64, environment="prod")
                )
            },
            "policy pack 'baseline': the gate ran without version 1.0.0 of it; run the gate with it",
        ),
        (
            {
                "verdict": verdict(
                    proposal("prod"),
                    policies=PoliciesUsed(
                        packs=(PackUsed(name="baseline", version="1.0.0", rules=1),), pack_hash="0", environment="prod"
                    ),
                )
            },
            "policy packs: the rules that the gate ran are not those of the proposal; run both with one installation",
        ),
        ({"digest": "sha256:0"}, "digest: is not that of the proposal, got sha256:0; propose it anew"),
        (
            {"approvals": ()},
            f"approvals: environment 'prod' asks for 1, got 0; {proposal('prod').digest} can be approved",
        ),
        (
            {"governance": texts(ENVIRONMENTS.replace("name: prod", "name: live"))},
            "governance: the commit brings decisions that nothing could be deployed by: stack 'prod': is not in",
        ),
        (
            {"governance": {"environments.yaml": ENVIRONMENTS}},
            "governance: the commit brings decisions that nothing could be deployed by: governance/approvers.yaml",
        ),
    ],
)
def test_what_a_deployment_itself_must_show(fields: Any, reason: str) -> None:
    (found,) = judged(prod(**fields))
    assert found.startswith(reason)


def test_the_strictest_levels_are_always_good_enough() -> None:
    held = PoliciesUsed(
        packs=(PackUsed(name="baseline", version="1.0.0", rules=1),), pack_hash="e" * 64, environment="prod"
    )
    assert judged(staging(verdict=verdict(proposal("staging"), policies=held))) == []


def test_a_required_pack_cannot_be_left_out_and_not_be_an_older_one() -> None:
    bare = proposal("prod", packs=())
    assert "policy pack 'baseline': environment 'prod' requires it; evaluate it too" in judged(prod(bare))
    past = Past(governance(), packs=(PACK.model_copy(update={"version": "1.0.1"}),))
    (found,) = judged(prod(), past)
    assert found == (
        "policy pack 'baseline': is older than at the last deployment, got 1.0.0 after 1.0.1; install at least that"
    )
    assert judged(prod(), Past(governance(), packs=(PACK.model_copy(update={"version": "0.9.9"}),))) == []


def test_a_rollback_brings_its_packs_back_but_leaves_none_out() -> None:
    newer = (PACK.model_copy(update={"version": "1.0.1"}),)
    past = Past(governance(), commit=TWO, earlier=frozenset({ONE}), packs=newer)
    assert judged(started(proposal("staging", base=TWO), rollback=True), past) == []
    (found,) = judged(started(proposal("staging", base=TWO, packs=()), rollback=True), past)
    assert found == "policy pack 'baseline': environment 'staging' requires it; evaluate it too"


def test_the_decisions_of_the_deployed_commit_hold_and_not_those_of_the_change() -> None:
    # The change makes its author an approver and asks for no approval; neither holds before it is deployed.
    brought = texts(ENVIRONMENTS.replace("approvals: 1", "approvals: 0"), approvers(people=("alice", "mallory")))
    of = proposal("prod")
    (found, missing) = judged(prod(of, approvals=(approval(of, "mallory"),), governance=brought))
    assert found.startswith("approval by 'mallory': is nobody in governance/approvers.yaml of the deployed commit")
    assert missing.startswith("approvals: environment 'prod' asks for 1, got 0; ")
    assert missing.endswith("can be approved by alice, bob")


def test_two_approvals_are_of_two_people_and_each_given_one_must_count() -> None:
    two = governance(ENVIRONMENTS.replace("approvals: 1", "approvals: 2"))
    of = proposal("prod")
    assert judged(prod(of, approvals=(approval(of), approval(of, "bob"))), Past(two)) == []
    (found,) = judged(prod(of, approvals=(approval(of), approval(of, reason="again"))), Past(two))
    assert found.startswith("approvals: environment 'prod' asks for 2, got 1; ")
    assert found.endswith("can be approved by bob")
    (forged,) = judged(prod(of, approvals=(approval(of), approval(of, "bob", signer="alice"))))
    assert forged.startswith("approval by 'bob': the approval: does not match its signature")


def test_an_approval_is_used_once() -> None:
    of = proposal("prod")
    document = approval(of)
    past = Past(governance(), used=frozenset({sha256(document.content.encode())}))
    found, missing = judged(prod(of, approvals=(document,)), past)
    assert found == "approval by 'alice': was used for an earlier deployment; have the change approved again"
    assert missing.startswith("approvals: ")


def test_it_starts_from_what_is_deployed() -> None:
    past = Past(governance(), commit=TWO)
    (found,) = judged(prod(), past)
    assert found == "proposal: starts from nothing, got 222222222222 deployed; propose it anew"
    (found, *_) = judged(prod(proposal("prod", base=THREE)))
    assert found == "proposal: starts from 333333333333, got nothing deployed; propose it anew"


def test_it_is_about_the_stack_whose_record_it_is() -> None:
    (found, *_) = judged(started(proposal("dev")), stack="prod")
    assert found == "proposal: is for shop/dev, got shop/prod; propose it anew"


def test_a_window_must_be_open_unless_it_is_a_rollback() -> None:
    evening = NOON + timedelta(hours=5)
    of = proposal("prod")
    late = approval(of, created=evening, expires=evening + timedelta(hours=1))
    (found,) = judged(prod(of, approvals=(late,)), at=evening)
    assert found == (
        "window: environment 'prod' is closed at 2026-11-24T17:00:00+00:00; it opens mon-thu 08:00-16:00 UTC"
    )
    back = proposal("prod", base=TWO)
    late = approval(back, created=evening, expires=evening + timedelta(hours=1))
    past = Past(governance(), commit=TWO, earlier=frozenset({ONE}))
    assert judged(prod(back, approvals=(late,), rollback=True, evidence=None), past, at=evening) == []


def test_a_clock_that_went_back_is_noticed() -> None:
    past = Past(governance(), last=NOON + timedelta(minutes=6))
    (found,) = judged(started(proposal("dev")), past)
    assert found == "clock: is 6m behind the last entry of the record; set the clock of this machine right"
    assert judged(started(proposal("dev")), replace(past, last=NOON + timedelta(minutes=4))) == []


def test_a_rollback_is_to_what_was_here_before() -> None:
    of = proposal("staging", base=TWO)
    back = started(of, rollback=True)
    assert judged(back, Past(governance(), commit=TWO, earlier=frozenset({ONE}))) == []
    (found,) = judged(back, Past(governance(), commit=TWO, earlier=frozenset({THREE})))
    assert found == "rollback: commit 111111111111 was never deployed to 'staging'; promote it"


def test_a_rollback_that_loses_something_needs_that_to_be_accepted() -> None:
    gone = PlannedStep(operations=("create-replacement", "delete-replaced", "replace"), type="aws:s3/bucket:Bucket")
    of = proposal("staging", base=TWO, steps={BUCKET: gone})
    past = Past(governance(), commit=TWO, earlier=frozenset({ONE}))
    refused = verdict(of, [refusing("stateful-loss")])
    gate, lost = judged(started(of, rollback=True, verdict=refused), past)
    assert gate.startswith("gate: refused the change:\n  stateful-loss: ")
    assert (
        lost == f"rollback: {BUCKET}: what it holds would be lost and does not come back; accept the loss, or keep it"
    )
    accepted = {"rollback": True, "verdict": refused, "accepted_loss": (BUCKET,)}
    assert judged(started(of, **accepted), past) == []
    # Only this loss is accepted, and only in a rollback.
    other = verdict(of, [refusing("stateful-loss"), refusing("aws-s3-bucket-not-public")])
    (found,) = judged(started(of, **{**accepted, "verdict": other}), past)
    assert "aws-s3-bucket-not-public" in found
    assert "stateful-loss" not in found
    forward = started(of, verdict=refused, accepted_loss=(BUCKET,), evidence=evidence())
    assert judged(forward, Past(governance(), commit=TWO))[0].startswith("gate: refused the change:\n  stateful-loss")
