"""Azure App Service: web apps, functions, their settings; API Management."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_in,
    all_of,
    any_of,
    each,
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
from policypacks.rules.common.azure_secrets import is_secret_name, plain_secret

TLS = ("1.2", "1.3")
GATEWAY = "Microsoft.WindowsAzure.ApiManagement.Gateway.Security"
WEAK = (
    f"{GATEWAY}.Protocols.Tls10",
    f"{GATEWAY}.Protocols.Tls11",
    f"{GATEWAY}.Protocols.Ssl30",
    f"{GATEWAY}.Backend.Protocols.Tls10",
    f"{GATEWAY}.Backend.Protocols.Tls11",
    f"{GATEWAY}.Backend.Protocols.Ssl30",
    f"{GATEWAY}.Ciphers.TripleDes168",
)
"""Settings of the gateway: https://learn.microsoft.com/rest/api/apimanagement/api-management-service/create-or-update"""


@rule("azure-webapp-https-only")
def https_only(app: Resource) -> Verdict:
    """Apps redirect to HTTPS.

    Sessions over plain HTTP can be read and taken over on the way.
    """
    return require_true(app, "httpsOnly")


@rule("azure-webapp-min-tls12")
def tls12(app: Resource) -> Verdict:
    """Apps, and the endpoints that deploy them, refuse TLS below 1.2.

    Older versions have known weaknesses, and clients choose them if the server lets them.
    """
    return all_of(require_in(app, "siteConfig.minTlsVersion", TLS), require_in(app, "siteConfig.scmMinTlsVersion", TLS))


@rule("azure-webapp-ftps-disabled")
def ftps(app: Resource) -> Verdict:
    """Apps take no files by plain FTP.

    FTP sends the password of the deployment in the clear.
    """
    return require_in(app, "siteConfig.ftpsState", ("Disabled", "FtpsOnly"))


@rule("azure-webapp-managed-identity")
def identity(app: Resource) -> Verdict:
    """Apps have a managed identity.

    Without one they need passwords for everything they use.
    """
    return all_of(require_set(app, "identity.type"), forbid_in(app, "identity.type", ("None",)))


@rule("azure-webapp-no-remote-debugging")
def no_debugging(app: Resource) -> Verdict:
    """Apps cannot be debugged from outside.

    The debugger opens ports and reads and changes the app's memory.
    """
    return require_false(app, "siteConfig.remoteDebuggingEnabled")


@rule("azure-webapp-cors-not-open")
def cors(app: Resource) -> Verdict:
    """Apps do not answer scripts of every site.

    With * any page that a user opens may read from the app what the user may.
    """
    return forbid_in(app, "siteConfig.cors.allowedOrigins", ("*",))


@rule(
    "azure-webapp-client-certificates",
    config={
        "used_by_people": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "names of apps that people use by browser, who have no certificates",
        }
    },
)
def client_certificates(app: Resource) -> Verdict:
    """Apps that only other services call ask for a client certificate.

    Then a stolen token alone opens nothing.
    """
    people = app.config["used_by_people"]
    if people and app.get("name", app.name) in people:
        return NOT_APPLICABLE
    return all_of(require_true(app, "clientCertEnabled"), require_equal(app, "clientCertMode", "Required"))


@rule(
    "azure-webapp-authentication",
    config={
        "own_sign_in": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "names of apps that sign in their users themselves",
        }
    },
)
def authentication(app: Resource) -> Verdict:
    """Apps sign in who calls them before their own code runs.

    What the platform refuses cannot exploit a mistake in the app.
    """
    exempt = app.config["own_sign_in"]
    if exempt and app.get("name", app.name) in exempt:
        return NOT_APPLICABLE
    return any_of(
        require_related(
            app,
            "azure-native:web:WebAppAuthSettingsV2",
            by="name",
            check=lambda settings: require_true(settings, "platform.enabled"),
        ),
        require_related(
            app,
            "azure-native:web:WebAppAuthSettings",
            by="name",
            check=lambda settings: require_true(settings, "enabled"),
        ),
    )


@rule("azure-webapp-http2")
def http2(app: Resource) -> Verdict:
    """Apps speak HTTP/2.

    It asks for TLS that is up to date, and serves the same with fewer connections.
    """
    return require_true(app, "siteConfig.http20Enabled")


@rule("azure-webapp-http-logs")
def http_logs(app: Resource) -> Verdict:
    """Apps log requests and errors.

    Without the log nobody can say after an incident what was asked and answered.
    """
    return require_true(app, "siteConfig.httpLoggingEnabled", "siteConfig.detailedErrorLoggingEnabled")


@rule("azure-webapp-vnet-integrated")
def in_network(app: Resource) -> Verdict:
    """Apps are part of a virtual network, or have no public endpoint.

    Otherwise databases must be open to all of Azure for the app to reach them.
    """
    return any_of(require_set(app, "virtualNetworkSubnetId"), require_equal(app, "publicNetworkAccess", "Disabled"))


@rule("azure-webapp-settings-no-secrets")
def settings(app: Resource) -> Verdict:
    """Settings of apps hold references to Key Vault, or Pulumi secrets, where they hold credentials.

    Settings are environment variables: every process and every crash report has them.
    """
    remedy = "write @Microsoft.KeyVault(SecretUri=...), or pass a Pulumi secret"

    def named(entry: Node) -> Verdict:
        return plain_secret(entry.path.rstrip('"]'), entry, remedy)

    if app.type.endswith(":WebAppApplicationSettings"):
        return all_in([PASS, *(judge(named, entry) for _, entry in app.entries("properties"))])

    def check(entry: Node) -> Verdict:
        return plain_secret(entry.get("name", ""), entry.at("value"), remedy)

    return each(app, "siteConfig.appSettings", check, absent=PASS)


@rule("azure-apim-in-virtual-network")
def apim_network(service: Resource) -> Verdict:
    """API Management is part of a virtual network, or has no public endpoint.

    Otherwise the services behind it must be open to the internet too.
    """
    return any_of(
        require_in(service, "virtualNetworkType", ("Internal", "External")),
        require_equal(service, "publicNetworkAccess", "Disabled"),
    )


@rule("azure-apim-strong-protocols")
def apim_protocols(service: Resource) -> Verdict:
    """API Management refuses old TLS and weak ciphers, from callers and to services.

    What is not turned off by name may be on, as it was for services of earlier years.
    """
    return require_false(service, *(f'customProperties["{name}"]' for name in WEAK))


@rule("azure-apim-backend-https")
def apim_backend(backend: Resource) -> Verdict:
    """API Management speaks verified HTTPS to the services behind it.

    Tokens of all callers travel on that way.
    """
    return all_of(
        require(
            backend,
            "url",
            test=lambda url: str(url).startswith("https://"),
            problem="is not https",
            remedy="use https:// in {path}",
        ),
        require_true(backend, "tls.validateCertificateChain"),
    )


@rule("azure-apim-named-value-secret")
def apim_named_value(value: Resource) -> Verdict:
    """Named values that hold credentials are secret, or stand in Key Vault.

    Others are shown to everyone who may read the service.
    """
    if not is_secret_name(value.get("displayName", value.name)):
        return NOT_APPLICABLE
    return any_of(require_true(value, "secret"), require_set(value, "keyVault.secretIdentifier"))
