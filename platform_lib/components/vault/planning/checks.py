"""What is wrong with asked Vault servers. Pure."""

from collections.abc import Sequence

from platform_lib.components.cluster.refs import ClusterReference, NodeGroupReference
from platform_lib.components.vault.args import (
    VaultClusterArgs,
)
from platform_lib.components.vault.arguments.seal import (
    VaultSealArgs,
    VaultTlsArgs,
)
from platform_lib.components.vault.arguments.server import (
    VaultAuditArgs,
    VaultListenerArgs,
)
from platform_lib.components.vault.engines import ENGINES, has, parsed
from platform_lib.components.vault.kind import VaultEngine, VaultExposure, VaultSealKind
from platform_lib.core.aws_bucket_plan import BucketPlan
from platform_lib.core.context import DEVELOPMENT
from platform_lib.core.errors import Finding, near

REGULAR_NODES = (3, 5)
"""3 stand the loss of one, 5 of two (https://openbao.org/docs/internals/integrated-storage/#deployment-table, which
recommends 5 for production); more only slow writes down."""

LONGEST_NAME = 52
"""A pod of a stateful set carries a label of the set's name and 11 characters, of 63 at most
(https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#revision-label)."""


def check_nodes(nodes: int, *, development: bool) -> list[Finding]:
    """How many servers there may be."""
    if nodes in REGULAR_NODES or (development and nodes == 1):
        return []
    words = "3 or 5, or 1 for tries" if development else "3 or 5"
    if nodes == 1:
        problem = f"is one server outside {DEVELOPMENT}, whose loss is an outage, got 1"
    elif nodes % 2 == 0:
        problem = f"is an even number, which stands no more losses than one server less would, got {nodes}"
    else:
        problem = f"is not a number of servers that keeps a quorum well, got {nodes}"
    return [Finding("nodes", problem, f"use {words}")]


def check_engine(args: VaultClusterArgs, engine: VaultEngine, version: str) -> list[Finding]:
    """Whether the version is given, and can do what the component asks of it."""
    facts = ENGINES[engine]
    if not version:
        problem = f"is required for {engine.value!r}, of which no version is tested here"
        return [Finding("engine_version", problem, "give the version that is in image")]
    if parsed(version) < facts.oldest:
        oldest = ".".join(map(str, facts.oldest))
        problem = f"is too old to {facts.why_oldest}, got {version!r}"
        return [Finding("engine_version", problem, f"use {oldest} or later")]
    repository = args.image.partition("@")[0].rpartition("/")[2]
    other = VaultEngine.VAULT if engine is VaultEngine.OPENBAO else VaultEngine.OPENBAO
    if repository.partition(":")[0] == other.value:
        problem = f"looks like the image of {other.value!r}, while engine is {engine.value!r}, got {args.image!r}"
        return [Finding("image", problem, "let engine and image agree")]
    if has(facts.initialises_itself, version) and args.administrators is None:
        problem = "is required: the servers initialise themselves, and nobody could log in after that"
        return [Finding("administrators", problem, "name the service account that configures them")]
    return []


def check_seal(asked: VaultSealArgs, engine: VaultEngine, version: str, *, development: bool) -> list[Finding]:
    """Whether each kind of seal has what it needs and nothing else."""
    kind = asked.kind or VaultSealKind.AWS_KMS
    findings = []
    if kind is VaultSealKind.STATIC and not development:
        problem = f"is a static key outside {DEVELOPMENT}, which whoever reads the cluster's secrets can take along"
        findings.append(Finding("seal.kind", f"{problem}, got 'static'", "use 'aws-kms'"))
    if kind is VaultSealKind.STATIC and engine is VaultEngine.VAULT:
        findings.append(Finding("seal.kind", "is not a seal of Vault, got 'static'", "use 'aws-kms' or 'transit'"))
    kms = kind is VaultSealKind.AWS_KMS
    needs = (
        ("transit", asked.transit, kind is VaultSealKind.TRANSIT),
        ("static_secret", asked.static_secret, kind is VaultSealKind.STATIC),
        ("plugin", asked.plugin, bool(version) and kms and has(ENGINES[engine].kms_by_plugin, version)),
    )
    for field, given, needed in needs:
        if needed and given is None:
            problem = f"is required with {kind.value!r}"
            if field == "plugin":
                problem += f": OpenBao {version} reaches KMS by a plugin only"
            findings.append(Finding(f"seal.{field}", problem, f"give seal.{field}"))
        if given is not None and not needed:
            what = f"is given, but {engine.value} {version} with the seal {kind.value!r} does not use it"
            findings.append(Finding(f"seal.{field}", what, "leave it out"))
    if not kms:
        findings += [
            Finding(f"seal.{field}", f"is given for another seal than KMS, got {kind.value!r}", "leave it out")
            for field in ("key_arn", "multi_region")
            if getattr(asked, field) is not None
        ]
    elif asked.key_arn is not None and asked.multi_region is not None:
        findings.append(Finding("seal.multi_region", "is of the component's own key, but key_arn is given"))
    if asked.plugin is not None and (asked.plugin.image is None) == (asked.plugin.command is None):
        got = "none" if asked.plugin.image is None else "both"
        findings.append(Finding("seal.plugin", f"needs exactly one of image and command, got {got}"))
    return findings


