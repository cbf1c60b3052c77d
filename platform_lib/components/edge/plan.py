"""What a fleet consists of, as a pure function of its arguments."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from platform_lib.components.edge.args import (
    DefenceArgs,
    EdgeFleetArgs,
    HealthGateArgs,
    LatencyArgs,
    OfflineArgs,
    ProvisioningArgs,
    RingArgs,
    TelemetryArgs,
    UpdateRoleArgs,
)
from platform_lib.components.edge.budget import (
    LatencyBudget,
    OfflineBudget,
    check_latency,
    check_offline,
    latency_budget,
    offline_budget,
)
from platform_lib.components.edge.kind import EXPIRES_DAYS, InferenceMetric, UpdateRole
from platform_lib.core.aws import YEAR_OF_LOGS, default_log_retention, partition_of
from platform_lib.core.aws_bucket_plan import BucketPlan
from platform_lib.core.errors import Finding, PlanError, near
from platform_lib.core.naming import check_automatic

DEFAULT_SOAK_HOURS = 24
DEFAULT_FAILED_PERCENT = 2.0
DEFAULT_DEVICES_PER_MINUTE = 50
DEFAULT_ERROR_PERCENT = 1.0
OLD_ARTIFACT_DAYS = 365
DEFENCE_MINUTES = 5
MOST_CHILD_GROUPS = 100
"""Groups directly below another one: a quota of AWS IoT that cannot be raised
(https://docs.aws.amazon.com/general/latest/gr/iot_device_management.html)."""


@dataclass(frozen=True)
class SitePlan:
    """A site: its devices, and how many must serve."""

    name: str
    devices: int
    quorum: int


@dataclass(frozen=True)
class GroupPlan:
    """Devices of one kind at a site; the ring that all of them are in, or None where shares decide."""

    name: str
    site: str
    devices: int
    ring: str | None


@dataclass(frozen=True)
class GatePlan:
    """What a metric of a ring must be like."""

    metric: InferenceMetric
    limit: float


@dataclass(frozen=True)
class RingPlan:
    """A ring with all its numbers."""

    name: str
    share_percent: int
    groups: tuple[str, ...]
    soak_hours: int
    gates: tuple[GatePlan, ...]
    maximum_failed_percent: float
    devices_per_minute: int


@dataclass(frozen=True)
class UpdateRolePlan:
    """A role of The Update Framework: names of signers, signatures that it takes, days that its metadata is good."""

    role: UpdateRole
    signers: tuple[str, ...]
    threshold: int
    expires_days: int


@dataclass(frozen=True)
class DefencePlan:
    """What is normal of a device within five minutes: Device Defender's metrics with the highest values."""

    limits: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class FleetPlan:
    """A whole fleet; ``telemetry`` is None where a bucket is given."""

    name: str
    region: str
    partition: str
    sites: tuple[SitePlan, ...]
    groups: tuple[GroupPlan, ...]
    rings: tuple[RingPlan, ...]
    roles: tuple[UpdateRolePlan, ...]
    offline: OfflineBudget
    latency: LatencyBudget
    has_hook: bool
    artifacts: BucketPlan
    telemetry: BucketPlan | None
    log_retention_days: int
    defence: DefencePlan

    @property
    def devices(self) -> int:
        """How many devices there are."""
        return sum(group.devices for group in self.groups)

    @property
    def shares(self) -> tuple[int, ...]:
        """Shares of the rings, for ``rings.ring_of``."""
        return tuple(ring.share_percent for ring in self.rings)


def plan_fleet(name: str, args: EdgeFleetArgs, *, subject: str) -> FleetPlan:
    """The fleet that the arguments describe.

    Args:
        name: of the component.
        args: what is asked.
        subject: whose arguments they are, for messages.

    Raises:
        PlanError: names given twice or not known, shares that do not sum to 100, a group in two rings, a quorum that
            leaves no device to update, thresholds that nobody or one person alone can meet, budgets that do not last,
            no hook outside ``dev``, a name too long for what it names.
    """
    telemetry = args.telemetry or TelemetryArgs()
    offline = offline_budget(args.offline or OfflineArgs())
    latency = latency_budget(args.latency or LatencyArgs())
    in_ring = {group: ring.name for ring in args.rings for group in ring.groups or ()}
    devices = Counter[str]()
    for group in args.groups:
        devices[group.site] += group.devices
    plan = FleetPlan(
        name=name,
        region=args.region,
        partition=partition_of(args.region),
        sites=tuple(
            SitePlan(site.name, devices[site.name], devices[site.name] // 2 if site.quorum is None else site.quorum)
            for site in args.sites
        ),
        groups=tuple(GroupPlan(item.name, item.site, item.devices, in_ring.get(item.name)) for item in args.groups),
        rings=tuple(_ring(ring, latency) for ring in args.rings),
        roles=tuple(_role(role, asked) for role, asked in _asked_roles(args)),
        offline=offline,
        latency=latency,
        has_hook=(args.provisioning or ProvisioningArgs()).hook_arn is not None,
        artifacts=BucketPlan("artifacts", retention_days=OLD_ARTIFACT_DAYS, keeps_current=True),
        telemetry=BucketPlan("telemetry", retention_days=telemetry.retention_days or YEAR_OF_LOGS)
        if telemetry.existing_bucket is None
        else None,
        log_retention_days=telemetry.log_retention_days or default_log_retention(args.context),
        defence=_defence(args.defence or DefenceArgs(), offline),
    )
    findings = [
        *_check_sites(args, plan),
        *_check_groups(args),
        *_check_rings(args),
        *_check_roles(plan, several=args.context.protects),
        *_check_hook(plan, needed=args.context.protects),
        *_check_copies(args, plan, needed=args.context.protects),
        *check_offline(offline),
        *check_latency(latency),
        *check_automatic(_names(plan)),
    ]
    if findings:
        raise PlanError(subject, findings)
    return plan


def _ring(asked: RingArgs, latency: LatencyBudget) -> RingPlan:
    gates = asked.gates or [
        HealthGateArgs(metric=InferenceMetric.LATENCY, limit=latency.budget_ms),
        HealthGateArgs(metric=InferenceMetric.ERRORS, limit=DEFAULT_ERROR_PERCENT),
    ]
    return RingPlan(
        name=asked.name,
        share_percent=asked.share_percent,
        groups=tuple(asked.groups or ()),
        soak_hours=asked.minimum_soak_hours or DEFAULT_SOAK_HOURS,
        gates=tuple(GatePlan(gate.metric, gate.limit) for gate in gates),
        maximum_failed_percent=asked.maximum_failed_percent or DEFAULT_FAILED_PERCENT,
        devices_per_minute=asked.devices_per_minute or DEFAULT_DEVICES_PER_MINUTE,
    )


def _asked_roles(args: EdgeFleetArgs) -> list[tuple[UpdateRole, UpdateRoleArgs]]:
    return [(role, getattr(args.update, role.value)) for role in UpdateRole]


def _role(role: UpdateRole, asked: UpdateRoleArgs) -> UpdateRolePlan:
    signers = tuple(signer.name for signer in asked.signers)
    return UpdateRolePlan(
        role, signers, asked.threshold or len(signers) // 2 + 1, asked.expires_days or EXPIRES_DAYS[role]
    )


def _defence(asked: DefenceArgs, offline: OfflineBudget) -> DefencePlan:
    usual = max(100, round(10 * DEFENCE_MINUTES * offline.messages_per_minute))
    return DefencePlan(
        (
            ("authorization-failures", "aws:num-authorization-failures", asked.authorization_failures or 5),
            ("connection-attempts", "aws:num-connection-attempts", asked.connection_attempts or 20),
            ("messages-sent", "aws:num-messages-sent", asked.messages_sent or usual),
        )
    )


def _twice(path: str, names: Sequence[str]) -> list[Finding]:
    return [
        Finding(f"{path}[{index}].name", f"is given twice, got {name!r}", "use another name")
        for index, name in enumerate(names)
        if name in names[:index]
    ]


def _unknown(path: str, name: str, known: Sequence[str], what: str) -> Finding:
    remedy = near(name, known) or f"use one of {', '.join(known)}"
    return Finding(path, f"is not a {what} of the fleet, got {name!r}", remedy)


def _check_sites(args: EdgeFleetArgs, plan: FleetPlan) -> list[Finding]:
    findings = _twice("sites", [site.name for site in args.sites])
    for index, site in enumerate(plan.sites):
        if site.devices == 0:
            findings.append(
                Finding(f"sites[{index}]", f"has no devices, got {site.name!r}", "add a group, or leave it out")
            )
        elif site.quorum >= site.devices:
            problem = f"leaves none of the {site.devices} devices of {site.name!r} to update, got {site.quorum}"
            findings.append(Finding(f"sites[{index}].quorum", problem, f"use at most {site.devices - 1}"))
    return findings


def _check_groups(args: EdgeFleetArgs) -> list[Finding]:
    findings = _twice("groups", [group.name for group in args.groups])
    for site, count in Counter(group.site for group in args.groups).items():
        if count > MOST_CHILD_GROUPS:
            problem = f"are more at {site!r} than AWS IoT takes ({MOST_CHILD_GROUPS}), got {count}"
            findings.append(Finding("groups", problem, "put devices of one kind into one group"))
    sites = [site.name for site in args.sites]
    findings += [
        _unknown(f"groups[{index}].site", group.site, sites, "site")
        for index, group in enumerate(args.groups)
        if group.site not in sites
    ]
    return findings


def _check_rings(args: EdgeFleetArgs) -> list[Finding]:
    findings = _twice("rings", [ring.name for ring in args.rings])
    total = sum(ring.share_percent for ring in args.rings)
    if total != 100:
        shares = " + ".join(str(ring.share_percent) for ring in args.rings)
        got = shares if len(args.rings) == 1 else f"{shares} = {total}"
        findings.append(Finding("rings", f"have shares that must sum to 100, got {got}"))
    groups = [group.name for group in args.groups]
    first: dict[str, str] = {}
    for index, ring in enumerate(args.rings):
        for position, group in enumerate(ring.groups or ()):
            path = f"rings[{index}].groups[{position}]"
            if group not in groups:
                findings.append(_unknown(path, group, groups, "group"))
            elif group in first:
                findings.append(Finding(path, f"is in ring {first[group]!r} already, got {group!r}", "name it once"))
            first.setdefault(group, ring.name)
        metrics = [gate.metric for gate in ring.gates or ()]
        findings += [
            Finding(f"rings[{index}].gates[{position}].metric", f"has a gate already, got {metric.value!r}")
            for position, metric in enumerate(metrics)
            if metric in metrics[:position]
        ]
    return findings


def _check_roles(plan: FleetPlan, *, several: bool) -> list[Finding]:
    findings = []
    for role in plan.roles:
        path = f"update.{role.role.value}"
        findings += _twice(f"{path}.signers", role.signers)
        if role.threshold > len(role.signers):
            problem = f"is more than there are signers ({len(role.signers)}), got {role.threshold}"
            findings.append(Finding(f"{path}.threshold", problem, "add signers, or lower it"))
        elif several and role.threshold < 2 and role.role in (UpdateRole.ROOT, UpdateRole.TARGETS):
            problem = f"lets one signer alone decide what devices run, got {role.threshold}"
            findings.append(Finding(f"{path}.threshold", problem, "use two signers or more, of whom two have to sign"))
    return findings


def _check_hook(plan: FleetPlan, *, needed: bool) -> list[Finding]:
    if plan.has_hook or not needed:
        return []
    problem = "is required outside dev: without it whoever holds a claim certificate registers any device"
    return [Finding("provisioning.hook_arn", problem, "give a function that checks serial numbers")]


def _check_copies(args: EdgeFleetArgs, plan: FleetPlan, *, needed: bool) -> list[Finding]:
    asked = args.copies
    if asked is None:
        problem = "are required outside dev: what is lost with the buckets cannot be made again"
        return [Finding("copies", problem, "name buckets in another region and a backup plan")] if needed else []
    findings = []
    if asked.region == args.region:
        problem = f"must be another region than that of the fleet, got {asked.region!r}"
        findings.append(Finding("copies.region", problem, "a copy beside the original is lost with it"))
    if plan.telemetry is not None and asked.telemetry_bucket_arn is None:
        findings.append(
            Finding("copies.telemetry_bucket_arn", "is required, since the fleet makes the bucket of messages")
        )
    if plan.telemetry is None and asked.telemetry_bucket_arn is not None:
        problem = "is given, but the bucket of messages is not the fleet's"
        findings.append(Finding("copies.telemetry_bucket_arn", problem, "leave it out"))
    return findings


def _names(plan: FleetPlan) -> list[tuple[str, str]]:
    """Type token, or CloudFormation's name of the type, and the name of every child whose name has a limit."""
    name = plan.name
    return [
        *(("aws:iot/thingGroup:ThingGroup", f"{name}-site-{site.name}") for site in plan.sites),
        *(("aws:iot/thingGroup:ThingGroup", f"{name}-group-{group.name}") for group in plan.groups),
        *(("aws:iot/thingGroup:ThingGroup", f"{name}-ring-{ring.name}") for ring in plan.rings),
        *(("AWS::IoT::JobTemplate", f"{name}-update-{ring.name}") for ring in plan.rings),
        *(
            ("aws:iam/role:Role", f"{name}-{role.role.value}-signer-{signer}")
            for role in plan.roles
            for signer in role.signers
        ),
        ("aws:iot/provisioningTemplate:ProvisioningTemplate", f"{name}-devices"),
        ("aws:iot/roleAlias:RoleAlias", f"{name}-device"),
        ("aws:iot/topicRule:TopicRule", f"{name}_telemetry"),
        ("AWS::IoT::SecurityProfile", f"{name}-defence"),
        ("aws:signer/signingProfile:SigningProfile", f"{name}_"),
        ("aws:iam/role:Role", f"{name}-replication-role"),
        ("aws:s3/bucket:Bucket", f"{name}-artifacts"),
    ]
