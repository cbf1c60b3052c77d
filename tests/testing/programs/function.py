"""A function behind an HTTP API, as Pulumi's examples have it. ``mistake`` puts one in on purpose."""

import json

import pulumi
import pulumi_aws as aws

ASSUME = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
CODE = "def handler(event, context):\n    return {'statusCode': 200, 'body': 'Hello'}\n"


def program(mistake: str = "", code: str = CODE) -> None:
    token = pulumi.Config("api").require_secret("token")
    role = aws.iam.Role("function", assume_role_policy=json.dumps(ASSUME))
    aws.iam.RolePolicyAttachment(
        "function", role=role.name, policy_arn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    )
    function = aws.lambda_.Function(
        "hello",
        runtime="python3.99" if mistake == "runtime" else "python3.12",
        role=role.arn,
        handler="index.handler",
        code=pulumi.AssetArchive({"index.py": pulumi.StringAsset(code)}),
        environment={"variables": {"TOKEN": pulumi.Output.unsecret(token) if mistake == "leaked" else token}},
    )
    api = aws.apigatewayv2.Api("api", protocol_type="HTTP")
    integration = aws.apigatewayv2.Integration(
        "hello",
        api_id=api.id,
        integration_type="AWS_PROXY",
        integration_uri=function.arn if mistake == "uri" else function.invoke_arn,
        payload_format_version="2.0",
    )
    route = aws.apigatewayv2.Route(
        "hello",
        api_id=api.id,
        route_key="GET /",
        target=integration.id.apply(lambda found: f"integrations/{found}"),
    )
    aws.apigatewayv2.Stage(
        "default", api_id=api.id, name="$default", auto_deploy=True, opts=pulumi.ResourceOptions(depends_on=[route])
    )
    if mistake != "uninvokable":
        aws.lambda_.Permission(
            "api",
            action="lambda:InvokeFunction",
            function=function.name,
            principal="apigateway.amazonaws.com",
            source_arn=pulumi.Output.concat(api.execution_arn, "/*/*"),
        )
    if mistake == "only_preview" and pulumi.runtime.is_dry_run():
        aws.cloudwatch.LogGroup("extra")
    pulumi.export("url", api.api_endpoint)
