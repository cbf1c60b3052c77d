"""The cases of the rules for ECS."""

import json
from typing import Any

import pytest

from support.policies import FAIL, Case, R, Trial, on, resource, trials

CONTAINER = {
    "name": "app",
    "image": "app:1",
    "user": "1000",
    "readonlyRootFilesystem": True,
    "environment": [{"name": "STAGE", "value": "prod"}],
    "secrets": [{"name": "DB_PASSWORD", "valueFrom": "arn:aws:secretsmanager:x"}],
    "logConfiguration": {"logDriver": "awslogs"},
}


def containers(**changes: Any) -> dict[str, str]:
    second = {key: value for key, value in {**CONTAINER, **changes}.items() if value is not None}
    return {"containerDefinitions": json.dumps([CONTAINER, second])}


TASK = resource("aws:ecs/taskDefinition:TaskDefinition", {"networkMode": "awsvpc", "family": "app", **containers()})
NOT_JSON = {"containerDefinitions": "app"}
HOST = {"networkMode": "host"}
EFS = {"fileSystemId": "fs", "transitEncryption": "ENABLED", "authorizationConfig": {"iam": "ENABLED"}}
SERVICE = {"networkConfiguration": {"subnets": ["s"], "assignPublicIp": False}, "launchType": "FARGATE"}
VOLUME = "volumes[].efsVolumeConfiguration"

CASES = [
    Case("aws-ecs-task-no-privileged-containers", TASK, bad=[containers(privileged=True)]),
    Case(
        "aws-ecs-task-read-only-root",
        TASK,
        bad=[containers(readonlyRootFilesystem=False), containers(readonlyRootFilesystem=None)],
        unrelated={"runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}},
    ),
    Case(
        "aws-ecs-task-host-mode-user",
        resource(TASK.type, {**TASK.properties, **HOST}),
        bad=[
            containers(user=None),
            containers(user="0:0"),
            containers(user="root"),
            containers(privileged=True),
            NOT_JSON,
        ],
        unrelated={"networkMode": "awsvpc", **containers(user="root")},
    ),
    Case("aws-ecs-task-no-host-namespaces", TASK, bad=[{"pidMode": "host"}, {"ipcMode": "host"}]),
    Case(
        "aws-ecs-task-no-secrets-in-environment",
        TASK,
        bad=[
            containers(environment=[{"name": "DB_PASSWORD", "value": "correct-horse-battery"}]),
            containers(environment=[{"name": "X", "value": "-----BEGIN RSA PRIVATE KEY-----"}]),
        ],
        also_good=containers(environment=None),
    ),
    Case(
        "aws-ecs-task-logging",
        TASK,
        bad=[containers(logConfiguration=None), containers(logConfiguration={"logDriver": "none"})],
    ),
    Case(
        "aws-ecs-task-efs-encrypted-in-transit",
        resource(TASK.type, {**TASK.properties, "volumes": [{"name": "data", "efsVolumeConfiguration": EFS}]}),
        bad=[{f"{VOLUME}.transitEncryption": "DISABLED"}, {f"{VOLUME}.authorizationConfig.iam": "DISABLED"}],
        also_good={"volumes": [{"name": "scratch"}]},
        absent={f"{VOLUME}.transitEncryption": FAIL, f"{VOLUME}.authorizationConfig.iam": FAIL},
    ),
    Case(
        "aws-ecs-service-no-public-ip",
        [R("service", "aws:ecs/service:Service", SERVICE), R("set", "aws:ecs/taskSet:TaskSet", SERVICE)],
        bad=[
            {"networkConfiguration.assignPublicIp": True},
            on("set", {"networkConfiguration.assignPublicIp": True}),
        ],
    ),
    Case(
        "aws-ecs-service-latest-platform",
        resource("aws:ecs/service:Service", SERVICE),
        bad={"platformVersion": "1.3.0"},
        also_good={"platformVersion": "LATEST"},
    ),
    Case(
        "aws-ecs-cluster-container-insights",
        resource(
            "aws:ecs/cluster:Cluster",
            {"settings": [{"name": "other", "value": "x"}, {"name": "containerInsights", "value": "enhanced"}]},
        ),
        bad=[{"settings[].value": "disabled"}, {"settings[].name": "other"}],
        also_good={"settings": [{"name": "containerInsights", "value": "enabled"}]},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
