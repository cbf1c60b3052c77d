"""Glue, Athena, Kinesis, Step Functions and EventBridge Scheduler (their API references)."""

from typing import Final

from platform_lib.sandbox.cloud.aws.shared import error, key_of, role_of
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules

_GROUP: Final = ("aws:scheduler/scheduleGroup:ScheduleGroup",)
_DATABASE: Final = ("aws:glue/catalogDatabase:CatalogDatabase",)


def _catalogue(request: Request) -> str:
    return str(request.get("catalogId") or request.account)


def _schedule_id(request: Request) -> str:
    return f"{request.get('groupName') or 'default'}/{request.get('name')}"


RULES: Final[dict[str, TypeRules]] = {
    "aws:glue/catalogDatabase:CatalogDatabase": TypeRules(
        source="Glue API reference, CreateDatabase; ids of the provider are <catalogue>:<name>",
        id=lambda request: f"{_catalogue(request)}:{request.get('name')}",
        arn="arn:{partition}:glue:{region}:{account}:database/{name}",
        compute=lambda request: {"catalogId": _catalogue(request)},
        exists=error("Glue", "CreateDatabase", "AlreadyExistsException", "Database already exists."),
    ),
    "aws:glue/catalogTable:CatalogTable": TypeRules(
        source="Glue API reference, CreateTable; a database that is deleted takes its tables along",
        references=(
            Reference(
                "databaseName",
                _DATABASE,
                error("Glue", "CreateTable", "EntityNotFoundException", "Database {value} not found."),
            ),
        ),
        id=lambda request: f"{_catalogue(request)}:{request.get('databaseName')}:{request.get('name')}",
        arn="arn:{partition}:glue:{region}:{account}:table/{databaseName}/{name}",
        compute=lambda request: {"catalogId": _catalogue(request)},
        exists=error("Glue", "CreateTable", "AlreadyExistsException", "Table already exists."),
    ),
    "aws:athena/workgroup:Workgroup": TypeRules(
        source="Athena API reference, CreateWorkGroup",
        id="{name}",
        exists=error("Athena", "CreateWorkGroup", "InvalidRequestException", "WorkGroup is already created"),
    ),
    "aws:kinesis/stream:Stream": TypeRules(
        source="Kinesis API reference, CreateStream",
        references=(key_of("Kinesis", "StartStreamEncryption", "kmsKeyId"),),
        id=lambda request: request.arn("kinesis", f"stream/{request.get('name')}"),
        compute=lambda request: {"arn": request.id},
        exists=error("Kinesis", "CreateStream", "ResourceInUseException", "Stream {name} already exists."),
    ),
    "aws:sfn/stateMachine:StateMachine": TypeRules(
        source="Step Functions API reference, CreateStateMachine",
        references=(role_of("SFN", "CreateStateMachine", "roleArn"),),
        id=lambda request: request.arn("states", f"stateMachine:{request.get('name')}"),
        compute=lambda request: {"arn": request.id, "status": "ACTIVE"},
        exists=error(
            "SFN", "CreateStateMachine", "StateMachineAlreadyExists", "State Machine Already Exists: '{name}'"
        ),
    ),
    "aws:scheduler/scheduleGroup:ScheduleGroup": TypeRules(
        source="EventBridge Scheduler API reference, CreateScheduleGroup",
        id="{name}",
        arn="arn:{partition}:scheduler:{region}:{account}:schedule-group/{name}",
        defaults={"state": "ACTIVE"},
        exists=error("Scheduler", "CreateScheduleGroup", "ConflictException", "Schedule group {name} already exists."),
    ),
    "aws:scheduler/schedule:Schedule": TypeRules(
        source="EventBridge Scheduler API reference, CreateSchedule; ids of the provider are <group>/<name>",
        references=(
            Reference(
                "groupName",
                _GROUP,
                error(
                    "Scheduler",
                    "CreateSchedule",
                    "ResourceNotFoundException",
                    "Schedule group {value} does not exist.",
                ),
            ),
            role_of("Scheduler", "CreateSchedule", "target.roleArn"),
        ),
        id=_schedule_id,
        arn="arn:{partition}:scheduler:{region}:{account}:schedule/{id}",
        exists=error("Scheduler", "CreateSchedule", "ConflictException", "Schedule {name} already exists."),
    ),
}
