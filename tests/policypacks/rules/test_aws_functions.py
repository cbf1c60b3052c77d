"""The cases of the rules for Lambda."""

import pytest

from support.policies import (
    PASS,
    REMOVE,
    Case,
    R,
    Ref,
    Trial,
    drop,
    on,
    resource,
    trials,
)

SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf"
FUNCTION = resource(
    "aws:lambda/function:Function",
    {
        "vpcConfig": {"subnetIds": ["subnet-1"], "securityGroupIds": ["sg-1"]},
        "deadLetterConfig": {"targetArn": "arn:aws:sqs:eu-central-1:111122223333:dead"},
        "reservedConcurrentExecutions": 10,
        "tracingConfig": {"mode": "Active"},
        "environment": {
            "variables": {
                "STAGE": "prod",
                "DB_SECRET": SECRET_ARN,
                "DB_SECRET_NAME": "prod-database-login",
            }
        },
        "runtime": "python3.13",
    },
)
PERMISSION = "aws:lambda/permission:Permission"
URL = resource(
    "aws:lambda/functionUrl:FunctionUrl",
    {"functionName": "f", "authorizationType": "AWS_IAM", "cors": {"allowOrigins": ["https://example.org"]}},
)
CONFIG = R(
    "config",
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    {"functionName": Ref("handler"), "destinationConfig": {"onFailure": {"destination": "q"}}},
)

CASES = [
    Case(
        "aws-lambda-function-in-vpc",
        FUNCTION,
        bad={"vpcConfig.subnetIds": []},
        unrelated={"vpcConfig": REMOVE, "tags": {"data-classification": "internal"}},
        unknown={"vpcConfig.subnetIds": PASS},
    ),
    Case(
        "aws-lambda-function-dead-letter-or-destination",
        [
            R("handler", FUNCTION.type, FUNCTION.properties),
            R(
                "events",
                PERMISSION,
                {"function": Ref("handler"), "principal": "s3.amazonaws.com", "sourceArn": "arn:aws:s3:::in"},
            ),
        ],
        bad={"deadLetterConfig.targetArn": ""},
        also_good=on("events", {"principal": "logs.eu-central-1.amazonaws.com"}),
        unrelated=[
            drop("events"),
            on("events", {"principal": "apigateway.amazonaws.com"}),
            on(
                "events",
                {
                    "principal": "iot.amazonaws.com",
                    "sourceArn": "arn:aws:iot:eu-central-1:111122223333:provisioningtemplate/devices",
                },
            ),
        ],
        unknown={"deadLetterConfig.targetArn": PASS},
    ),
    Case(
        "aws-lambda-function-concurrency-limit",
        FUNCTION,
        bad=[{"reservedConcurrentExecutions": -1}, {"reservedConcurrentExecutions": 0}],
    ),
    Case("aws-lambda-function-tracing", FUNCTION, bad={"tracingConfig.mode": "PassThrough"}),
    Case(
        "aws-lambda-function-no-secrets-in-environment",
        FUNCTION,
        bad=[
            {"environment.variables.DB_PASSWORD": "correct-horse-battery"},
            {"environment.variables.TARGET": "https://ci:correct-horse@example.org"},
        ],
        also_good={"environment": REMOVE},
    ),
    Case(
        "aws-lambda-function-supported-runtime",
        FUNCTION,
        bad=[{"runtime": "python3.7"}, {"runtime": "nodejs16.x"}],
        unrelated={"packageType": "Image", "runtime": REMOVE},
    ),
    Case(
        "aws-lambda-permission-not-public",
        resource(PERMISSION, {"function": "f", "principal": "s3.amazonaws.com", "sourceArn": "arn:aws:s3:::in"}),
        bad=[{"principal": "*"}, {"sourceArn": ""}, {"principal": "alexa-appkit.amazon.com"}],
        also_good=[
            {"sourceArn": REMOVE, "sourceAccount": "111122223333"},
            {"principal": "*", "principalOrgId": "o-1"},
            {"principal": "arn:aws:iam::111122223333:role/caller", "sourceArn": REMOVE},
            {"principal": "alexa-appkit.amazon.com", "eventSourceToken": "amzn1.ask.skill.x"},
        ],
        unknown={"sourceArn": PASS},
    ),
    Case("aws-lambda-function-url-authenticated", URL, bad={"authorizationType": "NONE"}),
    Case("aws-lambda-function-url-cors-not-open", URL, bad={"cors.allowOrigins": ["https://example.org", "*"]}),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


def test_a_destination_for_failures_is_as_good_as_a_dead_letter_queue() -> None:
    bare = R("handler", FUNCTION.type, {"runtime": "python3.13"})
    events = R("events", PERMISSION, {"function": Ref("handler"), "principal": "sns.amazonaws.com"})
    case = Case(
        "aws-lambda-function-dead-letter-or-destination",
        [bare, events, CONFIG],
        bad=[drop("config"), on("config", {"destinationConfig.onFailure.destination": ""})],
        guards=[],
    )
    tried = [trial for trial in trials([case]) if "compliant" in trial.name or ": bad" in trial.name]
    for trial in tried:
        trial.run()
    assert len(tried) == 4
