"""What AWS would do to its resources by the commands of a way, done to the sandbox cloud."""

from collections.abc import Iterator
from typing import Final

from platform_lib.components.dr.kind import Site
from platform_lib.core.values import plain
from platform_lib.operations.drill.stage import Stage
from platform_lib.sandbox.cloud.aws.recovery.answer import HEALTH_CHECK, RECORD
from platform_lib.sandbox.cloud.aws.recovery.copies import CLUSTER, GLOBAL, INSTANCE, Copy, Mechanism, copies
from platform_lib.sandbox.cloud.aws.recovery.world import World, entries, inputs_of
from platform_lib.sandbox.cloud.cloud import Cloud
from platform_lib.sandbox.cloud.store import Row

_EFS: Final = "aws:efs/replicationConfiguration:ReplicationConfiguration"
_IMAGES: Final = "aws:ecr/replicationConfiguration:ReplicationConfiguration"


def address(row: Row) -> str:
    """The target that names the row and no other."""
    return row.urn or f"{row.type}={row.id}"


def promote(stage: Stage, copy: Copy) -> None:
    """Makes a copy one that can be written to, and remembers it."""
    cloud = stage.cloud
    if copy.mechanism is Mechanism.READ_REPLICA:
        cloud.edit(address(copy.maker), "replicateSourceDb")
    elif copy.mechanism is Mechanism.GLOBAL_DATABASE:
        make_writer(cloud, copy.maker)
    elif copy.maker.type == _EFS:
        cloud.remove(address(copy.maker))
        stage.ended.append(copy.maker.urn)
    elif copy.maker.row == copy.source.row:  # a secret, which names its replicas itself
        left = [one for one in entries(inputs_of(copy.source), "replicas") if one.get("region") != copy.region]
        cloud.edit(address(copy.source), "replicas", left)


def make_writer(cloud: Cloud, cluster: Row) -> None:
    """Lets a global database be written at one of its clusters."""
    world = World(cloud.store)
    arn = str(plain(cluster.outputs.get("arn", "")))
    for whole in world.of(GLOBAL):
        begun = world.named(str(inputs_of(whole).get("sourceDbClusterIdentifier") or ""), CLUSTER)
        members = [row for row in world.of(CLUSTER) if inputs_of(row).get("globalClusterIdentifier") == whole.id]
        arns = {str(plain(row.outputs.get("arn", ""))) for row in (*members, *((begun,) if begun is not None else ()))}
        if arn in arns:
            held = [{"dbClusterArn": one, "isWriter": one == arn} for one in sorted(arns)]
            cloud.edit(address(whole), "globalClusterMembers", held)


def copy_back(stage: Stage, source: str) -> str:
    """Makes the original a replica of what was promoted, as the way back has it done by hand.

    Returns:
        Why it cannot be done; empty where it was.
    """
    original, promoted = stage.row(source), stage.promoted.get(source, "")
    held = World(stage.cloud.store).named(promoted, INSTANCE)
    if original is None or held is None:
        return f"{source}: what was promoted is not there"
    stage.cloud.edit(address(original), "replicateSourceDb", str(plain(held.outputs.get("arn", ""))))
    return ""


def copies_back(stage: Stage, source: str) -> list[Copy]:
    """The copies by which what is written at the second site comes back to the primary one."""
    row = stage.row(source)
    home = stage.region(Site.PRIMARY)
    if row is None:
        return []
    there = {copy.target for copy in stage.copies(source)} | {stage.promoted.get(source, "")}
    found = copies(stage.cloud.store, stage.cloud.knows)
    both_ways = [copy for copy in stage.copies(source) if copy.mechanism is Mechanism.GLOBAL_TABLE]
    return both_ways + [copy for copy in found if copy.source.id in there and copy.region == home]


def images_back(stage: Stage, source: str) -> bool:
    """Whether images that are pushed at the second site are copied back; its repositories are made by ECR itself."""
    row = stage.row(source)
    home, away = stage.region(Site.PRIMARY), stage.region(Site.SECONDARY)
    for held in World(stage.cloud.store).of(_IMAGES):
        rules = (inputs_of(held).get("replicationConfiguration") or {}).get("rules") or ()
        for rule in rules if held.region == away else ():
            prefixes = tuple(str(one.get("filter", "")) for one in entries(rule, "repositoryFilters"))
            named = row is not None and (not prefixes or row.id.startswith(prefixes))
            if named and any(one.get("region") == home for one in entries(rule, "destinations")):
                return True
    return False


def routing_controls(stage: Stage) -> Iterator[tuple[Site, str]]:
    """The routing control of each site, by the health checks of the failover records."""
    world = World(stage.cloud.store)
    for row in _records(stage):
        role = next((str(one.get("type")) for one in entries(inputs_of(row), "failoverRoutingPolicies")), "")
        check = world.named(str(inputs_of(row).get("healthCheckId") or ""), HEALTH_CHECK)
        arn = str(inputs_of(check).get("routingControlArn") or "") if check is not None else ""
        if arn and role:
            yield Site(role.lower()), arn


def record_of(stage: Stage, site: Site) -> Row | None:
    """The record that leads users to a site."""
    for row in _records(stage):
        if str(inputs_of(row).get("setIdentifier", "")).endswith(f"-{site.value}"):
            return row
    return None


def _records(stage: Stage) -> Iterator[Row]:
    record = stage.plan.record
    for row in World(stage.cloud.store).of(RECORD) if record is not None else ():
        name = str(plain(row.outputs.get("fqdn", ""))).rstrip(".")
        if record is not None and name == record.record.rstrip("."):
            yield row
