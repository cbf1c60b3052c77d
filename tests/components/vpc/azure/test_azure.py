"""A network on Azure: what is made, that it stays, grows and goes, and what the packs say."""

import ipaddress

import pulumi
import pulumi_azure_native
import pytest

from platform_lib.components.vpc import VpcArgs, VpcComponent
from platform_lib.components.vpc.azure.stores import redundancy
from platform_lib.core.tagging import required_tags
from platform_lib.testing import run_program
from support.azure_networks import KEY, REGION, TIERS, WHOLE, fields, network
from support.component_stack import ComponentStack
from support.contexts import context
from support.recording import record

NETWORK = "azure-native:network:"
SUBNET = f"{NETWORK}Subnet"
GROUP = f"{NETWORK}NetworkSecurityGroup"
UNTAGGABLE = {
    *(SUBNET, f"{NETWORK}PrivateDnsZoneGroup"),
    *("azure-native:authorization:RoleAssignment", "azure-native:storage:BlobServiceProperties"),
    *("azure-native:storage:ManagementPolicy", "azure-native:dnsresolver:ForwardingRule"),
    "azure-native:dnsresolver:PrivateResolverVirtualNetworkLink",
}
POOL = "/subscriptions/0/resourceGroups/hub/providers/Microsoft.Network/networkManagers/all/ipamPools/dev"


def component(environment="dev", **more):
    return lambda account, opts: VpcComponent("main", VpcArgs(**fields(environment, **more)), opts)


def made(environment="dev", program=None, **more):
    return run_program(program or network(environment, **more), mode="update")


def named(graph, token):
    """Inputs by logical name without the component's."""
    return {one.name.removeprefix("main-"): one.inputs for one in graph.of_type(token)}


@pytest.fixture(scope="module")
def whole():
    return made("prod", **WHOLE)


@pytest.fixture
def stack():
    made = ComponentStack(REGION, "azure")
    yield made
    made.cloud.close()


def ranges(stack):
    return {name: inputs["addressPrefix"] for name, inputs in stack.of_type(SUBNET).items()}


@pytest.mark.parametrize("more", [{}, WHOLE, {"flow_logs": {"enabled": False}}])
def test_it_comes_up_stays_and_goes(stack, more):
    assert set(stack.up(component(guard=False, **more))) == {"create"}
    assert set(stack.up(component(guard=False, **more))) == {"same"}
    result = stack.run("destroy")
    assert (result.exit_code, set(result.changes)) == (0, {"delete"})
    assert not stack.engine.snapshot.resources


def test_a_preview_changes_nothing_and_tells_what_an_update_does(stack):
    previewed = stack.run("preview", component(**WHOLE))
    assert previewed.exit_code == 0
    assert not stack.engine.snapshot.resources
    assert stack.up(component(**WHOLE)) == dict(previewed.changes)


@pytest.mark.parametrize(
    "before, after",
    [
        ({"tiers": TIERS[:2]}, {"tiers": TIERS[:4]}),
        ({}, {"egress": "single"}),
        ({"egress": "single"}, {"egress": "single", "nat": {"address_count": 3}}),
        ({"tiers": TIERS}, {"tiers": TIERS, "dns": WHOLE["dns"], "endpoints": WHOLE["endpoints"]}),
        ({}, {"ddos_plan": True}),
    ],
)
def test_growing_replaces_nothing_and_moves_no_subnet(stack, before, after):
    stack.up(component(**before))
    first = ranges(stack)
    assert set(stack.up(component(**after))) <= {"create", "update", "same"}
    assert first.items() <= ranges(stack).items()


def test_a_tier_in_front_moves_nothing_with_a_ledger(stack):
    ledger = {"network": f"dev/azure/{REGION}/main", "ranges": ["10.20.0.0/16"]}
    blocks = {"app/regional": "10.20.0.0/20", "data/regional": "10.20.16.0/22"}
    tiers = [{"name": "app", "role": "private"}, {"name": "data", "role": "isolated"}]
    stack.up(component(tiers=tiers, ledger={**ledger, "blocks": blocks}))
    blocks["edge/regional"] = "10.20.32.0/24"
    after = {"tiers": [{"name": "edge", "role": "public"}, *tiers], "ledger": {**ledger, "blocks": blocks}}
    assert set(stack.up(component(**after))) == {"create", "same"}
    assert ranges(stack) == {
        "main-subnet-edge": "10.20.32.0/24",
        "main-subnet-app": "10.20.0.0/20",
        "main-subnet-data": "10.20.16.0/22",
    }


