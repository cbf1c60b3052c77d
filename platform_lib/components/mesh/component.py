"""``MeshComponent``: the resources of a planned mesh."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi_kubernetes import admissionregistration, apiextensions, core, helm, meta, networking

from platform_lib.components.mesh import ownership, report
from platform_lib.components.mesh.args import MeshArgs
from platform_lib.components.mesh.arguments.control_plane import CertificateAuthorityArgs
from platform_lib.components.mesh.names import AUTHORITY_SECRET, REVISION_LABEL, SYSTEM_NAMESPACE, TRUST_DOMAIN
from platform_lib.components.mesh.plan import plan_mesh
from platform_lib.components.mesh.planning.control_plane import AUTHORITY, CRDS, MemberPlan, TagPlan, istiod_id
from platform_lib.components.mesh.planning.model import PlannedObject
from platform_lib.components.mesh.planning.namespaces import NamespacePlan
from platform_lib.components.mesh.planning.release import ReleasePlan
from platform_lib.components.mesh.refs import MeshGatewayReference, MeshReference
from platform_lib.components.mesh.versions import revision_of
from platform_lib.components.mesh.webhook import injections
from platform_lib.core.component import PlatformComponent
from platform_lib.core.providers import require_provider

RELEASE_TIMEOUT_SECONDS = 600
"""How long a chart's pods may take to become ready: istiod waits for the secret of the authority."""


