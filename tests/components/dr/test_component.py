import json

import pulumi
import pytest

from platform_lib.components.dr import DrReplica, DrReplicaArgs, DrReplicaOutputs, DrReplicaReference, Site
from platform_lib.core.errors import ArgsError
from platform_lib.core.tagging import required_tags
from support.contexts import context
from support.recording import record
from support.replicas import ACCOUNT_ID, BASELINE, KINDS, PRIMARY, RECORD, SECONDARY, replica_args, source

UNTAGGABLE = {
    "aws:backup/restoreTestingSelection:RestoreTestingSelection",
    "aws:backup/selection:Selection",
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
    "aws:backup/vaultPolicy:VaultPolicy",
    "aws:ecr/replicationConfiguration:ReplicationConfiguration",
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
    "aws:efs/replicationConfiguration:ReplicationConfiguration",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:kms/alias:Alias",
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
    "aws:route53/record:Record",
    "aws:route53recoverycontrol/routingControl:RoutingControl",
    "aws:sns/topicPolicy:TopicPolicy",
}
NOT_REGIONAL = ("aws:iam/", "aws:route53/", "aws:route53recoverycontrol/")
THERE = {
    **BASELINE,
    "data_key_arn": f"arn:aws:kms:{SECONDARY}:{ACCOUNT_ID}:key/there",
    "access_log_bucket": "access-logs-there",
    "alarm_topic_arn": f"arn:aws:sns:{SECONDARY}:{ACCOUNT_ID}:alarms-there",
}
LEAST = {
    "sources": [source("dynamodb", backed_up=False)],
    "primary": {"region": PRIMARY, "baseline": {**BASELINE, "alarm_topic_arn": None}},
    "secondary": {"region": SECONDARY, "baseline": THERE},
}
WHOLE = {
    "failover_record": {**RECORD, "by": "routing-controls", "alarm_topic_arn": "arn:aws:sns:us-east-1:1:alarms"},
    "sources": [
        *(source(kind) for kind in KINDS),
        source("rds", "ledger", mechanism="log-copy", standby=None),
        source("s3", "artifacts", id=None, copied_by_owner=True, mechanism="timed-replication"),
    ],
    "backups": {"lock": "compliance", "cold_after_days": 30, "retention_days": 365},
    "tags": {"team": "shop"},
}


def made(environment="prod", opts=None, preview=False, result=lambda replica: replica.key_arn, **more):
    def program():
        return result(DrReplica("main", DrReplicaArgs(**replica_args(environment, **more)), opts))

    return record(program, preview=preview)


@pytest.fixture(scope="module")
def whole():
    return made(**WHOLE)


def statements(text):
    return {item["Sid"]: item for item in json.loads(text)["Statement"]}


@pytest.mark.parametrize(
    "name, environment, arguments",
    [("least", "dev", LEAST), ("default", "prod", {"failover_record": RECORD}), ("whole", "prod", WHOLE)],
)
def test_urns_and_parents_change_only_on_purpose(golden, name, environment, arguments):
    golden(f"urns/dr-{name}.txt", "\n".join(made(environment, **arguments).tree()) + "\n")


def test_a_preview_registers_what_an_update_does():
    assert {item.urn for item in made(preview=True).registrations} == {item.urn for item in made().registrations}


def test_a_bad_argument_registers_nothing():
    with pytest.raises(ArgsError, match=r"DrReplica 'Main': name: must be lower-case"):
        record(lambda: DrReplica("Main", DrReplicaArgs(**replica_args())).key_arn)


def test_every_taggable_resource_carries_the_tags_and_its_name(whole):
    required = required_tags(context("prod"))
    for item in whole.registrations:
        part_of_bucket = item.type.startswith("aws:s3/bucket") and item.type != "aws:s3/bucket:Bucket"
        if item.custom and not part_of_bucket and item.type not in UNTAGGABLE:
            assert required.items() <= item.inputs["tags"].items(), item.name
            assert (item.inputs["tags"]["Name"], item.inputs["tags"]["team"]) == (item.name, "shop")


def test_every_regional_resource_says_its_region(whole):
    for item in whole.registrations:
        if item.custom and not item.type.startswith(NOT_REGIONAL):
            expected = {"us-east-1"} if item.name == "main-primary-down" else {PRIMARY, SECONDARY}
            assert item.inputs["region"] in expected, item.name


