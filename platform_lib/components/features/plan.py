"""What a feature store consists of, as a pure function of its arguments."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from platform_lib.components.features.args import FeatureStoreArgs
from platform_lib.components.features.arguments.contract import RetiredViewArgs
from platform_lib.components.features.arguments.running import MaterialisationArgs, ServingArgs, StreamArgs
from platform_lib.components.features.arguments.view import (
    BatchViewArgs,
    EntityArgs,
    FeatureArgs,
    RequestViewArgs,
    StreamViewArgs,
)
from platform_lib.components.features.kind import FeatureType, ViewKind
from platform_lib.components.features.planning.checks import check_store
from platform_lib.components.features.planning.contract import check_contract
from platform_lib.components.features.planning.model import (
    EntityPlan,
    FeaturePlan,
    RequestViewPlan,
    RetiredPlan,
    ServingPlan,
    StorePlan,
    StreamPlan,
    TaskPlan,
    ViewPlan,
)
from platform_lib.components.features.planning.timing import delay_of, freshness_of
from platform_lib.components.vpc.refs import tier_of
from platform_lib.core.aws import YEAR_OF_LOGS, default_log_retention, partition_of
from platform_lib.core.aws_bucket_plan import BucketPlan
from platform_lib.core.context import DataClassification
from platform_lib.core.errors import Finding, PlanError

DEFAULT_TIMESTAMP = "event_timestamp"
DEFAULT_TIMEOUT_MINUTES = 60
LEASE_MARGIN_SECONDS = 300
"""How much longer a lease lasts than a run may: a run that hangs is ended before another one can begin."""

TEMPORARY_DAYS = 7
TEMPORARY = ("unload/", "entity_df/", "logged_features/", "results/")
"""What Feast and Athena put below the staging location, and nobody needs afterwards (Feast 0.67,
``athena_offline_store``): ``entity_df/`` is always looked for at the root of the bucket, so that the staging location
is the bucket itself."""


def plan_store(name: str, args: FeatureStoreArgs, *, subject: str) -> StorePlan:
    """The store that the arguments describe.

    Args:
        name: of the component.
        args: what is asked.
        subject: whose arguments they are, for messages.

    Raises:
        PlanError: names given twice or too long for what they name, entities or views that are not known, times that
            contradict each other, expressions that cannot be computed, more sensitive features than the context
            allows, no copies outside ``dev``, a contract with consumers that is broken; all that is found at once.
    """
    network = args.network
    if network.cloud not in (None, "aws"):
        problem = f"is not on AWS, where this component makes its stores, got {network.cloud.value!r}"
        raise PlanError(subject, [Finding("network.cloud", problem, "give a network on AWS")])
    tier, wrong_tier = tier_of(network, args.tier, path="tier")
    entities = {entity.name: _entity(entity) for entity in args.entities}
    highest = args.context.data_classification
    plan = StorePlan(
        name=name,
        region=network.region,
        partition=partition_of(network.region),
        project=args.project or f"{name}_{args.context.environment}".replace("-", "_"),
        tier=tier,
        entities=tuple(entities.values()),
        views=(
            *(_batch(view, entities, args) for view in args.batch_views or ()),
            *(_stored(view, ViewKind.STREAM, entities, args) for view in args.stream_views or ()),
        ),
        request_views=tuple(_request(view, args) for view in args.request_views or ()),
        retired=tuple(_retired(view) for view in args.retired_views or ()),
        bucket=BucketPlan(
            "data",
            retention_days=YEAR_OF_LOGS,
            keeps_current=True,
            temporary=tuple((prefix, TEMPORARY_DAYS) for prefix in TEMPORARY),
        ),
        task=_task(args.materialisation or MaterialisationArgs()),
        serving=_serving(args.serving or ServingArgs()),
        stream=_stream_plan(args.stream or StreamArgs()) if args.stream_views else None,
        log_retention_days=args.log_retention_days or default_log_retention(args.context),
        deletion_protection=args.context.protects if args.deletion_protection is None else args.deletion_protection,
    )
    findings = [*wrong_tier, *check_store(args, plan, highest), *check_contract(plan, args.pinned_contract)]
    if findings:
        raise PlanError(subject, findings)
    return plan


def notices(plan: StorePlan, *, subject: str) -> list[str]:
    """What a preview says about views that are no more."""
    told = []
    for index, view in enumerate(plan.retired):
        text = f"{subject}: retired_views[{index}]: {view.name!r} is retired; "
        if view.released:
            text += f"its table {plan.table(view.name)!r} is no longer protected and goes with the entry"
        elif plan.deletion_protection:
            text += f"its table {plan.table(view.name)!r} and its files stay, protected, until {view.until}"
        else:
            table = f"its table {plan.table(view.name)!r}, which DynamoDB does not protect,"
            text += f"{table} and its files stay with the entry"
        if view.replaced_by:
            text += f"; {view.replaced_by!r} begins empty: copy values before consumers move"
        told.append(text)
    return told


def _entity(asked: EntityArgs) -> EntityPlan:
    return EntityPlan(
        asked.name, asked.join_key or asked.name, asked.type or FeatureType.STRING, asked.description or ""
    )


def _features(asked: Sequence[FeatureArgs], otherwise: DataClassification) -> tuple[FeaturePlan, ...]:
    return tuple(
        FeaturePlan(one.name, one.type, one.description or "", (one.sensitivity or otherwise).value) for one in asked
    )


def _highest(features: Sequence[FeaturePlan]) -> str:
    order = [one.value for one in DataClassification]
    return max((feature.sensitivity for feature in features), key=order.index)


def _batch(asked: BatchViewArgs, entities: Mapping[str, EntityPlan], args: FeatureStoreArgs) -> ViewPlan:
    return replace(
        _stored(asked, ViewKind.BATCH, entities, args),
        every_minutes=asked.every_minutes,
        delay_minutes=delay_of(asked),
        backfill_minutes=asked.backfill_minutes or asked.ttl_minutes,
    )


def _stored(
    asked: BatchViewArgs | StreamViewArgs, kind: ViewKind, entities: Mapping[str, EntityPlan], args: FeatureStoreArgs
) -> ViewPlan:
    """A view with a table; entities that are not known are left out, which is a finding."""
    features = _features(asked.features, asked.sensitivity or args.context.data_classification)
    return ViewPlan(
        name=asked.name,
        kind=kind,
        entities=tuple(entities[name] for name in asked.entities if name in entities),
        features=features,
        ttl_minutes=asked.ttl_minutes,
        freshness_minutes=freshness_of(asked),
        timestamp_column=asked.timestamp_column or DEFAULT_TIMESTAMP,
        created_column=asked.created_column or "",
        description=asked.description or "",
        owner=asked.owner or args.context.owner,
        sensitivity=_highest(features),
    )


def _request(asked: RequestViewArgs, args: FeatureStoreArgs) -> RequestViewPlan:
    otherwise = args.context.data_classification
    return RequestViewPlan(
        name=asked.name,
        inputs=tuple((one.name, one.type) for one in asked.inputs or ()),
        views=tuple(asked.views or ()),
        features=tuple(
            FeaturePlan(one.name, one.type, "", (one.sensitivity or otherwise).value, one.expression.strip())
            for one in asked.features
        ),
        description=asked.description or "",
        owner=asked.owner or args.context.owner,
    )


def _retired(asked: RetiredViewArgs) -> RetiredPlan:
    return RetiredPlan(asked.name, asked.until, asked.replaced_by or "", asked.data_released is True)


def _task(asked: MaterialisationArgs) -> TaskPlan:
    vcpu = int(asked.vcpu or 1)
    seconds = (asked.timeout_minutes or DEFAULT_TIMEOUT_MINUTES) * 60
    return TaskPlan(vcpu * 1024, (asked.memory_gib or 4 * vcpu) * 1024, seconds, seconds + LEASE_MARGIN_SECONDS)


def _serving(asked: ServingArgs) -> ServingPlan:
    return ServingPlan(
        memory_mib=asked.memory_mib or 2048,
        concurrency=asked.concurrency or 20,
        timeout_seconds=asked.timeout_seconds or 10,
        latency_ms=asked.latency_ms or 200,
        registry_seconds=asked.registry_seconds or 60,
    )


def _stream_plan(asked: StreamArgs) -> StreamPlan:
    return StreamPlan(
        retention_hours=asked.retention_hours or 168,
        batch_size=asked.batch_size or 100,
        retries=5 if asked.retries is None else asked.retries,
    )
