"""Whether the names that a store's tables and columns get are ones that AWS takes. Pure.

A view's name is the name of its table in Glue, a part of that of its table in DynamoDB, and the name of its schedule.
"""

from platform_lib.components.features.args import FeatureStoreArgs
from platform_lib.components.features.arguments.name import LONGEST_PROJECT, SNAKE
from platform_lib.components.features.kind import ViewKind
from platform_lib.components.features.planning.model import StorePlan
from platform_lib.core.errors import Finding
from platform_lib.core.name_rules import NAME_RULES
from platform_lib.core.naming import check_automatic

TABLE = "aws:dynamodb/table:Table"
GLUE_TABLE = "aws:glue/catalogTable:CatalogTable"
SCHEDULE = "aws:scheduler/schedule:Schedule"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"

_WORDS = (
    "all alter and any as between by case cast constraint create cross cube current_date current_time "
    "current_timestamp current_user deallocate delete describe distinct drop else end escape except execute exists "
    "extract false first for from full group grouping having in inner insert intersect into is join last left like "
    "localtime localtimestamp natural normalize not null on or order outer prepare recursive right rollup select "
    "skip table then trim true uescape union unnest using values when where with"
)
RESERVED = frozenset(_WORDS.split())
"""Words that cannot be names in queries unless they are quoted, which Feast does not
(https://docs.aws.amazon.com/athena/latest/ug/reserved-words.html)."""


def check_names(args: FeatureStoreArgs, plan: StorePlan) -> list[Finding]:
    """Names that are too long for what they name, and words that queries keep for themselves."""
    paths = [f"batch_views[{index}]" for index, _ in enumerate(args.batch_views or ())]
    paths += [f"stream_views[{index}]" for index, _ in enumerate(args.stream_views or ())]
    findings = []
    if len(plan.project) > LONGEST_PROJECT or not SNAKE.fullmatch(plan.project):
        problem = f"is not given, and {plan.project!r} is no name of at most {LONGEST_PROJECT} characters"
        findings.append(Finding("project", problem, "give one of lower-case letters and digits joined by single '_'"))
    for path, view in zip(paths, plan.views, strict=True):
        findings += _too_long(plan, view.name, f"{path}.name", scheduled=view.kind is ViewKind.BATCH)
        columns = [("name", view.name), ("timestamp_column", view.timestamp_column)]
        columns += [("created_column", view.created_column)] if view.created_column else []
        columns += [(f"features[{index}].name", feature.name) for index, feature in enumerate(view.features)]
        findings += [_reserved(f"{path}.{field}", name) for field, name in columns if name in RESERVED]
    for index, retired in enumerate(plan.retired):
        findings += _too_long(plan, retired.name, f"retired_views[{index}].name", scheduled=False)
    for index, entity in enumerate(plan.entities):
        if entity.join_key in RESERVED:
            field = "name" if args.entities[index].join_key is None else "join_key"
            findings.append(_reserved(f"entities[{index}].{field}", entity.join_key))
    return [*findings, *check_automatic(automatic_names(plan))]


def _reserved(path: str, name: str) -> Finding:
    return Finding(path, f"is a word of queries in Athena, got {name!r}", "use another name")


def _too_long(plan: StorePlan, name: str, path: str, *, scheduled: bool) -> list[Finding]:
    """The first limit that a name is over, beginning with the tables."""
    named = [
        (TABLE, plan.table(name), "the table in DynamoDB"),
        (GLUE_TABLE, name, "the table in Glue"),
        (ALARM, f"{plan.name}-freshness-{name}-1234567", "the alarm"),
    ]
    if scheduled:
        named.append((SCHEDULE, name, "the schedule"))
    for token, physical, what in named:
        excess = len(physical) - NAME_RULES[token].longest
        if excess > 0:
            problem = f"is {excess} too long for the name of {what} (at most {NAME_RULES[token].longest} characters)"
            return [Finding(path, f"{problem}, got {len(name)}", f"shorten it by {excess} characters")]
    return []


def automatic_names(plan: StorePlan) -> list[tuple[str, str]]:
    """Type token and logical name of the children with an automatic physical name, the longest of each type.

    Alarms about views are not among them: their names depend on those of views.
    """
    name = plan.name
    names = [
        ("aws:s3/bucket:Bucket", f"{name}-data"),
        ("aws:athena/workgroup:Workgroup", f"{name}-queries"),
        ("aws:cloudwatch/logGroup:LogGroup", f"{name}-logs"),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", f"{name}-materialise-failed"),
        ("aws:ec2/securityGroup:SecurityGroup", f"{name}-outward"),
        ("aws:ecs/cluster:Cluster", f"{name}-tasks"),
        ("aws:iam/policy:Policy", f"{name}-replication-role-policy"),
        ("aws:iam/role:Role", f"{name}-replication-role"),
        ("aws:lambda/function:Function", f"{name}-serve"),
        ("aws:scheduler/scheduleGroup:ScheduleGroup", f"{name}-schedules"),
        ("aws:sfn/stateMachine:StateMachine", f"{name}-materialise"),
    ]
    if plan.stream is not None:
        names += [("aws:kinesis/stream:Stream", f"{name}-events"), ("aws:sqs/queue:Queue", f"{name}-undelivered")]
    return names
