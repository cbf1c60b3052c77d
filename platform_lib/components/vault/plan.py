"""What Vault servers consist of, as a pure function of their arguments."""

from platform_lib.components.vault.args import (
    VaultClusterArgs,
)
from platform_lib.components.vault.arguments.backup import (
    VaultBackupArgs,
    VaultDrillArgs,
)
from platform_lib.components.vault.arguments.seal import (
    VaultSealArgs,
)
from platform_lib.components.vault.arguments.server import (
    VaultAuditArgs,
    VaultListenerArgs,
    VaultResourcesArgs,
    VaultStorageArgs,
    VaultTelemetryArgs,
)
from platform_lib.components.vault.engines import ENGINES, has
from platform_lib.components.vault.kind import VaultEngine, VaultExposure, VaultSealKind
from platform_lib.components.vault.planning import checks
from platform_lib.components.vault.planning.model import (
    AdministratorPlan,
    AuditDevice,
    AuditPlan,
    BackupPlan,
    Folders,
    ListenerPlan,
    NodePlan,
    PlacePlan,
    PluginPlan,
    SealPlan,
    StoragePlan,
    TelemetryPlan,
    TransitPlan,
    VaultPlan,
)
from platform_lib.core.aws import partition_of
from platform_lib.core.aws_bucket_plan import BucketPlan
from platform_lib.core.context import DEVELOPMENT
from platform_lib.core.errors import Finding, PlanError
from platform_lib.core.naming import check_automatic

DEFAULT_NODES = 3
DEFAULT_SCHEDULE = "17 * * * *"
DEFAULT_DRILL_SCHEDULE = "30 5 1 * *"
DEFAULT_RETENTION_DAYS = 35
DEFAULT_LOCK_DAYS = 14


def plan_vault(name: str, args: VaultClusterArgs, *, subject: str) -> VaultPlan:
    """The servers that the arguments describe.

    Args:
        name: of the component.
        args: what is asked.
        subject: whose arguments they are, for messages.

    Raises:
        PlanError: they cannot be planned: a number of servers without a good quorum, a seal that does not hold or lacks
            a part, no TLS, a listener for the internet, too few audit devices, zones or backups, nobody who could log
            in; all that is found at once.
    """
    development = args.context.environment == DEVELOPMENT
    engine = args.engine or VaultEngine.OPENBAO
    facts = ENGINES[engine]
    version = args.engine_version or facts.default
    count = DEFAULT_NODES if args.nodes is None else args.nodes
    namespace = args.namespace or name
    group, wrong_group = checks.choose_group(args.cluster, args.node_group)
    seal, audit = args.seal or VaultSealArgs(), args.audit or VaultAuditArgs()
    listener = args.listener or VaultListenerArgs()
    backups = None if args.backups is None else _backups(args.backups, development=development)
    findings = [
        *checks.check_engine(args, engine, version),
        *checks.check_nodes(count, development=development),
        *wrong_group,
        *([] if group is None or wrong_group else checks.check_zones(group, count, development=development)),
        *checks.check_seal(seal, engine, version, development=development),
        *checks.check_tls(args.tls),
        *checks.check_audit(audit, development=development),
        *checks.check_listener(listener),
        *checks.check_backups(args, None if backups is None else backups.bucket, development=development),
        *_check_name(name),
    ]
    if findings or group is None:
        raise PlanError(subject, findings)
    resources, storage = args.resources or VaultResourcesArgs(), args.storage or VaultStorageArgs()
    plan = VaultPlan(
        name=name,
        environment=args.context.environment,
        region=args.cluster.region,
        partition=partition_of(args.cluster.region),
        cluster_name=args.cluster.name,
        namespace=namespace,
        image=args.image,
        engine=engine,
        facts=facts,
        version=version,
        nodes=tuple(
            NodePlan(pod=f"{name}-{number}", host=f"{name}-{number}.{name}-internal.{namespace}.svc")
            for number in range(count)
        ),
        place=PlacePlan(tuple(sorted(group.labels.items())), tuple(group.taints), tuple(group.zones)),
        seal=_seal(seal),
        own_tls_secret=args.tls.secret_name is None,
        tls_secret=args.tls.secret_name or "",
        audit=_audit(audit, Folders(facts.home)),
        storage=StoragePlan(
            class_name=storage.class_name or "",
            data_gib=storage.data_gib or 10,
            audit_gib=storage.audit_gib or 10,
            kept=args.context.protects,
        ),
        listener=ListenerPlan(
            exposure=listener.exposure or VaultExposure.CLUSTER,
            client_namespaces=tuple(listener.client_namespaces or ()),
            client_cidrs=tuple(listener.client_cidrs or ()),
            aws_cidrs=tuple(listener.aws_cidrs or ()),
            egress_ports=tuple(listener.egress_ports or ()),
        ),
        administrators=tuple(
            AdministratorPlan(one.name, one.namespace, one.service_account) for one in args.administrators or ()
        ),
        backups=backups,
        telemetry=_telemetry(args.telemetry or VaultTelemetryArgs()),
        cpu_millicores=resources.cpu_millicores or 500,
        memory_mib=resources.memory_mib or 1024,
        initialises_itself=has(facts.initialises_itself, version),
        reloads_certificates=has(facts.reloads_certificates, version),
    )
    if too_long := check_automatic(_automatic_names(plan)):
        raise PlanError(subject, too_long)
    return plan


