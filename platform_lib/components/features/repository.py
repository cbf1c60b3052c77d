"""The repository that Feast reads: ``feature_store.yaml``, definitions in Python, and what jobs know of the views.

Rendered from the same plan as the resources, so that the two cannot differ. Checked against Feast 0.67. Pure.
"""

import ast
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from platform_lib.components.features.kind import FeatureType, ViewKind
from platform_lib.components.features.planning.expression import names_in
from platform_lib.components.features.planning.model import (
    PARTITION_COLUMN,
    EntityPlan,
    FeaturePlan,
    RequestViewPlan,
    StorePlan,
    ViewPlan,
)

CATALOGUE = "AwsDataCatalog"
REGISTRY_KEY = "registry/registry.db"
BUNDLE_KEY = "repository/bundle.json"
VIEWS_PREFIX = "views"
TABLE_TEMPLATE = "{project}.{table_name}"
"""Feast's own default, written out: the component makes the tables under these names."""

KEY_SERIALISATION = 3
"""The newest way in which Feast writes keys of entities; another one would find no value any more."""


def files(plan: StorePlan, *, bucket: str, workgroup: str) -> dict[str, str]:
    """The files of the repository by name.

    Args:
        plan: of the store.
        bucket: name of its bucket.
        workgroup: name of its workgroup in Athena.
    """
    return {
        "feature_store.yaml": configuration(plan, bucket=bucket, workgroup=workgroup),
        "definitions.py": definitions(plan),
        "views.json": json.dumps(views(plan), indent=2, sort_keys=True) + "\n",
    }


def bundle(found: Mapping[str, str]) -> str:
    """The files as one text, so that nobody reads half of a change."""
    return json.dumps({"files": dict(found), "digest": digest(found)}, sort_keys=True)


def digest(found: Mapping[str, str]) -> str:
    """What tells one state of the files from another."""
    return hashlib.sha256(json.dumps(dict(found), sort_keys=True).encode()).hexdigest()


def configuration(plan: StorePlan, *, bucket: str, workgroup: str) -> str:
    """``feature_store.yaml``."""
    return f"""\
project: {plan.project}
provider: aws
registry:
  path: {_text(f"s3://{bucket}/{REGISTRY_KEY}")}
  cache_ttl_seconds: {plan.serving.registry_seconds}
online_store:
  type: dynamodb
  region: {plan.region}
  table_name_template: {_text(TABLE_TEMPLATE)}
offline_store:
  type: athena
  region: {plan.region}
  data_source: {CATALOGUE}
  database: {plan.project}
  workgroup: {_text(workgroup)}
  s3_staging_location: {_text(f"s3://{bucket}")}
materialization:
  pull_latest_features: true
entity_key_serialization_version: {KEY_SERIALISATION}
"""


def views(plan: StorePlan) -> dict[str, Any]:
    """What jobs and functions have to know of each view, by its name."""
    told: dict[str, Any] = {}
    for view in plan.views:
        times = {"delay_seconds": view.delay_minutes * 60, "backfill_seconds": view.backfill_minutes * 60}
        events = {
            "source": push_source(view.name),
            "columns": [name for name, _ in view.columns],
            "timestamp": view.timestamp_column,
            "created": view.created_column,
        }
        told[view.name] = {
            "kind": view.kind.value,
            "keys": [entity.join_key for entity in view.entities],
            "features": [feature.name for feature in view.features],
            "ttl_seconds": view.ttl_minutes * 60,
            **(times if view.kind is ViewKind.BATCH else events),
        }
    for request in plan.request_views:
        told[request.name] = {
            "kind": ViewKind.REQUEST.value,
            "inputs": [name for name, _ in request.inputs],
            "views": list(request.views),
            "features": [feature.name for feature in request.features],
        }
    return told


def push_source(view: str) -> str:
    """Name of the source that events of a stream view are pushed into."""
    return f"{view}_push"


def definitions(plan: StorePlan) -> str:
    """The definitions in Python."""
    parts = [
        f'"""Definitions of the feature store {plan.project}, generated from its specification: change that."""',
        _imports(plan),
    ]
    parts += map(_entity, plan.entities)
    for view in plan.views:
        parts += _stored(plan, view)
    for request in plan.request_views:
        parts += _computed(request)
    return "\n\n".join(parts) + "\n"


def _entity(entity: EntityPlan) -> str:
    return _call(
        f"{entity.name}_entity = Entity",
        name=repr(entity.name),
        join_keys=f"[{entity.join_key!r}]",
        value_type=f"ValueType.{entity.type.name}",
        description=repr(entity.description),
    )