def check_tls(asked: VaultTlsArgs) -> list[Finding]:
    """TLS is on, and its certificate is given in one way."""
    findings = []
    if asked.enabled is False:
        problem = "turns TLS off, so that tokens and secrets cross the network readable, got false"
        findings.append(Finding("tls.enabled", problem, "leave it out"))
    pair = (asked.certificate, asked.private_key)
    if asked.secret_name is not None and pair != (None, None):
        findings.append(Finding("tls", "has both a secret and material of its own", "give one of them"))
    if asked.secret_name is None and None in pair:
        problem = "has no certificate: neither secret_name, nor certificate with private_key"
        findings.append(Finding("tls", problem, "give one of them"))
    return findings


def check_audit(asked: VaultAuditArgs, *, development: bool) -> list[Finding]:
    """Two devices outside development, one at least everywhere."""
    off = [field for field in ("file_enabled", "stdout_enabled") if getattr(asked, field) is False]
    if len(off) > 1:
        return [Finding("audit", "leaves no audit device, so that nobody could say who read what", "keep one at least")]
    if off and not development:
        problem = f"leaves one audit device outside {DEVELOPMENT}: where it fails the servers answer nobody, got false"
        return [Finding(f"audit.{off[0]}", problem, "leave it out")]
    return []


def check_listener(asked: VaultListenerArgs) -> list[Finding]:
    """Nobody reaches the servers from the internet."""
    exposure = asked.exposure or VaultExposure.CLUSTER
    if exposure is VaultExposure.PUBLIC:
        problem = "puts the servers on the internet, got 'public'"
        return [Finding("listener.exposure", problem, "use 'network', and a VPN or a private link to it")]
    if exposure is VaultExposure.NETWORK and asked.client_cidrs is None:
        return [Finding("listener.client_cidrs", "is required with 'network'", "name the ranges that may call")]
    if exposure is VaultExposure.CLUSTER and asked.client_cidrs is not None:
        problem = "is given, but the servers are reached from the cluster only"
        return [Finding("listener.client_cidrs", problem, "leave it out, or set listener.exposure to 'network'")]
    return [
        Finding(f"listener.client_cidrs[{index}]", f"is every address there is, got {text!r}", "name your own")
        for index, text in enumerate(asked.client_cidrs or ())
        if text.endswith("/0")
    ]


def choose_group(cluster: ClusterReference, asked: str | None) -> tuple[NodeGroupReference | None, list[Finding]]:
    """The nodes of the cluster that the servers run on: those asked for, else the first on demand without taints."""
    names = [group.name for group in cluster.node_groups]
    if asked is None:
        free = [group for group in cluster.node_groups if group.capacity.value == "on-demand"]
        untainted = [group for group in free if not any(_keeps_away(group))]
        found = next(iter([*untainted, *free]), None)
        if found is None:
            return None, [Finding("cluster.node_groups", "has no nodes on demand", "add a group of them")]
        return found, []
    group = cluster.group(asked)
    if group is None:
        remedy = near(asked, names) or f"use one of {', '.join(names)}"
        return None, [Finding("node_group", f"is not a group of nodes of the cluster, got {asked!r}", remedy)]
    if group.capacity.value == "spot":
        problem = f"is of spot capacity, which AWS takes back at two minutes' notice, got {asked!r}"
        return group, [Finding("node_group", problem, "use nodes on demand")]
    return group, []


def _keeps_away(group: NodeGroupReference) -> Sequence[bool]:
    return [taint.effect.value != "prefer-no-schedule" for taint in group.taints]


def check_zones(group: NodeGroupReference, nodes: int, *, development: bool) -> list[Finding]:
    """The loss of one zone leaves a quorum."""
    zones = len(set(group.zones))
    lost = -(-nodes // max(zones, 1))
    if development or nodes not in REGULAR_NODES or lost <= (nodes - 1) // 2:
        return []
    problem = f"stands in {zones} zones ({', '.join(group.zones)}): losing one may take {lost} of {nodes} servers along"
    return [Finding("node_group", f"{problem}, got {group.name!r}", "use nodes over 3 zones")]


def check_backups(args: VaultClusterArgs, bucket: BucketPlan | None, *, development: bool) -> list[Finding]:
    """There are backups outside development, with a record of access, and no lock outlives the snapshot."""
    asked = args.backups
    if asked is None or bucket is None:
        if development:
            return []
        return [Finding("backups", f"is required outside {DEVELOPMENT}", "give backups.upload_image at least")]
    findings = []
    if asked.access_log_bucket is None and not development:
        problem = f"is required outside {DEVELOPMENT}"
        findings.append(Finding("backups.access_log_bucket", problem, "give that of the SecurityBaseline"))
    if asked.copies is None and not development:
        problem = f"is required outside {DEVELOPMENT}"
        findings.append(Finding("backups.copies", problem, "name a bucket in another region and a backup plan"))
    if asked.copies is not None and asked.copies.region == args.cluster.region:
        problem = f"is the region of the servers, with which a copy would be lost, got {asked.copies.region!r}"
        findings.append(Finding("backups.copies.region", problem, "use another region"))
    if bucket.lock_days > bucket.retention_days:
        problem = f"is longer than snapshots are kept ({bucket.retention_days} days), got {bucket.lock_days}"
        findings.append(Finding("backups.lock_days", problem, "shorten it, or raise backups.retention_days"))
    drill = asked.drill
    if drill is not None and drill.enabled is False and drill.schedule is not None:
        findings.append(Finding("backups.drill.schedule", "is given, but the drill is off", "leave it out"))
    return findings
