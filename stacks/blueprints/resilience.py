"""The resilience: copies of what is stateful in the stack, in a second region."""

from collections.abc import Iterable

import pulumi
import pulumi_aws as aws

from platform_lib.components.baseline import SecurityBaselineReference
from platform_lib.components.dr import (
    BackupsArgs,
    DrReplica,
    DrReplicaArgs,
    DrSourceArgs,
    Mechanism,
    ObjectivesArgs,
    PrimarySiteArgs,
    SecondarySiteArgs,
    SourceKind,
)
from stacks.admission import DeviceAdmission
from stacks.blueprints.data import FEATURES, table_names
from stacks.blueprints.edge import ARTIFACTS, TELEMETRY
from stacks.blueprints.runtime import SNAPSHOTS
from stacks.database import Database
from stacks.groups.resilience import ResilienceSettings
from stacks.settings import StackSettings

DATABASE = "database"
DEVICES = "devices"

_DAY = 24 * 60
_BACKED_UP = ObjectivesArgs(recovery_point_minutes=28 * 60, recovery_time_minutes=8 * 60)
"""For what a copy of a daily backup is good enough, and a restore of it: what can be made anew from other data."""

_RESTORED = ObjectivesArgs(recovery_time_minutes=4 * 60)
"""For what is restored from its log: no machine stands by in the second region, since there is no network."""

_COPIED = ObjectivesArgs(recovery_point_minutes=_DAY)
"""For objects that their owner copies: most are there within minutes, some take hours, and nobody promises less."""


def build_recovery(
    settings: StackSettings,
    asked: ResilienceSettings,
    database: Database | None,
    admission: DeviceAdmission | None,
    baseline: SecurityBaselineReference,
    provider: aws.Provider,
) -> DrReplica:
    """Makes the second site of all that is stateful in the stack, and the way there.

    Whoever owns a bucket copies it, into one that is made here, and puts it into the plan for backups; so the second
    site is made before Vault servers, feature store and fleet.

    Args:
        settings: of the stack.
        asked: those of its second site.
        database: of this stack; None where it holds none.
        admission: the table of devices of this stack; None where it holds none.
        baseline: of the account, made by this stack or by another one.
        provider: of the account.
    """
    return DrReplica(
        asked.name,
        DrReplicaArgs(
            context=settings.context,
            account_id=settings.account_id,
            primary=PrimarySiteArgs(region=settings.region, baseline=baseline),
            secondary=SecondarySiteArgs(region=asked.secondary_region),
            sources=[*_made_before(settings, database, admission), *_made_later(settings)],
            strategy=asked.strategy,
            active_site=asked.active_site,
            backups=BackupsArgs(every_hours=asked.backup_every_hours, retention_days=asked.backup_days),
            drills=asked.drills,
        ),
        pulumi.ResourceOptions(providers=[provider]),
    )


def _made_before(
    settings: StackSettings,
    database: Database | None,
    admission: DeviceAdmission | None,
) -> Iterable[DrSourceArgs]:
    if database is not None and settings.data is not None:
        yield DrSourceArgs(
            name=DATABASE,
            kind=SourceKind.RDS,
            arn=database.arn,
            mechanism=Mechanism.LOG_COPY,
            objectives=_RESTORED,
            size_gib=settings.data.database.maximum_storage_gib,
        )
    if admission is not None:
        yield _backed_up(DEVICES, arn=admission.table_arn)


def _made_later(settings: StackSettings) -> Iterable[DrSourceArgs]:
    """Tables, whose names are known before they are made, and the places for what others copy."""
    tables = {} if settings.data is None else table_names(settings, settings.data.features)
    for name, table in tables.items():
        yield _backed_up(name, table=table)
    of_servers = () if settings.vault is None else (SNAPSHOTS,)
    of_features = () if settings.data is None else (FEATURES,)
    of_devices = () if settings.edge is None else (ARTIFACTS, TELEMETRY)
    for name in (*of_servers, *of_features, *of_devices):
        yield DrSourceArgs(
            name=name,
            kind=SourceKind.S3,
            mechanism=Mechanism.REPLICATION,
            objectives=_COPIED,
            copied_by_owner=True,
        )


def _backed_up(name: str, *, arn: pulumi.Input[str] | None = None, table: str | None = None) -> DrSourceArgs:
    """A table that is restored from a backup, or made anew from what it came from."""
    return DrSourceArgs(
        name=name,
        kind=SourceKind.DYNAMODB,
        arn=arn,
        id=table,
        mechanism=Mechanism.BACKUP_COPY,
        objectives=_BACKED_UP,
    )
