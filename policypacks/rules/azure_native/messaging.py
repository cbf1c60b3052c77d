"""Azure messaging: Event Hubs, Service Bus, Event Grid, IoT Hub."""

from policypacks.engine.rule import Resource, Verdict, all_of, require_in, require_true, rule
from policypacks.rules.common.azure import CLOSED

TLS = ("1.2", "1.3")


@rule("azure-messaging-min-tls12")
def tls12(namespace: Resource) -> Verdict:
    """Event Hubs and Service Bus refuse TLS below 1.2.

    Older versions have known weaknesses, and clients choose them if the server lets them.
    """
    return require_in(namespace, "minimumTlsVersion", TLS)


@rule("azure-messaging-local-auth-disabled")
def no_keys(namespace: Resource) -> Verdict:
    """Event Hubs and Service Bus take identities, not shared keys.

    A shared key names nobody and never expires.
    """
    return require_true(namespace, "disableLocalAuth")


@rule("azure-messaging-public-network-disabled")
def private(namespace: Resource) -> Verdict:
    """Event Hubs and Service Bus are reached by private addresses only.

    On a public endpoint a leaked key is all that it takes.
    """
    return require_in(namespace, "publicNetworkAccess", CLOSED)


@rule("azure-eventgrid-hardened")
def event_grid(topic: Resource) -> Verdict:
    """Event Grid takes identities, has no public endpoint and refuses TLS below 1.2.

    Who can publish an event can start whatever listens to it.
    """
    return all_of(
        require_true(topic, "disableLocalAuth"),
        require_in(topic, "publicNetworkAccess", CLOSED),
        require_in(topic, "minimumTlsVersionAllowed", TLS),
    )


@rule("azure-iothub-hardened")
def iot_hub(hub: Resource) -> Verdict:
    """IoT hubs take identities, have no public endpoint and refuse TLS below 1.2.

    Who can speak for a hub commands every device on it.
    """
    return all_of(
        require_in(hub, "properties.publicNetworkAccess", ("Disabled",)),
        require_true(hub, "properties.disableLocalAuth"),
        require_in(hub, "properties.minTlsVersion", TLS),
    )