def test_a_tier_that_goes_takes_its_own_alone(stack):
    stack.up(component(tiers=TIERS[:4], guard=False))
    first = ranges(stack)
    changes = stack.up(component(tiers=TIERS[:3], guard=False))
    assert set(changes) == {"delete", "same"}
    assert changes["delete"] == 3
    assert {name: text for name, text in first.items() if name != "main-subnet-cache"} == ranges(stack)


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_a_guarded_network_is_not_destroyed(stack, environment):
    stack.up(component(environment))
    result = stack.run("destroy")
    assert result.exit_code == 1
    assert "protect" in "\n".join(item.message for item in result.diagnostics)
    left = {one.urn.rsplit("::", 1)[-1] for one in stack.engine.snapshot.resources}
    assert {"main-network", "main-subnet-private", "main-resource-group"} <= left


@pytest.mark.parametrize(
    "name, more", [("least", {"flow_logs": {"enabled": False}}), ("default", {}), ("whole", WHOLE)]
)
def test_urns_and_parents_change_only_on_purpose(golden, name, more):
    golden(f"urns/vpc-azure-{name}.txt", "".join(f"{one.type} {one.name}\n" for one in made(**more).resources))


@pytest.mark.parametrize("preview", [True, False])
def test_stock_mocks_register_what_the_engine_makes(preview):
    recorded = record(lambda: VpcComponent("main", VpcArgs(**fields())).subnet_ids, preview=preview)
    resources = {one.name for one in made().resources} - {"azure", "project-test"}
    assert {one.name for one in recorded.registrations} == resources
    if not preview:
        assert recorded.result["isolated"] == ["main-subnet-isolated-id"]


def test_every_taggable_resource_carries_the_tags(whole):
    resources = [one for one in whole.resources if one.custom and not one.type.startswith("pulumi:")]
    assert {one.type for one in resources if "tags" not in one.inputs} == UNTAGGABLE
    for one in resources:
        if one.type not in UNTAGGABLE:
            assert {**required_tags(context("prod")), "team": "network"}.items() <= one.inputs["tags"].items()


GUARDED = {
    *("azure-native:resources:ResourceGroup", f"{NETWORK}VirtualNetwork", SUBNET),
    *(f"{NETWORK}NatGateway", f"{NETWORK}PublicIPAddress"),
}
STATEFUL = {"azure-native:storage:StorageAccount"}


@pytest.mark.parametrize(
    "environment, guard, protect, expected",
    [
        ("dev", None, None, GUARDED),
        ("dev", False, None, set()),
        ("prod", None, None, GUARDED | STATEFUL),
        ("prod", False, None, STATEFUL),
        ("prod", True, False, set()),
    ],
)
def test_the_guard_holds_in_every_environment_and_a_caller_has_the_last_word(environment, guard, protect, expected):
    def program():
        provider = pulumi_azure_native.Provider("azure", location=REGION)
        opts = pulumi.ResourceOptions(protect=protect, provider=provider)
        VpcComponent("main", VpcArgs(**fields(environment, egress="single", guard=guard)), opts)

    found = made(program=program).resources
    assert {one.type for one in found if one.custom and one.options.protect} == expected


def test_the_packs_find_nothing_of_weight(whole):
    whole.policies("baseline", environment="prod").assert_none()


@pytest.mark.parametrize("more", [KEY, {"flow_logs": {"store_id": "/subscriptions/0/store"}}])
def test_the_packs_find_nothing_in_a_usual_network(more):
    made("prod", **more).policies("baseline", environment="prod").assert_none()


def test_a_store_under_keys_of_azure_is_the_one_thing_that_is_found():
    results = made("prod").policies("baseline", environment="prod")
    results.assert_none(ignore=["azure-storage-account-customer-key"])


def test_nothing_secret_stands_in_the_open(whole):
    whole.assert_no_leaks()


def test_subnets_are_made_one_after_another(whole):
    subnets = whole.of_type(SUBNET)
    urns = [one.urn for one in subnets]
    chain = [[urn for urn in one.dependencies if urn in urns] for one in subnets]
    assert chain == [[], *([urn] for urn in urns[:-1])]


def test_what_stands_in_a_subnet_waits_for_all_of_them(whole):
    last = whole.of_type(SUBNET)[-1].urn
    for token in (f"{NETWORK}PrivateEndpoint", "azure-native:dnsresolver:InboundEndpoint"):
        assert all(last in one.dependencies for one in whole.of_type(token))


