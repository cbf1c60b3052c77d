"""What runs on a schedule: tasks of Fargate that copy values and apply definitions, and what starts them.

A run that fails is tried again by its own execution; that no two work on one view at a time, and that a watermark moves
on success only, the task sees to (``platform_lib/runtime/feature_store``).
"""

import json
from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi_aws import ecs, iam, scheduler, sfn

from platform_lib.components.features import policies
from platform_lib.components.features.maker import Maker, Surroundings
from platform_lib.components.features.planning.model import StorePlan
from platform_lib.core.naming import physical

CONTAINER = "job"
RETRIES = 2
RETRY_SECONDS = 60
CATCH_UP_MINUTES = 60
"""How late a schedule may still start a run that it could not start in time."""


class JobMaker:
    """Makes the jobs of one store."""

    def __init__(
        self, maker: Maker, plan: StorePlan, documents: policies.Documents, key_arn: pulumi.Input[str]
    ) -> None:
        self._maker = maker
        self._plan = plan
        self._documents = documents
        self._key_arn = key_arn

    def make(self, around: Surroundings, ready: Sequence[pulumi.Resource]) -> tuple[sfn.StateMachine, sfn.StateMachine]:
        """Machines that copy values, and that apply definitions; ``ready`` is what runs need to find."""
        maker = self._maker
        name = maker.name("tasks")
        self._around = around
        self._cluster = ecs.Cluster(
            name,
            region=self._plan.region,
            settings=[{"name": "containerInsights", "value": "enabled"}],
            tags=maker.tags(name),
            opts=maker.options(),
        )
        trust = self._documents.trust("ecs-tasks")
        execution = maker.role(
            "execution-role",
            "Starts tasks: image and logs",
            trust,
            self._documents.execution(around.image, around.log_group.arn),
        )
        self.materialise_role = maker.role(
            "materialise-role", "Copies values online", trust, self._documents.materialise()
        )
        self.apply_role = maker.role("apply-role", "Applies definitions", trust, self._documents.apply())
        tasks = [
            self._make_task("materialise", execution, self.materialise_role),
            self._make_task("apply", execution, self.apply_role),
        ]
        states = maker.bare_role("states-role", "Runs tasks to their end", self._documents.trust("states"))
        roles = [execution.arn, self.materialise_role.arn, self.apply_role.arn]
        granted = maker.grant(states, "states-role-policy", self._documents.states([task.arn for task in tasks], roles))
        machines = [
            self._make_machine("materialise", tasks[0], states, [*ready, granted], with_view=True),
            self._make_machine("apply", tasks[1], states, [*ready, granted], with_view=False),
        ]
        return machines[0], machines[1]

    def _make_task(self, module: str, execution: iam.Role, role: iam.Role) -> ecs.TaskDefinition:
        name = self._maker.name(f"{module}-task")
        environment = {**self._around.environment, "LEASE_SECONDS": str(self._plan.task.lease_seconds)}
        container = {
            "name": CONTAINER,
            "image": self._around.image,
            "essential": True,
            "entryPoint": ["python", "-m"],
            "command": [f"feature_store.{module}"],
            "environment": [{"name": key, "value": value} for key, value in sorted(environment.items())],
            "readonlyRootFilesystem": True,
            "user": "1000",
            "mountPoints": [{"sourceVolume": "tmp", "containerPath": "/tmp"}],  # noqa: S108 - a volume of the task
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": self._around.log_group.name,
                    "awslogs-region": self._plan.region,
                    "awslogs-stream-prefix": module,
                },
            },
        }
        return ecs.TaskDefinition(
            name,
            region=self._plan.region,
            family=name,
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(self._plan.task.cpu),
            memory=str(self._plan.task.memory_mib),
            execution_role_arn=execution.arn,
            task_role_arn=role.arn,
            volumes=[{"name": "tmp"}],
            container_definitions=pulumi.Output.json_dumps([container]),
            tags=self._maker.tags(name),
            opts=self._maker.options(),
        )

    def _make_machine(
        self,
        role: str,
        task: ecs.TaskDefinition,
        states: iam.Role,
        ready: Sequence[pulumi.Resource],
        *,
        with_view: bool,
    ) -> sfn.StateMachine:
        """A machine; the name of a view is all that it ever holds, so that the key of AWS will do.

        With a key of the account, logs are delivered only where the key's policy lets CloudWatch Logs decrypt
        (https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html), which a key for data does not.
        """
        name = self._maker.name(role)
        return sfn.StateMachine(
            name,
            region=self._plan.region,
            role_arn=states.arn,
            type="STANDARD",
            definition=self._definition(task.arn, with_view=with_view),
            logging_configuration={
                "level": "ERROR",
                "include_execution_data": False,
                "log_destination": pulumi.Output.concat(self._around.log_group.arn, ":*"),
            },
            tracing_configuration={"enabled": True},
            tags=self._maker.tags(name),
            opts=self._maker.options(depends_on=list(ready)),
        )

    def _definition(self, task_arn: pulumi.Output[str], *, with_view: bool) -> pulumi.Output[str]:
        """One task, run to its end: https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html."""
        environment: list[dict[str, Any]] = [{"Name": "OWNER", "Value.$": "$$.Execution.Name"}]
        if with_view:
            environment.append({"Name": "VIEW", "Value.$": "$.view"})
        overrides = {"ContainerOverrides": [{"Name": CONTAINER, "Environment": environment}]}
        place = {
            "Subnets": list(self._around.subnet_ids),
            "SecurityGroups": [self._around.security_group_id],
            "AssignPublicIp": "DISABLED",
        }
        run = {
            "Type": "Task",
            "Resource": f"arn:{self._plan.partition}:states:::ecs:runTask.sync",
            "TimeoutSeconds": self._plan.task.timeout_seconds,
            "Parameters": {
                "LaunchType": "FARGATE",
                "Cluster": self._cluster.arn,
                "TaskDefinition": task_arn,
                "PropagateTags": "TASK_DEFINITION",
                "NetworkConfiguration": {"AwsvpcConfiguration": place},
                "Overrides": overrides,
            },
            # A run that takes too long is not tried again: the next one on schedule goes on where it began.
            "Retry": [
                {
                    "ErrorEquals": ["States.TaskFailed"],
                    "IntervalSeconds": RETRY_SECONDS,
                    "MaxAttempts": RETRIES,
                    "BackoffRate": 2,
                }
            ],
            "End": True,
        }
        return pulumi.Output.json_dumps({"StartAt": "Run", "States": {"Run": run}})

    def schedule(self, role: iam.Role, materialise_arn: pulumi.Output[str], watch_arn: pulumi.Output[str]) -> None:
        """Starts a run of each batch view when it is due, and the watch every minute."""
        name = self._maker.name("schedules")
        group = scheduler.ScheduleGroup(
            name, region=self._plan.region, tags=self._maker.tags(name), opts=self._maker.options()
        )
        for view in self._plan.batch_views:
            self._make_schedule(
                self._maker.name("schedule", view.name),
                view.name,
                group,
                role,
                materialise_arn,
                minutes=view.every_minutes,
                told={"view": view.name},
            )
        # No view has a name with a hyphen.
        self._make_schedule(
            self._maker.name("watch-schedule"), "watch-store", group, role, watch_arn, minutes=1, told={}
        )

    def _make_schedule(
        self,
        name: str,
        physical_name: str,
        group: scheduler.ScheduleGroup,
        role: iam.Role,
        target_arn: pulumi.Output[str],
        *,
        minutes: int,
        told: dict[str, str],
    ) -> None:
        scheduler.Schedule(
            name,
            region=self._plan.region,
            name=physical("aws:scheduler/schedule:Schedule", physical_name),
            group_name=group.name,
            description=f"Every {minutes} minutes" if minutes > 1 else "Every minute",
            schedule_expression=f"rate({minutes} minutes)" if minutes > 1 else "rate(1 minute)",
            flexible_time_window={"mode": "OFF"},
            kms_key_arn=self._key_arn,
            target={
                "arn": target_arn,
                "role_arn": role.arn,
                "input": json.dumps(told),
                "retry_policy": {
                    "maximum_event_age_in_seconds": min(minutes, CATCH_UP_MINUTES) * 60,
                    "maximum_retry_attempts": 3,
                },
            },
            opts=self._maker.options(),
        )
