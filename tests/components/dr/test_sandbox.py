"""A recovery on the sandbox: up, again, every kind of change with its steps, a failover, destroyed."""

import pulumi
import pytest

from platform_lib.components.dr import DrReplica, DrReplicaArgs
from platform_lib.components.edge import EdgeFleet, EdgeFleetArgs
from platform_lib.operations.stateful import stateful
from support.component_stack import ComponentStack
from support.fleets import fleet_args, surroundings
from support.replicas import BASELINE, KINDS, PRIMARY, SECONDARY, Around, replica_args

NOT_PROTECTED = pulumi.ResourceOptions(protect=False)


def recovery(environment="dev", change=lambda args: None, **more):
    def make(account_id, opts):
        args = {**replica_args(environment, account_id=account_id, **Around(opts).arguments), **more}
        change(args)
        return DrReplica("main", DrReplicaArgs(**args), opts)

    return make


def without(*kinds):
    def change(args):
        args["sources"] = [one for one in args["sources"] if one["kind"] not in kinds]

    return change


def with_source(kind, **more):
    def change(args):
        args["sources"] = [{**one, **more} if one["kind"] == kind else one for one in args["sources"]]

    return change


def with_standby(kind, **more):
    def change(args):
        for one in args["sources"]:
            if one["kind"] == kind:
                one["standby"] = {**one["standby"], **more}

    return change


def record(**more):
    def change(args):
        args["failover_record"] = {**args["failover_record"], **more}

    return change


class Stack(ComponentStack):
    """Tells steps as a set: most do not depend on each other."""

    def changes(self, operation, component=None):
        code, steps = self.steps(operation, component)
        return code, set(steps)


@pytest.fixture
def stack():
    made = Stack()
    yield made
    made.cloud.close()


def test_a_whole_recovery_comes_up_stays_and_goes(stack):
    previewed = stack.run("preview", recovery())
    assert stack.up(recovery()) == dict(previewed.changes)
    assert set(stack.up(recovery())) == {"same"}
    assert stack.changes("refresh") == (0, set())
    result = stack.run("destroy")
    assert (result.exit_code, set(result.changes)) == (0, {"delete"})
    assert stack.cloud.ls() == []


def test_copies_are_in_the_second_region_and_sources_stay_in_the_first(stack):
    stack.up(recovery())
    regions = {row.urn.rsplit("::", 1)[-1]: row.region for row in stack.cloud.ls() if "DrReplica" in row.urn}
    for name in ("replica-rds", "cluster-aurora", "table-dynamodb", "copy-s3", "vault-secondary", "key", "alarms"):
        assert regions[f"main-{name}"] == SECONDARY
    for name in ("vault-primary", "copying-s3", "files-efs", "images", "backups", "lag-dynamodb"):
        assert regions[f"main-{name}"] == PRIMARY


def test_what_holds_something_is_kept_outside_dev(stack):
    stack.up(recovery("prod"))
    code, _ = stack.changes("destroy")
    assert code == 1
    kept = {item.type for item in stack.engine.snapshot.resources if item.protect}
    assert kept == {
        *("aws:kms/key:Key", "aws:s3/bucket:Bucket", "aws:backup/vault:Vault"),
        *("aws:rds/instance:Instance", "aws:rds/globalCluster:GlobalCluster", "aws:rds/cluster:Cluster"),
        "aws:dynamodb/tableReplica:TableReplica",
        "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        "aws:efs/replicationConfiguration:ReplicationConfiguration",
    }
    settings = {
        "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        "aws:efs/replicationConfiguration:ReplicationConfiguration",
        "aws:rds/globalCluster:GlobalCluster",
    }
    assert all(stateful(token) for token in kept - settings)