def test_no_subnet_of_machines_has_a_way_out_that_nobody_asked_for(whole):
    found = named(whole, SUBNET)
    outbound = {name.removeprefix("subnet-"): inputs.get("defaultOutboundAccess") for name, inputs in found.items()}
    # A subnet of a service, or handed to one, is the service's affair.
    handed = dict.fromkeys(("dns-in", "dns-out", "gateway"))
    assert outbound == {**dict.fromkeys(("web", "app", "db", "cache"), False), **handed}
    assert [name for name, inputs in found.items() if "natGateway" in inputs] == ["subnet-app"]
    gateway = found["subnet-gateway"]
    assert {"networkSecurityGroup", "routeTable", "natGateway", "serviceEndpoints"}.isdisjoint(gateway)
    assert gateway["subnetName"] == "GatewaySubnet"


def test_every_route_table_says_where_the_internet_is(whole):
    hops = {
        name.removeprefix("route-table-"): [one["nextHopType"] for one in inputs["routes"]]
        for name, inputs in named(whole, f"{NETWORK}RouteTable").items()
    }
    assert hops == {
        **{tier: ["Internet"] for tier in ("web", "app")},
        **{tier: ["None"] for tier in ("db", "cache", "dns-in", "dns-out")},
    }


def test_service_endpoints_are_the_networks_and_the_tiers_own(whole):
    found = {
        name: [one["service"] for one in inputs.get("serviceEndpoints", ())]
        for name, inputs in named(whole, SUBNET).items()
    }
    assert found["subnet-web"] == ["Microsoft.Storage", "Microsoft.KeyVault"]
    assert found["subnet-app"] == ["Microsoft.Storage", "Microsoft.KeyVault", "Microsoft.Sql"]


def test_a_group_writes_ranges_and_the_internet_apart(whole):
    shown = [
        (
            rule["name"],
            rule["priority"],
            rule["access"],
            rule.get("sourceAddressPrefixes") or rule["sourceAddressPrefix"],
            rule.get("destinationAddressPrefixes") or rule["destinationAddressPrefix"],
            rule.get("destinationPortRanges") or rule["destinationPortRange"],
        )
        for rule in named(whole, GROUP)["security-group-db"]["securityRules"]
    ]
    app = named(whole, SUBNET)["subnet-app"]["addressPrefix"]
    assert shown == [
        ("rule-1", 100, "Allow", [app], "*", ["5432", "6432"]),
        ("rule-2", 101, "Allow", "*", ["10.20.0.0/16"], "*"),
        ("rule-3", 102, "Allow", "*", ["fd20::/48"], "*"),
        ("rule-4", 103, "Allow", "*", "Internet", "*"),
        ("probes-in", 4095, "Allow", "AzureLoadBalancer", "*", "*"),
        ("nothing-else-in", 4096, "Deny", "*", "*", "*"),
        ("nothing-else-out", 4096, "Deny", "*", "*", "*"),
    ]


def test_a_private_endpoint_has_its_names_in_a_zone_that_the_network_knows(whole):
    zones = {one.inputs["privateZoneName"] for one in whole.of_type("azure-native:privatedns:PrivateZone")}
    assert zones == {
        "internal.example.com",
        "privatelink.vaultcore.azure.net",
        "privatelink.database.windows.net",
        "privatelink.blob.core.windows.net",
    }
    assert len(whole.of_type("azure-native:privatedns:VirtualNetworkLink")) == len(zones)
    names = whole.one(f"{NETWORK}PrivateDnsZoneGroup", name="main-endpoint-names-interface-vault")
    (config,) = names.inputs["privateDnsZoneConfigs"]
    assert config["privateDnsZoneId"].endswith("/privateDnsZones/privatelink.vaultcore.azure.net")
    assert set(whole.exports["endpoint_ids"]) == {"interface-vault", "interface-sqlServer"}


def test_the_resolver_is_asked_at_an_address_of_its_tier(whole):
    first = ipaddress.ip_network(named(whole, SUBNET)["subnet-dns-in"]["addressPrefix"])[0]
    whole.assert_export("resolver_addresses", [str(first + 4)])
    rule = whole.one("azure-native:dnsresolver:ForwardingRule")
    rule.assert_input("domainName", "corp.example.com.")
    rule.assert_input("targetDnsServers", [{"ipAddress": "192.168.1.1", "port": 53}])