def test_copies_are_encrypted_with_a_key_of_the_second_region(whole):
    key = "arn:aws:mock:::main-key"
    assert whole.named("main-replica-rds").inputs["kmsKeyId"] == key
    assert whole.named("main-cluster-aurora").inputs["kmsKeyId"] == key
    assert whole.named("main-table-dynamodb").inputs["kmsKeyArn"] == key
    assert whole.named("main-files-efs").inputs["destination"]["kmsKeyId"] == key
    assert whole.named("main-logs-ledger").inputs["kmsKeyId"] == key
    assert whole.named("main-vault-secondary").inputs["kmsKeyArn"] == key
    assert whole.named("main-vault-primary").inputs["kmsKeyArn"] == BASELINE["data_key_arn"]
    rule = whole.named("main-copying-s3").inputs["rules"][0]
    assert rule["destination"]["encryptionConfiguration"] == {"replicaKmsKeyId": key}
    back = whole.named("main-copying-back-s3").inputs["rules"][0]
    assert back["destination"]["encryptionConfiguration"] == {"replicaKmsKeyId": BASELINE["data_key_arn"]}


def test_what_the_second_site_has_is_taken_from_its_baseline():
    recorded = made(secondary={"region": SECONDARY, "baseline": THERE}, sources=[source("s3")])
    assert not recorded.of_type("aws:kms/key:Key")
    assert not recorded.of_type("aws:sns/topic:Topic")
    assert [item.name for item in recorded.of_type("aws:s3/bucket:Bucket")] == ["main-copy-s3"]
    assert recorded.named("main-copy-s3-logging").inputs["targetBucket"] == "access-logs-there"
    assert recorded.named("main-vault-secondary").inputs["kmsKeyArn"] == THERE["data_key_arn"]
    quiet = made(secondary={"region": SECONDARY, "baseline": {**THERE, "alarm_topic_arn": None}})
    assert quiet.named("main-alarms").inputs["kmsMasterKeyId"] == THERE["logs_key_arn"]  # which alarms may use
    own = made(keys={"secondary_key_arn": THERE["data_key_arn"]}, sources=[source("dynamodb")])
    assert own.named("main-table-dynamodb").inputs["kmsKeyArn"] == THERE["data_key_arn"]


def test_a_bucket_is_copied_within_fifteen_minutes_and_back(whole):
    rule = whole.named("main-copying-s3").inputs["rules"][0]
    assert rule["destination"]["replicationTime"] == {"status": "Enabled", "time": {"minutes": 15}}
    assert rule["destination"]["metrics"] == {"status": "Enabled", "eventThreshold": {"minutes": 15}}
    assert rule["sourceSelectionCriteria"]["replicaModifications"] == {"status": "Enabled"}
    assert whole.named("main-copying-s3").inputs["bucket"] == "files"
    assert whole.named("main-copying-back-s3").inputs["rules"][0]["destination"]["bucket"] == "arn:aws:s3:::files"
    found = statements(whole.named("main-copying-s3-role-policy").inputs["policy"])
    assert found["ReadVersions"]["Resource"] == ["arn:aws:s3:::files/*"]
    assert found["WriteCopies"]["Resource"] == ["arn:aws:mock:::main-copy-s3/*"]
    assert found["Decrypt"]["Resource"] == [BASELINE["data_key_arn"]]
    assert found["EncryptCopies"]["Resource"] == ["arn:aws:mock:::main-key"]
    back = statements(whole.named("main-copying-back-s3-role-policy").inputs["policy"])
    assert back["WriteCopies"]["Resource"] == ["arn:aws:s3:::files/*"]


def test_what_an_owner_copies_gets_a_place_and_no_replication(whole):
    names = {item.name for item in whole.registrations}
    assert "main-copy-artifacts" in names
    assert not {"main-copying-artifacts", "main-lag-artifacts", "main-copying-secret"} & names


def test_backups_are_copied_locked_and_tested(whole):
    (scheduled,) = whole.named("main-backups").inputs["rules"]
    (point_in_time,) = whole.named("main-points-in-time").inputs["rules"]
    kept = {"deleteAfter": 365, "coldStorageAfter": 30}
    assert scheduled["copyActions"] == [
        {"destinationVaultArn": "arn:aws:mock:::main-vault-secondary", "lifecycle": kept}
    ]
    assert (point_in_time["enableContinuousBackup"], point_in_time["lifecycle"]) == (True, {"deleteAfter": 35})
    lock = whole.named("main-vault-secondary-lock").inputs
    assert (lock["minRetentionDays"], lock["changeableForDays"]) == (7, 14)
    assert "changeableForDays" not in made().named("main-vault-secondary-lock").inputs
    denied = statements(whole.named("main-vault-primary-policy").inputs["policy"])["NobodyDeletesBackups"]
    assert (denied["Effect"], denied["Principal"]) == ("Deny", "*")
    tested = {item.inputs["protectedResourceType"] for item in whole.registrations if "restore-test-" in item.name}
    assert tested == {"RDS", "Aurora", "DynamoDB", "S3", "EFS", "EBS"}
    assert whole.named("main-restore-tests").inputs["name"] == "main_restore_tests"


