"""The cases of the rules for CodeBuild, Elastic Beanstalk and Service Catalog."""

from typing import Any

import pytest

from support.policies import PASS, Case, Trial, resource, trials

VARIABLES = "environment.environmentVariables"
PROJECT = resource(
    "aws:codebuild/project:Project",
    {
        "encryptionKey": "k",
        "artifacts": {"type": "NO_ARTIFACTS"},
        "environment": {
            "privilegedMode": False,
            "environmentVariables": [
                {"name": "STAGE", "value": "prod"},
                {"name": "DB_PASSWORD", "value": "db:password", "type": "SECRETS_MANAGER"},
            ],
        },
        "source": {"type": "GITHUB", "location": "https://github.com/example/app.git"},
    },
)
SETTINGS = [
    {"namespace": "aws:elasticbeanstalk:managedactions", "name": "ManagedActionsEnabled", "value": "true"},
    {"namespace": "aws:elasticbeanstalk:healthreporting:system", "name": "SystemType", "value": "enhanced"},
    {"namespace": "aws:elasticbeanstalk:cloudwatch:logs", "name": "StreamLogs", "value": "true"},
]


def without(index: int) -> dict[str, Any]:
    return {"settings": [item for position, item in enumerate(SETTINGS) if position != index]}


CASES = [
    Case(
        "aws-codebuild-project-not-privileged",
        PROJECT,
        bad={"environment.privilegedMode": True},
        unrelated={"environment.privilegedMode": True, "tags": {"purpose": "image-build"}},
    ),
    Case(
        "aws-codebuild-project-no-plaintext-credentials",
        PROJECT,
        bad=[
            {VARIABLES: [{"name": "AWS_SECRET_ACCESS_KEY", "value": "x", "type": "PLAINTEXT"}]},
            {VARIABLES: [{"name": "TARGET", "value": "https://ci:correct-horse@example.org"}]},
        ],
        also_good={VARIABLES: [{"name": "API_KEY", "value": "/app/key", "type": "PARAMETER_STORE"}]},
    ),
    Case(
        "aws-codebuild-project-encrypted",
        PROJECT,
        bad=[{"encryptionKey": ""}, {"artifacts.encryptionDisabled": True}],
        absent={"artifacts.encryptionDisabled": PASS},
        unknown={"encryptionKey": PASS},
    ),
    Case(
        "aws-codebuild-project-logs",
        PROJECT,
        bad=[{"logsConfig.cloudwatchLogs.status": "DISABLED"}, {"logsConfig.s3Logs.encryptionDisabled": True}],
        also_good={"logsConfig": {"cloudwatchLogs": {"status": "DISABLED"}, "s3Logs": {"status": "ENABLED"}}},
    ),
    Case(
        "aws-codebuild-source-url-no-credentials",
        PROJECT,
        bad=[
            {"source.location": "https://ci:correct-horse@github.com/example/app.git"},
            {"secondarySources": [{"location": "https://ghp_x@github.com/example/app.git"}]},
        ],
    ),
    Case(
        "aws-elasticbeanstalk-managed-updates-and-health",
        resource("aws:elasticbeanstalk/environment:Environment", {"application": "a", "settings": SETTINGS}),
        bad=[without(0), without(1), without(2), {"settings[].value": "basic"}],
    ),
    Case(
        "aws-servicecatalog-portfolio-share-in-organization",
        resource("aws:servicecatalog/portfolioShare:PortfolioShare", {"type": "ORGANIZATION", "principalId": "o"}),
        bad=[{"type": "ACCOUNT", "principalId": "999988887777"}],
        also_good={"type": "ACCOUNT", "principalId": "111122223333"},
        guards=["type"],
        config={"trusted_accounts": ["111122223333"]},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
