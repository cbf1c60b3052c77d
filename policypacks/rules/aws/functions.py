"""Lambda functions: who may call them, where secrets stand, what happens to failed events."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Undetermined,
    Verdict,
    all_in,
    any_of,
    fail,
    forbid_in,
    judge,
    require,
    require_at_least,
    require_equal,
    require_related,
    require_set,
    rule,
)
from policypacks.rules.common.credentials import credential_in_variable
from policypacks.rules.common.tags import is_regulated

PERMISSION = "aws:lambda/permission:Permission"
INVOKE_CONFIG = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"

ASYNCHRONOUS = ("s3", "sns", "events", "ses", "config", "cloudformation", "codecommit", "iot", "logs")
"""Services that hand an event over and do not wait:
https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html"""

RUNTIMES = (
    "dotnet10",
    "dotnet8",
    "java11",
    "java17",
    "java21",
    "java25",
    "nodejs22.x",
    "nodejs24.x",
    "provided.al2023",
    "python3.11",
    "python3.12",
    "python3.13",
    "python3.14",
    "ruby3.3",
    "ruby3.4",
)
"""Assumed default, to be kept by the setting: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html"""


@rule("aws-lambda-function-in-vpc")
def in_vpc(function: Resource) -> Verdict:
    """Functions that reach regulated data run in the network of that data.

    Their way to the data, and to anywhere else, is then under the network's rules and logs.
    """
    return require_set(function, "vpcConfig.subnetIds") if is_regulated(function) else NOT_APPLICABLE


@rule("aws-lambda-function-dead-letter-or-destination")
def dead_letter(function: Resource) -> Verdict:
    """Functions that services call without waiting keep the events that failed.

    After two retries the event is gone, and nobody was told.
    """
    calls = function.stack.related(function, PERMISSION, by="function")
    if not any(_is_asynchronous(permission) for permission in calls):
        if calls.maybe:
            raise Undetermined(f"{calls.maybe[0].name}.function")
        return NOT_APPLICABLE
    return any_of(
        require_set(function, "deadLetterConfig.targetArn"),
        require_related(
            function,
            INVOKE_CONFIG,
            by="functionName",
            check=lambda config: require_set(config, "destinationConfig.onFailure.destination"),
        ),
    )


def _is_asynchronous(permission: Resource) -> bool:
    service = str(permission.get("principal")).partition(".")[0]
    if service == "iot" and ":provisioningtemplate/" in str(permission.get("sourceArn")):
        return False  # it asks before it registers a device, and waits for the answer
    return service in ASYNCHRONOUS


@rule("aws-lambda-function-concurrency-limit")
def concurrency_limit(function: Resource) -> Verdict:
    """Functions have a share of the concurrency of their own.

    One function that is called without end otherwise takes all others of the account with it.
    """
    return require_at_least(function, "reservedConcurrentExecutions", 1)


@rule("aws-lambda-function-tracing")
def tracing(function: Resource) -> Verdict:
    """Functions trace their calls.

    A trace shows which of many services was slow or failed.
    """
    return require_equal(function, "tracingConfig.mode", "Active")


@rule("aws-lambda-function-no-secrets-in-environment")
def no_secrets(function: Resource) -> Verdict:
    """The environment of a function holds no credential.

    Everyone who may see the function reads its variables; a name of a secret does as well.
    """

    def check(name: str, value: Node) -> Verdict:
        found = credential_in_variable(name, value.read())
        if found is None:
            return PASS
        return fail(value.path, f"holds what looks like {found}", "read it from Secrets Manager at start")

    def judged(name: str, value: Node) -> Verdict:
        return judge(lambda leaf: check(name, leaf), value)

    return all_in([PASS, *(judged(name, value) for name, value in function.entries("environment.variables"))])


@rule(
    "aws-lambda-function-supported-runtime",
    config={
        "runtimes": {
            "type": "array",
            "items": {"type": "string"},
            "default": list(RUNTIMES),
            "description": "runtimes that AWS still patches",
        }
    },
)
def supported_runtime(function: Resource) -> Verdict:
    """Functions run on a runtime that AWS still patches.

    A deprecated runtime keeps its holes. Functions from container images bring their own.
    """
    if function.get("packageType", "Zip") == "Image":
        return NOT_APPLICABLE
    supported = set(function.config["runtimes"])
    return require(
        function,
        "runtime",
        test=lambda runtime: runtime in supported,
        problem="is not a runtime of the setting runtimes",
        remedy="set {path} to one that AWS still patches",
    )


@rule("aws-lambda-permission-not-public")
def permission_not_public(permission: Resource) -> Verdict:
    """Permissions to call a function name who may, and for services on whose behalf.

    A service that may call for anybody calls for an attacker too (the confused deputy).
    """
    principal = str(permission.get("principal", "*"))
    if permission.present("principalOrgId"):
        return PASS
    if principal == "*":
        return fail("principal", "lets everyone call the function", "name the principal, or set principalOrgId")
    if principal.endswith(".amazon.com"):
        return PASS if permission.present("eventSourceToken") else _unbound("eventSourceToken")
    if not principal.endswith((".amazonaws.com", ".amazonaws.com.cn")):
        return PASS
    bound = permission.present("sourceArn") or permission.present("sourceAccount")
    return PASS if bound else _unbound("sourceArn")


def _unbound(path: str) -> Verdict:
    return fail(path, "is not set, so that the service may call for anybody", f"set {path} to what calls the function")


@rule("aws-lambda-function-url-authenticated")
def url_authenticated(url: Resource) -> Verdict:
    """Function URLs ask for IAM credentials.

    Otherwise everyone on the internet may call the function.
    """
    return require_equal(url, "authorizationType", "AWS_IAM")


@rule("aws-lambda-function-url-cors-not-open")
def url_cors(url: Resource) -> Verdict:
    """Function URLs name the origins whose pages may call them.

    With any origin allowed, any page that a user opens may call in the user's name.
    """
    return forbid_in(url, "cors.allowOrigins", ("*",))