def test_names_are_answered_before_they_are_withheld(whole):
    rules = named(whole, "azure-native:dnsresolver:DnsSecurityRule")
    assert {name: (one["priority"], one["action"]) for name, one in rules.items()} == {
        "dns-rule-allowed": (100, {"actionType": "Allow"}),
        "dns-rule-blocked": (200, {"actionType": "Block", "blockResponseCode": "SERVFAIL"}),
    }
    blocked = named(whole, "azure-native:dnsresolver:DnsResolverDomainList")["dns-list-blocked"]
    assert blocked["domains"] == ["*.bad.example.", "."]


def test_names_on_lists_of_others_are_only_told_where_asked():
    firewall = {"list_ids": {"known": "/subscriptions/0/list"}, "alert_only": True}
    program = network(dns={"firewall": firewall})
    rules = named(run_program(program, mode="preview"), "azure-native:dnsresolver:DnsSecurityRule")
    assert [(name, one["action"]) for name, one in rules.items()] == [("dns-rule-known", {"actionType": "Alert"})]


def test_records_are_written_by_an_identity_into_a_closed_account(whole):
    account = whole.one("azure-native:storage:StorageAccount")
    account.assert_input("allowSharedKeyAccess", False)
    account.assert_input("publicNetworkAccess", "Disabled")
    account.assert_input("sku.name", "Standard_GRS")  # confidential: a copy in the paired region
    key = {"keyVaultUri": "https://keys.vault.azure.net", "keyName": "logs"}
    account.assert_input("encryption.keyVaultProperties", key)
    log, writer = whole.one(f"{NETWORK}FlowLog"), whole.one("azure-native:authorization:RoleAssignment")
    identity = whole.one("azure-native:managedidentity:UserAssignedIdentity")
    log.assert_input("identity.userAssignedIdentities", [identity.id])
    assert writer.inputs["scope"] == log.inputs["storageId"] == account.id
    log.assert_input("targetResourceId", whole.exports["vpc_id"])
    log.assert_input("networkWatcherName", "NetworkWatcher_westeurope")
    log.assert_input("resourceGroupName", "NetworkWatcherRG")
    whole.assert_export("flow_logs", account.id)


@pytest.mark.parametrize(
    "classification, region, expected",
    [
        ("confidential", "westeurope", "Standard_GRS"),
        ("internal", "westeurope", "Standard_ZRS"),
        ("confidential", "polandcentral", "Standard_ZRS"),
        ("internal", "westus", "Standard_LRS"),
    ],
)
def test_copies_of_the_records_follow_the_data_and_the_region(classification, region, expected):
    args = VpcArgs(**fields(region=region) | {"context": context(data_classification=classification)})
    assert redundancy(args) == expected


def test_traffic_analytics_read_the_records_into_a_workspace():
    logs = {"destination": "log-service", "workspace_id": "/subscriptions/0/workspace", "aggregation_seconds": 3600}
    graph = made(flow_logs=logs)
    (settings,) = graph.one(f"{NETWORK}FlowLog").inputs["flowAnalyticsConfiguration"].values()
    assert settings == {
        "enabled": True,
        "trafficAnalyticsInterval": 60,
        "workspaceResourceId": "/subscriptions/0/workspace",
    }
    graph.assert_export("flow_logs", "/subscriptions/0/workspace")


def test_given_addresses_are_single_ones_or_prefixes():
    ids = {"one": "/x/publicIPAddresses/one", "many": "/x/publicIPPrefixes/many"}
    program = network(egress="single", nat={"addresses": ids}, azure={"nat_zone": "2"})
    graph = run_program(program, mode="preview")
    nat = graph.one(f"{NETWORK}NatGateway")
    nat.assert_input("publicIpAddresses", [{"id": ids["one"]}])
    nat.assert_input("publicIpPrefixes", [{"id": ids["many"]}])
    nat.assert_input("zones", ["2"])
    graph.assert_none(f"{NETWORK}PublicIPAddress")
    graph.assert_export("nat_public_ips", ids)


def test_what_exists_is_used_and_not_made_again():
    graph = run_program(
        network(
            azure={"resource_group_name": "given", "ddos_plan_id": "/plan", "network_watcher_name": "watcher"},
            ddos_plan=True,
            flow_logs={"store_id": "/store"},
        ),
        mode="preview",
    )
    assert not {one.type for one in graph.resources} & {
        *("azure-native:resources:ResourceGroup", f"{NETWORK}DdosProtectionPlan"),
        *("azure-native:storage:StorageAccount", f"{NETWORK}PrivateEndpoint"),
    }
    vnet, log = graph.one(f"{NETWORK}VirtualNetwork"), graph.one(f"{NETWORK}FlowLog")
    vnet.assert_input("resourceGroupName", "given")
    vnet.assert_input("ddosProtectionPlan.id", "/plan")
    log.assert_input("networkWatcherName", "watcher")
    log.assert_input("storageId", "/store")
    graph.assert_export("flow_logs", "/store")


