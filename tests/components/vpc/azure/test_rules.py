"""The security groups of a network on Azure, what they let reachability prove, and what Azure refuses."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.vpc import VpcArgs
from platform_lib.components.vpc.arguments.tier import RuleAction, RuleDirection
from platform_lib.components.vpc.azure.rules import security_rules
from platform_lib.components.vpc.azure.services import PARTS, SERVICE_TAGS, private_zones
from platform_lib.components.vpc.capability.services import GATEWAY_SERVICES
from platform_lib.components.vpc.plan import plan_vpc
from platform_lib.components.vpc.planned_graph import planned_graph, require_assertions
from platform_lib.components.vpc.planning.model import INTERNET
from platform_lib.components.vpc.reachability.solve import Outcome, reaches
from platform_lib.components.vpc.rooms import require_made
from platform_lib.core.errors import PlanError
from support.azure_networks import TIERS, fields

SUBJECT = "VpcComponent 'main'"
ALLOW = {"direction": "in", "action": "allow", "protocol": "tcp", "ports": "8443", "peers": ["web"]}
THREE = [{"name": "web", "role": "public"}, {"name": "app", "role": "private"}, {"name": "db", "role": "isolated"}]
DNS = {"name": "dns-in", "role": "isolated", "prefix_length": 28}


def planned(**more):
    return plan_vpc("main", VpcArgs(**fields(**{"tiers": THREE, **more})), subject=SUBJECT)


def filtered(*rules, tier="app", **more):
    tiers = [{**one, "filter": {"rules": list(rules)}} if one["name"] == tier else one for one in THREE]
    return planned(tiers=tiers, **more)


def refusal(**more):
    with pytest.raises(PlanError) as raised:
        planned(**more)
    return str(raised.value).splitlines()


@pytest.mark.parametrize(
    "source, destination, port, expected",
    [
        ("web", "internet", 443, Outcome.REACHABLE),
        ("app", "internet", 443, Outcome.REACHABLE),
        ("db", "internet", 443, Outcome.BLOCKED),
        ("internet", "web", 443, Outcome.REACHABLE),
        ("internet", "web", 22, Outcome.BLOCKED),
        ("internet", "app", 443, Outcome.BLOCKED),
        ("internet", "db", 443, Outcome.BLOCKED),
        ("web", "app", 8443, Outcome.REACHABLE),
        ("app", "db", 5432, Outcome.REACHABLE),
        ("db", "service:Microsoft.Storage", 443, Outcome.REACHABLE),
        ("app", "service:Microsoft.Storage", 443, Outcome.REACHABLE),
        ("db", "vault", 443, Outcome.REACHABLE),
        ("internet", "vault", 443, Outcome.BLOCKED),
    ],
)
def test_what_reaches_what_in_the_usual_network(source, destination, port, expected):
    endpoints = {"gateway": ["Microsoft.Storage"], "interface": ["vault"], "targets": {"vault": "/vault"}}
    graph = planned_graph(planned(egress="single", endpoints=endpoints))
    assert reaches(graph, source, destination, "tcp", port) is expected


def test_without_egress_a_machine_with_a_public_address_gets_nowhere():
    assert reaches(planned_graph(planned()), "app", "internet") is Outcome.BLOCKED


def test_a_service_of_one_tier_is_no_way_for_others():
    tiers = [THREE[0], THREE[1], {**THREE[2], "azure": {"service_endpoints": ["Microsoft.Sql"]}}]
    graph = planned_graph(planned(tiers=tiers))
    assert reaches(graph, "db", "service:Microsoft.Sql") is Outcome.REACHABLE
    assert reaches(graph, "app", "service:Microsoft.Sql") is Outcome.BLOCKED


def test_a_subnet_of_a_service_is_routed_as_azure_does():
    plan = planned(tiers=[*THREE, {"name": "gateway", "role": "hub", "azure": {"subnet_name": "GatewaySubnet"}}])
    assert "gateway" not in security_rules(plan)
    assert reaches(planned_graph(plan), "gateway", "internet") is Outcome.REACHABLE


def test_a_tier_without_a_way_out_lets_out_to_its_services_alone():
    plan = planned(egress="single", endpoints={"gateway": ["Microsoft.Storage", "Microsoft.Storage.Global"]})
    rules = security_rules(plan)
    assert [(one.direction, one.action, one.tag, one.priority) for one in rules["db"]] == [
        (RuleDirection.OUT, RuleAction.ALLOW, "Storage", 100),
        (RuleDirection.OUT, RuleAction.DENY, "Internet", 4096),
    ]
    assert rules["app"] == ()
    for service in rules["db"][0].services:
        assert reaches(planned_graph(plan), "db", f"service:{service}") is Outcome.REACHABLE


def test_a_route_too_many_breaks_what_roles_promise():
    plan = planned()
    tables = tuple(
        replace(table, default_route=INTERNET) if table.tier == "db" else table for table in plan.route_tables
    )
    with pytest.raises(PlanError) as raised:
        require_assertions(replace(plan, route_tables=tables), [], subject=SUBJECT)
    assert "roles[0]: 'tier:db must not reach internet' does not hold" in str(raised.value)


def test_a_filter_lets_pass_what_it_names_and_nothing_else():
    plan = filtered(ALLOW)
    graph = planned_graph(plan)
    assert reaches(graph, "web", "app", "tcp", 8443) is Outcome.REACHABLE
    assert reaches(graph, "web", "app", "tcp", 443) is Outcome.BLOCKED
    assert reaches(graph, "db", "app", "tcp", 8443) is Outcome.BLOCKED
    assert reaches(graph, "app", "db", "tcp", 5432) is Outcome.BLOCKED
    require_assertions(plan, ["web may reach app on 8443 only"], subject=SUBJECT)


@pytest.mark.parametrize(
    "rule, statement, shown",
    [
        (
            {**ALLOW, "ports": "1-65535"},
            "web may reach app on 8443 only",
            "rule-1 (allow tcp 1-65535 from 10.20.0.0/24)",
        ),
        ({**ALLOW, "peers": ["internet"]}, "", "rule-1 (allow tcp 8443 from internet)"),
    ],
)
def test_a_rule_too_many_is_found_with_its_path(rule, statement, shown):
    with pytest.raises(PlanError) as raised:
        require_assertions(filtered(rule, egress="single"), [statement] if statement else [], subject=SUBJECT)
    assert shown in str(raised.value)


@pytest.mark.parametrize("more", [{}, {"filter": {"rules": [ALLOW]}}])
def test_an_application_gateway_can_be_put_into_a_public_tier_alone(more):
    rules = security_rules(planned(tiers=[{**one, **more} for one in THREE]))
    found = {tier: [(one.tag, one.ports) for one in rules[tier] if one.name == "manager-in"] for tier in rules}
    assert found == {"web": [("GatewayManager", ("65200-65535",))], "app": [], "db": []}


def test_the_first_rule_that_matches_decides():
    deny = {**ALLOW, "action": "deny"}
    assert reaches(planned_graph(filtered(deny, ALLOW)), "web", "app", "tcp", 8443) is Outcome.BLOCKED
    assert reaches(planned_graph(filtered(ALLOW, deny)), "web", "app", "tcp", 8443) is Outcome.REACHABLE


PEERS = st.lists(st.sampled_from(["web", "db", "internet", "10.0.0.0/8", "fd20::/16", "192.168.7.0/24"]), unique=True)
RULES = st.builds(
    lambda direction, action, protocol, peers: {
        "direction": direction,
        "action": action,
        "protocol": protocol,
        **({"ports": "443,8000-8010"} if protocol in ("tcp", "udp") else {}),
        **({"peers": peers} if peers else {}),
    },
    st.sampled_from(["in", "out"]),
    st.sampled_from(["allow", "deny"]),
    st.sampled_from(["tcp", "udp", "icmp", "all"]),
    PEERS,
)


@given(st.lists(RULES, min_size=1, max_size=12))
def test_rules_keep_their_order_share_no_place_and_end_in_a_refusal(rules):
    made = security_rules(filtered(*rules))["app"]
    assert len({rule.name for rule in made}) == len(made)
    assert len({(rule.direction, rule.priority) for rule in made}) == len(made)
    assert all(100 <= rule.priority <= 4096 for rule in made)
    asked = [(rule["direction"], rule["action"]) for rule in rules]
    kept = [(rule.direction.value, rule.action.value) for rule in made if rule.name.startswith("rule-")]
    position = 0
    for pair in kept:  # a rule may be several here, none is left out or moved
        while asked[position] != pair:
            position += 1
    for direction in RuleDirection:
        last = max((rule for rule in made if rule.direction is direction), key=lambda rule: rule.priority)
        assert (last.action, last.peers, last.tag) == (RuleAction.DENY, (), "")
    for rule in made:
        assert not (rule.tag and rule.peers)
        assert len({":" in text for text in rule.peers}) <= 1


def test_every_service_endpoint_has_its_tag_and_every_part_its_zone():
    assert set(SERVICE_TAGS) == set(GATEWAY_SERVICES["azure"])
    for part in PARTS:
        assert all(zone.startswith("privatelink.") for zone in private_zones(part, "westeurope"))


MESSAGES = [
    ({"zone_count": 2}, "zones.subnets: azure cannot give a subnet in each zone: a subnet spans all zones"),
    ({"egress": "per-zone"}, "egress.per-zone: azure cannot give a NAT in each zone"),
    (
        {"flow_logs": {"destination": "log-service"}},
        "flow_logs.workspace_id: is required for the destination 'log-service'; give the id of a Log Analytics",
    ),
    (
        {"flow_logs": {"workspace_id": "/w"}},
        "flow_logs.workspace_id: is used for the destination 'log-service' only; set destination to 'log-service'",
    ),
    ({"flow_logs": {"key_id": "k", "store_id": "s"}}, "flow_logs.key_id: is not used with store_id; encrypt the store"),
    ({"flow_logs": {"key_id": "k"}}, "azure.key_identity_id: is required for flow_logs.key_id: an account uses a key"),
    ({"azure": {"key_identity_id": "i"}}, "azure.key_identity_id: is used with flow_logs.key_id only; leave it out"),
    ({"azure": {"ddos_plan_id": "p"}}, "azure.ddos_plan_id: is used with ddos_plan only; set ddos_plan to true"),
    (
        {"egress": "single", "azure": {"nat_zone": "4"}},
        "azure.nat_zone: is not a zone of westeurope, got '4'; use one of 1, 2, 3",
    ),
    (
        {"region": "westus", "egress": "single", "azure": {"nat_zone": "1"}},
        "azure.nat_zone: is not a zone of westus, got '1'; leave it out",
    ),
    ({"azure": {"nat_zone": "1"}}, "azure.nat_zone: is used with egress 'single' only; leave it out, or set egress"),
    (
        {"egress": "single", "nat": {"addresses": {"a": "/x"}, "address_count": 2}},
        "nat.address_count: is not used with addresses; leave one of the two out",
    ),
    (
        {"egress": "single", "nat": {"addresses": {f"a{number}": "/x" for number in range(17)}}},
        "nat.addresses: must be at most 16, got 17; give a prefix",
    ),
    (
        {"tiers": [{"name": "app", "role": "private", "azure": {"service_endpoints": ["Microsoft.Sqll"]}}]},
        "tiers[0].azure.service_endpoints[0]: must be one of 'Microsoft.Storage'",
    ),
    (
        {
            "tiers": [
                {
                    "name": "app",
                    "role": "private",
                    "filter": {"rules": [{"direction": "in", "action": "allow"}]},
                    "azure": {"private_endpoint_policies": False},
                }
            ]
        },
        "tiers[0].azure.private_endpoint_policies: must not be false in a tier with a filter, which would not hold",
    ),
    (
        {"tiers": [{"name": "gw", "role": "hub", "azure": {"subnet_name": "GatewaySubnett"}}]},
        "tiers[0].azure.subnet_name: is no name that a service asks for, got 'GatewaySubnett'; did you mean",
    ),
    (
        {"tiers": [{"name": "gw", "role": "hub", "prefix_length": 28, "azure": {"subnet_name": "GatewaySubnet"}}]},
        "tiers[0].prefix_length: must be 27 or less for GatewaySubnet, got 28; use 27",
    ),
    (
        {
            "tiers": [
                {"name": "a", "role": "hub", "azure": {"subnet_name": "GatewaySubnet"}},
                {"name": "b", "role": "hub", "azure": {"subnet_name": "GatewaySubnet"}},
            ]
        },
        "tiers[1].azure.subnet_name: is that of the tier 'a' too, got 'GatewaySubnet'; give each its own",
    ),
    (
        {
            "tiers": [
                {
                    "name": "gw",
                    "role": "hub",
                    "filter": {"rules": [{"direction": "in", "action": "allow"}]},
                    "azure": {"subnet_name": "GatewaySubnet"},
                }
            ]
        },
        "tiers[0].filter: is not for GatewaySubnet, whose service takes none; leave it out",
    ),
    (
        {"endpoints": {"interface": ["kms"], "targets": {"kms": "/k"}}},
        "endpoints.interface[0]: is no part of a service whose private names are known, got 'kms'; use one of account",
    ),
    ({"endpoints": {"interface": ["vault"]}}, "endpoints.targets.vault: is needed: the id of the resource that the"),
    (
        {"endpoints": {"interface": ["table", "Table"], "targets": {"table": "/a", "Table": "/b"}}},
        "endpoints.interface[1]: differs from another one in case only, got 'Table'",
    ),
    (
        {"region": "chinanorth3", "endpoints": {"interface": ["vault"], "targets": {"vault": "/v"}}},
        "endpoints.interface: are made in the public cloud of Azure only, whose private names are known",
    ),
    (
        {
            "tiers": [*THREE, DNS],
            "dns": {"resolver": {"inbound": True, "tier": "dns-in"}},
            "endpoints": {"interface": ["vault"], "targets": {"vault": "/v"}, "tier": "dns-in"},
        },
        "endpoints.tier: is handed to Microsoft.Network/dnsResolvers, got 'dns-in'; name a tier that is handed to no",
    ),
    (
        {
            "tiers": [{"name": "app", "role": "private", "azure": {"delegations": ["Microsoft.Web/serverFarms"]}}],
            "endpoints": {"interface": ["vault"], "targets": {"vault": "/v"}},
        },
        "endpoints.tier: is handed to Microsoft.Web/serverFarms, got 'app'; name a tier that is handed to no service",
    ),
    (
        {
            "tiers": [*THREE, {"name": "gw", "role": "hub", "azure": {"subnet_name": "GatewaySubnet"}}],
            "endpoints": {"interface": ["vault"], "targets": {"vault": "/v"}, "tier": "gw"},
        },
        "endpoints.tier: is the GatewaySubnet, got 'gw'; name a tier that belongs to no service",
    ),
    ({"dns": {"domain_name": "example.internal"}}, "dns.domain_name: cannot be handed out on Azure; leave it out"),
    (
        {
            "dns": {"private_zones": ["privatelink.vaultcore.azure.net"]},
            "endpoints": {"interface": ["vault"], "targets": {"vault": "/v"}},
        },
        "dns.private_zones: is the zone of the endpoint 'vault' too, got 'privatelink.vaultcore.azure.net'; leave it",
    ),
    (
        {"address": {"ipam_pool_id": "dev"}},
        "address.ipam_pool_id: is not an id with /ipamPools/, got 'dev'; give the whole id",
    ),
    ({"flow_logs": {"key_id": "logs"}}, "flow_logs.key_id: is not an id with /keys/, got 'logs'; give the whole id"),
    (
        {"dns": {"resolver": {"shared_rule_ids": {"corp": "corp"}}}},
        "dns.resolver.shared_rule_ids.corp: is not an id with /dnsForwardingRulesets/, got 'corp'; give the whole id",
    ),
    (
        {"dns": {"private_zones": ["*.example.com"]}},
        "dns.private_zones[0]: cannot be part of the name of a child, got '*.example.com'; use lower-case letters",
    ),
    (
        {"dns": {"firewall": {"list_ids": {"Known": "/l"}}}},
        "dns.firewall.list_ids.Known: cannot be part of the name of a child, got 'Known'; use lower-case letters",
    ),
    (
        {"dns": {"resolver": {"shared_rule_ids": {"Corp": "/r"}}}},
        "dns.resolver.shared_rule_ids.Corp: cannot be part of the name of a child, got 'Corp'; use lower-case letters",
    ),
    (
        {"dns": {"firewall": {"blocked": ["*"], "fail_open": True}}},
        "dns.firewall.fail_open: is not known to Azure; leave it out",
    ),
    (
        {"dns": {"firewall": {"list_ids": {"blocked": "/l"}}}},
        "dns.firewall.list_ids.blocked: is the name of a list of the component's own; call it something else",
    ),
    (
        {"dns": {"resolver": {"inbound": True}}},
        "dns.resolver.tier: is required on Azure, where a resolver has tiers of its own; name a tier",
    ),
    (
        {"tiers": [*THREE, DNS], "dns": {"resolver": {"inbound": True, "outbound": True, "tier": "dns-in"}}},
        "dns.resolver.outbound_tier: must be another one than tier on Azure, got 'dns-in'; give it a tier of its own",
    ),
    (
        {
            "tiers": [*THREE, DNS],
            "dns": {"resolver": {"inbound": True, "tier": "dns-in", "allowed_from": ["10.0.0.0/8"]}},
        },
        "dns.resolver.allowed_from: is said by the filter of the resolver's tier on Azure; let tcp and udp 53 in",
    ),
    (
        {"dns": {"resolver": {"inbound": True, "tier": "app"}}},
        "tiers[1].prefix_length: must be from 24 to 28 for the DNS resolver, got 20; use 28",
    ),
    (
        {
            "tiers": [*THREE, {**DNS, "azure": {"delegations": ["Microsoft.Web/serverFarms"]}}],
            "dns": {"resolver": {"inbound": True, "tier": "dns-in"}},
        },
        "tiers[3].azure: is not for the tier of the DNS resolver; leave it out",
    ),
    (
        {
            "tiers": [*THREE, DNS],
            "dns": {
                "resolver": {
                    "tier": "dns-in",
                    "rules": [{"name": f"r{n}", "domain": "example.com", "targets": ["10.0.0.1"]} for n in range(26)],
                }
            },
        },
        "dns.resolver.rules: must be at most 25, got 26; give the others to a ruleset under shared_rule_ids",
    ),
    (
        {"address": {"ipv6": {"source": "own", "pool_id": "p"}}},
        "address.ipv6.cidr: is required on Azure: an address pool there gives IPv4 alone; give a range such as",
    ),
    (
        {"address": {"ipv6": {"source": "own", "cidr": "fd20:1:2::/48", "prefix_length": 56}}},
        "address.ipv6.prefix_length: is not that of cidr fd20:1:2::/48, got 56; leave it out",
    ),
    (
        {"address": {"ipv6": {"source": "own", "cidr": "fd20:1:2::/48", "pool_id": "p"}}},
        "address.ipv6.pool_id: is not used on Azure; give cidr",
    ),
    (
        {"cidr": "10.0.0.0/19", "tiers": [{**DNS, "name": "one", "prefix_length": 24}, DNS], "dns": {
            "resolver": {"inbound": True, "tier": "dns-in"}}},
        "tiers.dns-in: lies in 10.0.1.0 to 10.0.16.255, which the DNS resolver uses itself, got 10.0.1.0/28",
    ),
]  # fmt: skip


@pytest.mark.parametrize("fault, expected", MESSAGES, ids=[text[:60] for _, text in MESSAGES])
def test_what_azure_refuses_is_said_with_the_way_out(fault, expected):
    lines = refusal(**fault)
    assert any(line.startswith(f"{SUBJECT}: {expected}") for line in lines), lines


def test_too_long_a_name_is_told_by_how_much():
    (line,) = refusal(tiers=[{"name": "t" * 60, "role": "private"}])
    assert line == (
        f"{SUBJECT}: name: is 8 too long for the automatic name of azure-native:network:NetworkSecurityGroup "
        "(at most 80 characters); shorten it by 8 characters"
    )


def test_what_the_installed_sdk_does_not_know_is_refused_by_name():
    args = VpcArgs(**fields(egress="regional"))
    with pytest.raises(PlanError) as raised:
        require_made(plan_vpc("main", args, subject=SUBJECT), args, subject=SUBJECT)
    assert str(raised.value) == (
        f"{SUBJECT}: egress.regional: is not made on azure by this version: it takes a StandardV2 NAT gateway, which "
        "the installed azure-native (API 2024-05-01) does not know; use egress 'single'"
    )


def test_a_subnet_keeps_five_addresses_and_may_not_be_smaller_than_a_29():
    lines = refusal(tiers=[{"name": "app", "role": "private", "prefix_length": 30}])
    assert any("(a /29 leaves 3 of 8 addresses)" in line for line in lines), lines


def test_the_whole_network_plans():
    assert [subnet.tier for subnet in planned(tiers=TIERS).subnets if subnet.of_service] == ["gateway"]