@pytest.mark.parametrize(
    "change, steps",
    [
        (
            lambda args: args.update(objectives={"recovery_point_minutes": 30}),
            {("update", f"lag-{kind}") for kind in KINDS[:5]},
        ),
        (lambda args: args.update(strategy="warm-standby"), set()),
        (lambda args: args.update(drills={"every_days": 30, "last_day": "2026-03-31"}), set()),
        (
            lambda args: args.update(backups={"every_hours": 6}),
            {("update", "backups"), ("update", "backups-missed"), ("update", "copies-missed")},
        ),
        (
            lambda args: args.update(backups={"retention_days": 90}),
            {("update", "backups"), ("update", "standby-backups")},
        ),
        (
            lambda args: args.update(backups={"lock": "governance"}),
            {("create", f"vault-{site}-lock") for site in ("primary", "secondary")},
        ),
        (with_standby("rds", instance_class="db.r6g.xlarge"), {("update", "replica-rds")}),
        (with_standby("aurora", instances=2), {("create", "cluster-aurora-2")}),
        (record(ttl_seconds=30), {("update", "record-primary"), ("update", "record-secondary")}),
        (record(automatic=True), {("create", "serving-primary"), ("update", "record-primary")}),
        (record(alarm_topic_arn="arn:aws:sns:us-east-1:999999999999:alarms"), {("create", "primary-down")}),
        (lambda args: args.update(active_site="secondary"), {("delete", "files-efs")}),
    ],
)
def test_a_change_takes_the_steps_that_it_needs(stack, change, steps):
    stack.up(recovery())
    assert stack.changes("preview", recovery(change=change)) == (0, steps)
    assert stack.changes("up", recovery(change=change)) == (0, steps)
    assert set(stack.up(recovery(change=change))) == {"same"}


def test_a_source_more_gets_its_copy_its_alarm_and_its_backups(stack):
    stack.up(recovery(change=without("dynamodb", "rds")))
    code, steps = stack.changes("up", recovery())
    created = {"table-dynamodb", "lag-dynamodb", "replica-rds", "lag-rds", "restore-test-dynamodb", "restore-test-rds"}
    assert code == 0
    assert {name for op, name in steps if op == "create"} == created
    replaced = {name for op, name in steps if op != "create"}
    assert replaced == {"sources", "standby"}  # what a plan of AWS Backup holds cannot be changed
    assert not stack.of_type("aws:rds/instance:Instance")["main-replica-rds"]["multiAz"]


def test_another_mechanism_makes_its_copy_before_the_old_one_goes(stack):
    stack.up(recovery())
    logs = with_source("rds", mechanism="log-copy", standby=None)
    code, steps = stack.steps("up", recovery(change=logs))
    assert code == 0
    mine = [(op, name) for op, name in steps if name in ("logs-rds", "replica-rds", "lag-rds")]
    assert mine[0] == ("create", "logs-rds")
    assert set(mine[1:]) == {("delete", "replica-rds"), ("delete", "lag-rds")}


def test_a_protected_copy_is_not_lost_by_another_mechanism(stack):
    stack.up(recovery("prod"))
    logs = with_source("rds", mechanism="log-copy", standby=None)
    code, _ = stack.changes("preview", recovery("prod", change=logs))
    assert code == 1
    assert "main-replica-rds" in stack.errors


def test_a_tighter_objective_that_cannot_be_reached_fails_the_preview_and_changes_nothing(stack):
    stack.up(recovery())
    code, steps = stack.changes("preview", recovery(objectives={"recovery_point_minutes": 1}))
    assert (code, steps) == (1, set())
    assert "sources[3].objectives.recovery_point_minutes: cannot be reached by timed-replication, got 1" in stack.errors


def find(stack, name):
    (row,) = (row for row in stack.cloud.ls() if row.urn.endswith(f"::{name}"))
    return row


def fail_over(stack):
    """What operators do, behind the program's back: promote, fail over, end the replication of files."""
    stack.cloud.edit(find(stack, "main-replica-rds").urn, "replicateSourceDb", "")
    cluster = find(stack, "main-cluster-aurora")
    writers = [{"dbClusterArn": cluster.outputs["arn"], "isWriter": True}]
    stack.cloud.edit(find(stack, "main-global-aurora").urn, "globalClusterMembers", writers)
    stack.cloud.remove(find(stack, "main-files-efs").urn)


def test_after_a_failover_the_next_update_changes_nothing(stack):
    stack.up(recovery())
    fail_over(stack)
    assert stack.run("refresh").exit_code == 0
    there = recovery(active_site="secondary")
    assert set(stack.run("preview", there).changes) == {"same"}
    assert set(stack.up(there)) == {"same"}
    assert not find(stack, "main-replica-rds").inputs.get("replicateSourceDb")


def test_without_a_refresh_an_update_after_a_failover_undoes_nothing(stack):
    stack.up(recovery())
    fail_over(stack)
    there = recovery(active_site="secondary")
    code, steps = stack.changes("up", there)
    assert (code, steps) == (0, {("delete", "files-efs")})  # which is gone already
    assert not find(stack, "main-replica-rds").inputs.get("replicateSourceDb")