def test_addresses_are_recorded_in_the_pool_and_ipv6_lies_beside_ipv4():
    ledger = {
        "network": f"dev/azure/{REGION}/main",
        "ranges": ["10.20.0.0/16", "10.99.0.0/24"],
        "blocks": {"app/regional": "10.20.0.0/20", "web/regional": "10.99.0.0/26"},
        "ipv6": {"app/regional": 0, "web/regional": 3},
    }
    address = {
        "secondary": ["10.99.0.0/24"],
        "ipam_pool_id": POOL,
        "ipv6": {"source": "own", "cidr": "fd20:1:2::/48"},
    }
    tiers = [{"name": "web", "role": "public", "prefix_length": 26}, {"name": "app", "role": "private"}]
    graph = run_program(network(address=address, ledger=ledger, tiers=tiers, egress="single"), mode="preview")
    vnet = graph.one(f"{NETWORK}VirtualNetwork")
    vnet.assert_input("addressSpace.addressPrefixes", ["10.20.0.0/16", "10.99.0.0/24", "fd20:1:2::/48"])
    web = named(graph, SUBNET)["subnet-web"]
    assert web["addressPrefixes"] == ["10.99.0.0/26", "fd20:1:2:3::/64"]
    entry = graph.one(f"{NETWORK}StaticCidr").inputs
    assert (entry["networkManagerName"], entry["poolName"], entry["resourceGroupName"]) == ("all", "dev", "hub")
    assert entry["properties"]["addressPrefixes"] == ["10.20.0.0/16", "10.99.0.0/24"]
    routes = named(graph, f"{NETWORK}RouteTable")["route-table-app"]["routes"]
    assert {one["addressPrefix"]: one["nextHopType"] for one in routes} == {"0.0.0.0/0": "Internet", "::/0": "None"}
    graph.one("platform-lib:index:VpcComponent").assert_output("ipv6_cidr", "fd20:1:2::/48")


def test_names_come_from_servers_and_from_rulesets_of_others():
    ruleset = "/subscriptions/0/resourceGroups/hub/providers/Microsoft.Network/dnsForwardingRulesets/corp"
    dns = {"servers": ["10.0.0.4"], "resolver": {"shared_rule_ids": {"corp": ruleset}}}
    graph = run_program(network(dns=dns), mode="preview")
    graph.one(f"{NETWORK}VirtualNetwork").assert_input("dhcpOptions.dnsServers", ["10.0.0.4"])
    link = graph.one("azure-native:dnsresolver:PrivateResolverVirtualNetworkLink", name="main-shared-rules-corp")
    link.assert_input("dnsForwardingRulesetName", "corp")
    link.assert_input("resourceGroupName", "hub")
    graph.assert_none("azure-native:dnsresolver:DnsResolver")


def test_outputs_are_by_tier(whole):
    outputs = whole.one("platform-lib:index:VpcComponent").outputs
    assert outputs["vpc_arn"] == outputs["vpc_id"] == whole.one(f"{NETWORK}VirtualNetwork").id
    assert outputs["subnet_ids"]["app"] == [whole.one(SUBNET, name="main-subnet-app").id]
    assert "gateway" not in outputs["route_table_ids"]
    assert list(outputs["nat_public_ips"]) == ["1", "2"]
    assert outputs["zones"] == []
    assert list(outputs["private_zone_ids"]) == ["internal.example.com"]


def test_costs_and_evidence_name_what_is_there(whole):
    outputs = whole.one("platform-lib:index:VpcComponent").outputs
    quantities = {driver["item"]: driver["quantity"] for driver in outputs["cost_drivers"]}
    assert quantities == {
        "azure:nat-gateway-hours": 730,
        "azure:nat-gateway-data": 0,
        "azure:public-ipv4-hours": 2 * 730,
        "azure:private-endpoint-hours": 3 * 730,
        "azure:private-endpoint-data": 0,
        "azure:dns-zones": 4,
        "azure:dns-resolver-endpoint-hours": 2 * 730,
        "azure:dns-rulesets": 1,
        "azure:ddos-plans": 1,
        "azure:flow-logs": 0,
        "azure:blob-storage": 0,
    }
    children = {one.name for one in whole.resources}
    assert {one["child"] for one in outputs["evidence"]} <= children
