"""What a planned mesh costs, and which controls its parts serve. Pure."""

from collections.abc import Mapping, Sequence

from platform_lib.components.mesh.plan import MeshPlan
from platform_lib.components.mesh.planning.control_plane import AUTHORITY
from platform_lib.components.mesh.planning.model import PlannedObject
from platform_lib.components.mesh.planning.release import ReleasePlan
from platform_lib.core.reporting import HOURS_PER_MONTH, CostDriver, Evidence

_UNKNOWN = "depends on use, which is not known beforehand"


def cost_drivers(plan: MeshPlan) -> list[CostDriver]:
    """What the mesh is billed for, a month.

    Its pods are paid with the nodes that they run on: what they ask for is told, so that nodes can be sized by it.
    """
    ways_in = sum(gateway.is_ingress for gateway in plan.gateways)
    drivers = [
        CostDriver(
            item="kubernetes:requested-cpu",
            quantity=round(sum(_cores(release) * release.replicas for release in plan.releases), 3),
            unit="cores",
            assumption="replicas that run at least, paid with the nodes; proxies beside pods come on top",
        )
    ]
    if ways_in:
        drivers += [
            CostDriver(
                item="aws:nlb-hours",
                quantity=ways_in * HOURS_PER_MONTH,
                unit="hours",
                assumption="one network load balancer a way in",
            ),
            CostDriver(item="aws:nlb-capacity-units", quantity=0, unit="hours", assumption=_UNKNOWN),
        ]
    return drivers


def _cores(release: ReleasePlan) -> float:
    """What one of a release's pods asks for, in cores."""
    text = (release.requests or {}).get("cpu", "0")
    return int(text[:-1]) / 1000 if text.endswith("m") else float(text)


def evidence(plan: MeshPlan) -> list[Evidence]:
    """Which child serves which control."""
    items: list[tuple[str, str, Sequence[str]]] = []
    if plan.own_authority:
        text = "identities of workloads are signed by an authority of one's own, which Istio does not make"
        items.append((AUTHORITY, text, ["hipaa:164.312(d)", "pci_dss:4.2.1", "soc2:CC6.1"]))
    items += [
        (
            f"deny-{namespace.name}",
            "no traffic passes but what a policy beside it names",
            ["hipaa:164.312(a)(1)", "pci_dss:1.3.1", "pci_dss:1.4.2", "soc2:CC6.6"],
        )
        for namespace in plan.namespaces
    ]
    items += [(planned.id, *_OF_KINDS[planned.kind]) for planned in plan.objects if _serves(planned)]
    return [
        Evidence(child=f"{plan.name}-{child}", statement=text, controls=list(controls))
        for child, text, controls in items
    ]


_OF_KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "PeerAuthentication": (
        "workloads speak to each other by mutual TLS only",
        ("hipaa:164.312(e)(1)", "pci_dss:4.2.1", "soc2:CC6.7"),
    ),
    "AuthorizationPolicy": (
        "who may call is said by name, and everybody else is refused",
        ("hipaa:164.312(a)(1)", "pci_dss:7.2.2", "pci_dss:7.3.3", "soc2:CC6.3"),
    ),
    "RequestAuthentication": (
        "tokens of callers are checked for issuer and audience",
        ("hipaa:164.312(d)", "pci_dss:8.3.1", "soc2:CC6.1"),
    ),
    "Gateway": (
        "what comes in from outside is encrypted with TLS 1.2 or later",
        ("hipaa:164.312(e)(1)", "pci_dss:4.2.1", "soc2:CC6.7"),
    ),
    "Telemetry": (
        "requests between workloads are logged",
        ("hipaa:164.312(b)", "pci_dss:10.2.1", "soc2:CC7.2"),
    ),
}


def _serves(planned: PlannedObject) -> bool:
    """Whether an object does what is said of its kind."""
    spec = planned.spec
    if planned.kind == "PeerAuthentication":
        return spec.get("mtls", {}).get("mode") == "STRICT" and not spec.get("portLevelMtls")
    if planned.kind == "Gateway":
        return all(server["tls"].get("minProtocolVersion") or "mode" not in server["tls"] for server in spec["servers"])
    if planned.kind == "Telemetry":
        return not any(
            log.get("disabled") or "filter" in log for log in spec.get("accessLogging", [{"disabled": True}])
        )
    return planned.kind in _OF_KINDS
