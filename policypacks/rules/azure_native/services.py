"""Other Azure services that hold data: configuration, AI, search, machine learning, data factory, FHIR."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Resource,
    Verdict,
    all_of,
    any_of,
    forbid_in,
    require_equal,
    require_false,
    require_in,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.common.azure import CLOSED


def _identity(service: Resource) -> Verdict:
    return all_of(require_set(service, "identity.type"), forbid_in(service, "identity.type", ("None",)))


@rule("azure-appconfiguration-hardened")
def app_configuration(store: Resource) -> Verdict:
    """Configuration stores take identities, have no public endpoint and cannot be purged.

    Who changes the configuration changes what every app does.
    """
    return all_of(
        require_equal(store, "publicNetworkAccess", "Disabled"),
        require_true(store, "disableLocalAuth", "enablePurgeProtection"),
    )


@rule("azure-cognitiveservices-hardened")
def cognitive(account: Resource) -> Verdict:
    """AI services take identities, deny unknown networks and are encrypted under a key of one's own.

    Prompts and documents that are sent to them are as sensitive as their sources.
    """
    return all_of(
        any_of(
            require_equal(account, "properties.publicNetworkAccess", "Disabled"),
            require_equal(account, "properties.networkAcls.defaultAction", "Deny"),
        ),
        require_true(account, "properties.disableLocalAuth"),
        require_in(account, "properties.encryption.keySource", ("Microsoft.KeyVault",), ignore_case=True),
    )


@rule("azure-search-hardened")
def search(service: Resource) -> Verdict:
    """Search services take identities, have one, and have no public endpoint.

    An index is a copy of the data without the rights of its source.
    """
    return all_of(
        require_in(service, "publicNetworkAccess", CLOSED, ignore_case=True),
        require_true(service, "disableLocalAuth"),
        _identity(service),
    )


@rule("azure-ml-workspace-private")
def ml_workspace(workspace: Resource) -> Verdict:
    """Machine learning workspaces are isolated, and encrypted under a key of one's own.

    Notebooks run any code with access to the training data.
    """
    return all_of(
        require_equal(workspace, "publicNetworkAccess", "Disabled"),
        forbid_in(workspace, "managedNetwork.isolationMode", ("Disabled",)),
        require_equal(workspace, "encryption.status", "Enabled"),
    )


@rule("azure-datafactory-isolated")
def data_factory(factory: Resource) -> Verdict:
    """Data factories have an identity and no public endpoint, and are encrypted under a key of one's own.

    A factory holds the way into every store that it copies from.
    """
    return all_of(
        require_equal(factory, "publicNetworkAccess", "Disabled"),
        _identity(factory),
        require_set(factory, "encryption.keyName"),
    )


@rule("azure-healthcare-fhir-hardened")
def fhir(service: Resource) -> Verdict:
    """FHIR services name who signs in their callers, answer known sites, and use a key of one's own.

    They hold health records and nothing else.
    """
    return all_of(
        forbid_in(service, "corsConfiguration.origins", ("*",), absent=PASS),
        require_set(
            service,
            "authenticationConfiguration.authority",
            "encryption.customerManagedKeyEncryption.keyEncryptionKeyUrl",
        ),
    )


@rule("azure-ml-compute-isolated")
def ml_compute(compute: Resource) -> Verdict:
    """Machine learning compute stands in a subnet, without public addresses and local accounts.

    Notebooks run any code with access to the training data.
    """
    if compute.get("properties.computeType") not in ("AmlCompute", "ComputeInstance"):
        return NOT_APPLICABLE
    return all_of(
        require_true(compute, "properties.disableLocalAuth"),
        require_set(compute, "properties.properties.subnet.id"),
        require_false(compute, "properties.properties.enableNodePublicIp"),
    )
