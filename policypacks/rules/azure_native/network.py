"""Azure networks: security groups, subnets, flow logs, interfaces."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    each,
    fail,
    require_false,
    require_related,
    require_set,
    require_true,
    require_unset,
    rule,
)
from policypacks.rules.common.azure_network import EVERY_PORT, Inbound, each_inbound, forbid_public_ports

DATABASES = (1433, 3306, 5432, 6379, 9200, 11211, 27017)
"""SQL Server, MySQL, PostgreSQL, Redis, Elasticsearch, memcached, MongoDB."""

WITHOUT_GROUP = (
    "GatewaySubnet",
    "AzureFirewallSubnet",
    "AzureFirewallManagementSubnet",
    "AzureBastionSubnet",
    "RouteServerSubnet",
)
"""Subnets of services that guard themselves, most of which refuse a group."""


@rule("azure-network-no-public-ssh")
def no_public_ssh(rules: Resource) -> Verdict:
    """SSH is not open to the internet.

    An open SSH port is found within minutes and tried without end.
    """
    return forbid_public_ports(rules, (22,), "SSH")


@rule("azure-network-no-public-rdp")
def no_public_rdp(rules: Resource) -> Verdict:
    """RDP is not open to the internet.

    Open RDP is the most common way in of ransomware.
    """
    return forbid_public_ports(rules, (3389,), "RDP")


@rule("azure-network-no-public-database-ports")
def no_public_databases(rules: Resource) -> Verdict:
    """No database is open to the internet.

    Databases are reached by applications; from the internet they are reached by others.
    """
    return forbid_public_ports(rules, DATABASES, "databases")


def _to_internet(rule: Inbound, problem: str) -> Verdict:
    path = f"{rule.node.path}.sourceAddressPrefix".lstrip(".")
    return fail(path, problem, "narrow the sources to who needs it")


@rule("azure-network-no-public-udp")
def no_public_udp(rules: Resource) -> Verdict:
    """UDP is not open to the internet.

    Services on UDP answer forged senders, and so take part in attacks on others.
    """
    return each_inbound(
        rules,
        lambda it: _to_internet(it, "opens UDP to the internet") if it.protocol == "udp" and it.is_public() else PASS,
    )


@rule("azure-network-no-allow-all-inbound")
def no_allow_all(rules: Resource) -> Verdict:
    """No rule opens every port to the internet.

    Such a rule is no firewall.
    """

    def check(it: Inbound) -> Verdict:
        everything = any(len(span) == len(EVERY_PORT) or span == range(1, 65_536) for span in it.ports)
        return _to_internet(it, "opens every port to the internet") if everything and it.is_public() else PASS

    return each_inbound(rules, check)


@rule("azure-network-subnet-has-nsg")
def subnet_has_group(network: Resource) -> Verdict:
    """Every subnet has a network security group.

    Without one everything in the virtual network reaches everything in the subnet.
    """

    def check(subnet: Node) -> Verdict:
        if subnet.get("subnetName", subnet.get("name")) in WITHOUT_GROUP:
            return NOT_APPLICABLE
        return require_set(subnet, "networkSecurityGroup.id")

    if network.type.endswith(":Subnet"):
        return check(network)
    return each(network, "subnets", check, absent=NOT_APPLICABLE)


@rule("azure-network-flow-logs")
def flow_logs(network: Resource) -> Verdict:
    """Virtual networks have flow logs.

    Without them nobody can say after an incident who spoke to whom.
    """
    return require_related(
        network,
        "azure-native:network:FlowLog",
        by="targetResourceId",
        check=lambda log: require_true(log, "enabled"),
    )


@rule("azure-network-interface-no-ip-forwarding")
def no_ip_forwarding(interface: Resource) -> Verdict:
    """Network interfaces pass on no foreign packets.

    A machine that forwards can lead traffic around the firewall; only network appliances need to.
    """
    return require_false(interface, "enableIPForwarding")


@rule("azure-network-interface-no-public-ip")
def no_public_ip(interface: Resource) -> Verdict:
    """Network interfaces have no public address.

    Machines are reached through load balancers and bastions, which are watched.
    """
    return each(interface, "ipConfigurations", lambda it: require_unset(it, "publicIPAddress"))
