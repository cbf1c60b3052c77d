import pytest

from platform_lib.components.baseline.alarms import TRAIL_ALARMS
from platform_lib.components.baseline.args import SecurityBaselineArgs
from platform_lib.components.baseline.plan import buckets_of, plan_baseline
from platform_lib.core.aws_bucket_plan import BucketPlan
from platform_lib.core.errors import ArgsError, PlanError
from support.contexts import context
from support.recording import ACCOUNT_ID

SUBJECT = "SecurityBaseline 'baseline'"


def planned(name="baseline", environment="prod", compliance_scope=None, **more):
    made = context(environment, compliance_scope=compliance_scope)
    fields = {"context": made, "region": "eu-west-1", "account_id": ACCOUNT_ID, **more}
    return plan_baseline(name, SecurityBaselineArgs.parse(SUBJECT, fields), subject=SUBJECT)


def test_the_defaults_are_those_of_a_regulated_shop():
    plan = planned()
    assert plan.archive == BucketPlan(
        "archive", 365, cold_after_days=90, lock_mode="GOVERNANCE", lock_days=365, purpose="audit"
    )
    assert plan.access_logs == BucketPlan("access-logs", 365, with_key=False, records_access=False)
    assert plan.configuration_history == BucketPlan("configuration-history", 365)
    assert (plan.keys.deletion_days, plan.keys.rotation_days) == (30, 365)
    assert (plan.trail.data_events, plan.trail.log_retention_days) == (True, 365)
    assert (plan.passwords.minimum_length, plan.passwords.maximum_age_days, plan.passwords.remembered) == (14, 90, 24)
    assert plan.alarms.alarms == TRAIL_ALARMS
    assert plan.alarms.new_topic
    assert plan.detection.guardduty
    assert plan.detection.access_analyzer
    assert [standard for standard, _ in plan.detection.standards] == ["foundational", "cis"]
    assert plan.guards.public_buckets_blocked
    assert plan.guards.volumes_encrypted
    assert plan.guards.public_snapshots_blocked


def test_hipaa_keeps_logs_for_six_years():
    plan = planned(compliance_scope=["hipaa"])
    assert plan.archive.retention_days == plan.trail.log_retention_days == 2192
    assert plan.configuration_history.retention_days == 2192
    assert plan.archive.lock_days == 365


def test_pci_adds_its_standard():
    assert [standard for standard, _ in planned(compliance_scope=["pci"]).detection.standards][-1] == "pci"


def test_dev_locks_for_a_day_only():
    assert planned(environment="dev").archive.lock_days == 1
    assert planned(environment="dev").archive.lock_mode == "GOVERNANCE"


def test_short_archives_stay_where_they_are_and_lock_no_longer_than_they_keep():
    archive = planned(archive={"retention_days": 120}).archive
    assert (archive.cold_after_days, archive.lock_days) == (None, 120)


def test_the_lock_can_be_strict_or_left_out():
    assert planned(archive={"object_lock": "compliance"}).archive.lock_mode == "COMPLIANCE"
    unlocked = planned(archive={"object_lock": "none"}).archive
    assert (unlocked.lock_mode, unlocked.lock_days) == (None, 0)


def test_every_part_can_be_left_out():
    plan = planned(
        keys={"existing_logs_key_arn": "arn:a", "existing_data_key_arn": "arn:b"},
        trail={"enabled": False},
        password_policy={"enabled": False},
        configuration_history={"enabled": False},
        threat_detection={
            "guardduty_enabled": False,
            "security_hub_enabled": False,
            "access_analyzer_enabled": False,
        },
        guards={"public_buckets_blocked": False, "volumes_encrypted": False, "public_snapshots_blocked": False},
    )
    assert plan.trail is plan.alarms is plan.passwords is plan.configuration_history is None
    assert not plan.keys.new_logs_key
    assert not plan.keys.new_data_key
    assert plan.detection.standards == ()
    assert [bucket.role for bucket in buckets_of(plan)] == ["access-logs", "archive"]
    assert planned(alarms={"enabled": False}).alarms is None


def test_the_names_of_alarms_are_different_and_their_patterns_closed():
    assert len({alarm.name for alarm in TRAIL_ALARMS}) == len(TRAIL_ALARMS)
    for alarm in TRAIL_ALARMS:
        assert alarm.pattern.startswith("{ ")
        assert alarm.pattern.endswith(" }")
        assert alarm.pattern.count("(") == alarm.pattern.count(")")
        assert alarm.pattern.count('"') % 2 == 0
        assert len(alarm.pattern) <= 1024  # the limit of PutMetricFilter


@pytest.mark.parametrize(
    "fault, expected",
    [
        ({"account_id": "123"}, "account_id: is not an AWS account id; write its 12 digits as text"),
        ({"region": "here"}, "region: is not the name of an AWS region, got 'here'"),
        ({"keys": {"deletion_days": 7}}, "keys.deletion_days: must be at least 14, got 7"),
        ({"keys": {"rotation_days": 30}}, "keys.rotation_days: must be at least 90, got 30"),
        ({"archive": {"retention_days": 30}}, "archive.retention_days: must be at least 90, got 30"),
        (
            {"archive": {"retention_days": 100, "cold_after_days": 100}},
            "archive.cold_after_days: must be less than retention_days (100), got 100",
        ),
        (
            {"archive": {"retention_days": 100, "object_lock_days": 101}},
            "archive.object_lock_days: must be at most retention_days (100), got 101",
        ),
        ({"archive": {"object_lock": "strict"}}, "archive.object_lock: must be one of 'none', 'governance'"),
        (
            {"trail": {"log_retention_days": 366}},
            "trail.log_retention_days: is not a period that CloudWatch Logs knows",
        ),
        (
            {"trail": {"enabled": False}, "alarms": {"enabled": True}},
            "alarms.enabled: needs the trail, which is off; leave it out",
        ),
        ({"alarms": {"emails": ["nobody"]}}, "alarms.emails[0]: is not an address, or is given twice"),
        ({"alarms": {"emails": ["a@b.cd", "a@b.cd"]}}, "alarms.emails[1]: is not an address, or is given twice"),
        ({"alarms": {"emails": ["a.b@c.de", "a-b@c.de"]}}, "alarms.emails[1]: differs from another only in signs"),
        ({"password_policy": {"minimum_length": 11}}, "password_policy.minimum_length: must be at least 12, got 11"),
        ({"password_policy": {"maximum_age_days": 91}}, "password_policy.maximum_age_days: must be at most 90, got 91"),
        ({"password_policy": {"remembered": 3}}, "password_policy.remembered: must be at least 4, got 3"),
        (
            {"threat_detection": {"security_hub_enabled": False, "standards": ["cis"]}},
            "threat_detection.standards: need Security Hub, which is off; leave them out",
        ),
        (
            {"threat_detection": {"standards": ["cis", "cis"]}},
            "threat_detection.standards: must name each standard once",
        ),
        ({"tags": {"environment": "x"}}, "tags.environment: is set from the context; leave it out"),
        (
            {"name": "b" * 30},
            "name: is 1 too long for the automatic name of aws:iam/role:Role (at most 64 characters)",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_a_way_out(fault, expected):
    with pytest.raises((ArgsError, PlanError)) as caught:
        planned(**fault)
    assert any(line.startswith(f"{SUBJECT}: {expected}") for line in str(caught.value).splitlines())
