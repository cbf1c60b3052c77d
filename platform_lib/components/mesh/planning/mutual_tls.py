"""Mutual TLS: the mode of the mesh, of namespaces ahead of it, and exceptions with an end. Pure.

Source: https://istio.io/latest/docs/reference/config/security/peer_authentication/ and
https://istio.io/latest/docs/tasks/security/authentication/mtls-migration/. Clients need no rule: proxies use mutual TLS
wherever the other side has a proxy (https://istio.io/latest/docs/ops/configuration/traffic-management/tls-configuration/).
"""

from collections.abc import Mapping
from typing import Any, Final

from platform_lib.components.mesh.args import MeshArgs
from platform_lib.components.mesh.arguments.access import MtlsArgs, MtlsExceptionArgs
from platform_lib.components.mesh.checks.mutual_tls import REASON, UNTIL
from platform_lib.components.mesh.kind import MeshObjectKind, MtlsMode
from platform_lib.components.mesh.names import SYSTEM_NAMESPACE
from platform_lib.components.mesh.planning.model import PlannedObject
from platform_lib.components.mesh.planning.services import ServicePlan
from platform_lib.components.mesh.planning.targets import Targets
from platform_lib.core.errors import Finding

WHOLE_MESH: Final = "default"
"""Name of the object that holds for the whole mesh, or for a whole namespace."""


def plan_mutual_tls(args: MeshArgs, targets: Targets) -> list[PlannedObject]:
    """The objects of mutual TLS: exceptions come before what they are exceptions of."""
    asked = args.mtls or MtlsArgs()
    mode = asked.mode or MtlsMode.STRICT
    _check_stage(asked, mode, targets.findings, dated=args.context.protects)
    exceptions = [
        planned
        for index, exception in enumerate(asked.exceptions or ())
        for planned in _exception(exception, f"mtls.exceptions[{index}]", targets)
    ]
    ahead = [
        _planned("mtls-strict", namespace, namespace, WHOLE_MESH, _mode(MtlsMode.STRICT), f"{_STRICT}[{index}]")
        for index, namespace in enumerate(asked.strict_namespaces or ())
    ]
    stage = {UNTIL: asked.until} if asked.until is not None and mode is not MtlsMode.STRICT else {}
    after = tuple(planned.id for planned in exceptions)
    whole = _planned("mtls", "", SYSTEM_NAMESPACE, WHOLE_MESH, _mode(mode), "mtls", annotations=stage, after=after)
    return [*exceptions, *ahead, whole]


_STRICT = "mtls.strict_namespaces"


def _check_stage(asked: MtlsArgs, mode: MtlsMode, findings: list[Finding], *, dated: bool) -> None:
    if mode is MtlsMode.DISABLE:
        findings.append(Finding("mtls.mode", "leaves the whole mesh in plain text, got 'disable'", "use 'permissive'"))
    if mode is MtlsMode.PERMISSIVE and asked.until is None and dated:
        problem = "is required outside dev while the mesh is permissive"
        findings.append(Finding("mtls.until", problem, "say by when it is strict"))
    if mode is MtlsMode.STRICT:
        for field, value in (("until", asked.until), ("strict_namespaces", asked.strict_namespaces)):
            if value is not None:
                findings.append(Finding(f"mtls.{field}", "says nothing while the whole mesh is strict", "leave it out"))


def _exception(asked: MtlsExceptionArgs, path: str, targets: Targets) -> list[PlannedObject]:
    mode = asked.mode or MtlsMode.PERMISSIVE
    if mode is MtlsMode.STRICT:
        targets.findings.append(Finding(f"{path}.mode", "is no exception, got 'strict'", "use 'permissive'"))
    if (asked.namespace is None) == (asked.service is None):
        got = "neither" if asked.service is None else "both"
        targets.findings.append(Finding(path, f"is for either a namespace or a service, got {got}"))
        return []
    notes = {UNTIL: asked.until, REASON: asked.reason}
    if asked.service is None:
        namespace = asked.namespace or ""
        if asked.ports is not None:
            problem = "are those of a service, got a namespace"
            targets.findings.append(Finding(f"{path}.ports", problem, "name the service instead of the namespace"))
        spec = _mode(mode)
        return [_planned("mtls-exception", asked.name, namespace, WHOLE_MESH, spec, path, annotations=notes)]
    service = targets.service(asked.service, f"{path}.service")
    if service is None:
        return []
    spec = {"selector": {"matchLabels": dict(service.labels)}, **_modes(asked, service, mode, path, targets.findings)}
    return [_planned("mtls-exception", asked.name, service.namespace, asked.name, spec, path, annotations=notes)]


def _modes(
    asked: MtlsExceptionArgs, service: ServicePlan, mode: MtlsMode, path: str, findings: list[Finding]
) -> dict[str, Any]:
    """The mode of all ports or of some; Istio counts by the ports of pods, arguments by those of the service."""
    if asked.ports is None:
        return _mode(mode)
    target = {port.number: port.target for port in service.ports}
    for index, port in enumerate(asked.ports):
        if port not in target:
            problem = f"is no port of {service.namespace}/{service.name}, got {port}"
            findings.append(Finding(f"{path}.ports[{index}]", problem, f"use one of {', '.join(map(str, target))}"))
    ports = {str(target[port]): {"mode": mode.upper()} for port in asked.ports if port in target}
    return {"portLevelMtls": ports} if ports else _mode(mode)


def _mode(mode: MtlsMode) -> dict[str, Any]:
    return {"mtls": {"mode": mode.upper()}}


def _planned(
    role: str,
    key: str,
    namespace: str,
    name: str,
    spec: Mapping[str, Any],
    source: str,
    *,
    annotations: Mapping[str, str] | None = None,
    after: tuple[str, ...] = (),
) -> PlannedObject:
    return PlannedObject(
        role=role,
        key=key,
        kind=MeshObjectKind.PEER_AUTHENTICATION,
        namespace=namespace,
        name=name,
        spec=spec,
        after=after,
        annotations=annotations or {},
        source=source,
    )