def _imports(plan: StorePlan) -> str:
    kinds = {kind for view in plan.views for _, kind in view.columns}
    kinds |= {kind for request in plan.request_views for _, kind in request.inputs}
    kinds |= {feature.type for request in plan.request_views for feature in request.features}
    words = {word for kind in kinds for word in kind.in_feast.replace(")", "").split("(")}
    feast = ["Entity", "FeatureView", "Field"]
    feast += ["PushSource"] if plan.stream_views else []
    feast += ["RequestSource"] if any(request.inputs for request in plan.request_views) else []
    lines = [
        "from datetime import timedelta",
        "",
        f"from feast import {', '.join(sorted(feast))}",
        "from feast.infra.offline_stores.contrib.athena_offline_store.athena_source import AthenaSource",
    ]
    if plan.request_views:
        lines.append("from feast.on_demand_feature_view import on_demand_feature_view")
    lines += [f"from feast.types import {', '.join(sorted(words))}", "from feast.value_type import ValueType"]
    return "\n".join(lines)


def _stored(plan: StorePlan, view: ViewPlan) -> list[str]:
    created = {"created_timestamp_column": repr(view.created_column)} if view.created_column else {}
    source = f"{view.name}_source"
    parts = [
        _call(
            f"{source} = AthenaSource",
            name=repr(source),
            data_source=repr(CATALOGUE),
            database=repr(plan.project),
            table=repr(view.name),
            timestamp_field=repr(view.timestamp_column),
            **created,
            date_partition_column=repr(PARTITION_COLUMN),
        )
    ]
    if view.kind is ViewKind.STREAM:
        pushed = f"{view.name}_push"
        parts.append(_call(f"{pushed} = PushSource", name=repr(push_source(view.name)), batch_source=source))
        source = pushed
    fields = [_field(entity.join_key, entity.type) for entity in view.entities]
    parts.append(
        _call(
            f"{view.name}_view = FeatureView",
            name=repr(view.name),
            entities=f"[{', '.join(f'{entity.name}_entity' for entity in view.entities)}]",
            ttl=f"timedelta(minutes={view.ttl_minutes})",
            schema=_listed([*fields, *map(_feature, view.features)]),
            source=source,
            online="True",
            description=repr(view.description),
            owner=repr(view.owner),
            tags=repr({"sensitivity": view.sensitivity}),
        )
    )
    return parts


def _computed(view: RequestViewPlan) -> list[str]:
    parts = []
    sources = [f"{name}_view" for name in view.views]
    if view.inputs:
        fields = _listed([_field(name, kind) for name, kind in view.inputs])
        parts.append(_call(f"{view.name}_request = RequestSource", name=repr(f"{view.name}_request"), schema=fields))
        sources.append(f"{view.name}_request")
    decorator = _call(
        "@on_demand_feature_view",
        name=repr(view.name),
        sources=f"[{', '.join(sources)}]",
        # Feast compares them with what it finds by itself: anything more than name and type would be a difference.
        schema=_listed([_field(feature.name, feature.type) for feature in view.features]),
        mode="'python'",
        description=repr(view.description),
        owner=repr(view.owner),
        tags=repr({f"sensitivity.{feature.name}": feature.sensitivity for feature in view.features}),
    )
    body = "".join(f"        {feature.name!r}: {_rows(feature)},\n" for feature in view.features)
    return [*parts, f"{decorator}\ndef {view.name}_view(inputs):\n    return {{\n{body}    }}"]


def _rows(feature: FeaturePlan) -> str:
    """The values of a feature for all rows; none where a name of its expression has none."""
    names = names_in(feature.expression)
    missing = " or ".join(f"{name} is None" for name in names)
    columns = ", ".join(f"inputs[{name!r}]" for name in names)
    value = f"None if {missing} else ({ast.unparse(ast.parse(feature.expression, mode='eval'))})"
    return f"[{value} for {', '.join(names)}, in zip({columns}, strict=True)]"


def _field(name: str, kind: FeatureType) -> str:
    return f"Field(name={name!r}, dtype={kind.in_feast})"


def _feature(feature: FeaturePlan) -> str:
    tags = repr({"sensitivity": feature.sensitivity})
    described = f", description={feature.description!r}" if feature.description else ""
    return f"Field(name={feature.name!r}, dtype={feature.type.in_feast}{described}, tags={tags})"


def _listed(items: Sequence[str]) -> str:
    return "[\n" + "".join(f"        {item},\n" for item in items) + "    ]"


def _call(start: str, **arguments: str) -> str:
    return f"{start}(\n" + "".join(f"    {name}={value},\n" for name, value in arguments.items()) + ")"


def _text(value: str) -> str:
    """A text as YAML takes it, whatever is in it."""
    return json.dumps(value)
