"""Faults that are put into the cloud before a drill, behind the program's back, to see that the drill finds them."""

from platform_lib.components.dr.kind import Site
from platform_lib.core.values import plain
from platform_lib.operations.drill.effect import address, record_of
from platform_lib.operations.drill.model import Seed
from platform_lib.operations.drill.stage import Stage
from platform_lib.operations.errors import InputError
from platform_lib.sandbox.cloud.aws.recovery.arrival import stop_backups
from platform_lib.sandbox.cloud.aws.recovery.copies import Copy, Mechanism, copies
from platform_lib.sandbox.cloud.aws.recovery.world import World, entries, inputs_of
from platform_lib.sandbox.cloud.aws.shared import KEY


def plant(stage: Stage, seed: Seed, source: str | None) -> str:
    """Puts a fault into the cloud.

    Args:
        stage: where the drill plays.
        seed: which fault.
        source: the source that it is about; None for the first one that it fits.

    Returns:
        What was broken, in words.

    Raises:
        InputError: the recovery has nothing that could be broken so; the text says what it would need.
    """
    names = [one.name for one in stage.plan.sources]
    if source is not None and source not in names:
        known = ", ".join(names)
        raise InputError(f"drill: --source: {source} is no source of {stage.replica.name}; use one of {known}")
    chosen = [source] if source is not None else names
    match seed:
        case Seed.REPLICATION_OFF:
            return _stop_copying(stage, chosen)
        case Seed.KEY_MISSING:
            return _lose_key(stage, chosen)
        case Seed.STALE_BACKUP:
            return _stop_backups(stage, chosen)
        case Seed.WRONG_RECORD:
            return _mislead(stage)


def _stop_copying(stage: Stage, chosen: list[str]) -> str:
    for name in chosen:
        for copy in stage.copies(name):
            _switch_off(stage, copy)
            return f"{name} is no longer copied to {copy.region} by {copy.mechanism.value}"
    raise _nothing(stage, Seed.REPLICATION_OFF, "a source that is copied to the second site")


def _switch_off(stage: Stage, copy: Copy) -> None:
    cloud, maker = stage.cloud, copy.maker
    kind = maker.type.rpartition(":")[2]
    if kind == "BucketReplicationConfig":
        for index in range(len(inputs_of(maker).get("rules") or ())):
            cloud.edit(address(maker), f"rules[{index}].status", "Disabled")
    elif kind == "Plan":
        for index, rule in enumerate(entries(inputs_of(maker), "rules")):
            if rule.get("copyActions"):
                cloud.edit(address(maker), f"rules[{index}].copyActions", [])
    elif maker.row == copy.source.row:  # a table or secret, which names its replicas itself
        where = "regionName" if copy.mechanism is Mechanism.GLOBAL_TABLE else "region"
        left = [one for one in entries(inputs_of(maker), "replicas") if one.get(where) != copy.region]
        cloud.edit(address(maker), "replicas", left)
    elif copy.mechanism is Mechanism.READ_REPLICA:
        cloud.edit(address(maker), "replicateSourceDb")
    elif copy.mechanism is Mechanism.GLOBAL_DATABASE:
        cloud.edit(address(maker), "globalClusterIdentifier")
    else:
        cloud.remove(address(maker))


def _lose_key(stage: Stage, chosen: list[str]) -> str:
    for name in chosen:
        for copy in stage.copies(name):
            row = World(stage.cloud.store).named(copy.key, *KEY, region=copy.region) if copy.key else None
            if row is not None:
                stage.cloud.remove(address(row))
                return f"the key of the copy of {name} in {copy.region} is gone ({copy.key})"
    raise _nothing(stage, Seed.KEY_MISSING, "a source whose copy has a key of the account")


def _stop_backups(stage: Stage, chosen: list[str]) -> str:
    for name in chosen:
        row = stage.row(name)
        for copy in copies(stage.cloud.store, stage.cloud.knows) if row is not None else ():
            if row is not None and copy.source.row == row.row and copy.mechanism is Mechanism.BACKUP_COPY:
                stop_backups(stage.cloud, copy.maker.id)
                return f"no backup of {name} succeeds from now on (plan {copy.maker.id})"
    raise _nothing(stage, Seed.STALE_BACKUP, "a source that is backed up with copies in the second region")


def _mislead(stage: Stage) -> str:
    record, target = record_of(stage, Site.SECONDARY), record_of(stage, Site.PRIMARY)
    if record is None or target is None:
        raise _nothing(stage, Seed.WRONG_RECORD, "a failover record")
    stage.cloud.edit(address(record), "records", plain(inputs_of(target).get("records")))
    return f"the record of the secondary site leads to {stage.region(Site.PRIMARY)}"


def _nothing(stage: Stage, seed: Seed, needed: str) -> InputError:
    return InputError(
        f"drill: --seed: {seed.value} does not fit {stage.replica.name}: it needs {needed}; choose another one"
    )
