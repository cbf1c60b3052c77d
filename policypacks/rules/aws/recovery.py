"""Recovery in a second region: what holds data is a source of a DrReplica."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from platform_lib.core.values import UNKNOWN
from policypacks.engine.rule import NOT_APPLICABLE, PASS, Resource, Verdict, fail, rule, undetermined
from policypacks.rules.common.aws_s3 import takes_records
from policypacks.rules.common.tags import is_log_store

REPLICA: Final = "platform-lib:index:DrReplica"
BUCKET: Final = "aws:s3/bucket:Bucket"
REPLICATION: Final = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
SELECTION: Final = "aws:backup/selection:Selection"
TABLE: Final = "aws:dynamodb/table:Table"
STORES: Final = (
    "aws:rds/instance:Instance",
    "aws:rds/cluster:Cluster",
    TABLE,
    BUCKET,
    "aws:efs/fileSystem:FileSystem",
    "aws:ecr/repository:Repository",
    "aws:secretsmanager/secret:Secret",
    "aws:ebs/volume:Volume",
)
_NAMED_BY: Final[Mapping[str, str]] = {
    SELECTION: "resources[]",
    "aws:dynamodb/tableReplica:TableReplica": "globalTableArn",
    "aws:efs/replicationConfiguration:ReplicationConfiguration": "sourceFileSystemId",
    "aws:rds/globalCluster:GlobalCluster": "sourceDbClusterIdentifier",
    "aws:rds/instance:Instance": "replicateSourceDb",
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": "sourceDbInstanceArn",
    REPLICATION: "bucket",
}
"""By which property the children of a DrReplica name their source: known while its ARN is not."""


@rule(
    "aws-recovery-covers-data-stores",
    subject=STORES,
    config={
        "everywhere": {
            "type": "boolean",
            "default": False,
            "description": "whether data in a stack without any DrReplica is a finding too",
        }
    },
)
def stores_recovered(store: Resource) -> Verdict:
    """Where a stack has a recovery in a second region, everything in it that holds data takes part.

    What was left out is lost with the region, and is missed only then. Copies themselves, stores of logs, buckets that
    the stack's logs go to, and what lies outside of the primary site's region are left alone. A stack without a
    DrReplica is left alone too, for another stack may have it, unless the setting ``everywhere`` is on. What is left
    out on purpose has a waiver that says why.
    """
    replicas = store.stack.all(store, REPLICA)
    if not replicas and not store.config["everywhere"]:
        return NOT_APPLICABLE
    if is_log_store(store) or takes_records(store) or _is_copy(store, replicas):
        return NOT_APPLICABLE
    if not replicas:
        return fail("", "holds data, and the stack has no DrReplica", "add a DrReplica and make it a source of it")
    region = store.region()
    homes = {home for replica in replicas if (home := _home(replica))}
    if region is not None and homes and region not in homes:
        return NOT_APPLICABLE
    named = store.stack.related(store, REPLICA, by="sources{}")
    if named.sure or any(_is_child(other, replicas) for other in _copiers(store)):
        return PASS
    if _is_copied_by_owner(store, replicas) or _is_selected_by_name(store, replicas):
        return PASS
    if named.maybe or any(UNKNOWN in (_sources(replica) or {}).values() for replica in replicas):
        return undetermined(*(f"{replica.name}.sources" for replica in replicas))
    names = " or ".join(replica.name for replica in replicas)
    remedy = f"add it to the sources of DrReplica {names}, or excuse it by a waiver that says why"
    return fail("", "holds data that no DrReplica copies", remedy)


def _copiers(store: Resource) -> Iterator[Resource]:
    for kind, path in _NAMED_BY.items():
        yield from store.stack.related(store, kind, by=path).sure


def _is_copied_by_owner(store: Resource, replicas: list[Resource]) -> bool:
    """Whether a bucket is replicated by its owner into a bucket of one of the components."""
    own = {config.urn for config in store.stack.related(store, REPLICATION, by="bucket").sure}
    return any(
        config.urn in own
        for copy in (store.stack.all(store, BUCKET) if own else ())
        if _is_child(copy, replicas)
        for config in store.stack.related(copy, REPLICATION, by="rules[].destination.bucket").sure
    )


def _is_selected_by_name(store: Resource, replicas: list[Resource]) -> bool:
    """Whether one of the components backs a table up whose name is known before its ARN is."""
    name = store.facts.properties.get("name")
    if store.type != TABLE or not isinstance(name, str):
        return False
    return any(
        isinstance(arn, str) and arn.endswith(f":table/{name}")
        for selection in store.stack.all(store, SELECTION)
        if _is_child(selection, replicas)
        for arn in _list(selection.facts.properties.get("resources"))
    )


def _list(value: Any) -> list[Any]:
    """A list that is there and known; else an empty one."""
    return value if isinstance(value, list) else []


def _is_child(resource: Resource, replicas: list[Resource]) -> bool:
    """Whether it stands in one of the components, at any depth."""
    roots, seen = {replica.urn for replica in replicas}, set[str]()
    urn = resource.facts.parent
    while urn and urn not in roots and urn not in seen:
        seen.add(urn)
        parent = resource.stack.by_urn.get(urn)
        urn = parent.parent if parent is not None else ""
    return urn in roots


def _is_copy(store: Resource, replicas: list[Resource]) -> bool:
    return _is_child(store, replicas) or store.present("replicateSourceDb")


def _sources(replica: Resource) -> Mapping[str, Any] | None:
    """ARN of each source by name; None where they are not known at all."""
    held = replica.facts.properties.get("sources")
    if held is UNKNOWN:
        return {"": UNKNOWN}
    return held if isinstance(held, dict) else None


def _home(replica: Resource) -> str:
    """The region of the primary site, as the component's plan says it; empty where it does not."""
    text = replica.facts.properties.get("plan")
    try:
        sites = json.loads(text)["plan"]["sites"] if isinstance(text, str) else []
        return next((str(site["region"]) for site in sites if site["site"] == "primary"), "")
    except (ValueError, TypeError, KeyError):
        return ""
