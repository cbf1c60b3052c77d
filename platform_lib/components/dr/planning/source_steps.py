"""Steps of one source: how its copy takes over, how what was written meanwhile comes back, how it is restored. Pure.

Sources of the commands: https://docs.aws.amazon.com/cli/latest/reference/. What stands in ``<...>`` is known only then;
copies are told by the output ``copies`` of the component.
"""

from collections.abc import Mapping
from typing import Final

from platform_lib.components.dr.kind import Action, Mechanism, SourceKind
from platform_lib.components.dr.planning import figures
from platform_lib.components.dr.planning.model import SourcePlan
from platform_lib.components.dr.planning.way import Way

FROM_BACKUPS = (Mechanism.BACKUP_COPY, Mechanism.LOG_COPY)
"""Mechanisms that leave something to restore and not something to use."""


def is_promoted(source: SourcePlan) -> bool:
    """Whether somebody has to do something before a copy can be written to."""
    return not source.mechanism.both_ways and not (source.mechanism.by_owner and source.kind is SourceKind.S3)


def take_over(way: Way, source: SourcePlan) -> None:
    """Makes the copy the one that is written to."""
    name, region, mechanism = source.name, way.to.region, source.mechanism.kind
    if mechanism in FROM_BACKUPS:
        restore(way, source)
    elif mechanism is Mechanism.GLOBAL_DATABASE:
        _fail_cluster_over(way, source)
    elif not is_promoted(source):
        way.of_source("use", Action.USE, source, f"use the copy of {name} as it is", figures.NOTHING_TO_DO)
    elif mechanism is Mechanism.READ_REPLICA:
        command = f"aws rds promote-read-replica --region {region} --db-instance-identifier <replica of {name}>"
        title = f"promote the replica of {name}"
        way.of_source("promote", Action.PROMOTE, source, title, figures.PROMOTE_REPLICA, command)
    elif source.kind is SourceKind.EFS:
        command = (
            f"aws efs delete-replication-configuration --region {region} --deletion-mode LOCAL_CONFIGURATION_ONLY"
            f" --source-file-system-id <file system of {name}>"
        )
        title = f"end the replication of {name}, so that its copy can be written to"
        way.of_source("promote", Action.PROMOTE, source, title, figures.END_FILE_REPLICATION, command)
    else:
        command = f"aws secretsmanager stop-replication-to-replica --region {region} --secret-id <replica of {name}>"
        title = f"make the replica of {name} a secret of its own"
        way.of_source("promote", Action.PROMOTE, source, title, figures.PROMOTE_SECRET, command)


def _fail_cluster_over(way: Way, source: SourcePlan) -> None:
    name, region = source.name, way.to.region
    if source.standby_instances == 0:
        command = (
            f"aws rds create-db-instance --region {region} --db-cluster-identifier <cluster of {name}>"
            f" --db-instance-identifier {name}-1 --db-instance-class <class> --engine <engine>"
        )
        title = f"make an instance for the cluster of {name}"
        way.of_source("instance", Action.SCALE, source, title, figures.MAKE_INSTANCE, command)
    command = (
        f"aws rds failover-global-cluster --region {region} --allow-data-loss"
        f" --global-cluster-identifier <global cluster of {name}>"
        f" --target-db-cluster-identifier <arn of the cluster of {name} in {region}>"
    )
    title = f"fail the global database of {name} over"
    way.of_source("promote", Action.PROMOTE, source, title, figures.FAIL_OVER_CLUSTER, command)


def restore(way: Way, source: SourcePlan) -> None:
    """Makes a new resource from a backup: from its newest copy, or, where data are damaged, from just before."""
    name, region, damaged = source.name, way.to.region, way.to is way.left
    if damaged and (form := _TO_A_POINT_IN_TIME.get(source.kind)) is not None:
        command = form.format(name=name, region=region)
    elif source.mechanism.kind is Mechanism.LOG_COPY and not damaged:
        command = (
            f"aws rds restore-db-instance-to-point-in-time --region {region} --use-latest-restorable-time"
            f" --source-db-instance-automated-backups-arn <copied backups of {name}>"
            f" --target-db-instance-identifier {name}"
        )
    else:
        command = (
            f"aws backup start-restore-job --region {region} --recovery-point-arn <backup of {name}>"
            " --iam-role-arn <restore role> --metadata <of get-recovery-point-restore-metadata>"
        )
    title = f"restore {name} from {'just before the damage' if damaged else 'its newest copy'}"
    figure = figures.restoring(source.kind, source.size_gib)
    way.of_source("restore", Action.RESTORE, source, title, figure, command)


