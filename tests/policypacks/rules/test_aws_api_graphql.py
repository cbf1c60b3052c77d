"""The cases of the rules for AppSync."""

import pytest

from support.policies import PASS, Case, R, Ref, Trial, drop, on, resource, trials

API = [
    R(
        "api",
        "aws:appsync/graphQLApi:GraphQLApi",
        {
            "authenticationType": "AMAZON_COGNITO_USER_POOLS",
            "logConfig": {"fieldLogLevel": "ERROR", "cloudwatchLogsRoleArn": "arn"},
            "introspectionConfig": "DISABLED",
            "xrayEnabled": True,
        },
    ),
    R("waf", "aws:wafv2/webAclAssociation:WebAclAssociation", {"resourceArn": Ref("api", "arn"), "webAclArn": "arn"}),
]
CACHE = resource("aws:appsync/apiCache:ApiCache", {"atRestEncryptionEnabled": True, "transitEncryptionEnabled": True})

CASES = [
    Case(
        "aws-appsync-api-logging",
        API[0],
        bad=[{"logConfig.fieldLogLevel": "NONE"}, {"logConfig.cloudwatchLogsRoleArn": ""}],
        unknown={"logConfig.cloudwatchLogsRoleArn": PASS},
    ),
    Case("aws-appsync-api-not-key-only", API[0], bad={"authenticationType": "API_KEY"}),
    Case(
        "aws-appsync-api-waf",
        API,
        bad=[drop("waf"), on("waf", {"resourceArn": "another"})],
        unrelated={"visibility": "PRIVATE"},
    ),
    Case(
        "aws-appsync-cache-encrypted",
        CACHE,
        bad=[{"atRestEncryptionEnabled": False}, {"transitEncryptionEnabled": False}],
    ),
    Case("aws-appsync-introspection-disabled", API[0], bad={"introspectionConfig": "ENABLED"}),
    Case("aws-appsync-api-tracing", API[0], bad={"xrayEnabled": False}),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


def test_introspection_is_for_production_to_refuse() -> None:
    case = Case(
        "aws-appsync-introspection-disabled",
        API[0],
        bad=(),
        unrelated={"introspectionConfig": "ENABLED"},
        guards=[],
        environment="dev",
    )
    tried = [trial for trial in trials([case]) if "unrelated" in trial.name]
    assert tried
    for trial in tried:
        trial.run()
