"""What is wrong with the views, entities and sizes of a store. Pure."""

from collections.abc import Iterator, Sequence

from platform_lib.components.features.args import FeatureStoreArgs
from platform_lib.components.features.arguments.view import BatchViewArgs, RequestViewArgs, StreamViewArgs
from platform_lib.components.features.kind import COMPUTED_TYPES, FeatureType
from platform_lib.components.features.planning.expression import FUNCTIONS, problem_with, wrong_result
from platform_lib.components.features.planning.model import PARTITION_COLUMN, StorePlan
from platform_lib.components.features.planning.names import check_names
from platform_lib.components.features.planning.timing import check_batch, check_stream
from platform_lib.core.context import DataClassification
from platform_lib.core.errors import Finding, near

_FARGATE_GIB = {1: range(2, 9), 2: range(4, 17), 4: range(8, 31), 8: range(16, 61, 4)}
"""Memory that tasks of Fargate may have, in GiB by their processors
(https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size)."""


def check_store(args: FeatureStoreArgs, plan: StorePlan, highest: DataClassification) -> list[Finding]:
    """All that can be said without knowing what was there before.

    Args:
        args: what is asked.
        plan: what was made of it.
        highest: the most sensitive data that the store may hold.
    """
    findings = [*_check_entities(args), *_check_view_names(args)]
    for path, view in stored_views(args):
        findings += _check_stored(view, args, path)
        findings += check_batch(view, path) if isinstance(view, BatchViewArgs) else check_stream(view, path)
    for index, asked in enumerate(args.request_views or ()):
        findings += _check_request(asked, plan, f"request_views[{index}]")
    if not plan.views:
        problem = "are not given, nor are stream_views: a store without either holds nothing"
        findings.append(Finding("batch_views", problem, "add one"))
    return [
        *findings,
        *_check_sensitivity(args, plan, highest),
        *_check_retired(args),
        *_check_running(args, plan),
        *_check_copies(args, plan),
        *check_names(args, plan),
    ]


def stored_views(args: FeatureStoreArgs) -> Iterator[tuple[str, BatchViewArgs | StreamViewArgs]]:
    """The views with tables, each with its path."""
    for index, batch in enumerate(args.batch_views or ()):
        yield f"batch_views[{index}]", batch
    for index, stream in enumerate(args.stream_views or ()):
        yield f"stream_views[{index}]", stream


def _every_view(args: FeatureStoreArgs) -> list[tuple[str, str]]:
    """Path and name of every view."""
    requests = [(f"request_views[{index}]", view.name) for index, view in enumerate(args.request_views or ())]
    return [*((path, view.name) for path, view in stored_views(args)), *requests]


def _check_entities(args: FeatureStoreArgs) -> list[Finding]:
    names = [entity.name for entity in args.entities]
    return [
        Finding(f"entities[{index}].name", f"is given twice, got {name!r}", "use another name")
        for index, name in enumerate(names)
        if name in names[:index]
    ]


def _check_view_names(args: FeatureStoreArgs) -> list[Finding]:
    first: dict[str, str] = {}
    findings = []
    for path, name in _every_view(args):
        if first.setdefault(name, path) != path:
            problem = f"is the name of {first[name]} already, got {name!r}"
            findings.append(Finding(f"{path}.name", problem, "a view has one name, whatever its kind"))
        if name.startswith("feast_"):
            problem = f"begins as Feast calls its temporary tables, got {name!r}"
            findings.append(Finding(f"{path}.name", problem, "use another name"))
    return findings


def _check_stored(view: BatchViewArgs | StreamViewArgs, args: FeatureStoreArgs, path: str) -> list[Finding]:
    known = {entity.name: entity.join_key or entity.name for entity in args.entities}
    findings = []
    columns: dict[str, str] = {PARTITION_COLUMN: "the column of days that files lie by"}
    for index, name in enumerate(view.entities):
        where = f"{path}.entities[{index}]"
        if name not in known:
            remedy = near(name, known) or f"use one of {', '.join(known)}"
            findings.append(Finding(where, f"is not an entity of the store, got {name!r}", remedy))
        elif known[name] in columns:
            findings.append(Finding(where, f"has the key of {columns[known[name]]}, got {known[name]!r}"))
        else:
            columns[known[name]] = f"entity {name!r}"
    times = (("timestamp_column", view.timestamp_column or "event_timestamp"), ("created_column", view.created_column))
    named = [(field, name) for field, name in times if name]
    named += [(f"features[{index}].name", feature.name) for index, feature in enumerate(view.features)]
    for field, name in named:
        if name in columns:
            problem = f"is {columns[name]} already, got {name!r}"
            findings.append(Finding(f"{path}.{field}", problem, "use another name"))
        columns.setdefault(name, f"{field} of the view")
    return findings


