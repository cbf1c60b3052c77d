"""The data: a database, and a feature store."""

import pulumi
import pulumi_aws as aws

from platform_lib.components.baseline import SecurityBaselineReference
from platform_lib.components.cluster import ClusterReference
from platform_lib.components.dr import DrReplicaReference
from platform_lib.components.features import FeatureStore, FeatureStoreArgs, StoreCopiesArgs
from platform_lib.components.vpc import NetworkReference
from stacks.copies import copied
from stacks.database import Database
from stacks.groups.data import DatabaseSettings, FeaturesSettings
from stacks.label import label
from stacks.settings import StackSettings

DATABASE = "records"
"""The name of the database's component; with the label of the stack it is the identifier of the instance."""

FEATURES = "features"
"""The name of the feature store's component, and of its copy; with the stack's label it is the project in Feast."""


def build_database(
    settings: StackSettings,
    asked: DatabaseSettings,
    network: NetworkReference,
    baseline: SecurityBaselineReference,
    cluster: ClusterReference,
    provider: aws.Provider,
) -> Database:
    """Makes a database that nodes and pods of a cluster reach.

    Args:
        settings: of the stack.
        asked: those of the database.
        network: that it stands in.
        baseline: of the account.
        cluster: whose pods are its clients.
        provider: of the account.
    """
    return Database(
        DATABASE,
        settings.context,
        asked,
        network,
        baseline,
        identifier=f"{DATABASE}-{label(settings)}",
        clients={"cluster": cluster.security_group_id},
        log_retention_days=settings.logging.retention_days,
        deletion_protection=settings.deletion_protection,
        opts=pulumi.ResourceOptions(providers=[provider]),
    )


def build_features(
    settings: StackSettings,
    asked: FeaturesSettings,
    network: NetworkReference,
    baseline: SecurityBaselineReference,
    copies: DrReplicaReference | None,
    provider: aws.Provider,
) -> FeatureStore:
    """Makes a feature store whose bucket is copied to the second site.

    Args:
        settings: of the stack.
        asked: those of the store.
        network: that its tasks and functions run in.
        baseline: of the account.
        copies: the second site; None for none.
        provider: of the account.
    """
    return FeatureStore(
        FEATURES,
        FeatureStoreArgs(
            context=settings.context,
            account_id=settings.account_id,
            network=network,
            baseline=baseline,
            image=f"{settings.registry}/{asked.image}",
            entities=asked.entities,
            batch_views=asked.batch_views or None,
            stream_views=asked.stream_views or None,
            request_views=asked.request_views or None,
            retired_views=asked.retired_views or None,
            project=_project(settings),
            pinned_contract=asked.pinned_contract,
            copies=copied(StoreCopiesArgs, copies, bucket_arn=FEATURES),
            deletion_protection=settings.deletion_protection,
            log_retention_days=settings.logging.retention_days,
        ),
        pulumi.ResourceOptions(providers=[provider]),
    )


def table_names(settings: StackSettings, asked: FeaturesSettings) -> dict[str, str]:
    """Tables of a feature store by a name of their own: those of its views, and the one of what was copied until when.

    The store's names of tables are a contract, so that they are known before it is made.
    """
    views = {f"view-{view.replace('_', '-')}": f"{_project(settings)}.{view}" for view in asked.tables}
    return {**views, "watermarks": f"{_project(settings)}-state"}


def _project(settings: StackSettings) -> str:
    return f"{FEATURES}_{label(settings)}".replace("-", "_")
