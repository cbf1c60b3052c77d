"""AppSync."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    Resource,
    Verdict,
    all_of,
    forbid_in,
    require_equal,
    require_in,
    require_related,
    require_set,
    require_true,
    rule,
)

ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"


@rule("aws-appsync-api-logging")
def graphql_logs(api: Resource) -> Verdict:
    """GraphQL APIs log at least what fails.

    One address answers every question, so that access logs without fields tell nothing.
    """
    return all_of(
        require_in(api, "logConfig.fieldLogLevel", ("ERROR", "INFO", "DEBUG", "ALL")),
        require_set(api, "logConfig.cloudwatchLogsRoleArn"),
    )


@rule("aws-appsync-api-not-key-only")
def graphql_sign_in(api: Resource) -> Verdict:
    """GraphQL APIs know who asks.

    An API key is in every client that was ever handed out, and says nothing about its user.
    """
    return forbid_in(api, "authenticationType", ("API_KEY",))


@rule("aws-appsync-api-waf")
def graphql_firewall(api: Resource) -> Verdict:
    """Public GraphQL APIs stand behind a web application firewall.

    It limits how often one address may ask, and stops known attacks.
    """
    if api.get("visibility") == "PRIVATE":
        return NOT_APPLICABLE
    return require_related(api, ASSOCIATION, by="resourceArn")


@rule("aws-appsync-cache-encrypted")
def graphql_cache(cache: Resource) -> Verdict:
    """Caches of GraphQL APIs are encrypted at rest and in transit.

    They hold answers. Neither can be changed later.
    """
    return require_true(cache, "atRestEncryptionEnabled", "transitEncryptionEnabled")


@rule("aws-appsync-introspection-disabled")
def graphql_introspection(api: Resource) -> Verdict:
    """GraphQL APIs in production do not describe themselves.

    The description lists every operation, also those that no client is meant to use.
    """
    return require_equal(api, "introspectionConfig", "DISABLED") if api.production else NOT_APPLICABLE


@rule("aws-appsync-api-tracing")
def graphql_tracing(api: Resource) -> Verdict:
    """GraphQL APIs are traced by X-Ray.

    A trace tells which of the services behind an answer was slow or failed.
    """
    return require_true(api, "xrayEnabled")
