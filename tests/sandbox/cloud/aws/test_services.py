"""Audit, databases, compute, clusters, balancers, names, backups, messages."""

import json
import re
from typing import Any

import pytest

from platform_lib.sandbox.protocol import ProviderError
from support.cloud import Driver, Made, driver

TRUST = json.dumps(
    {"Statement": [{"Effect": "Allow", "Principal": {"Service": "x.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
)


@pytest.fixture
def aws() -> Driver:
    return driver("aws", {"region": "eu-west-1"})


@pytest.fixture
def role(aws: Driver) -> Made:
    return aws.create("aws:iam/role:Role", "role", {"assumeRolePolicy": TRUST})


@pytest.fixture
def vpc(aws: Driver) -> Made:
    return aws.create("aws:ec2/vpc:Vpc", "v", {"cidrBlock": "10.0.0.0/16"})


@pytest.fixture
def subnets(aws: Driver, vpc: Made) -> list[str]:
    """Two in one zone, one in another."""
    zones = ("eu-west-1a", "eu-west-1b", "eu-west-1a")
    return [
        aws.create(
            "aws:ec2/subnet:Subnet", f"s{n}", {"vpcId": vpc.id, "cidrBlock": f"10.0.{n}.0/24", "availabilityZone": zone}
        ).id
        for n, zone in enumerate(zones)
    ]


def refused(text: str) -> Any:
    return pytest.raises(ProviderError, match=rf"^sandbox: .*{text}")


# Audit


def _log_bucket(aws: Driver, action: str) -> str:
    bucket = aws.create("aws:s3/bucket:Bucket", "logs").id
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": action,
        "Resource": "*",
    }
    aws.create(
        "aws:s3/bucketPolicy:BucketPolicy", "p", {"bucket": bucket, "policy": json.dumps({"Statement": [statement]})}
    )
    return bucket


def test_a_trail_needs_a_bucket_that_lets_it_write(aws: Driver) -> None:
    token = "aws:cloudtrail/trail:Trail"
    with refused("S3BucketDoesNotExistException"):
        aws.create(token, "t", {"s3BucketName": "nowhere"})
    closed = _log_bucket(aws, "s3:GetBucketAcl")
    with refused("InsufficientS3BucketPolicyException"):
        aws.create(token, "t", {"s3BucketName": closed})
    made = aws.create(
        token,
        "t",
        {
            "s3BucketName": _log_bucket(driver("aws", {"region": "eu-west-1"}, aws.cloud), "s3:PutObject"),
            "name": "main",
        },
    )
    assert made["arn"] == "arn:aws:cloudtrail:eu-west-1:123456789012:trail/main"
    assert made["homeRegion"] == "eu-west-1"


def test_config_has_one_recorder_that_comes_first(aws: Driver, role: Made) -> None:
    bucket = aws.create("aws:s3/bucket:Bucket", "b").id
    channel = ("aws:cfg/deliveryChannel:DeliveryChannel", "c", {"s3BucketName": bucket})
    with refused("NoAvailableConfigurationRecorderException"):
        aws.create(*channel)
    recorder = aws.create("aws:cfg/recorder:Recorder", "r", {"roleArn": role["arn"]})
    with refused("maximum number of configuration recorders: 1"):
        aws.create("aws:cfg/recorder:Recorder", "r2", {"roleArn": role["arn"]})
    assert aws.create(*channel).id
    status = aws.create("aws:cfg/recorderStatus:RecorderStatus", "s", {"name": recorder.id, "isEnabled": True})
    with refused("is still started"):
        aws.delete(recorder)
    aws.delete(status)


@pytest.mark.parametrize(
    ("token", "inputs", "text"),
    [
        ("aws:guardduty/detector:Detector", {}, "a detector already exists"),
        ("aws:securityhub/account:Account", {}, "already subscribed"),
        ("aws:macie2/account:Account", {}, "already been enabled"),
    ],
)
def test_one_a_region_and_account(aws: Driver, token: str, inputs: dict[str, Any], text: str) -> None:
    aws.create(token, "one", inputs)
    with refused(text):
        aws.create(token, "two", inputs)
    assert aws.create(token, "there", {**inputs, "region": "us-east-1"}).id


def test_a_standard_is_subscribed_under_its_own_arn(aws: Driver) -> None:
    made = aws.create(
        "aws:securityhub/standardsSubscription:StandardsSubscription",
        "s",
        {"standardsArn": "arn:aws:securityhub:eu-west-1::standards/pci-dss/v/3.2.1"},
    )
    assert made.id == "arn:aws:securityhub:eu-west-1:123456789012:subscription/pci-dss/v/3.2.1"


# Databases


def test_a_database_has_an_endpoint_and_goes_only_when_it_may(aws: Driver, subnets: list[str]) -> None:
    group = aws.create("aws:rds/subnetGroup:SubnetGroup", "g", {"subnetIds": subnets})
    inputs = {
        "engine": "postgres",
        "instanceClass": "db.t4g.micro",
        "allocatedStorage": 20,
        "identifier": "app",
        "username": "u",
        "password": "p",
        "dbSubnetGroupName": group.id,
        "deletionProtection": True,
    }
    made = aws.create("aws:rds/instance:Instance", "db", inputs)
    assert re.fullmatch(r"app\.[0-9a-f]{12}\.eu-west-1\.rds\.amazonaws\.com:5432", made["endpoint"])
    assert made["arn"] == "arn:aws:rds:eu-west-1:123456789012:db:app"
    with refused("DBInstanceAlreadyExists"):
        aws.create("aws:rds/instance:Instance", "db2", inputs)
    with refused("Cannot delete the subnet group"):
        aws.delete(group)
    with refused("disable deletion protection"):
        aws.delete(made)
    open_ = aws.update(made, {**inputs, "deletionProtection": False})
    assert open_["endpoint"] == made["endpoint"]
    with refused("finalSnapshotIdentifier is required"):
        aws.delete(open_)
    aws.delete(aws.update(open_, {**inputs, "deletionProtection": False, "skipFinalSnapshot": True}))


def test_the_password_of_a_database_is_kept_in_a_secret_where_that_is_asked(aws: Driver) -> None:
    inputs = {"engine": "postgres", "instanceClass": "db.t4g.micro", "allocatedStorage": 20, "username": "keeper"}
    plain = aws.create("aws:rds/instance:Instance", "plain", {**inputs, "skipFinalSnapshot": True})
    assert plain["masterUserSecrets"] == []
    kept = aws.create("aws:rds/instance:Instance", "kept", {**inputs, "manageMasterUserPassword": True})
    (secret,) = kept["masterUserSecrets"]
    assert re.fullmatch(
        r"arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-[0-9a-f-]{36}-[0-9a-f]{6}", secret["secretArn"]
    )
    assert secret["kmsKeyId"].endswith("alias/aws/secretsmanager")
    grown = aws.update(kept, {**inputs, "manageMasterUserPassword": True, "allocatedStorage": 30})
    assert grown["masterUserSecrets"] == [secret]


def test_a_subnet_group_covers_two_zones(aws: Driver, subnets: list[str]) -> None:
    with refused("DBSubnetGroupDoesNotCoverEnoughAZs.*eu-west-1a"):
        aws.create("aws:rds/subnetGroup:SubnetGroup", "g", {"subnetIds": [subnets[0], subnets[2]]})
    assert "single hyphens" in aws.reasons(
        "aws:rds/instance:Instance", {"instanceClass": "db.t4g.micro", "identifier": "a--b"}
    )


@pytest.mark.parametrize(
    ("inputs", "text"),
    [
        (
            {"attributes": [{"name": "id", "type": "S"}, {"name": "x", "type": "S"}], "hashKey": "id"},
            'Unused attributes: ["x"]',
        ),
        ({"attributes": [{"name": "id", "type": "S"}], "hashKey": "id", "rangeKey": "at"}, 'Unmatched indexes: ["at"]'),
    ],
)
def test_attributes_of_a_table_are_its_keys(aws: Driver, inputs: dict[str, Any], text: str) -> None:
    assert text in aws.reasons("aws:dynamodb/table:Table", inputs)


def test_a_table(aws: Driver) -> None:
    inputs = {
        "name": "t",
        "attributes": [{"name": "id", "type": "S"}],
        "hashKey": "id",
        "deletionProtectionEnabled": True,
    }
    made = aws.create("aws:dynamodb/table:Table", "t", inputs)
    assert made["arn"] == "arn:aws:dynamodb:eu-west-1:123456789012:table/t"
    with refused("Table already exists: t"):
        aws.create("aws:dynamodb/table:Table", "u", inputs)
    with refused("protected against deletion"):
        aws.delete(made)


# Compute


def test_an_instance_lies_in_its_subnet_and_keeps_it(aws: Driver, subnets: list[str]) -> None:
    made = aws.create(
        "aws:ec2/instance:Instance",
        "i",
        {"ami": "ami-1", "instanceType": "t3.micro", "subnetId": subnets[1], "disableApiTermination": True},
    )
    assert made["availabilityZone"] == "eu-west-1b"
    assert made["privateIp"].startswith("10.0.1.")
    assert made["publicIp"] == ""
    with refused("The subnet .* has dependencies"):
        aws.provider.delete("urn:pulumi:dev::proj::aws:ec2/subnet:Subnet::s1", subnets[1], {}, {}, 0)
    with refused("OperationNotPermitted"):
        aws.delete(made)
    with refused("The key pair 'none' does not exist"):
        aws.create("aws:ec2/instance:Instance", "k", {"ami": "ami-1", "instanceType": "t3.micro", "keyName": "none"})


def test_a_function(aws: Driver, role: Made) -> None:
    inputs = {
        "name": "f",
        "role": role["arn"],
        "handler": "h.h",
        "runtime": "python3.13",
        "s3Bucket": "b",
        "s3Key": "k",
        "publish": True,
    }
    token = "aws:lambda/function:Function"
    made = aws.create(token, "f", inputs)
    assert made["arn"] == "arn:aws:lambda:eu-west-1:123456789012:function:f"
    assert (made["version"], made["memorySize"], made["timeout"]) == ("1", 128, 3)
    assert aws.update(made, {**inputs, "timeout": 10})["version"] == "2"
    with refused("Function already exist: f"):
        aws.create(token, "g", inputs)
    with refused("cannot be assumed"):
        aws.create(token, "h", {**inputs, "name": "h", "role": "arn:aws:iam::123456789012:role/none"})
    assert "(128 - 10240)" in aws.reasons(token, {**inputs, "memorySize": 64})
    assert "exactly one of code" in aws.reasons(token, {"role": role["arn"], "handler": "h", "runtime": "r"})
    permission = {
        "function": "f",
        "action": "lambda:InvokeFunction",
        "principal": "s3.amazonaws.com",
        "statementId": "x",
    }
    aws.create("aws:lambda/permission:Permission", "p", permission)
    with refused(r"The statement id \(x\) provided already exists"):
        aws.create("aws:lambda/permission:Permission", "q", permission)


# Clusters


def test_a_cluster_needs_two_zones_and_outlives_its_nodes(aws: Driver, role: Made, subnets: list[str]) -> None:
    token = "aws:eks/cluster:Cluster"
    with refused("at least two different AZs"):
        aws.create(token, "c", {"roleArn": role["arn"], "vpcConfig": {"subnetIds": [subnets[0], subnets[2]]}})
    cluster = aws.create(token, "c", {"name": "c", "roleArn": role["arn"], "vpcConfig": {"subnetIds": subnets}})
    assert re.fullmatch(r"https://[0-9A-F]{32}\.gr7\.eu-west-1\.eks\.amazonaws\.com", cluster["endpoint"])
    assert cluster["identities"][0]["oidcs"][0]["issuer"].startswith("https://oidc.eks.eu-west-1.amazonaws.com/id/")
    nodes = {
        "clusterName": "c",
        "nodeRoleArn": role["arn"],
        "subnetIds": subnets,
        "scalingConfig": {"minSize": 1, "desiredSize": 2, "maxSize": 3},
    }
    group = aws.create("aws:eks/nodeGroup:NodeGroup", "n", nodes)
    with refused("Cluster has nodegroups attached"):
        aws.delete(cluster)
    aws.delete(group)
    assert "minSize (1) and maxSize (3), got 5" in aws.reasons(
        "aws:eks/nodeGroup:NodeGroup", {**nodes, "scalingConfig": {"minSize": 1, "desiredSize": 5, "maxSize": 3}}
    )
    with refused("No cluster found for name: none"):
        aws.create("aws:eks/nodeGroup:NodeGroup", "m", {**nodes, "clusterName": "none"})


def test_task_definitions_count_their_revisions(aws: Driver) -> None:
    made = [
        aws.create("aws:ecs/taskDefinition:TaskDefinition", f"t{n}", {"family": "app", "containerDefinitions": "[]"})
        for n in range(2)
    ]
    assert [task["arn"].rpartition("/")[2] for task in made] == ["app:1", "app:2"]


# Balancers, names, backups, messages


def test_a_balancer_its_groups_and_listeners(aws: Driver, vpc: Made, subnets: list[str]) -> None:
    token = "aws:lb/loadBalancer:LoadBalancer"
    with refused("two different Availability Zones"):
        aws.create(token, "lb", {"subnets": [subnets[0], subnets[2]]})
    balancer = aws.create(token, "lb", {"name": "web", "subnets": subnets[:2], "enableDeletionProtection": True})
    assert re.fullmatch(
        r"arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/[0-9a-f]{16}", balancer["arn"]
    )
    with refused("DuplicateLoadBalancerName"):
        aws.create(token, "lb2", {"name": "web", "subnets": subnets[:2]})
    group = aws.create("aws:lb/targetGroup:TargetGroup", "tg", {"port": 80, "protocol": "HTTP", "vpcId": vpc.id})
    listen = {
        "loadBalancerArn": balancer["arn"],
        "port": 80,
        "defaultActions": [{"type": "forward", "targetGroupArn": group["arn"]}],
    }
    listener = aws.create("aws:lb/listener:Listener", "l", listen)
    assert listener.id.startswith(balancer["arn"].replace(":loadbalancer/", ":listener/"))
    with refused("DuplicateListener"):
        aws.create("aws:lb/listener:Listener", "m", listen)
    with refused("currently in use by a listener"):
        aws.delete(group)
    with refused("deletion protection is enabled"):
        aws.delete(balancer)
    assert "up to 32 letters" in aws.reasons(token, {"name": "-x", "subnets": []})


def test_a_zone_and_its_records(aws: Driver) -> None:
    zone = aws.create("aws:route53/zone:Zone", "z", {"name": "example.com"})
    assert len(zone["nameServers"]) == 4
    record = {"zoneId": zone.id, "name": "www", "type": "A", "ttl": 60, "records": ["198.18.0.1"]}
    made = aws.create("aws:route53/record:Record", "r", record)
    assert (made.id, made["fqdn"]) == (f"{zone.id}_www_A", "www.example.com")
    with refused("but it already exists"):
        aws.create("aws:route53/record:Record", "s", {**record, "name": "www.example.com"})
    with refused("HostedZoneNotEmpty"):
        aws.delete(zone)
    assert "ttl is needed" in aws.reasons(
        "aws:route53/record:Record", {"zoneId": zone.id, "name": "x", "type": "A", "records": ["1"]}
    )


def test_backups(aws: Driver, role: Made) -> None:
    vault = aws.create("aws:backup/vault:Vault", "v", {"name": "main"})
    assert vault["arn"] == "arn:aws:backup:eu-west-1:123456789012:backup-vault:main"
    with refused("AlreadyExistsException"):
        aws.create("aws:backup/vault:Vault", "w", {"name": "main"})
    plan = aws.create(
        "aws:backup/plan:Plan", "p", {"name": "daily", "rules": [{"ruleName": "d", "targetVaultName": "main"}]}
    )
    with refused("Backup vault none does not exist"):
        aws.create("aws:backup/plan:Plan", "q", {"name": "x", "rules": [{"ruleName": "d", "targetVaultName": "none"}]})
    selection = aws.create(
        "aws:backup/selection:Selection",
        "s",
        {"name": "all", "planId": plan.id, "iamRoleArn": role["arn"], "resources": ["*"]},
    )
    with refused("selections must be deleted prior"):
        aws.delete(plan)
    aws.delete(selection)
    aws.delete(plan)


def test_topics_and_queues(aws: Driver) -> None:
    topic = aws.create("aws:sns/topic:Topic", "t", {"name": "alerts"})
    assert topic.id == topic["arn"] == "arn:aws:sns:eu-west-1:123456789012:alerts"
    subscription = aws.create(
        "aws:sns/topicSubscription:TopicSubscription",
        "s",
        {"topic": topic["arn"], "protocol": "email", "endpoint": "a@example.com"},
    )
    assert subscription["pendingConfirmation"] is True
    with refused("Topic does not exist"):
        aws.create(
            "aws:sns/topicSubscription:TopicSubscription",
            "u",
            {"topic": topic["arn"] + "x", "protocol": "email", "endpoint": "a@example.com"},
        )
    queue = aws.create("aws:sqs/queue:Queue", "q", {"name": "jobs"})
    assert queue.id == "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"
    assert "ends in '.fifo' exactly when" in aws.reasons("aws:sqs/queue:Queue", {"name": "jobs", "fifoQueue": True})
    fifo = aws.create("aws:sqs/queue:Queue", "f", {"fifoQueue": True})
    assert fifo["name"].endswith(".fifo")


def test_alarms_rules_and_filters(aws: Driver) -> None:
    group = aws.create("aws:cloudwatch/logGroup:LogGroup", "g", {"name": "/trail"})
    transformation = {"name": "n", "namespace": "x", "value": "1"}
    aws.create(
        "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        "f",
        {"logGroupName": group.id, "pattern": "", "metricTransformation": transformation},
    )
    with refused("specified log group does not exist"):
        aws.create(
            "aws:cloudwatch/logMetricFilter:LogMetricFilter",
            "h",
            {"logGroupName": "/none", "pattern": "", "metricTransformation": transformation},
        )
    alarm = aws.create(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "a",
        {"name": "root", "comparisonOperator": "GreaterThanThreshold", "evaluationPeriods": 1},
    )
    assert alarm["arn"] == "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:root"
    assert "at most evaluationPeriods (1)" in aws.reasons(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {"comparisonOperator": "GreaterThanThreshold", "evaluationPeriods": 1, "datapointsToAlarm": 2},
    )
    rule = aws.create("aws:cloudwatch/eventRule:EventRule", "r", {"name": "r", "eventPattern": "{}"})
    target = aws.create(
        "aws:cloudwatch/eventTarget:EventTarget", "t", {"rule": rule.id, "arn": "arn:aws:sns:eu-west-1:123456789012:x"}
    )
    with refused("it has targets"):
        aws.delete(rule)
    aws.delete(target)


def test_registries_and_file_systems(aws: Driver, subnets: list[str]) -> None:
    repository = aws.create("aws:ecr/repository:Repository", "r", {"name": "app"})
    assert repository["repositoryUrl"] == "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app"
    system = aws.create("aws:efs/fileSystem:FileSystem", "fs")
    aws.create("aws:efs/mountTarget:MountTarget", "m", {"fileSystemId": system.id, "subnetId": subnets[0]})
    with refused("has mount targets"):
        aws.delete(system)
