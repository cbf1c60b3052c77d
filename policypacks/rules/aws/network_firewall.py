"""Network Firewall, transit gateways and Client VPN: what passes between networks."""

from policypacks.engine.rule import (
    PASS,
    Resource,
    Verdict,
    all_in,
    any_of,
    fail,
    forbid_open_cidr,
    require_in,
    require_related,
    require_set,
    require_true,
    rule,
)

LOGGING = "aws:networkfirewall/loggingConfiguration:LoggingConfiguration"


@rule("aws-ec2-transit-gateway-no-auto-accept")
def no_auto_accept(gateway: Resource) -> Verdict:
    """Transit gateways take no attachment that nobody has looked at.

    Otherwise every account that the gateway is shared with joins its network by itself.
    """
    return require_in(gateway, "autoAcceptSharedAttachments", ("disable",))


@rule("aws-ec2-client-vpn-not-authorize-all")
def vpn_not_everyone(authorization: Resource) -> Verdict:
    """A VPN does not let every user reach every address.

    A stolen laptop then reaches what its owner needed, and no more.
    """
    if authorization.get("authorizeAllGroups") is not True:
        return PASS
    return forbid_open_cidr(authorization, "targetNetworkCidr")


@rule("aws-networkfirewall-logging")
def firewall_logging(firewall: Resource) -> Verdict:
    """Firewalls log flows and alerts.

    What was stopped shows an attack; what passed shows what it reached.
    """

    def check(logging: Resource) -> Verdict:
        path = "loggingConfiguration.logDestinationConfigs"
        kinds = {item.get("logType") for item in logging.items(path)}
        missing = sorted({"ALERT", "FLOW"} - kinds)
        if not missing:
            return PASS
        return fail(path, f"lacks {' and '.join(missing)}", f"add a destination for {' and '.join(missing)}")

    return require_related(firewall, LOGGING, by="firewallArn", check=check)


@rule("aws-networkfirewall-default-drop")
def default_drop(policy: Resource) -> Verdict:
    """Packets that no stateless rule matches are dropped or looked at by the stateful rules.

    A firewall that passes what it does not know stops nothing new.
    """
    names = ("statelessDefaultActions", "statelessFragmentDefaultActions")
    return all_in(_no_pass(policy, f"firewallPolicy.{name}") for name in names)


def _no_pass(policy: Resource, path: str) -> Verdict:
    """The actions hold drop or forward; custom actions (metrics) may stand beside them, pass may not."""
    actions = policy.items(path)
    if not actions:
        return fail(path, "is not set", f"set {path} to aws:drop or aws:forward_to_sfe")
    given = [action.read() for action in actions]
    if "aws:pass" in given or not {"aws:drop", "aws:forward_to_sfe"} & set(given):
        return fail(path, "passes packets", f"set {path} to aws:drop or aws:forward_to_sfe")
    return PASS


@rule("aws-networkfirewall-policy-has-rule-groups")
def has_rule_groups(policy: Resource) -> Verdict:
    """Firewall policies have rule groups.

    A policy without any decides by its default alone.
    """
    kinds = ("stateful", "stateless")
    return any_of(*(require_set(policy, f"firewallPolicy.{kind}RuleGroupReferences") for kind in kinds))


@rule("aws-networkfirewall-protection-flags")
def protection_flags(firewall: Resource) -> Verdict:
    """Firewalls are protected from deletion and from changes of subnets and policy.

    An intruder with rights over the network takes the firewall away first.
    """
    return require_true(firewall, "deleteProtection", "subnetChangeProtection", "firewallPolicyChangeProtection")