def test_buckets_are_kept_for_any_point_in_time_and_databases_are_left_to_their_owners(whole):
    assert whole.named("main-points-in-time-sources").inputs["resources"] == ["arn:aws:s3:::files"]
    assert not [item for item in made(sources=[source("rds")]).registrations if "points-in-time" in item.name]


def test_restores_that_fail_are_counted_at_the_vault_of_the_second_site(whole):
    assert whole.named("main-restores-failed").inputs["dimensions"] == {"BackupVaultName": "main-vault-secondary"}
    assert whole.named("main-copies-missed").inputs["dimensions"] == {"BackupVaultName": "main-vault-primary"}


def test_every_source_that_is_known_is_backed_up_and_every_copy_too(whole):
    sources = whole.named("main-sources").inputs["resources"]
    assert f"arn:aws:rds:{PRIMARY}:{ACCOUNT_ID}:db:orders" in sources
    assert f"arn:aws:ec2:{PRIMARY}:{ACCOUNT_ID}:volume/vol-0123456789abcdef0" in sources
    assert "arn:aws:s3:::files" in sources
    assert not any(":ecr:" in arn or ":secretsmanager:" in arn for arn in sources)
    copies = ("replica-rds", "cluster-aurora", "table-dynamodb", "copy-s3", "copy-artifacts")
    assert set(whole.named("main-standby").inputs["resources"]) == {f"arn:aws:mock:::main-{name}" for name in copies}


def test_alarms_go_off_where_a_copy_is_further_behind_than_its_objective():
    recorded = made(objectives={"recovery_point_minutes": 20})
    limits = {
        item.name.removeprefix("main-lag-"): item.inputs for item in recorded.registrations if "-lag-" in item.name
    }
    assert {name: inputs["threshold"] for name, inputs in limits.items()} == {
        "rds": 1200,
        "aurora": 1_200_000,
        "dynamodb": 1_200_000,
        "s3": 1200,
        "efs": 1200,
    }
    assert {name for name, inputs in limits.items() if inputs["treatMissingData"] == "breaching"} == {
        "rds",
        "aurora",
        "efs",
    }
    assert limits["rds"]["alarmActions"] == ["arn:aws:mock:::main-alarms"]
    assert limits["s3"]["alarmActions"] == [BASELINE["alarm_topic_arn"]]
    assert limits["s3"]["dimensions"] == {
        "SourceBucket": "files",
        "DestinationBucket": "main-copy-s3",
        "RuleId": "everything",
    }
    (query,) = limits["efs"]["metricQueries"]
    assert query["expression"] == (
        'SELECT MAX(TimeSinceLastSync) FROM SCHEMA("AWS/EFS", FileSystemId, DestinationFileSystemId) '
        "WHERE FileSystemId = 'fs-0123456789abcdef0'"
    )
    missed = recorded.named("main-backups-missed").inputs
    assert (missed["period"], missed["evaluationPeriods"], missed["treatMissingData"]) == (86400, 2, "breaching")


def test_users_come_to_the_second_site_when_the_latch_says_so():
    recorded = made(failover_record=RECORD)
    latch = recorded.named("main-latch").inputs
    assert (latch["type"], latch["insufficientDataHealthStatus"]) == ("CLOUDWATCH_METRIC", "LastKnownStatus")
    assert latch["cloudwatchAlarmRegion"] == SECONDARY
    alarm = recorded.named("main-withdrawn").inputs
    assert (alarm["namespace"], alarm["metricName"], alarm["threshold"]) == ("DrReplica/main", "PrimaryWithdrawn", 0)
    assert alarm["treatMissingData"] == "ignore"  # one datum holds, however long ago it was
    primary = recorded.named("main-record-primary").inputs
    assert (primary["healthCheckId"], primary["failoverRoutingPolicies"]) == ("main-latch-id", [{"type": "PRIMARY"}])
    assert recorded.named("main-record-secondary").inputs["records"] == [RECORD["secondary_target"]]