_TO_A_POINT_IN_TIME: Final[Mapping[SourceKind, str]] = {
    SourceKind.RDS: (
        "aws rds restore-db-instance-to-point-in-time --region {region} --restore-time <before the damage>"
        " --source-db-instance-identifier <instance of {name}> --target-db-instance-identifier {name}-restored"
    ),
    SourceKind.AURORA: (
        "aws rds restore-db-cluster-to-point-in-time --region {region} --restore-to-time <before the damage>"
        " --source-db-cluster-identifier <cluster of {name}> --db-cluster-identifier {name}-restored"
    ),
    SourceKind.DYNAMODB: (
        "aws dynamodb restore-table-to-point-in-time --region {region} --restore-date-time <before the damage>"
        " --source-table-name <table of {name}> --target-table-name {name}-restored"
    ),
}
"""What restores a source to a point in time; others are restored by AWS Backup."""


def catch_up(way: Way, source: SourcePlan) -> None:
    """Brings back what was written meanwhile, until nothing is missing."""
    name, region = source.name, way.to.region
    if source.mechanism.both_ways or source.mechanism.kind is Mechanism.GLOBAL_DATABASE:
        title = f"wait until {name} in {region} has what was written meanwhile"
        way.of_source("catch-up", Action.CATCH_UP, source, title, figures.CHECKING)
        return
    if source.kind is SourceKind.SECRET:
        title = f"write the value of {name} into the secret in {region}"
        way.of_source("catch-up", Action.CATCH_UP, source, title, figures.CHECKING)
        return
    titles = {
        (SourceKind.RDS, Mechanism.READ_REPLICA): (
            f"put the old {name} in {region} aside, and make a replica of the promoted one there under its name"
        ),
        (SourceKind.EFS, Mechanism.REPLICATION): (
            f"replicate the copy of {name} into the file system in {region} that it came from"
        ),
        (
            SourceKind.S3,
            Mechanism.REPLICATION,
        ): f"copy what was written meanwhile into {name} in {region} (Batch Replication)",
    }
    backed_up = f"back the copy of {name} up, copy the backup to {region} and restore it there under the old name"
    title = titles.get((source.kind, source.mechanism.kind), backed_up)
    way.of_source("catch-up", Action.CATCH_UP, source, title, figures.catching_up(source.size_gib))


def return_to(way: Way, source: SourcePlan) -> None:
    """Makes the original the one that is written to again."""
    name, region, mechanism = source.name, way.to.region, source.mechanism.kind
    if mechanism is Mechanism.GLOBAL_DATABASE:
        command = (
            f"aws rds switchover-global-cluster --region {region}"
            f" --global-cluster-identifier <global cluster of {name}>"
            f" --target-db-cluster-identifier <arn of the cluster of {name} in {region}>"
        )
        title = f"switch the global database of {name} over"
        way.of_source("promote", Action.PROMOTE, source, title, figures.FAIL_OVER_CLUSTER, command)
    elif mechanism is Mechanism.READ_REPLICA:
        command = f"aws rds promote-read-replica --region {region} --db-instance-identifier <old name of {name}>"
        title = f"promote the replica of {name} in {region} once it is not behind"
        way.of_source("promote", Action.PROMOTE, source, title, figures.PROMOTE_REPLICA, command)
    elif source.kind is SourceKind.EFS and mechanism is Mechanism.REPLICATION:
        command = f"aws efs delete-replication-configuration --region {region} --source-file-system-id <copy of {name}>"
        title = f"end the replication back of {name} once it is not behind"
        way.of_source("promote", Action.PROMOTE, source, title, figures.END_FILE_REPLICATION, command)
    else:
        way.of_source("use", Action.USE, source, f"use {name} in {region} as it is", figures.NOTHING_TO_DO)


def is_made_anew(source: SourcePlan) -> bool:
    """Whether a failover leaves no copy of the kind that there was, so that it has to be made anew afterwards."""
    return is_promoted(source) and source.mechanism.kind not in (Mechanism.BACKUP_COPY, Mechanism.GLOBAL_DATABASE)
