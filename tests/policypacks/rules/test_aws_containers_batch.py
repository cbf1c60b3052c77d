"""The cases of the rule for Batch jobs."""

import json
from typing import Any

import pytest

from support.policies import Case, Trial, resource, trials


def container(**more: Any) -> str:
    return json.dumps({"image": "app", "environment": [{"name": "STAGE", "value": "prod"}], **more})


PASSWORD = [{"name": "DB_PASSWORD", "value": "correct-horse-battery"}]
JOB = resource("aws:batch/jobDefinition:JobDefinition", {"type": "container", "containerProperties": container()})
PRIVILEGED = {"podProperties": {"containers": {"securityContext": {"privileged": True}}}}

CASES = [
    Case(
        "aws-batch-job-not-privileged",
        JOB,
        bad=[
            {"containerProperties": container(privileged=True)},
            {"containerProperties": container(environment=PASSWORD)},
            {"containerProperties": "{"},
            {"ecsProperties": json.dumps({"taskProperties": [{"containers": [{"privileged": True}]}]})},
            {"eksProperties": PRIVILEGED},
        ],
        also_good={"containerProperties": container(privileged=False)},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
