"""The control plane: revisions, tags, and the charts that install them. Pure.

The order in which one ``up`` installs them is that of an upgrade: the custom resource definitions and the node agent in
the newest version, then the control planes, then the tags and the webhook that checks objects, then what points at a
tag. What goes, goes after all that.
Sources: https://istio.io/latest/docs/setup/upgrade/helm/ (base before istiod) and
https://istio.io/latest/docs/setup/upgrade/canary/ (two revisions side by side, tags, then the old one goes).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from platform_lib.components.cluster.refs import ClusterReference
from platform_lib.components.mesh.args import MeshArgs
from platform_lib.components.mesh.arguments.control_plane import ControlPlaneArgs
from platform_lib.components.mesh.kind import OutboundPolicy
from platform_lib.components.mesh.names import (
    AUTHORITY_SECRET,
    CNI_NAMESPACE,
    EGRESS_NAMESPACE,
    INGRESS_NAMESPACE,
    REVISION_LABEL,
    SYSTEM_NAMESPACE,
    TRUST_DOMAIN,
)
from platform_lib.components.mesh.planning.release import SECCOMP, ReleasePlan, counted, placed, spread
from platform_lib.components.mesh.profiles import Profile
from platform_lib.components.mesh.versions import (
    DEFAULT_VERSION,
    DEFINITIONS,
    ISTIO_CHARTS,
    ISTIO_IMAGES,
    KUBERNETES,
    minor_of,
    number_of,
    revision_of,
)
from platform_lib.core.errors import Finding, near

DEFAULT_TAG = "stable"
CRDS = "crds"
CNI = "cni"
VALIDATION = "validation"
AUTHORITY = "authority"

_OWN = (SYSTEM_NAMESPACE, INGRESS_NAMESPACE, EGRESS_NAMESPACE)
_OTHERS = ("default", "kube-system", "kube-public", "kube-node-lease")
_MODES = {OutboundPolicy.ALLOW_ANY: "ALLOW_ANY", OutboundPolicy.REGISTRY_ONLY: "REGISTRY_ONLY"}


@dataclass(frozen=True)
class TagPlan:
    """A tag and the version that it points at."""

    name: str
    version: str

    @property
    def revision(self) -> str:
        """The revision of that version."""
        return revision_of(self.version)

    @property
    def id(self) -> str:
        """Its logical name without the component's."""
        return f"tag-{self.name}"


@dataclass(frozen=True)
class MemberPlan:
    """A namespace that is in the mesh, by the label with the tag."""

    namespace: str
    tag: TagPlan


@dataclass(frozen=True)
class Revisions:
    """The control planes and what points at them.

    Attributes:
        versions: of Istio, in the order of the arguments.
        newest: that base and node agent have.
    """

    versions: tuple[str, ...]
    newest: str
    tags: tuple[TagPlan, ...]
    members: tuple[MemberPlan, ...]

    def tag(self, name: str | None) -> TagPlan | None:
        """A tag by its name, the first one for None."""
        if name is None:
            return self.tags[0]
        return next((tag for tag in self.tags if tag.name == name), None)


def istiod_id(revision: str) -> str:
    """The logical name of a control plane without the component's."""
    return f"istiod-{revision}"


def plan_revisions(args: MeshArgs) -> tuple[Revisions, list[Finding]]:
    """Revisions, tags and member namespaces, and what is wrong with them."""
    versions = tuple(item.version for item in args.revisions or ()) or (DEFAULT_VERSION,)
    findings = _check_versions(versions, args.cluster, given=args.revisions is not None)
    tags = tuple(TagPlan(tag.name, tag.version) for tag in args.tags or ()) or (TagPlan(DEFAULT_TAG, versions[0]),)
    for index, tag in enumerate(args.tags or ()):
        if tag.version not in versions:
            problem = f"points at a revision that is not there, got {tag.version!r}"
            remedy = near(tag.version, versions) or f"revisions has {', '.join(versions)}"
            findings.append(Finding(f"tags[{index}].version", problem, remedy))
    found = Revisions(versions, max(versions, key=number_of), tags, ())
    members = []
    for index, namespace in enumerate(args.namespaces or ()):
        path, member = f"namespaces[{index}]", found.tag(namespace.tag)
        findings += _check_namespace(namespace.name, path)
        if member is None:
            findings.append(dangling_tag(namespace.tag, tags, path))
        else:
            members.append(MemberPlan(namespace.name, member))
    return Revisions(versions, found.newest, tags, tuple(members)), findings


def dangling_tag(name: str | None, tags: Sequence[TagPlan], path: str) -> Finding:
    """What is said of a tag that is not there."""
    names = [tag.name for tag in tags]
    remedy = near(name or "", names) or f"tags has {', '.join(names)}"
    return Finding(f"{path}.tag", f"is no tag of the mesh, got {name!r}", remedy)


def _check_versions(versions: Sequence[str], cluster: ClusterReference, *, given: bool) -> list[Finding]:
    findings = []
    for index, version in enumerate(versions):
        path = f"revisions[{index}].version" if given else "revisions"
        fits = KUBERNETES.get(minor_of(version))
        if fits is None:
            problem = f"is of a minor version that is not known here, got {version!r}"
            findings.append(Finding(path, problem, f"use one of {', '.join(KUBERNETES)}"))
        elif cluster.version not in fits:
            problem = f"does not support the cluster's Kubernetes {cluster.version}, got {version!r}"
            findings.append(Finding(path, problem, f"it supports {fits[0]} to {fits[-1]}"))
    return findings


