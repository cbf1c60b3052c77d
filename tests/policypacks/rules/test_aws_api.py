"""The cases of the rules for API Gateway."""

import pytest

from support.policies import FAIL, PASS, Case, R, Ref, Trial, drop, on, resource, trials

LOGS = {"accessLogSettings": {"destinationArn": "arn:aws:logs:x", "format": "x"}}
SECOND = R("second", "aws:apigatewayv2/stage:Stage", {"apiId": "a", **LOGS, "stageVariables": {"stage": "prod"}})
STAGE = R(
    "stage",
    "aws:apigateway/stage:Stage",
    {
        "restApi": Ref("api"),
        "stageName": "prod",
        **LOGS,
        "xrayTracingEnabled": True,
        "clientCertificateId": "c",
        "variables": {"stage": "prod"},
    },
)
API = R("api", "aws:apigateway/restApi:RestApi", {"endpointConfiguration": {"types": "REGIONAL"}})
ASSOCIATION = R(
    "waf",
    "aws:wafv2/webAclAssociation:WebAclAssociation",
    {"resourceArn": Ref("stage", "arn"), "webAclArn": "w"},
)
INTEGRATION = R("integration", "aws:apigateway/integration:Integration", {"restApi": Ref("api"), "type": "HTTP_PROXY"})
SETTINGS = resource(
    "aws:apigateway/methodSettings:MethodSettings",
    {
        "restApi": "a",
        "settings": {
            "loggingLevel": "ERROR",
            "dataTraceEnabled": False,
            "cachingEnabled": True,
            "cacheDataEncrypted": True,
        },
    },
)
ROUTE = resource("aws:apigatewayv2/route:Route", {"apiId": "a", "routeKey": "GET /orders", "authorizationType": "JWT"})
METHOD = resource("aws:apigateway/method:Method", {"restApi": "a", "httpMethod": "GET", "authorization": "AWS_IAM"})

CASES = [
    Case(
        "aws-apigateway-stage-access-logs",
        [STAGE, SECOND, API, ASSOCIATION],
        bad=[{"accessLogSettings.destinationArn": ""}, on("second", {"accessLogSettings.destinationArn": ""})],
        unknown={"accessLogSettings.destinationArn": PASS},
    ),
    Case(
        "aws-apigateway-execution-logging",
        SETTINGS,
        bad=[{"settings.loggingLevel": "OFF"}, {"settings.dataTraceEnabled": True}],
        also_good={"settings.loggingLevel": "INFO"},
        absent={"settings.dataTraceEnabled": PASS},
    ),
    Case("aws-apigateway-stage-tracing", [STAGE, API, ASSOCIATION], bad={"xrayTracingEnabled": False}),
    Case(
        "aws-apigateway-cache-encrypted",
        SETTINGS,
        bad={"settings.cacheDataEncrypted": False},
        unrelated={"settings.cachingEnabled": False},
        absent={"settings.cacheDataEncrypted": FAIL},
    ),
    Case(
        "aws-apigateway-stage-client-certificate",
        [STAGE, API, INTEGRATION, ASSOCIATION],
        bad={"clientCertificateId": ""},
        unrelated=[drop("integration"), on("integration", {"type": "AWS_PROXY"})],
        unknown={"clientCertificateId": PASS},
    ),
    Case(
        "aws-apigateway-stage-waf",
        [STAGE, API, ASSOCIATION],
        bad=[drop("waf"), on("waf", {"resourceArn": "another"})],
        unrelated=[
            on("api", {"endpointConfiguration.types": "PRIVATE"}),
            on("api", {"endpointConfiguration.types": ["PRIVATE"]}),
        ],
    ),
    Case(
        "aws-apigateway-method-authorized",
        METHOD,
        bad={"authorization": "NONE"},
        unrelated=[
            {"httpMethod": "OPTIONS", "authorization": "NONE"},
            {"apiKeyRequired": True, "authorization": "NONE"},
        ],
    ),
    Case(
        "aws-apigatewayv2-route-authorized",
        ROUTE,
        bad=[{"authorizationType": "NONE"}, {"routeKey": "$connect", "authorizationType": "NONE"}],
        unrelated=[
            {"routeKey": "OPTIONS /{proxy+}", "authorizationType": "NONE"},
            {"routeKey": "sendmessage", "authorizationType": "NONE"},
        ],
        guards=["authorizationType"],
    ),
    Case(
        "aws-apigateway-domain-tls12",
        resource("aws:apigateway/domainName:DomainName", {"domainName": "d", "securityPolicy": "TLS_1_2"}),
        bad={"securityPolicy": "TLS_1_0"},
        also_good={"securityPolicy": "SecurityPolicy_TLS13_1_3_2025_09"},
    ),
    Case(
        "aws-apigatewayv2-domain-tls12",
        resource(
            "aws:apigatewayv2/domainName:DomainName",
            {"domainName": "d", "domainNameConfiguration": {"securityPolicy": "TLS_1_2"}},
        ),
        bad={"domainNameConfiguration.securityPolicy": "TLS_1_0"},
    ),
    Case(
        "aws-apigateway-stage-variables-no-secrets",
        [STAGE, SECOND, API, ASSOCIATION],
        bad=[
            {"variables.db_password": "correct-horse-battery"},
            on("second", {"stageVariables.db_password": "correct-horse-battery"}),
        ],
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
