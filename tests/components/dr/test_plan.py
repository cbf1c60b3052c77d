from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.dr import DrReplicaArgs, Mechanism, Site, SourceKind, VaultLockMode, plan_replica
from platform_lib.components.dr.kind import Action
from platform_lib.components.dr.planning.mechanisms import MECHANISMS
from platform_lib.core.errors import ArgsError, PlanError
from support.replicas import (
    BASELINE,
    CLUSTER,
    KINDS,
    PRIMARY,
    RECORD,
    REPLICA,
    SECONDARY,
    replica_args,
    source,
)

SUBJECT = "DrReplica 'main'"
KEY = "arn:aws:kms:{}:111122223333:key/1234"
BACKED_UP = {"recovery_point_minutes": 2880, "recovery_time_minutes": 180}


def planned(environment="prod", **more):
    return plan_replica("main", DrReplicaArgs(**replica_args(environment, **more)), subject=SUBJECT)


def of(kind, **more):
    """Arguments with one source only."""
    return {"sources": [source(kind, **more)]}


def test_what_is_left_out_is_what_a_regulated_shop_keeps():
    plan = planned(failover_record=RECORD)
    assert (plan.strategy.value, plan.active, plan.protects) == ("pilot-light", Site.PRIMARY, True)
    assert {source.objective.recovery_time_minutes for source in plan.sources[:4]} == {60}
    assert {source.objective.recovery_point_minutes for source in plan.sources[:4]} == {15}
    assert [source.mechanism.kind.value for source in plan.sources] == [
        *("read-replica", "global-database", "global-table", "timed-replication"),
        *("replication", "replication", "replication", "backup-copy"),
    ]
    backups = plan.backups
    assert (backups.schedule, backups.every_minutes, backups.retention_days) == ("cron(0 0 * * ? *)", 1440, 35)
    assert (backups.lock, backups.lock_minimum_days) == (VaultLockMode.GOVERNANCE, 7)
    assert (plan.drill.every_days, plan.drill.last_day) == (92, None)
    assert (plan.record.interval_seconds, plan.record.failures, plan.record.automatic) == (30, 3, False)
    assert [rule.name for rule in plan.stop_rules] == [
        *("site-is-lost", "copies-are-near", "keys-work", "old-site-is-withdrawn", "in-time"),
    ]
    assert planned("dev").backups.lock is VaultLockMode.NONE


def test_what_both_sites_write_is_copied_both_ways():
    both = {source.name for source in planned().sources if source.mechanism.both_ways}
    assert both == {"dynamodb", "s3", "ecr"}
    owned = planned(
        **of("s3", id=None, copied_by_owner=True, mechanism="replication", objectives={"recovery_point_minutes": 1440})
    )
    assert not owned.sources[0].mechanism.both_ways
    assert owned.sources[0].mechanism.watched_by == ""


def test_a_schedule_is_one_that_aws_backup_knows():
    assert planned(backups={"every_hours": 6}).backups.schedule == "cron(0 0/6 * * ? *)"
    crons = [planned(restore_tests={"every_days": days}).restore_tests.schedule for days in (1, 7, 30, 90)]
    assert crons == ["cron(0 6 * * ? *)", "cron(0 6 ? * 1 *)", "cron(0 6 1 * ? *)", "cron(0 6 1 1/3 ? *)"]
    assert planned(restore_tests={"enabled": False}).restore_tests is None
    assert planned(**of("secret")).restore_tests is None


def test_active_active_needs_no_decision_where_nothing_is_promoted():
    plan = planned(
        strategy="active-active",
        sources=[source("dynamodb"), source("s3")],
        failover_record={**RECORD, "automatic": None},
    )
    assert [step.name for step in plan.failover] == [
        *("notice", "use-dynamodb", "use-s3", "switch", "decide", "withdraw", "verify", "record"),
    ]
    assert plan.record.both_serve


def test_writing_pauses_before_what_only_backups_bring_back():
    names = [step.name for step in planned().failback]
    assert names.index("catch-up-rds") < names.index("fence") < names.index("catch-up-ebs") < names.index("use-ebs")
    assert names[-1] == "protect"
    assert "protect" not in [step.name for step in planned(**of("dynamodb")).failback]


