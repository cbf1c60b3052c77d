"""API Gateway: who may call, what is logged, TLS, firewall."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_in,
    all_of,
    fail,
    forbid_in,
    judge,
    require,
    require_equal,
    require_false,
    require_in,
    require_related,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.common.credentials import credential_in_variable

REST_API = "aws:apigateway/restApi:RestApi"
INTEGRATION = "aws:apigateway/integration:Integration"
ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"


@rule("aws-apigateway-stage-access-logs")
def access_logs(stage: Resource) -> Verdict:
    """Stages log who called what.

    No other log names the caller.
    """
    return require_set(stage, "accessLogSettings.destinationArn")


@rule("aws-apigateway-execution-logging")
def execution_logging(settings: Resource) -> Verdict:
    """Methods log their executions, and keep payloads out of the log.

    Data tracing writes whole requests and answers, personal data and tokens included.
    """
    return all_of(
        require_in(settings, "settings.loggingLevel", ("ERROR", "INFO")),
        require_false(settings, "settings.dataTraceEnabled", absent=PASS),
    )


@rule("aws-apigateway-stage-tracing")
def tracing(stage: Resource) -> Verdict:
    """Stages trace their calls.

    A trace shows which of many services was slow or failed.
    """
    return require_true(stage, "xrayTracingEnabled")


@rule("aws-apigateway-cache-encrypted")
def cache_encrypted(settings: Resource) -> Verdict:
    """Answers in the cache are encrypted.

    The cache holds what the service answered, personal data included.
    """
    if settings.get("settings.cachingEnabled") not in (True, "true"):
        return NOT_APPLICABLE
    path = "settings.cacheDataEncrypted"
    return require_true(settings, path, absent=fail(path, "is not set", f"set {path} to true"))


@rule("aws-apigateway-stage-client-certificate")
def client_certificate(stage: Resource) -> Verdict:
    """Stages show HTTP backends a certificate.

    Without it the backend cannot tell API Gateway from anybody else who finds its address.
    """
    apis = stage.stack.target(stage, "restApi", REST_API)
    integrations = [it for api in apis for it in stage.stack.related(api, INTEGRATION, by="restApi")]
    if not any(it.get("type") in ("HTTP", "HTTP_PROXY") for it in integrations):
        return NOT_APPLICABLE
    return require_set(stage, "clientCertificateId")


@rule("aws-apigateway-stage-waf")
def stage_waf(stage: Resource) -> Verdict:
    """Stages that the internet reaches have a web application firewall.

    It stops known attacks before they reach the application.
    """
    apis = stage.stack.target(stage, "restApi", REST_API).sure
    kinds = {kind for api in apis for kind in _kinds(api)}
    if kinds == {"PRIVATE"}:
        return NOT_APPLICABLE
    return require_related(stage, ASSOCIATION, by="resourceArn")


def _kinds(api: Resource) -> list[str]:
    kinds = api.get("endpointConfiguration.types", [])
    return kinds if isinstance(kinds, list) else [kinds]


@rule("aws-apigateway-method-authorized")
def method_authorized(method: Resource) -> Verdict:
    """Methods ask who calls.

    A method without authorization is open to the internet. Preflight requests (OPTIONS) carry no credentials.
    """
    if method.get("httpMethod") == "OPTIONS" or method.get("apiKeyRequired") in (True, "true"):
        return NOT_APPLICABLE
    return forbid_in(method, "authorization", ("NONE",))


@rule("aws-apigatewayv2-route-authorized")
def route_authorized(route: Resource) -> Verdict:
    """Routes ask who calls.

    A route without authorization is open to the internet. Preflight requests carry no credentials, and a WebSocket is
    authorized once, when it connects.
    """
    key = str(route.get("routeKey"))
    later = " " not in key and key not in ("$connect", "$default")
    if later or key.startswith("OPTIONS "):
        return NOT_APPLICABLE
    return require_in(route, "authorizationType", ("JWT", "AWS_IAM", "CUSTOM"))


@rule("aws-apigateway-domain-tls12")
def domain_tls(domain: Resource) -> Verdict:
    """Domains of REST APIs take TLS 1.2 and newer alone.

    Older versions have attacks that work.
    """
    return require(
        domain,
        "securityPolicy",
        test=lambda policy: policy == "TLS_1_2" or str(policy).startswith("SecurityPolicy_TLS13"),
        problem="takes versions of TLS before 1.2",
        remedy="set {path} to TLS_1_2",
    )


@rule("aws-apigatewayv2-domain-tls12")
def domain_v2_tls(domain: Resource) -> Verdict:
    """Domains of HTTP and WebSocket APIs take TLS 1.2 and newer alone.

    Older versions have attacks that work.
    """
    return require_equal(domain, "domainNameConfiguration.securityPolicy", "TLS_1_2")


@rule("aws-apigateway-stage-variables-no-secrets")
def variables_no_secrets(stage: Resource) -> Verdict:
    """Variables of a stage hold no credential.

    They stand in exports and in the console, for everyone who may see the API.
    """

    def judged(name: str, value: Node) -> Verdict:
        def check(leaf: Node) -> Verdict:
            found = credential_in_variable(name, leaf.read())
            if found is None:
                return PASS
            return fail(leaf.path, f"holds what looks like {found}", "keep it in Secrets Manager")

        return judge(check, value)

    holders = ("variables", "stageVariables")
    return all_in([PASS, *(judged(name, value) for holder in holders for name, value in stage.entries(holder))])
