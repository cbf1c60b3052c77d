"""What a mesh consists of, as a pure function of its arguments."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from platform_lib.components.mesh.args import MeshArgs
from platform_lib.components.mesh.arguments.control_plane import CertificateAuthorityArgs
from platform_lib.components.mesh.checks import Severity, examine
from platform_lib.components.mesh.kind import MeshProfile, OutboundPolicy
from platform_lib.components.mesh.planning.control_plane import MemberPlan, TagPlan, plan_control_plane, plan_revisions
from platform_lib.components.mesh.planning.gateways import plan_gateways
from platform_lib.components.mesh.planning.model import GatewayPlan, PlannedObject
from platform_lib.components.mesh.planning.namespaces import NamespacePlan, plan_namespaces
from platform_lib.components.mesh.planning.order import following
from platform_lib.components.mesh.planning.release import ReleasePlan
from platform_lib.components.mesh.planning.security import plan_security
from platform_lib.components.mesh.planning.surroundings import surroundings_of
from platform_lib.components.mesh.planning.telemetry import plan_telemetry
from platform_lib.components.mesh.planning.traffic import plan_traffic
from platform_lib.components.mesh.profiles import PROFILES
from platform_lib.core.context import Context
from platform_lib.core.errors import Finding, PlanError
from platform_lib.core.tagging import required_tags

_LABEL_VALUE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_PARTS = ("certificate", "private_key", "root_certificate", "certificate_chain")


@dataclass(frozen=True)
class MeshPlan:
    """A whole mesh; every collection is in a fixed order.

    Attributes:
        name: of the component.
        labels: of every object.
        own_authority: the component makes the secret of the certificate authority.
        versions: of Istio, one a revision.
        newest: the newest of them.
        tags: names that point at revisions.
        members: namespaces that are in the mesh.
        namespaces: that the component makes.
        releases: charts, in the order in which they are installed.
        gateways: ways in and out.
        traced_percent: share of requests that is traced.
        objects: custom resources of Istio.
        warnings: what of the objects is odd, but may be meant.
    """

    name: str
    labels: Mapping[str, str]
    profile: MeshProfile
    outbound_policy: OutboundPolicy
    own_authority: bool
    versions: tuple[str, ...]
    newest: str
    tags: tuple[TagPlan, ...]
    members: tuple[MemberPlan, ...]
    namespaces: tuple[NamespacePlan, ...]
    releases: tuple[ReleasePlan, ...]
    gateways: tuple[GatewayPlan, ...]
    traced_percent: float
    objects: tuple[PlannedObject, ...]
    warnings: tuple[str, ...]


def plan_mesh(name: str, args: MeshArgs, *, subject: str) -> MeshPlan:
    """The mesh that the arguments describe.

    Args:
        name: of the component.
        args: what is asked.
        subject: whose arguments they are, for messages.

    Raises:
        PlanError: they cannot be planned, or the objects do not fit together; all that is found at once.
    """
    chosen = args.profile or (MeshProfile.PROD if args.context.protects else MeshProfile.DEV)
    profile = PROFILES[chosen]
    revisions, wrong_revisions = plan_revisions(args)
    telemetry, wrong_telemetry = plan_telemetry(args, profile)
    control_plane, wrong_control_plane = plan_control_plane(args, revisions, profile, telemetry.providers)
    ways, wrong_gateways = plan_gateways(args, revisions, profile)
    traffic, wrong_traffic = plan_traffic(args, ways.gateways)
    security, wrong_security = plan_security(args, ways.gateways)
    objects = following((*telemetry.objects, *ways.objects, *security, *traffic))
    problems = examine(objects, surroundings_of(args, ways.gateways))
    wrong = [
        *_check_labels(args.context),
        *_check_authority(args.certificate_authority),
        *wrong_revisions,
        *wrong_control_plane,
        *wrong_gateways,
        *wrong_telemetry,
        *wrong_traffic,
        *wrong_security,
    ]
    found = [problem.finding for problem in problems if problem.severity is Severity.ERROR]
    if findings := [*wrong, *_unsaid(found, wrong, wrong_gateways)]:
        raise PlanError(subject, findings)
    return MeshPlan(
        name=name,
        labels=_labels(name, args.context),
        profile=chosen,
        outbound_policy=args.outbound_policy or profile.outbound_policy,
        own_authority=not args.certificate_authority.existing_secret,
        versions=revisions.versions,
        newest=revisions.newest,
        tags=revisions.tags,
        members=revisions.members,
        namespaces=plan_namespaces(args, ways.gateways),
        releases=(*control_plane, *ways.releases, *telemetry.releases),
        gateways=ways.gateways,
        traced_percent=telemetry.traced_percent,
        objects=_in_order(objects),
        warnings=tuple(str(problem.finding) for problem in problems if problem.severity is Severity.WARNING),
    )


def _labels(name: str, context: Context) -> Mapping[str, str]:
    """Labels of every object: those of the context, as tags are elsewhere."""
    return {"app.kubernetes.io/part-of": name, "app.kubernetes.io/managed-by": "pulumi", **required_tags(context)}


def _check_labels(context: Context) -> list[Finding]:
    """A label's value ends in a letter or digit, which a tag's need not.

    Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set.
    """
    values = {"environment": context.environment, "owner": context.owner, "cost_centre": context.cost_centre}
    return [
        Finding(
            f"context.{field}", f"is no value of a label of Kubernetes, got {value!r}", "end it in a letter or digit"
        )
        for field, value in values.items()
        if not _LABEL_VALUE.fullmatch(value)
    ]


def _check_authority(asked: CertificateAuthorityArgs) -> list[Finding]:
    given = [part for part in _PARTS if getattr(asked, part) is not None]
    if asked.existing_secret:
        return [
            Finding(f"certificate_authority.{part}", "is given, but the secret is there already", "leave it out")
            for part in given
        ]
    findings = [
        Finding(
            f"certificate_authority.{part}",
            "is required: the mesh has an authority of its own, which Istio does not make",
            "give it, or set certificate_authority.existing_secret",
        )
        for part in _PARTS
        if part not in given
    ]
    if asked.existing_namespace:
        problem = "must be false, since the secret of the authority is made here, got true"
        findings.append(Finding("certificate_authority.existing_namespace", problem, "leave it out"))
    return findings


def _unsaid(found: Sequence[Finding], wrong: Sequence[Finding], wrong_gateways: Sequence[Finding]) -> list[Finding]:
    """What is found of objects, but for those whose argument is refused as a whole.

    What is wrong with servers of a gateway is wrong with its object too, and said of the servers only.
    """
    refused = {finding.path for finding in wrong}
    gateways = [finding.path for finding in wrong_gateways]
    return [
        one
        for one in found
        if one.path not in refused and not any(path.startswith(f"{one.path}.") for path in gateways)
    ]


def _in_order(objects: Sequence[PlannedObject]) -> tuple[PlannedObject, ...]:
    """The objects, each behind those that it follows, otherwise as they stand.

    Raises:
        ValueError: two have one id, one follows what is not there, or some follow each other in a circle; each is a
            mistake of a planner, not of the arguments.
    """
    by_id = {planned.id: planned for planned in objects}
    if len(by_id) < len(objects):
        raise ValueError("two planned objects have one id")
    ordered: dict[str, PlannedObject] = {}
    waiting = list(objects)
    while waiting:
        ready = [planned for planned in waiting if all(one in ordered for one in planned.after)]
        if not ready:
            raise ValueError(f"nothing can be made before what it follows: {', '.join(one.id for one in waiting)}")
        ordered |= {planned.id: planned for planned in ready}
        waiting = [planned for planned in waiting if planned.id not in ordered]
    return tuple(ordered.values())