def test_nothing_of_the_record_depends_on_the_active_site():
    def told(site):
        recorded = made(failover_record=RECORD, active_site=site)
        return {
            item.name: item.inputs
            for item in recorded.registrations
            if item.type.startswith(
                ("aws:route53", "aws:cloudwatch", "aws:rds", "aws:s3", "aws:dynamodb", "aws:backup")
            )
        }

    assert told("primary") == told("secondary")


def test_both_sites_serve_where_both_are_written():
    both = {"strategy": "active-active", "sources": [source("dynamodb")], "failover_record": RECORD}
    recorded = made(**both)
    for site in ("primary", "secondary"):
        assert recorded.named(f"main-record-{site}").inputs["weightedRoutingPolicies"] == [{"weight": 1}]
    serving = recorded.named("main-serving-primary").inputs
    assert (serving["childHealthThreshold"], len(serving["childHealthchecks"])) == (2, 2)


def test_switches_keep_one_site_on(whole):
    rule = whole.named("main-one-site-serves").inputs
    assert rule["ruleConfig"] == {"type": "ATLEAST", "threshold": 1, "inverted": False}
    check = whole.named("main-switched-primary").inputs
    assert (check["type"], check["routingControlArn"]) == ("RECOVERY_CONTROL", "arn:aws:mock:::main-switch-primary")
    assert whole.named("main-primary-down").inputs["alarmActions"] == ["arn:aws:sns:us-east-1:1:alarms"]
    given = made(failover_record={**RECORD, "by": "routing-controls", "cluster_arn": "arn:cluster"})
    assert not given.of_type("aws:route53recoverycontrol/cluster:Cluster")


@pytest.mark.parametrize("protect, expected", [(None, True), (False, False)])
def test_an_explicit_word_on_protection_wins(protect, expected):
    recorded = made("prod", pulumi.ResourceOptions(protect=protect))
    assert recorded.named("main-replica-rds").protect is expected
    assert not made("dev").named("main-replica-rds").protect


def test_outputs_say_what_is_reached_what_it_costs_and_what_it_serves():
    found = []

    def keep(replica):
        everything = [replica.estimates, replica.cost_drivers, replica.evidence, replica.sources, replica.copies]
        return pulumi.Output.all(*everything, replica.drill_every_days, replica.last_drill_day).apply(found.extend)

    recorded = made(result=keep, **WHOLE)
    estimates, costs, evidence, sources, copies, *drill = found
    assert drill == [92, ""]
    assert [one["source"] for one in estimates] == [*KINDS, "ledger", "artifacts"]
    assert estimates[0]["point"] == [
        {"name": "lag", "minutes": 5, "basis": "assumed", "source": estimates[0]["point"][0]["source"]}
    ]
    prices = {item["item"]: item["quantity"] for item in costs}
    assert prices["aws:rds-standby-hours"] == (2 + 2) * 730
    assert prices["aws:arc-cluster-hours"] == 730
    assert prices["aws:backup-storage"] == 2 * 100 * 8
    assert {item["child"] for item in evidence} <= {item.name for item in recorded.registrations}
    assert sources["dynamodb"] == f"arn:aws:dynamodb:{PRIMARY}:{ACCOUNT_ID}:table/sessions"
    assert "artifacts" not in sources
    assert copies["artifacts"] == "arn:aws:mock:::main-copy-artifacts"


def test_another_component_takes_it_by_its_reference():
    found = []
    made(result=lambda replica: found.append((replica, replica.reference)) or replica.key_arn)
    ((replica, reference),) = found
    assert (reference.secondary_region, reference.active_site) == (SECONDARY, Site.PRIMARY)
    assert reference.copy_bucket_arns is replica.copy_bucket_arns
    assert DrReplicaOutputs.of(reference).backup_plan_id is replica.backup_plan_id
    known = {
        "primary_region": PRIMARY,
        "secondary_region": SECONDARY,
        "active_site": "primary",
        "key_arn": "k",
        "backup_plan_id": "",
        "copy_bucket_arns": {"a": "b"},
    }
    assert DrReplicaOutputs(**known).reference == DrReplicaReference(**{**known, "backup_plan_id": None})
    made(result=lambda one: found.append(one.reference) or one.key_arn, environment="dev", **LEAST)
    assert found[-1].backup_plan_id is None
