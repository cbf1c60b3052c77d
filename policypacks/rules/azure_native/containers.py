"""Azure container registries, container instances and container apps."""

from policypacks.engine.rule import (
    PASS,
    Node,
    Resource,
    Verdict,
    all_of,
    any_of,
    each,
    fail,
    require_equal,
    require_false,
    require_set,
    rule,
)
from policypacks.rules.common.azure_secrets import plain_secret
from policypacks.rules.common.tags import CLASSIFICATION, tag


@rule("azure-acr-admin-user-disabled")
def no_admin_user(registry: Resource) -> Verdict:
    """Registries have no admin user.

    It is one password for everybody that may push and pull everything.
    """
    return require_false(registry, "adminUserEnabled")


@rule("azure-acr-no-anonymous-pull")
def no_anonymous_pull(registry: Resource) -> Verdict:
    """Registries give images to nobody who has not signed in.

    Images hold the code, and often more than was meant.
    """
    return require_false(registry, "anonymousPullEnabled")


@rule("azure-acr-public-network-disabled")
def registry_private(registry: Resource) -> Verdict:
    """Registries are reached by private addresses, or by named ones.

    Who can push an image can run code in production.
    """
    return any_of(
        require_equal(registry, "publicNetworkAccess", "Disabled"),
        require_equal(registry, "networkRuleSet.defaultAction", "Deny"),
    )


@rule("azure-container-group-in-vnet")
def group_private(group: Resource) -> Verdict:
    """Container groups are part of a virtual network.

    Otherwise every port of the group is on the internet, with no firewall before it.
    """
    return any_of(require_set(group, "subnetIds"), require_equal(group, "ipAddress.type", "Private"))


@rule("azure-container-group-secure-environment")
def group_environment(group: Resource) -> Verdict:
    """Container groups pass credentials as secure values.

    Plain values are shown to everyone who may read the group.
    """

    def variable(entry: Node) -> Verdict:
        return plain_secret(entry.get("name", ""), entry.at("value"), "use secureValue instead of value")

    return each(group, "containers", lambda it: each(it, "environmentVariables", variable, absent=PASS))


@rule("azure-container-app-ingress")
def app_ingress(app: Resource) -> Verdict:
    """Container apps serve HTTPS only, and the internet only where their data is public.

    An external ingress is reached by everyone; plain HTTP can be read on the way.
    """
    external = PASS
    if app.get("configuration.ingress.external") is True and tag(app, CLASSIFICATION) != "public":
        external = fail(
            "configuration.ingress.external",
            "opens an app to the internet that is not tagged as public",
            f"set it to false, or the tag {CLASSIFICATION} to public",
        )
    return all_of(require_false(app, "configuration.ingress.allowInsecure"), external)