def test_what_is_damaged_is_restored_where_users_are():
    here = planned(active_site="secondary").restore
    assert {step.site for step in here} == {Site.SECONDARY}
    assert [step.name for step in here if step.action is Action.RESTORE] == [
        f"restore-{kind}" for kind in KINDS if kind not in ("ecr", "secret")
    ]


def test_users_are_sent_by_switches_by_the_latch_or_by_hand():
    switched = planned(failover_record={**RECORD, "by": "routing-controls"})
    assert "withdraw" not in [step.name for step in switched.failover]
    assert [step.name for step in switched.failover][-4:] == ["switch", "resolvers", "verify", "record"]
    latched = planned(failover_record=RECORD)
    command = next(step.command for step in latched.failover if step.name == "withdraw")
    assert command.endswith("--namespace DrReplica/main --metric-name PrimaryWithdrawn --value 1")
    back = next(step.command for step in latched.failback if step.name == "switch")
    assert back == f"{command.removesuffix('1')}0"
    by_hand = [step for step in planned().failover if step.name in ("withdraw", "switch")]
    assert [step.command for step in by_hand] == ["", ""]


@pytest.mark.parametrize(
    "more, found",
    [
        (
            {"secondary": {"region": PRIMARY}},
            "secondary.region: must be another region than the primary one, got 'eu-west-1'",
        ),
        (
            {"secondary": {"region": "us-gov-west-1"}},
            r"secondary.region: must be in the partition of eu-west-1 \(aws\)",
        ),
        (
            {"primary": {"region": PRIMARY, "baseline": {**BASELINE, "alarm_topic_arn": None}}},
            "primary.baseline.alarm_topic_arn: is required outside dev: nobody would hear",
        ),
        (
            {"keys": {"made": False}},
            "keys.secondary_key_arn: is missing: copies in eu-central-1 cannot be read with a key of eu-west-1",
        ),
        (
            {"keys": {"secondary_key_arn": KEY.format(PRIMARY)}},
            "keys.secondary_key_arn: is not a key of eu-central-1, got one of eu-west-1; give a key of eu-central-1",
        ),
        (
            {"secondary": {"region": SECONDARY, "baseline": {**BASELINE, "data_key_arn": KEY.format("eu-west-3")}}},
            "secondary.baseline.data_key_arn: is not a key of eu-central-1, got one of eu-west-3",
        ),
        (
            of("s3", key_arn=KEY.format(SECONDARY)),
            r"sources\[0\].key_arn: is not a key of eu-west-1, got one of eu-central-1",
        ),
        (
            {"sources": [source("s3"), source("dynamodb", "s3")]},
            r"sources\[1\].name: is given twice, got 's3'; use another name",
        ),
        (
            of("dynamodb", mechanism="read-replica"),
            r"sources\[0\].mechanism: does not copy dynamodb, got 'read-replica'; use one of global-table, backup-copy",
        ),
        (
            {**of("rds"), "strategy": "active-active"},
            r"sources\[0\].mechanism: is required with active-active: rds is written on one site only",
        ),
        (of("secret", copied_by_owner=None), r"sources\[0\].copied_by_owner: must be true for a secret"),
        (of("secret", arn=None, id="token"), r"sources\[0\].id: does not name a secret"),
        (
            of("efs", copied_by_owner=True),
            r"sources\[0\].copied_by_owner: is for buckets and secrets only, got .* 'efs'",
        ),
        (
            of("s3", copied_by_owner=True, mechanism="backup-copy", objectives=BACKED_UP),
            r"sources\[0\].mechanism: is not what an owner does, got 'backup-copy'; use replication",
        ),
        (of("ecr", backed_up=True), r"sources\[0\].backed_up: must be false: AWS Backup does not know ecr"),
        (of("efs", id=None), r"sources\[0\].arn: is required; give its arn or its id"),
        (
            of("efs", id=None, arn="arn:aws:elasticfilesystem:eu-central-1:111122223333:file-system/fs-1"),
            r"sources\[0\].arn: is not the arn of a source of kind 'efs' in eu-west-1, got 'arn:.*'; give the source",
        ),
        (of("dynamodb", standby=REPLICA), r"sources\[0\].standby: is not for global-table, which runs no copy"),
        (of("rds", standby=None), r"sources\[0\].standby.subnet_group: is required for read-replica"),
        (
            of("aurora", standby={**CLUSTER, "engine_version": None}),
            "standby.engine_version: is required for global-database",
        ),
        (
            of("rds", standby={**REPLICA, "engine": "oracle-ee"}),
            "standby.engine: cannot be copied by read-replica, got 'oracle-ee'; use one of .*log-copy takes every",
        ),
        (
            of("aurora", standby={**CLUSTER, "engine": "postgres"}),
            "standby.engine: cannot be copied by global-database",
        ),
        (of("rds", standby={**REPLICA, "instances": 2}), "standby.instances: is for global-database only"),
        (of("aurora", standby={**CLUSTER, "multi_az": True}), "standby.multi_az: is for read-replica only"),
        (
            of("rds", measurements=[{"part": "promot", "minutes": 1, "day": "2026-01-01"}]),
            r"measurements\[0\].part: is no part of the estimate, got 'promot'; did you mean 'promote'",
        ),
        (
            of("rds", measurements=[{"part": "promote", "minutes": 1, "day": "2026-01-01"}] * 2),
            r"measurements\[1\].part: is given twice, got 'promote'",
        ),
        ({"backups": {"every_hours": 5}}, "backups.every_hours: must divide 24, got 5"),
        (
            {"backups": {"retention_days": 60, "cold_after_days": 30}},
            r"backups.cold_after_days: must be 90 days or more before retention_days \(60\), got 30; keep .* 120 days",
        ),
        ({"backups": {"lock_minimum_days": 36}}, "backups.lock_minimum_days: must be at most 35, .* got 36"),
        ({"backups": {"lock_grace_days": 3}}, "backups.lock_grace_days: is for a lock of mode compliance only"),
        (
            {"backups": {"start_within_minutes": 180, "complete_within_minutes": 120}},
            r"backups.complete_within_minutes: must be more than start_within_minutes \(180\), got 120",
        ),
        (
            {"failover_record": {**RECORD, "secondary_target": RECORD["primary_target"]}},
            "failover_record.secondary_target: must be another one than that of the primary site, got 'api-a",
        ),
        (
            {"failover_record": {**RECORD, "cluster_arn": "arn:aws:cluster"}},
            "failover_record.cluster_arn: is for routing-controls only",
        ),
        (
            {"failover_record": {**RECORD, "by": "routing-controls", "automatic": True}},
            "failover_record.automatic: must be false with routing-controls",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_the_way_out(more, found):
    with pytest.raises(PlanError, match=found):
        planned(**more)


@pytest.mark.parametrize(
    "more, found",
    [
        (
            {"sources": [{"name": "a", "kind": "redis", "id": "x"}]},
            r"sources\[0\].kind: must be one of 'rds', .* got 'redis'",
        ),
        ({"sources": [{"name": "a", "kind": "aurorra", "id": "x"}]}, "did you mean 'aurora'"),
        ({"primary": {"region": PRIMARY}}, "primary.baseline: is required"),
        ({"sources": []}, "sources: must have at least 1 entries"),
        ({"sources": [source("s3", "A")]}, r"sources\[0\].name: must be lower-case"),
        ({"sources": [source("s3", "a" * 25)]}, r"sources\[0\].name: is longer than 24 characters.* shorten it by 1"),
        (
            {"sources": [source("s3", arn="arn:aws:s3:::files")]},
            r"sources\[0\].id: is given beside arn; give one of them",
        ),
        ({"sources": [source("s3", id=None, arn="files")]}, r"sources\[0\].arn: is not an arn"),
        ({"sources": [source("s3", key_arn="alias/aws/s3")]}, r"sources\[0\].key_arn: is not the arn of a key"),
        ({"keys": {"secondary_key_arn": "key"}}, "keys.secondary_key_arn: is not the arn of a key"),
        (
            {"objectives": {"recovery_point_minutes": 0}},
            "objectives.recovery_point_minutes: must be more than 0.0, got 0",
        ),
        ({"active_site": "first"}, "active_site: must be one of 'primary', 'secondary', got 'first'"),
        ({"secondary": {"region": "Frankfurt"}}, "secondary.region: is not the name of an AWS region, got 'Frankfurt'"),
        ({"account_id": "1"}, "account_id: is not an AWS account id"),
        ({"tags": {"owner": "me"}}, "tags.owner: is set from the context"),
        ({"drills": {"last_day": "31.3.2026"}}, "drills.last_day: is not a day, got '31.3.2026'; write it as"),
        (
            {"sources": [source("rds", measurements=[{"part": "promote", "minutes": 1, "day": "today"}])]},
            r"measurements\[0\].day: is not a day",
        ),
        ({"failover_record": {**RECORD, "name": "api"}}, "failover_record.name: is not the name of a record"),
        (
            {"failover_record": {**RECORD, "health_path": "up"}},
            "failover_record.health_path: must begin with '/'.* use '/up'",
        ),
        (
            {"failover_record": {**RECORD, "interval_seconds": 20}},
            "failover_record.interval_seconds: must be 10 or 30, got 20",
        ),
        ({"backups": {"start_within_minutes": 30}}, "backups.start_within_minutes: must be at least 60, got 30"),
    ],
)
def test_an_argument_that_does_not_fit_is_refused(more, found):
    with pytest.raises(ArgsError, match=found):
        DrReplicaArgs.parse(SUBJECT, replica_args(**more))


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(PlanError) as caught:
        planned(
            secondary={"region": PRIMARY},
            keys={"made": False},
            backups={"every_hours": 7},
            sources=[source("secret", copied_by_owner=None), source("ebs", objectives=None)],
        )
    lines = str(caught.value).splitlines()
    assert all(line.startswith(f"{SUBJECT}: ") for line in lines)
    assert [line.split(": ")[1] for line in lines] == [
        "secondary.region",
        "keys.secondary_key_arn",
        "sources[0].copied_by_owner",
        "sources[1].objectives.recovery_point_minutes",
        "backups.every_hours",
    ]


def test_a_name_that_is_too_long_for_its_children_is_refused():
    args = DrReplicaArgs(**replica_args(sources=[source("s3", "b" * 24)]))
    with pytest.raises(PlanError, match=r"name: is \d+ too long for the automatic name of aws:"):
        plan_replica("a" * 40, args, subject=SUBJECT)


@given(st.permutations(KINDS), st.sampled_from(["dev", "prod"]))
def test_the_order_of_sources_changes_nothing_about_one(kinds, environment):
    """A plan is stable: what is made for one source does not depend on the others."""
    plan = planned(environment, sources=[source(kind) for kind in kinds])
    alone = {kind: planned(environment, **of(kind)).sources[0] for kind in kinds}
    for position, found in enumerate(plan.sources):
        assert found.index == position
        assert (found.mechanism, found.objective) == (alone[found.name].mechanism, alone[found.name].objective)


@given(st.lists(st.sampled_from(KINDS), unique=True, min_size=1), st.booleans())
def test_every_source_has_a_step_on_each_way_and_every_step_one_command_or_title(kinds, active_active):
    strategy = "active-active" if active_active and set(kinds) <= {"dynamodb", "s3", "ecr", "secret"} else None
    plan = planned(sources=[source(kind) for kind in kinds], strategy=strategy, failover_record=RECORD)
    for way in (plan.failover, plan.failback):
        assert {step.source for step in way} - {""} == set(kinds)
        assert all(step.title and step.figure.source for step in way)
    restored = {step.source for step in plan.restore} - {""}
    assert restored == {kind for kind in kinds if SourceKind(kind) not in (SourceKind.ECR, SourceKind.SECRET)}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mechanism", Mechanism)
def test_every_kind_takes_its_mechanisms_and_no_other(kind, mechanism):
    more = {"objectives": {"recovery_point_minutes": 43200, "recovery_time_minutes": 43200}}
    if mechanism not in (Mechanism.READ_REPLICA, Mechanism.GLOBAL_DATABASE):
        more["standby"] = None
    takes = mechanism in MECHANISMS[SourceKind(kind)]
    with nullcontext() if takes else pytest.raises(PlanError, match=f"does not copy {kind}"):
        planned(**of(kind, mechanism=mechanism, **more))