def _check_request(view: RequestViewArgs, plan: StorePlan, path: str) -> list[Finding]:
    stored = {one.name: one for one in reversed(plan.views)}
    findings = []
    known: dict[str, str] = {}
    types: dict[str, FeatureType] = {}
    for index, given in enumerate(view.inputs or ()):
        if given.name in known:
            findings.append(Finding(f"{path}.inputs[{index}].name", f"is given twice, got {given.name!r}"))
        if given.name in FUNCTIONS:
            problem = f"is the name of a function that expressions call, got {given.name!r}"
            findings.append(Finding(f"{path}.inputs[{index}].name", problem, "use another name"))
        known[given.name] = "inputs"
        types[given.name] = given.type
    for index, name in enumerate(view.views or ()):
        where = f"{path}.views[{index}]"
        if name not in stored:
            remedy = near(name, stored) or "name a batch or a stream view"
            findings.append(Finding(where, f"is not a view with a table, got {name!r}", remedy))
            continue
        for used in stored[name].features:
            if used.name in known:
                problem = f"has a feature {used.name!r}, which {known[used.name]} has too, got {name!r}"
                findings.append(Finding(where, problem, "expressions could not tell them apart: rename one"))
            known.setdefault(used.name, name)
            types.setdefault(used.name, used.type)
    if not view.inputs and not view.views:
        findings.append(Finding(path, "has neither inputs nor views, so that there is nothing to compute from"))
    names = [feature.name for feature in view.features]
    for index, feature in enumerate(view.features):
        if feature.name in names[:index]:
            findings.append(Finding(f"{path}.features[{index}].name", f"is given twice, got {feature.name!r}"))
        if feature.name in known:
            problem = f"is a name of {known[feature.name]} too, got {feature.name!r}"
            findings.append(Finding(f"{path}.features[{index}].name", problem, "use another name"))
        where = f"{path}.features[{index}]"
        if feature.type not in COMPUTED_TYPES.values():
            remedy = f"use one of {', '.join(one.value for one in COMPUTED_TYPES.values())}"
            findings.append(Finding(f"{where}.type", f"cannot be computed, got {feature.type.value!r}", remedy))
            continue
        expression = feature.expression.strip()
        if problem := problem_with(expression, known) or wrong_result(expression, types, feature.type):
            findings.append(Finding(f"{where}.expression", f"{problem}, got {feature.expression!r}"))
    return findings


def _check_sensitivity(args: FeatureStoreArgs, plan: StorePlan, highest: DataClassification) -> list[Finding]:
    order = [one.value for one in DataClassification]
    paths = [path for path, _ in _every_view(args)]
    features = [*(view.features for view in plan.views), *(view.features for view in plan.request_views)]
    findings = []
    for path, found in zip(paths, features, strict=True):
        for index, feature in enumerate(found):
            if order.index(feature.sensitivity) > order.index(highest.value):
                problem = f"is more sensitive than the store may hold ({highest.value}), got {feature.sensitivity!r}"
                remedy = "raise data_classification of the context, or leave the feature out"
                findings.append(Finding(f"{path}.features[{index}].sensitivity", problem, remedy))
    return findings


def _check_retired(args: FeatureStoreArgs) -> list[Finding]:
    live = [name for _, name in _every_view(args)]
    names = [view.name for view in args.retired_views or ()]
    findings = []
    for index, view in enumerate(args.retired_views or ()):
        path = f"retired_views[{index}]"
        if view.name in names[:index]:
            findings.append(Finding(f"{path}.name", f"is given twice, got {view.name!r}"))
        if view.name in live:
            problem = f"is a view of the store still, got {view.name!r}"
            findings.append(Finding(f"{path}.name", problem, "take it out of one of both"))
        if view.replaced_by is not None and view.replaced_by not in live:
            problem = f"is not a view of the store, got {view.replaced_by!r}"
            findings.append(Finding(f"{path}.replaced_by", problem, near(view.replaced_by, live)))
    return findings


def _check_running(args: FeatureStoreArgs, plan: StorePlan) -> list[Finding]:
    findings = []
    vcpu, gib = plan.task.cpu // 1024, plan.task.memory_mib // 1024
    sizes: Sequence[int] = _FARGATE_GIB[vcpu]
    if gib not in sizes:
        problem = f"is not a size that Fargate has for {vcpu} vcpu, got {gib}"
        step = f" in steps of {sizes[1] - sizes[0]}" if sizes[1] - sizes[0] > 1 else ""
        remedy = f"use {sizes[0]} to {sizes[-1]}{step}"
        findings.append(Finding("materialisation.memory_gib", problem, remedy))
    if args.stream is not None and not args.stream_views:
        findings.append(Finding("stream", "is given, but there are no stream_views", "leave it out"))
    return findings


def _check_copies(args: FeatureStoreArgs, plan: StorePlan) -> list[Finding]:
    if args.copies is None:
        if not args.context.protects:
            return []
        problem = "are required outside dev: what is lost with bucket and tables cannot be made again"
        return [Finding("copies", problem, "name a bucket in another region and a backup plan")]
    if args.copies.region != plan.region:
        return []
    problem = f"must be another region than that of the store, got {plan.region!r}"
    return [Finding("copies.region", problem, "a copy beside the original is lost with it")]
