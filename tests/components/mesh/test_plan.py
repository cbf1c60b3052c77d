"""The control plane, the ways in and out and the telemetry of a mesh, as plans."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.mesh import MeshArgs
from platform_lib.components.mesh.ownership import OWNERSHIP, Kept, ignored
from platform_lib.components.mesh.plan import plan_mesh
from platform_lib.components.mesh.versions import DEFAULT_VERSION, KUBERNETES, minor_of, number_of, revision_of
from platform_lib.core.errors import ArgsError, PlatformError
from support.contexts import context
from support.istio_schemas import schema_faults
from support.meshes import AUTHORITY, CERTIFICATE, KEY, OUT, PUBLIC, cluster, mesh_args, nodes

JAEGER = {"jaeger_enabled": True}
TAINT = {"key": "dedicated", "value": "mesh", "effect": "no-schedule"}


KIALI = {"kiali_enabled": True, "prometheus_url": "http://prometheus.monitoring:9090"}
EMPTY = {"gateways": [PUBLIC, OUT], "telemetry": KIALI}
"""A mesh without services."""


def plan(environment="prod", **more):
    args = MeshArgs.parse("test", mesh_args(environment, **{**EMPTY, **more}))
    return plan_mesh("main", args, subject="test")


def release(planned, id_):
    (found,) = (one for one in planned.releases if one.id == id_)
    return found


def findings(environment="prod", **more):
    with pytest.raises(PlatformError) as refused:
        plan_mesh("main", MeshArgs.parse("test", mesh_args(environment, **more)), subject="test")
    return [str(finding) for finding in refused.value.findings]


def manifest(planned):
    return {"apiVersion": planned.api_version, "kind": planned.kind, "spec": planned.spec}


def test_the_definitions_come_first_and_in_the_newest_version():
    planned = plan(revisions=[{"version": "1.30.5"}, {"version": "1.31.1"}])
    assert [one.id for one in planned.releases] == [
        *("crds", "cni", "istiod-1-30-5", "istiod-1-31-1", "validation", "proxies-public", "proxies-out", "kiali")
    ]
    assert [release(planned, id_).version for id_ in ("crds", "cni")] == ["1.31.1", "1.31.1"]
    assert release(planned, "crds").values == {"defaultRevision": "", "global": {"enableReaderRBAC": False}}


def test_objects_are_checked_by_the_control_plane_of_the_first_tag_once_it_is_there():
    versions, tags = [{"version": "1.30.5"}, {"version": "1.31.1"}], [{"name": "stable", "version": "1.31.1"}]
    validation = release(plan(revisions=versions, tags=tags), "validation")
    assert (validation.values["defaultRevision"], validation.version) == ("1-31-1", "1.31.1")
    assert "istiod-1-31-1" in validation.after
    assert len(validation.values["base"]["excludedCRDs"]) == 15, "the definitions are a layer of their own"


def test_istiod_never_starts_without_the_secret_of_the_authority():
    values = release(plan(), f"istiod-{revision_of(DEFAULT_VERSION)}").values
    assert values["volumes"] == [{"name": "own-authority", "secret": {"secretName": "cacerts"}}]
    assert not any("optional" in volume["secret"] for volume in values["volumes"])


def test_a_profile_says_how_much_there_is():
    dev, prod = plan("dev"), plan("prod")
    lone = release(dev, "istiod-1-31-1").values
    assert (lone["autoscaleEnabled"], lone["replicaCount"]) == (False, 1)
    several = release(prod, "istiod-1-31-1").values
    assert (several["autoscaleMin"], several["autoscaleMax"], several["pdb"]) == (2, 5, {"minAvailable": 1})
    assert "replicaCount" not in several, "the autoscaler owns the number"
    assert "podDisruptionBudget" not in release(dev, "proxies-public").values
    gateway = release(prod, "proxies-public").values
    assert gateway["podDisruptionBudget"] == {"maxUnavailable": 1}
    assert gateway["autoscaling"] == {"enabled": True, "minReplicas": 3, "maxReplicas": 10}
    assert "replicaCount" not in gateway
    modes = [release(one, "istiod-1-31-1").values["meshConfig"]["outboundTrafficPolicy"]["mode"] for one in (dev, prod)]
    assert modes == ["ALLOW_ANY", "REGISTRY_ONLY"]


def test_staging_has_the_shape_of_production():
    assert plan("staging").releases == plan("prod").releases
    assert plan("prod", profile="dev").releases == plan("dev").releases


def test_all_pods_fit_namespaces_with_restricted_pods():
    planned = plan()
    assert release(planned, "istiod-1-31-1").values["seccompProfile"] == {"type": "RuntimeDefault"}
    assert release(planned, "istiod-1-31-1").values["cni"] == {"enabled": True}
    assert release(planned, "proxies-public").values["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert release(planned, "cni").namespace == "kube-system", "the agent needs paths of the node"
    for namespace in planned.namespaces:
        assert namespace.labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_pods_go_to_the_nodes_that_are_named_for_them():
    groups = cluster(node_groups=[nodes("system"), nodes("mesh", taints=[TAINT])])
    gateways = [{**PUBLIC, "node_group": "mesh"}]
    planned = plan(cluster=groups, control_plane={"node_group": "mesh"}, gateways=gateways)
    tolerated = [{"key": "dedicated", "operator": "Equal", "value": "mesh", "effect": "NoSchedule"}]
    for id_ in ("istiod-1-31-1", "proxies-public"):
        values = release(planned, id_).values
        assert (values["nodeSelector"], values["tolerations"]) == ({"purpose": "mesh"}, tolerated)
    assert release(planned, "kiali").values["deployment"]["node_selector"] == {"purpose": "mesh"}


def test_namespaces_of_the_mesh_let_nothing_pass_that_is_not_named():
    planned = plan()
    assert [one.name for one in planned.namespaces] == ["istio-system", "istio-ingress", "istio-egress"]
    for namespace in planned.namespaces:
        deny = namespace.policies[0].spec
        assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    (control_plane,) = (one for one in planned.namespaces[0].policies if one.name == "control-plane")
    open_ports = {entry["port"] for entry in control_plane.spec["ingress"][0]["ports"]}
    assert open_ports == {15012, 15014, 15017}, "the port without TLS stays shut"


EXTERNAL = {
    "name": "rates",
    "hosts": ["rates.example.org"],
    "ports": [{"number": 80, "target_port": 8443}],
    "tls_origination_enabled": True,
}


@pytest.mark.parametrize(
    "more, ports",
    [
        ({}, []),
        ({"external_services": [EXTERNAL]}, [80, 443, 8443]),
        ({"telemetry": {"collector": {"host": "traces.example.org", "port": 4443}}}, [4443]),
        ({"telemetry": {"collector": {"host": "otel.monitoring.svc.cluster.local"}}}, []),
    ],
)
def test_gateways_call_the_cluster_and_outside_what_is_named(more, ports):
    planned = plan(gateways=[PUBLIC], **more)
    (policy,) = (one for one in planned.namespaces[1].policies if one.name == "public")
    inside, *outside = policy.spec["egress"]
    assert inside == {"to": [{"namespaceSelector": {}}]}
    assert [entry["port"] for rule in outside for entry in rule["ports"]] == ports
    assert [entry["port"] for entry in policy.spec["ingress"][0]["ports"]] == [443, 80, 15021, 15020, 15090]


def test_who_brings_the_authority_brings_its_namespace():
    planned = plan(certificate_authority={"existing_secret": True})
    assert not planned.own_authority
    assert [one.name for one in planned.namespaces] == ["istio-ingress", "istio-egress"]


def test_the_namespace_of_an_authority_that_comes_later_is_made():
    planned = plan(certificate_authority={"existing_secret": True, "existing_namespace": False})
    assert not planned.own_authority
    assert [one.name for one in planned.namespaces] == ["istio-system", "istio-ingress", "istio-egress"]


def test_a_way_in_is_inside_the_network_unless_it_is_public():
    inside = release(plan(), "proxies-public").values["service"]
    assert inside["annotations"]["service.beta.kubernetes.io/aws-load-balancer-internal"] == "true"
    wide = {**PUBLIC, "public": True, "source_ranges": ["203.0.113.0/24"], "annotations": {"a": "b"}}
    service = release(plan(gateways=[wide]), "proxies-public").values["service"]
    assert service["annotations"]["service.beta.kubernetes.io/aws-load-balancer-internal"] == "false"
    assert (service["annotations"]["a"], service["loadBalancerSourceRanges"]) == ("b", ["203.0.113.0/24"])
    assert [port["port"] for port in service["ports"]] == [15021, 443, 80]
    assert release(plan(), "proxies-out").values["service"]["type"] == "ClusterIP"


def test_a_gateway_ends_tls_redirects_and_passes_through():
    servers = [
        {"hosts": ["a.example.com"], "credential": "a", "client_certificates_required": True},
        {"hosts": ["a.example.com"], "protocol": "http-redirect"},
        {"hosts": ["b.example.com"], "protocol": "tls"},
    ]
    planned = plan(gateways=[{"name": "public", "servers": servers}])
    (gateway,) = (one for one in planned.objects if one.kind == "Gateway")
    mutual, redirect, through = gateway.spec["servers"]
    assert mutual["tls"] == {"mode": "MUTUAL", "credentialName": "a", "minProtocolVersion": "TLSV1_2"}
    assert (redirect["tls"], redirect["port"]["protocol"]) == ({"httpsRedirect": True}, "HTTP")
    assert (through["tls"], through["port"]["number"]) == ({"mode": "PASSTHROUGH"}, 443)
    assert gateway.spec["selector"] == {"istio": "public"}
    assert planned.gateways[0].reference == "istio-ingress/public"


def test_one_telemetry_object_holds_for_the_whole_mesh():
    (told,) = (one for one in plan("dev", telemetry=JAEGER).objects if one.kind == "Telemetry")
    assert (told.namespace, told.name) == ("istio-system", "mesh-default")
    assert told.spec == {
        "metrics": [{"providers": [{"name": "prometheus"}]}],
        "tracing": [{"providers": [{"name": "traces"}], "randomSamplingPercentage": 100.0}],
        "accessLogging": [{"providers": [{"name": "envoy"}]}],
    }
    quiet = {"metrics_enabled": False, "access_logs_enabled": False}
    (told,) = (one for one in plan(telemetry=quiet).objects if one.kind == "Telemetry")
    assert told.spec["tracing"] == [{"disableSpanReporting": True}], "traces go nowhere"
    assert told.spec["metrics"][0]["overrides"] == [{"disabled": True}]
    assert told.spec["accessLogging"][0]["disabled"] is True


def test_traces_go_to_a_given_collector_before_jaeger():
    planned = plan("dev", telemetry={**JAEGER, "collector": {"host": "otel.monitoring.svc.cluster.local"}})
    (provider,) = release(planned, "istiod-1-31-1").values["meshConfig"]["extensionProviders"]
    assert provider == {
        "name": "traces",
        "opentelemetry": {"service": "otel.monitoring.svc.cluster.local", "port": 4317},
    }
    assert planned.traced_percent == 100
    assert plan(telemetry={"collector": {"host": "c.example.com", "port": 443}}).traced_percent == 1


def test_kiali_shows_and_asks_who_is_there():
    values = release(
        plan("dev", telemetry={**JAEGER, "kiali_enabled": True, "prometheus_url": "http://p:9090"}), "kiali"
    ).values
    assert values["auth"] == {"strategy": "token"}
    assert values["deployment"]["view_only_mode"] is True
    assert values["external_services"]["tracing"]["internal_url"] == "http://jaeger.istio-system:16685"


def test_the_ownership_table_says_who_decides_and_where_that_is_written():
    for field in OWNERSHIP:
        assert field.source.startswith("https://")
        assert field.owner
    assert ignored("MutatingWebhookConfiguration") == ("webhooks[*].clientConfig.caBundle",)
    assert ignored("VirtualService") == ("spec.http[*].route[*].weight",)
    assert {field.kept for field in OWNERSHIP} == set(Kept)


@pytest.mark.parametrize(
    "more, expected",
    [
        (
            {"revisions": [{"version": "1.12.0"}]},
            ["revisions[0].version: is of a minor version that is not known here, got '1.12.0'; use one of 1.30, 1.31"],
        ),
        (
            {"cluster": cluster(version="1.29")},
            [
                "revisions: does not support the cluster's Kubernetes 1.29, got '1.31.1'; it supports 1.32 to 1.36",
            ],
        ),
        (
            {"revisions": [{"version": "1.31"}]},
            ["revisions[0].version: is not a version of Istio, got '1.31'; write it as '1.31.1'"],
        ),
        (
            {"revisions": [{"version": "1.31.1"}, {"version": "1.31.1"}]},
            ["revisions[1].version: is given twice"],
        ),
        (
            {"tags": [{"name": "stable", "version": "1.31.0"}]},
            ["tags[0].version: points at a revision that is not there, got '1.31.0'; did you mean '1.31.1'?"],
        ),
        (
            {"tags": [{"name": "default", "version": "1.31.1"}]},
            [
                "tags[0].name: would inject proxies into namespaces that nobody named, got 'default'; use 'stable'",
            ],
        ),
        (
            {
                "gateways": [{**PUBLIC, "name": "g" * 56}],
                "tags": [{"name": "t" * 64, "version": "1.31.1"}],
                "namespaces": [{"name": "n" * 64}],
            },
            [
                f"tags[0].name: must have at most 63 characters, got '{'t' * 64}'",
                f"namespaces[0].name: must have at most 63 characters, got '{'n' * 64}'",
                f"gateways[0].name: must have at most 55 characters, got '{'g' * 56}'",
            ],
        ),
        (
            {"namespaces": [{"name": "shop", "tag": "stabel"}]},
            ["namespaces[0].tag: is no tag of the mesh, got 'stabel'; did you mean 'stable'?"],
        ),
        (
            {"namespaces": [{"name": "istio-system"}, {"name": "kube-system"}]},
            [
                "namespaces[0].name: is a namespace of the mesh itself, got 'istio-system'; leave it out",
                (
                    "namespaces[1].name: is a namespace that everybody shares or the cluster itself needs, "
                    "got 'kube-system'; put your pods into a namespace of their own"
                ),
            ],
        ),
        (
            {"certificate_authority": {"certificate": CERTIFICATE, "private_key": KEY}},
            [
                f"certificate_authority.{part}: is required: the mesh has an authority of its own, which Istio does "
                "not make; give it, or set certificate_authority.existing_secret"
                for part in ("root_certificate", "certificate_chain")
            ],
        ),
        (
            {"certificate_authority": {"existing_secret": True, "private_key": KEY}},
            ["certificate_authority.private_key: is given, but the secret is there already; leave it out"],
        ),
        (
            {"certificate_authority": {**AUTHORITY, "existing_namespace": True}},
            [
                (
                    "certificate_authority.existing_namespace: must be false, since the secret of the authority is "
                    "made here, got true; leave it out"
                ),
            ],
        ),
        (
            {"certificate_authority": {**AUTHORITY, "certificate": "x", "private_key": "hunter2"}},
            [
                (
                    "certificate_authority.certificate: is not a certificate in PEM; it begins with "
                    "'-----BEGIN CERTIFICATE-----'"
                ),
                "certificate_authority.private_key: is not a private key in PEM",
            ],
        ),
        (
            {"control_plane": {"minimum_replicas": 4, "maximum_replicas": 2}},
            ["control_plane.maximum_replicas: must be at least minimum_replicas, 4, got 2"],
        ),
        (
            {"control_plane": {"node_group": "sytem"}},
            ["control_plane.node_group: is no group of the cluster's nodes, got 'sytem'; did you mean 'system'?"],
        ),
        (
            {"cluster": cluster(node_groups=[nodes("batch", taints=[TAINT])])},
            [
                (
                    "control_plane.node_group: is left out, but every group of nodes has taints that keep "
                    "pods away; name one of batch"
                ),
            ],
        ),
        (
            {"context": context(owner="team-", cost_centre="cc_")},
            [
                "context.owner: is no value of a label of Kubernetes, got 'team-'; end it in a letter or digit",
                "context.cost_centre: is no value of a label of Kubernetes, got 'cc_'; end it in a letter or digit",
            ],
        ),
        (
            {"telemetry": {"tracing_percent": 5}},
            [
                (
                    "telemetry.tracing_percent: is given, but traces go nowhere, got 5; give "
                    "telemetry.collector, or leave it out"
                ),
            ],
        ),
        (
            {"telemetry": {"tracing_percent": 101}},
            ["telemetry.tracing_percent: must be at most 100.0, got 101"],
        ),
        (
            {"telemetry": {"jaeger_enabled": True}},
            [
                (
                    "telemetry.jaeger_enabled: keeps all traces in memory, which the profile does not allow, "
                    "got true; give telemetry.collector of a store of yours"
                ),
            ],
        ),
        (
            {"telemetry": {"kiali_enabled": True, "metrics_enabled": False}},
            [
                (
                    "telemetry.prometheus_url: is required with Kiali, which reads its metrics there; write "
                    "it as 'http://prometheus.monitoring:9090'"
                ),
                (
                    "telemetry.kiali_enabled: shows nothing without metrics, which are off, got true; leave "
                    "telemetry.metrics_enabled out"
                ),
            ],
        ),
        (
            {"telemetry": {"prometheus_url": "http://p:9090"}},
            [
                (
                    "telemetry.prometheus_url: is read by Kiali only, which is not installed; set "
                    "telemetry.kiali_enabled, or leave it out"
                ),
            ],
        ),
        (
            {"telemetry": {"prometheus_url": "p:9090", "collector": {"host": "http://c"}}},
            [
                "telemetry.collector.host: is not a host name, got 'http://c'",
                (
                    "telemetry.prometheus_url: is not an address, got 'p:9090'; write it as "
                    "'http://prometheus.monitoring:9090'"
                ),
            ],
        ),
        (
            {"telemetry": {"access_logs_enabled": False, "access_log_filter": "response.code >= 400"}},
            ["telemetry.access_log_filter: is given, but access logs are off; leave it out"],
        ),
    ],
)
def test_what_is_wrong_with_the_control_plane_is_said_at_once(more, expected):
    assert findings(**more) == expected


@pytest.mark.parametrize(
    "gateway, expected",
    [
        (
            {"servers": [{"hosts": ["a.example.com"]}]},
            ["gateways[0].servers[0].credential: is required for 'https'; name the secret with key and certificate"],
        ),
        (
            {"servers": [{"hosts": ["*", "A b"], "credential": "x"}]},
            [
                (
                    "gateways[0].servers[0].hosts[0]: takes the hosts of everybody, got '*'; name the hosts, "
                    "such as '*.example.com'"
                ),
                "gateways[0].servers[0].hosts[1]: is not a host name, got 'A b'; use lower-case letters",
            ],
        ),
        (
            {"servers": [{"hosts": ["a.example.com"], "protocol": "http"}]},
            ["gateways[0].servers[0].protocol: is not for a way in, got 'http'; use one of https, http-redirect, tls"],
        ),
        (
            {"direction": "egress", "servers": [{"hosts": ["a.example.com"], "protocol": "https", "credential": "x"}]},
            ["gateways[0].servers[0].protocol: is not for a way out, got 'https'; use one of http, tls"],
        ),
        (
            {
                "direction": "egress",
                "public": True,
                "source_ranges": ["10.0.0.0/8"],
                "annotations": {"a": "b"},
                "servers": [{"hosts": ["a.example.com"]}],
            },
            [
                f"gateways[0].{name}: has no meaning for a way out, which has no load balancer; leave it out"
                for name in ("public", "source_ranges", "annotations")
            ],
        ),
        (
            {
                "servers": [
                    {
                        "hosts": ["a.example.com"],
                        "protocol": "tls",
                        "credential": "x",
                        "client_certificates_required": True,
                    }
                ]
            },
            [
                "gateways[0].servers[0].credential: has no meaning for 'tls', got 'x'; leave it out",
                "gateways[0].servers[0].client_certificates_required: has no meaning for 'tls', got true; leave it out",
            ],
        ),
        (
            {"servers": [{"hosts": ["a.example.com"], "protocol": "http-redirect"}]},
            [
                (
                    "gateways[0].servers[0].hosts[0]: is redirected to a port that nobody serves it at, got "
                    "'a.example.com'; add a server with 'https' for it"
                ),
            ],
        ),
        (
            {
                "servers": [
                    {"hosts": ["a.example.com"], "credential": "x"},
                    {"hosts": ["a.example.com"], "protocol": "http-redirect", "port": 443},
                ]
            },
            [
                (
                    "gateways[0].servers[1].port: speaks 'https' already, and cannot speak 'http-redirect' "
                    "too, got 443; use another port"
                ),
                (
                    "gateways[0].servers[1].hosts[0]: is taken at port 443 by servers[0] already, got "
                    "'a.example.com'; leave it out of one of them"
                ),
            ],
        ),
        (
            {"servers": [{"hosts": ["a.example.com"], "credential": "x", "port": 15021}]},
            ["gateways[0].servers[0].port: is a port of the proxy itself, got 15021; use another one"],
        ),
        (
            {"servers": [{"hosts": ["a.example.com"], "credential": "X_"}]},
            ["gateways[0].servers[0].credential: is not the name of a secret, got 'X_'"],
        ),
        (
            {**PUBLIC, "source_ranges": ["0.0.0.0/0", "10.0.0.1/8"]},
            [
                (
                    "gateways[0].source_ranges[0]: is every address there is, got '0.0.0.0/0'; leave "
                    "source_ranges out where all may come"
                ),
                "gateways[0].source_ranges[1]: has host bits set beyond /8, got '10.0.0.1/8'; use '10.0.0.0/8'",
            ],
        ),
        (
            {**PUBLIC, "tag": "canary", "node_group": "x", "minimum_replicas": 3, "maximum_replicas": 2},
            ["gateways[0].tag: is no tag of the mesh, got 'canary'; tags has stable"],
        ),
        (
            {**PUBLIC, "node_group": "x", "minimum_replicas": 3, "maximum_replicas": 2},
            [
                "gateways[0].maximum_replicas: must be at least minimum_replicas, 3, got 2",
                "gateways[0].node_group: is no group of the cluster's nodes, got 'x'; the cluster has system",
            ],
        ),
    ],
)
def test_what_is_wrong_with_a_gateway_is_said_at_once(gateway, expected):
    assert findings(gateways=[{"name": "public", **gateway}]) == expected


def test_a_secret_key_is_never_in_a_message():
    with pytest.raises(ArgsError) as refused:
        MeshArgs(**mesh_args(certificate_authority={**AUTHORITY, "private_key": "hunter2"}))
    assert "hunter2" not in str(refused.value)


VERSIONS = [f"{minor}.{patch}" for minor in KUBERNETES for patch in (0, 1, 5)]


@given(
    st.lists(st.sampled_from(VERSIONS), min_size=1, max_size=2, unique=True),
    st.sampled_from(["dev", "staging", "prod"]),
    st.lists(st.sampled_from([PUBLIC, OUT]), unique_by=lambda one: one["name"]),
    st.integers(1, 6),
    st.integers(0, 6),
)
def test_any_mesh_is_whole(versions, environment, gateways, least, more):
    asked = {"minimum_replicas": least, "maximum_replicas": least + more}
    planned = plan(
        environment, revisions=[{"version": one} for one in versions], gateways=gateways, control_plane=asked
    )
    ids = [
        *(one.id for one in planned.releases),
        *(one.id for one in planned.objects),
        *(tag.id for tag in planned.tags),
    ]
    assert len(ids) == len(set(ids))
    seen = {"authority"}
    for one in planned.releases:
        assert set(one.after) <= seen, "what it follows comes before it"
        assert one.version.count(".") == 2, "pinned"
        seen.add(one.id)
    assert number_of(planned.newest) == max(map(number_of, versions))
    assert {tag.version for tag in planned.tags} <= set(versions)
    for version in versions:
        values = release(planned, f"istiod-{revision_of(version)}").values
        assert minor_of(version) in KUBERNETES
        assert ("replicaCount" in values) == (more == 0), "an autoscaler owns the number where there is one"
    for one in planned.objects:
        assert schema_faults(manifest(one)) == [], one.shown


@given(st.permutations(["a", "b", "c"]))
def test_a_mesh_does_not_depend_on_the_order_of_its_gateways(names):
    servers = {name: [{"hosts": [f"{name}.example.com"], "credential": name}] for name in names}
    planned = plan(gateways=[{"name": name, "servers": servers[name]} for name in names])
    straight = plan(gateways=[{"name": name, "servers": servers[name]} for name in sorted(names)])
    assert {one.id: one for one in planned.releases} == {one.id: one for one in straight.releases}
    objects = {one.id: (one.spec, one.after) for one in planned.objects}
    assert objects == {one.id: (one.spec, one.after) for one in straight.objects}
