"""Security groups and network ACLs: what may come in, what may go out."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_of,
    each,
    fail,
    forbid_in,
    judge,
    require_related,
    require_set,
    require_unset,
    rule,
)
from policypacks.rules.common.network import (
    ALL_PORTS,
    ALL_PROTOCOLS,
    EGRESS_RULE,
    INGRESS_RULE,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
    Opening,
    each_egress,
    each_ingress,
    forbid_public_ports,
    opening,
)

DATABASES = (1433, 1521, 3306, 5432, 5439, 6379, 7199, 9042, 9200, 9300, 11211, 27017, 27018)
"""SQL Server, Oracle, MySQL, PostgreSQL, Redshift, Redis, Cassandra (2), Elasticsearch (2), Memcached, MongoDB (2)."""

CLEARTEXT = (20, 21, 23, 25, 110, 143, 389, 445)
"""FTP (2), Telnet, SMTP, POP3, IMAP, LDAP, SMB: protocols whose first word is readable."""

WIDE = 16
"""Address ranges wider than a /16 are more than one network."""

MADE_BY = ("Managed by Pulumi", "Managed by Terraform")
"""Descriptions that tools put in; they describe nothing."""


@rule("aws-ec2-security-group-no-public-ssh")
def no_public_ssh(group: Resource) -> Verdict:
    """No security group opens SSH to the internet.

    Every address of the internet tries passwords and weak keys on port 22 within minutes.
    """
    return each_ingress(group, lambda it: forbid_public_ports(it, (22,), "SSH"))


@rule("aws-ec2-security-group-no-public-rdp")
def no_public_rdp(group: Resource) -> Verdict:
    """No security group opens RDP to the internet.

    Remote desktop is the way most ransomware came in.
    """
    return each_ingress(group, lambda it: forbid_public_ports(it, (3389,), "RDP"))


@rule("aws-ec2-security-group-no-public-database-ports")
def no_public_databases(group: Resource) -> Verdict:
    """No security group opens a database port to the internet.

    A database answers programs, never the internet; one weak account is enough to lose it all.
    """
    return each_ingress(group, lambda it: forbid_public_ports(it, DATABASES, "a database"))


@rule("aws-ec2-security-group-no-public-cleartext-ports")
def no_public_cleartext(group: Resource) -> Verdict:
    """No security group opens a cleartext protocol to the internet.

    What travels over these protocols, passwords included, can be read on the way.
    """
    return each_ingress(group, lambda it: forbid_public_ports(it, CLEARTEXT, "a cleartext protocol"))


@rule(
    "aws-ec2-security-group-only-allowed-public-ports",
    config={
        "allowed_ports": {
            "type": "array",
            "items": {"type": "integer", "minimum": 0, "maximum": 65535},
            "default": [443],
            "description": "ports that may be open to the internet",
        }
    },
)
def only_allowed_public_ports(group: Resource) -> Verdict:
    """Only the ports that are meant to be public are open to the internet.

    Whatever else is open is either forgotten or a way around the front door.
    """
    allowed = set(group.config["allowed_ports"])

    def check(it: Opening) -> Verdict:
        if not it.is_public():
            return PASS
        ports = it.ports()
        if len(ports) <= len(allowed) and all(port in allowed for port in ports):
            return PASS
        shown = "all ports" if ports == ALL_PORTS else f"ports {ports.start} to {ports.stop - 1}"
        return fail(it.path, f"opens {shown} to the internet", f"open only {sorted(allowed)}, or narrow the sources")

    return each_ingress(group, check)


@rule("aws-ec2-security-group-no-all-traffic-ingress")
def no_all_traffic_ingress(group: Resource) -> Verdict:
    """No security group lets all traffic in from a wide address range.

    Rules name the protocol and ports that are needed; all of them from everywhere is no rule.
    """

    def check(it: Opening) -> Verdict:
        widest = it.widest()
        if widest is None or widest >= WIDE or it.protocol() not in ALL_PROTOCOLS:
            return PASS
        return fail(it.path, f"lets all traffic in from a /{widest}", "name the protocol and the ports")

    return each_ingress(group, check)


@rule("aws-ec2-security-group-restricts-egress")
def restricts_egress(group: Resource) -> Verdict:
    """No security group lets all traffic out to the internet.

    Data leaves, and orders come in, over whatever a broken program may connect to.
    """

    def check(it: Opening) -> Verdict:
        if not it.is_public() or it.protocol() not in ALL_PROTOCOLS:
            return PASS
        return fail(it.path, "lets all traffic out to the internet", "name the protocol, the ports and the addresses")

    return each_egress(group, check)


@rule("aws-ec2-security-group-rules-described")
def rules_described(group: Resource) -> Verdict:
    """Security groups and their rules say what they are for.

    A rule that nobody can explain is a rule that nobody dares to remove.
    """

    def described(entry: Node) -> Verdict:
        return all_of(require_set(entry, "description"), forbid_in(entry, "description", MADE_BY, absent=PASS))

    if group.type != SECURITY_GROUP:
        return described(group)
    return all_of(
        described(group), each(group, "ingress", described, absent=PASS), each(group, "egress", described, absent=PASS)
    )


@rule("aws-ec2-default-security-group-closed")
def default_group_closed(vpc: Resource) -> Verdict:
    """The default security group of every VPC is empty.

    What names no security group gets the default one, which lets its members talk freely until it is emptied.
    """
    return require_related(
        vpc,
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        by="vpcId",
        check=lambda group: require_unset(group, "ingress", "egress"),
        remedy="add a DefaultSecurityGroup of this VPC without rules",
    )


@rule("aws-ec2-network-acl-no-public-admin-ports")
def acl_no_public_admin_ports(acl: Resource) -> Verdict:
    """No network ACL lets the internet reach SSH or RDP.

    The ACL is the second lock, for the day when a security group is opened by mistake.
    """

    def check(entry: Node) -> Verdict:
        if entry.get("action", entry.get("ruleAction")) != "allow":
            return PASS
        return forbid_public_ports(opening(entry), (22, 3389), "SSH or RDP")

    if acl.type == "aws:ec2/networkAclRule:NetworkAclRule":
        return NOT_APPLICABLE if acl.get("egress") is True else judge(check, acl)
    return each(acl, "ingress", check, absent=PASS)


@rule("aws-ec2-security-group-in-use")
def group_in_use(group: Resource) -> Verdict:
    """Every security group is used by something.

    An unused group is a rule set that waits to be attached to the wrong thing.
    """
    own_rules = (SECURITY_GROUP_RULE, INGRESS_RULE, EGRESS_RULE)
    users = [urn for urn in group.stack.users_of(group) if group.stack.by_urn[urn].kind not in own_rules]
    return PASS if users else fail("", "is used by nothing in this stack", "attach it, or remove it")