def _check_namespace(name: str, path: str) -> list[Finding]:
    if name in _OWN:
        return [Finding(f"{path}.name", f"is a namespace of the mesh itself, got {name!r}", "leave it out")]
    if name in _OTHERS:
        problem = f"is a namespace that everybody shares or the cluster itself needs, got {name!r}"
        return [Finding(f"{path}.name", problem, "put your pods into a namespace of their own")]
    return []


def plan_control_plane(
    args: MeshArgs, revisions: Revisions, profile: Profile, providers: Sequence[Mapping[str, Any]]
) -> tuple[tuple[ReleasePlan, ...], list[Finding]]:
    """The charts of the control plane in their order, and what is wrong with their arguments.

    Args:
        args: of the mesh.
        revisions: that are planned.
        profile: how much of everything there is.
        providers: of telemetry, for the configuration of the mesh.
    """
    asked = args.control_plane or ControlPlaneArgs()
    replicas, findings = counted(asked.minimum_replicas, asked.maximum_replicas, profile.control_plane, "control_plane")
    placement, wrong = placed(args.cluster, asked.node_group, "control_plane.node_group")
    mesh = _mesh_config(args.outbound_policy or profile.outbound_policy, providers)
    releases = [_crds(revisions), _cni(revisions)]
    for version in revisions.versions:
        revision = revision_of(version)
        scale = (
            {"autoscaleMin": replicas.minimum, "autoscaleMax": replicas.maximum}
            if replicas.autoscaled
            else {"autoscaleEnabled": False, "replicaCount": replicas.minimum}
        )
        values = {
            "revision": revision,
            **scale,
            "pdb": {"minAvailable": 1},
            "resources": profile.control_plane_resources,
            "seccompProfile": SECCOMP,
            "cni": {"enabled": True},
            "volumes": [_OWN_AUTHORITY],
            "topologySpreadConstraints": spread({"app": "istiod", REVISION_LABEL: revision}),
            **placement,
            "global": {
                **_IMAGES,
                **_NO_READER,
                "logAsJson": True,
                "proxy": {"resources": profile.sidecar_resources, "seccompProfile": SECCOMP},
            },
            "meshConfig": mesh,
        }
        releases.append(
            ReleasePlan(
                id=istiod_id(revision),
                name=f"istiod-{revision}",
                namespace=SYSTEM_NAMESPACE,
                chart="istiod",
                version=version,
                repository=ISTIO_CHARTS,
                values=values,
                after=(CRDS, CNI, AUTHORITY),
                replicas=replicas.minimum,
                requests=profile.control_plane_resources["requests"],
            )
        )
    return (*releases, _validation(revisions)), [*findings, *wrong]


_IMAGES: Mapping[str, Any] = {"hub": ISTIO_IMAGES, "variant": "distroless"}
"""Images without a shell (https://istio.io/latest/docs/ops/configuration/security/harden-docker-images/)."""

_NO_READER: Mapping[str, Any] = {"enableReaderRBAC": False}
"""Leaves out an account that reads the whole cluster, which control planes of other clusters would use."""

_OWN_AUTHORITY: Mapping[str, Any] = {"name": "own-authority", "secret": {"secretName": AUTHORITY_SECRET}}
"""A second volume of the authority's secret, which unlike the chart's own one is not optional: without it the pod does
not start, where it would otherwise sign with an authority that it makes itself."""


def _mesh_config(policy: OutboundPolicy, providers: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return {
        "trustDomain": TRUST_DOMAIN,
        "rootNamespace": SYSTEM_NAMESPACE,
        "outboundTrafficPolicy": {"mode": _MODES[policy]},
        "accessLogEncoding": "JSON",
        "enableTracing": bool(providers),
        "defaultConfig": {"holdApplicationUntilProxyStarts": True},
        **({"extensionProviders": [dict(provider) for provider in providers]} if providers else {}),
    }


def _crds(revisions: Revisions) -> ReleasePlan:
    """The definitions and nothing else, in the newest version: they serve older control planes too."""
    return ReleasePlan(
        id=CRDS,
        name="istio-base",
        namespace=SYSTEM_NAMESPACE,
        chart="base",
        version=revisions.newest,
        repository=ISTIO_CHARTS,
        values={"defaultRevision": "", "global": _NO_READER},
        stateful=True,
    )


def _validation(revisions: Revisions) -> ReleasePlan:
    """The webhook that checks objects, by the control plane that the first tag points at.

    It is of the same chart as the definitions, and a release of its own: with them it would move to a control plane
    that is not there yet, and no object could be changed until it is.
    """
    tag = revisions.tags[0]
    return ReleasePlan(
        id=VALIDATION,
        name="istio-validation",
        namespace=SYSTEM_NAMESPACE,
        chart="base",
        version=tag.version,
        repository=ISTIO_CHARTS,
        values={
            "defaultRevision": tag.revision,
            "base": {"excludedCRDs": list(DEFINITIONS)},
            "global": _NO_READER,
        },
        after=(CRDS, istiod_id(tag.revision)),
    )


def _cni(revisions: Revisions) -> ReleasePlan:
    """The node agent, one for all revisions: by it no pod needs rights over its own network."""
    return ReleasePlan(
        id=CNI,
        name="istio-cni",
        namespace=CNI_NAMESPACE,
        chart="cni",
        version=revisions.newest,
        repository=ISTIO_CHARTS,
        values={"global": {**_IMAGES, "logAsJson": True}},
        after=(CRDS,),
    )
