"""The ways into the mesh and out of it: their proxies, which a chart installs, and their Gateway objects. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from platform_lib.components.mesh.args import MeshArgs
from platform_lib.components.mesh.arguments.gateways import GatewayArgs, GatewayServerArgs
from platform_lib.components.mesh.kind import GatewayDirection, GatewayProtocol
from platform_lib.components.mesh.names import EGRESS_NAMESPACE, INGRESS_NAMESPACE
from platform_lib.components.mesh.planning.control_plane import Revisions, TagPlan, dangling_tag, istiod_id
from platform_lib.components.mesh.planning.model import GatewayPlan, PlannedObject
from platform_lib.components.mesh.planning.release import SECCOMP, ReleasePlan, counted, placed, spread
from platform_lib.components.mesh.profiles import Profile
from platform_lib.components.mesh.versions import ISTIO_CHARTS
from platform_lib.core.errors import Finding

STATUS_PORT = 15021
HTTPS_PORT = 443
HTTP_PORT = 80

ANNOTATIONS: Mapping[bool, Mapping[str, str]] = {
    public: {
        "service.beta.kubernetes.io/aws-load-balancer-type": "nlb",
        "service.beta.kubernetes.io/aws-load-balancer-internal": "false" if public else "true",
    }
    for public in (False, True)
}
"""By whether it is public: what makes AWS set up a network load balancer
(https://kubernetes.io/docs/concepts/services-networking/service/#internal-load-balancer and
https://kubernetes.io/docs/reference/labels-annotations-taints/#service-beta-kubernetes-io-aws-load-balancer-type)."""

_INGRESS = (GatewayProtocol.HTTPS, GatewayProtocol.HTTP_REDIRECT, GatewayProtocol.TLS)
_EGRESS = (GatewayProtocol.HTTP, GatewayProtocol.TLS)
_WITH_SERVER_NAME = (GatewayProtocol.HTTPS, GatewayProtocol.TLS)


@dataclass(frozen=True)
class PlannedGateways:
    """All ways in and out: in the order of the arguments, each with its chart and its object."""

    gateways: tuple[GatewayPlan, ...]
    releases: tuple[ReleasePlan, ...]
    objects: tuple[PlannedObject, ...]


def plan_gateways(args: MeshArgs, revisions: Revisions, profile: Profile) -> tuple[PlannedGateways, list[Finding]]:
    """The gateways, and what is wrong with their arguments.

    Args:
        args: of the mesh.
        revisions: that are planned.
        profile: how much of everything there is.
    """
    gateways, releases, objects = [], [], []
    findings: list[Finding] = []
    for index, asked in enumerate(args.gateways or ()):
        path = f"gateways[{index}]"
        ingress = asked.direction is not GatewayDirection.EGRESS
        servers = [(server, *_port_of(server, ingress=ingress)) for server in asked.servers]
        findings += _check_servers(servers, path, ingress=ingress)
        findings += [] if ingress else _check_egress(asked, path)
        tag = revisions.tag(asked.tag)
        if tag is None:
            findings.append(dangling_tag(asked.tag, revisions.tags, path))
            continue
        plan = GatewayPlan(
            name=asked.name,
            namespace=INGRESS_NAMESPACE if ingress else EGRESS_NAMESPACE,
            is_ingress=ingress,
            object_name=asked.name,
            ports={port: protocol.value for _, protocol, port in servers},
            hosts=tuple(dict.fromkeys(host for server in asked.servers for host in server.hosts)),
        )
        release, wrong = _release(args, asked, plan, profile, tag, path)
        findings += wrong
        gateways.append(plan)
        releases.append(release)
        objects.append(_object(plan, servers, path))
    return PlannedGateways(tuple(gateways), tuple(releases), tuple(objects)), findings


_Server = tuple[GatewayServerArgs, GatewayProtocol, int]


def _port_of(server: GatewayServerArgs, *, ingress: bool) -> tuple[GatewayProtocol, int]:
    protocol = server.protocol or (GatewayProtocol.HTTPS if ingress else GatewayProtocol.TLS)
    plain = protocol in (GatewayProtocol.HTTP, GatewayProtocol.HTTP_REDIRECT)
    return protocol, server.port or (HTTP_PORT if plain else HTTPS_PORT)


def _check_servers(servers: Sequence[_Server], path: str, *, ingress: bool) -> list[Finding]:
    findings = []
    legal, way = (_INGRESS, "in") if ingress else (_EGRESS, "out")
    taken: dict[tuple[int, str], int] = {}
    protocols: dict[int, GatewayProtocol] = {}
    secured = {host for server, protocol, _ in servers if protocol in _WITH_SERVER_NAME for host in server.hosts}
    for index, (server, protocol, port) in enumerate(servers):
        at = f"{path}.servers[{index}]"
        if protocol not in legal:
            words = ", ".join(one.value for one in legal)
            problem = f"is not for a way {way}, got {protocol.value!r}"
            findings.append(Finding(f"{at}.protocol", problem, f"use one of {words}"))
        findings += _check_tls(server, protocol, at)
        was = protocols.setdefault(port, protocol)
        if was is not protocol and not {was, protocol} <= set(_WITH_SERVER_NAME):
            problem = f"speaks {was.value!r} already, and cannot speak {protocol.value!r} too, got {port}"
            findings.append(Finding(f"{at}.port", problem, "use another port"))
        for number, host in enumerate(server.hosts):
            first = taken.setdefault((port, host), index)
            if first != index:
                problem = f"is taken at port {port} by servers[{first}] already, got {host!r}"
                findings.append(Finding(f"{at}.hosts[{number}]", problem, "leave it out of one of them"))
            if protocol is GatewayProtocol.HTTP_REDIRECT and host not in secured:
                problem = f"is redirected to a port that nobody serves it at, got {host!r}"
                findings.append(Finding(f"{at}.hosts[{number}]", problem, "add a server with 'https' for it"))
    return findings


def _check_tls(server: GatewayServerArgs, protocol: GatewayProtocol, at: str) -> list[Finding]:
    findings = []
    if protocol is GatewayProtocol.HTTPS:
        if server.credential is None:
            problem = "is required for 'https'"
            findings.append(Finding(f"{at}.credential", problem, "name the secret with key and certificate"))
        return findings
    if server.credential is not None:
        problem = f"has no meaning for {protocol.value!r}, got {server.credential!r}"
        findings.append(Finding(f"{at}.credential", problem, "leave it out"))
    if server.client_certificates_required is not None:
        problem = f"has no meaning for {protocol.value!r}, got {str(server.client_certificates_required).lower()}"
        findings.append(Finding(f"{at}.client_certificates_required", problem, "leave it out"))
    return findings


def _check_egress(asked: GatewayArgs, path: str) -> list[Finding]:
    given = {"public": asked.public, "source_ranges": asked.source_ranges, "annotations": asked.annotations}
    return [
        Finding(f"{path}.{name}", "has no meaning for a way out, which has no load balancer", "leave it out")
        for name, value in given.items()
        if value is not None
    ]


def _release(
    args: MeshArgs, asked: GatewayArgs, plan: GatewayPlan, profile: Profile, tag: TagPlan, path: str
) -> tuple[ReleasePlan, list[Finding]]:
    replicas, findings = counted(asked.minimum_replicas, asked.maximum_replicas, profile.gateway, path)
    placement, wrong = placed(args.cluster, asked.node_group, f"{path}.node_group")
    name = f"gateway-{plan.name}"
    scale: dict[str, Any] = (
        {"autoscaling": {"enabled": True, "minReplicas": replicas.minimum, "maxReplicas": replicas.maximum}}
        if replicas.autoscaled
        else {"autoscaling": {"enabled": False}, "replicaCount": replicas.minimum}
    )
    values = {
        "name": name,
        "revision": tag.revision,
        "labels": {"app": name, "istio": plan.name},
        **scale,
        **({"podDisruptionBudget": {"maxUnavailable": 1}} if replicas.minimum > 1 else {}),
        "resources": profile.gateway_resources,
        "securityContext": {"sysctls": [_LOW_PORTS], "seccompProfile": SECCOMP},
        "service": _service(asked, plan),
        "topologySpreadConstraints": spread(plan.labels),
        **placement,
    }
    release = ReleasePlan(
        id=f"proxies-{plan.name}",
        name=name,
        namespace=plan.namespace,
        chart="gateway",
        version=tag.version,
        repository=ISTIO_CHARTS,
        values=values,
        after=(istiod_id(tag.revision),),
        stateful=plan.is_ingress,
        replicas=replicas.minimum,
        requests=profile.gateway_resources["requests"],
    )
    return release, [*findings, *wrong]


_LOW_PORTS: Mapping[str, str] = {"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}
"""Lets the proxies, which are not root, listen on 80 and 443; the chart's own default."""


def _service(asked: GatewayArgs, plan: GatewayPlan) -> Mapping[str, Any]:
    ports = [("status-port", STATUS_PORT), *((f"{protocol}-{port}", port) for port, protocol in plan.ports.items())]
    listed = [{"name": name, "port": port, "protocol": "TCP", "targetPort": port} for name, port in ports]
    if not plan.is_ingress:
        return {"type": "ClusterIP", "ports": listed}
    return {
        "type": "LoadBalancer",
        "ports": listed,
        "annotations": {**ANNOTATIONS[bool(asked.public)], **(asked.annotations or {})},
        **({"loadBalancerSourceRanges": list(asked.source_ranges)} if asked.source_ranges else {}),
    }


def _object(plan: GatewayPlan, servers: Sequence[_Server], path: str) -> PlannedObject:
    return PlannedObject(
        role="gateway",
        key=plan.name,
        kind="Gateway",
        namespace=plan.namespace,
        name=plan.object_name,
        spec={
            "selector": plan.labels,
            "servers": [_server(index, *server) for index, server in enumerate(servers)],
        },
        source=path,
    )


def _server(index: int, server: GatewayServerArgs, protocol: GatewayProtocol, port: int) -> Mapping[str, Any]:
    """A server of a Gateway object (https://istio.io/latest/docs/reference/config/networking/gateway/#Server)."""
    spoken, tls = {
        GatewayProtocol.HTTPS: ("HTTPS", _terminated(server)),
        GatewayProtocol.HTTP_REDIRECT: ("HTTP", {"httpsRedirect": True}),
        GatewayProtocol.HTTP: ("HTTPS", {"mode": "ISTIO_MUTUAL"}),
        GatewayProtocol.TLS: ("TLS", {"mode": "PASSTHROUGH"}),
    }[protocol]
    name = f"{protocol.value}-{port}-{index}"
    return {"port": {"number": port, "name": name, "protocol": spoken}, "hosts": list(server.hosts), "tls": tls}


def _terminated(server: GatewayServerArgs) -> Mapping[str, Any]:
    return {
        "mode": "MUTUAL" if server.client_certificates_required else "SIMPLE",
        "credentialName": server.credential or "",
        "minProtocolVersion": "TLSV1_2",
    }