class MeshComponent(PlatformComponent):
    """A service mesh on Kubernetes (Istio): control plane, gateways, traffic rules, who may call whom, telemetry.

    Creates the namespaces of control plane and gateways (restricted pods, no traffic but what is named), the secret
    with the mesh's own certificate authority, the charts of Istio (definitions of custom resources, the node agent, a
    control plane for each revision, the proxies of each gateway), the tags that namespaces point at, the label of each
    namespace in the mesh, and the custom resources of services, routes, access and telemetry; Jaeger and Kiali where
    asked for. It takes its provider of Kubernetes by ``opts``, such as ``KubernetesCluster.provider``.

    Every custom resource follows the release with the definitions. Two objects that refer to each other are made and
    taken away in an order in which no reference dangles in between.

    Whatever the component itself depends on by ``opts``, its children wait for: namespaces of the services, or who puts
    the secret of the authority in place.

    Stateful are the release with the definitions (of whose kinds are objects of everybody; when it goes, Helm keeps the
    definitions themselves), the namespaces of the mesh, and the proxies of ways in, whose load balancers have addresses
    that others rely on. They are protected unless the environment is ``dev``; their names are fixed, so that a change
    replaces none of them. The secret of the authority is replaced where its parts change, and not protected: it can be
    made again of what was given.

    An upgrade takes several deployments (https://istio.io/latest/docs/setup/upgrade/canary/): a second revision beside
    the first one, the tag moved to it, pods restarted by their owners, the first revision gone. Istio's support of
    Kubernetes is checked against the cluster.

    What controllers own is left alone: see ``ownership.py``.

    Physical names that are a contract: those of all children. Istio, its charts and objects of others refer to them.
    """

    revisions: pulumi.Output[list[str]]
    """The revisions that run."""

    tags: pulumi.Output[dict[str, str]]
    """Tags to the revision that each points at."""

    namespaces: pulumi.Output[list[str]]
    """Namespaces that are in the mesh."""

    gateways: pulumi.Output[dict[str, str]]
    """Names of gateways to how routes refer to them (``namespace/name``)."""

    trust_domain: pulumi.Output[str]
    """What identities of workloads begin with."""

    objects: pulumi.Output[list[str]]
    """The custom resources of Istio, as ``Kind namespace/name``."""

    def __init__(self, name: str, args: MeshArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        with self.planning(name) as subject:
            args = MeshArgs.parse(subject, args)
            require_provider(subject, "kubernetes", opts)
            plan = plan_mesh(name, args, subject=subject)
        super().__init__(name, args.context, opts)
        self._plan = plan
        self._awaited = _awaited(opts)
        self._made: dict[str, pulumi.Resource] = {}
        self._namespaces: dict[str, pulumi.Resource] = {}

        for namespace in plan.namespaces:
            self._make_namespace(namespace)
        if plan.own_authority:
            self._make_authority(args.certificate_authority)
        for release in plan.releases:
            self._make_release(release)
        for tag in plan.tags:
            self._make_tag(tag)
        for member in plan.members:
            self._make_member(member)
        for planned in plan.objects:
            self._make_object(planned)
        for warning in plan.warnings:
            pulumi.log.warn(f"{subject}: {warning}", self)
        self.finish(self._outputs(), cost_drivers=report.cost_drivers(plan), evidence=report.evidence(plan))

    @property
    def reference(self) -> MeshReference:
        """The mesh as other components take it."""
        plan = self._plan
        return MeshReference(
            version=plan.newest,
            tags={tag.name: tag.revision for tag in plan.tags},
            namespaces=[member.namespace for member in plan.members],
            trust_domain=TRUST_DOMAIN,
            gateways=[
                MeshGatewayReference(name=gateway.name, namespace=gateway.namespace, reference=gateway.reference)
                for gateway in plan.gateways
            ],
        )

    def child_options(
        self, *, stateful: bool = False, depends_on: Sequence[pulumi.Resource] = (), **more: Any
    ) -> pulumi.ResourceOptions:
        """Options of a child, which waits for what the component depends on: Pulumi lets the component alone wait."""
        return super().child_options(stateful=stateful, depends_on=[*self._awaited, *depends_on], **more)

    def _metadata(
        self,
        name: str,
        namespace: str | None = None,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
    ) -> meta.v1.ObjectMetaArgs:
        return meta.v1.ObjectMetaArgs(
            name=name,
            namespace=namespace,
            labels={**self._plan.labels, **(labels or {})},
            annotations=dict(annotations) if annotations else None,
        )

    def _within(self, namespace: str) -> list[pulumi.Resource]:
        """What an object in a namespace waits for: the namespace, where the component makes it."""
        return [self._namespaces[namespace]] if namespace in self._namespaces else []

    def _make_namespace(self, planned: NamespacePlan) -> None:
        self._namespaces[planned.name] = core.v1.Namespace(
            self.child_name(planned.id),
            metadata=self._metadata(planned.name, labels=planned.labels),
            opts=self.child_options(stateful=True),
        )
        for policy in planned.policies:
            spec: Any = policy.spec  # plain data in the words of the API
            networking.v1.NetworkPolicy(
                self.child_name(policy.id),
                metadata=self._metadata(policy.name, policy.namespace),
                spec=spec,
                opts=self.child_options(depends_on=self._within(policy.namespace)),
            )

    def _make_authority(self, asked: CertificateAuthorityArgs) -> None:
        parts = {
            "ca-cert.pem": asked.certificate,
            "ca-key.pem": asked.private_key,
            "root-cert.pem": asked.root_certificate,
            "cert-chain.pem": asked.certificate_chain,
        }
        self._made[AUTHORITY] = core.v1.Secret(
            self.child_name(AUTHORITY),
            metadata=self._metadata(AUTHORITY_SECRET, SYSTEM_NAMESPACE),
            type="Opaque",
            string_data={name: text for name, text in parts.items() if text is not None},  # a secret, by the SDK
            opts=self.child_options(depends_on=self._within(SYSTEM_NAMESPACE)),
        )

    def _make_release(self, planned: ReleasePlan) -> None:
        after = [self._made[one] for one in planned.after if one in self._made]
        self._made[planned.id] = helm.v3.Release(
            self.child_name(planned.id),
            name=planned.name,
            namespace=planned.namespace,
            chart=planned.chart,
            version=planned.version,
            repository_opts={"repo": planned.repository},
            values=dict(planned.values),
            cleanup_on_fail=True,
            timeout=RELEASE_TIMEOUT_SECONDS,
            opts=self.child_options(stateful=planned.stateful, depends_on=[*self._within(planned.namespace), *after]),
        )

    def _make_tag(self, tag: TagPlan) -> None:
        labels = {"app": "sidecar-injector", "istio.io/tag": tag.name, REVISION_LABEL: tag.revision}
        webhooks: Any = injections(tag)  # plain data in the words of the API
        self._made[tag.id] = admissionregistration.v1.MutatingWebhookConfiguration(
            self.child_name(tag.id),
            metadata=self._metadata(f"istio-revision-tag-{tag.name}", labels=labels),
            webhooks=webhooks,
            opts=self.child_options(
                depends_on=[self._made[istiod_id(tag.revision)]],
                ignore_changes=list(ownership.ignored(ownership.WEBHOOK)),
            ),
        )

    def _make_member(self, member: MemberPlan) -> None:
        core.v1.NamespacePatch(
            self.child_name("member", member.namespace),
            metadata={"name": member.namespace, "labels": {REVISION_LABEL: member.tag.name}},
            opts=self.child_options(depends_on=[self._made[member.tag.id]]),
        )

    def _make_object(self, planned: PlannedObject) -> None:
        after = [self._made[one] for one in planned.after]
        self._made[planned.id] = apiextensions.CustomResource(
            self.child_name(planned.role, planned.key),
            api_version=planned.api_version,
            kind=planned.kind,
            metadata=self._metadata(planned.name, planned.namespace, planned.labels, planned.annotations),
            spec=dict(planned.spec),
            opts=self.child_options(
                depends_on=[self._made[CRDS], *self._within(planned.namespace), *after],
                ignore_changes=list(planned.ignored),
            ),
        )

    def _outputs(self) -> Mapping[str, Any]:
        plan = self._plan
        return {
            "revisions": [revision_of(version) for version in plan.versions],
            "tags": {tag.name: tag.revision for tag in plan.tags},
            "namespaces": [member.namespace for member in plan.members],
            "gateways": {gateway.name: gateway.reference for gateway in plan.gateways},
            "trust_domain": TRUST_DOMAIN,
            "objects": [planned.shown for planned in plan.objects],
        }


def _awaited(opts: pulumi.ResourceOptions | None) -> list[Any]:
    """What the options depend on."""
    given = opts.depends_on if opts is not None else None
    if given is None:
        return []
    return list(given) if isinstance(given, Sequence) else [given]