def test_on_the_way_back_an_update_makes_anew_what_went(stack):
    stack.up(recovery())
    fail_over(stack)
    stack.run("refresh")
    stack.up(recovery(active_site="secondary"))
    stack.cloud.remove(find(stack, "main-replica-rds").urn)  # promoted, and not needed any more
    stack.run("refresh")
    code, steps = stack.changes("up", recovery())
    assert code == 0
    assert {("create", "files-efs"), ("create", "replica-rds")} <= steps
    assert set(stack.up(recovery())) == {"same"}


def place_and_fleet(account_id, opts):
    """A recovery that makes the place, and a fleet that copies its buckets there itself."""
    around = surroundings(opts)
    baseline = {**BASELINE, "access_log_bucket": around["baseline"]["access_log_bucket"]}
    a_day = {"recovery_point_minutes": 1440}
    args = replica_args(
        "dev",
        account_id=account_id,
        primary={"region": PRIMARY, "baseline": baseline},
        sources=[
            {"name": name, "kind": "s3", "copied_by_owner": True, "mechanism": "replication", "objectives": a_day}
            for name in ("artifacts", "telemetry")
        ],
    )
    place = DrReplica("main", DrReplicaArgs(**args), opts)
    copies = {
        "artifact_bucket_arn": place.copy_bucket_arns["artifacts"],
        "telemetry_bucket_arn": place.copy_bucket_arns["telemetry"],
        "region": place.reference.secondary_region,
        "key_arn": place.reference.key_arn,
        "backup_plan_id": place.backup_plan_id,
    }
    asked = {**fleet_args("prod", account_id=account_id, **around), "copies": copies}
    return EdgeFleet("fleet", EdgeFleetArgs(**asked), pulumi.ResourceOptions.merge(opts, NOT_PROTECTED))


def test_a_fleet_copies_its_buckets_to_the_place_that_is_made_for_them(stack):
    stack.up(place_and_fleet)
    replications = stack.of_type("aws:s3/bucketReplicationConfig:BucketReplicationConfig")
    assert set(replications) == {"fleet-artifacts-replication", "fleet-telemetry-replication"}
    (rule,) = replications["fleet-artifacts-replication"]["rules"]
    copy = find(stack, "main-copy-artifacts")
    assert (rule["destination"]["bucket"], copy.region) == (copy.outputs["arn"], SECONDARY)
    key = find(stack, "main-key").outputs["arn"]
    assert rule["destination"]["encryptionConfiguration"]["replicaKmsKeyId"] == key
    plan = find(stack, "main-backups").id
    assert stack.of_type("aws:backup/selection:Selection")["fleet-backup"]["planId"] == plan
    assert set(stack.up(place_and_fleet)) == {"same"}
    assert stack.run("destroy").exit_code == 0


def test_routing_controls_are_made_with_a_cluster_and_a_rule_that_keeps_one_on(stack):
    stack.up(recovery(change=record(by="routing-controls")))
    controls = stack.of_type("aws:route53recoverycontrol/routingControl:RoutingControl")
    assert set(controls) == {"main-switch-primary", "main-switch-secondary"}
    (rule,) = stack.of_type("aws:route53recoverycontrol/safetyRule:SafetyRule").values()
    assert len(rule["assertedControls"]) == 2
    assert stack.run("destroy").exit_code == 0


def test_another_key_would_make_copies_anew_which_is_refused_while_they_are_protected(stack):
    """Nothing that is encrypted gets another key in place: the preview says which copies would be replaced."""
    other = {"secondary_key_arn": f"arn:aws:kms:{SECONDARY}:999999999999:key/other"}
    stack.up(recovery("prod"))
    code, _ = stack.steps("preview", recovery("prod", keys=other))
    assert code == 1
    for name in ("main-replica-rds", "main-cluster-aurora", "main-files-efs", "main-vault-secondary"):
        assert name in stack.errors
    assert "main-key" in stack.errors


def test_there_and_back_changes_nothing_of_what_both_sites_write_or_a_service_switches(stack):
    """Tables, buckets, images and global databases: no update has anything to do, whichever site is active."""

    def at(site):
        return recovery(active_site=site, change=without("rds", "efs", "secret", "ebs"))

    stack.up(at("primary"))
    for site in ("secondary", "primary"):
        cluster = "main-cluster-aurora" if site == "secondary" else "ledger"
        writers = [{"dbClusterArn": find(stack, cluster).outputs["arn"], "isWriter": True}]
        stack.cloud.edit(find(stack, "main-global-aurora").urn, "globalClusterMembers", writers)
        assert stack.run("refresh").exit_code == 0
        assert set(stack.up(at(site))) == {"same"}