def _check_name(name: str) -> list[Finding]:
    if len(name) <= checks.LONGEST_NAME:
        return []
    problem = f"is too long for the pods of a stateful set (at most {checks.LONGEST_NAME} characters), got {name!r}"
    return [Finding("name", problem, "shorten it")]


def _seal(asked: VaultSealArgs) -> SealPlan:
    kind = asked.kind or VaultSealKind.AWS_KMS
    own, plugin, transit = kind is VaultSealKind.AWS_KMS and asked.key_arn is None, asked.plugin, asked.transit
    return SealPlan(
        kind=kind,
        own_key=own,
        multi_region=own and asked.multi_region is not False,
        plugin=None
        if plugin is None
        else PluginPlan(plugin.sha256, plugin.version, image=plugin.image or "", command=plugin.command or ""),
        transit=None
        if transit is None
        else TransitPlan(
            address=transit.address,
            key_name=transit.key_name,
            mount_path=transit.mount_path or "transit",
            token_secret=transit.token_secret,
            ca_secret=transit.ca_secret or "",
        ),
        static_secret=asked.static_secret or "",
    )


def _audit(asked: VaultAuditArgs, folders: Folders) -> AuditPlan:
    devices = []
    if asked.file_enabled is not False:
        devices.append(AuditDevice("file", "every request and answer, on a volume of the node", folders.audit_file))
    if asked.stdout_enabled is not False:
        devices.append(AuditDevice("stdout", "every request and answer, for the log agent of the cluster", "stdout"))
    return AuditPlan(tuple(devices), file_mib=asked.file_mib or 256, file_count=asked.file_count or 10)


def _backups(asked: VaultBackupArgs, *, development: bool) -> BackupPlan:
    drill = asked.drill or VaultDrillArgs()
    lock_days = (0 if development else DEFAULT_LOCK_DAYS) if asked.lock_days is None else asked.lock_days
    bucket = BucketPlan(
        role="snapshots",
        retention_days=asked.retention_days or DEFAULT_RETENTION_DAYS,
        lock_mode="GOVERNANCE" if lock_days else None,
        lock_days=lock_days,
        records_access=asked.access_log_bucket is not None,
    )
    schedule = drill.schedule or DEFAULT_DRILL_SCHEDULE
    return BackupPlan(
        upload_image=asked.upload_image,
        schedule=asked.schedule or DEFAULT_SCHEDULE,
        bucket=bucket,
        own_key=asked.key_arn is None,
        drill_schedule="" if drill.enabled is False else schedule,
        oldest_hours=drill.oldest_hours or 26,
        copy_region="" if asked.copies is None else asked.copies.region,
    )


def _telemetry(asked: VaultTelemetryArgs) -> TelemetryPlan | None:
    if asked.enabled is False:
        return None
    return TelemetryPlan(asked.retention_hours or 24, asked.scraper_namespace or "")


def _automatic_names(plan: VaultPlan) -> list[tuple[str, str]]:
    """Type token and logical name of the children that get an automatic physical name."""
    roles = ["server", *(["backup"] if plan.backups else [])]
    if plan.backups is not None and plan.backups.drill_schedule:
        roles.append("drill")
    if plan.backups is not None and plan.backups.copy_region:
        roles += ["replication", "safekeeping"]
    names = [("aws:iam/role:Role", f"{plan.name}-{role}-role") for role in roles]
    names += [("aws:iam/policy:Policy", f"{plan.name}-{role}-role-policy") for role in roles if role != "safekeeping"]
    if plan.backups is not None:
        names.append(("aws:s3/bucket:Bucket", f"{plan.name}-snapshots"))
        if plan.backups.own_key:
            names.append(("aws:kms/alias:Alias", f"{plan.name}-backup-key-alias"))
    if plan.seal.own_key:
        names.append(("aws:kms/alias:Alias", f"{plan.name}-seal-key-alias"))
    return names
