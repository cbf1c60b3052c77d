"""What the parts of a store share when they make resources: names, tags, region, roles, alarms, functions."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import cloudwatch, iam, lambda_

from platform_lib.components.features.planning.model import StorePlan
from platform_lib.core.component import PlatformComponent


@dataclass(frozen=True)
class Surroundings:
    """Where tasks and functions of a store run, and what they are told.

    Attributes:
        environment: of every task and function.
        log_group: takes the logs of all.
    """

    image: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Output[str]
    environment: Mapping[str, pulumi.Input[str]]
    log_group: cloudwatch.LogGroup


class Maker:
    """Makes children of one store, all in one region and with the component's tags."""

    def __init__(
        self,
        component: PlatformComponent,
        plan: StorePlan,
        tags: Mapping[str, Any],
        alarm_topic_arn: pulumi.Input[str] | None,
    ) -> None:
        self._component = component
        self._plan = plan
        self._tags = tags
        self._actions = [] if alarm_topic_arn is None else [alarm_topic_arn]

    def name(self, role: str, key: str = "") -> str:
        """The logical name of a child."""
        return self._component.child_name(role, key)

    def tags(self, name: str, **more: str) -> dict[str, Any]:
        """The tags of a child."""
        return {**self._tags, "Name": name, **more}

    def options(self, *, stateful: bool = False, **more: Any) -> pulumi.ResourceOptions:
        """The options of a child."""
        return self._component.child_options(stateful=stateful, **more)

    def role(self, role: str, purpose: str, trust: pulumi.Output[str], document: pulumi.Output[str]) -> iam.Role:
        """A role that does what a document says."""
        made = self.bare_role(role, purpose, trust)
        self.grant(made, f"{role}-policy", document)
        return made

    def bare_role(self, role: str, purpose: str, trust: pulumi.Output[str]) -> iam.Role:
        """A role that may do nothing yet, since what it may do needs its own ARN, or that of what it runs."""
        name = self.name(role)
        return iam.Role(name, description=purpose, assume_role_policy=trust, tags=self.tags(name), opts=self.options())

    def policy(self, role: str, document: pulumi.Output[str]) -> iam.Policy:
        """A policy that is attached to nobody by itself."""
        name = self.name(role)
        return iam.Policy(name, policy=document, tags=self.tags(name), opts=self.options())

    def grant(self, role: iam.Role, name: str, document: pulumi.Output[str]) -> iam.RolePolicyAttachment:
        """Says what a role may do."""
        policy = self.policy(name, document)
        return iam.RolePolicyAttachment(
            f"{self.name(name)}-attachment", role=role.name, policy_arn=policy.arn, opts=self.options()
        )

    def attach_managed(self, role: iam.Role, child: str, paths: Sequence[str]) -> list[pulumi.Resource]:
        """Attaches policies that AWS manages, by the paths of their ARNs."""
        return [
            iam.RolePolicyAttachment(
                self.name(child, path.rpartition("/")[2].lower()),
                role=role.name,
                policy_arn=f"arn:{self._plan.partition}:iam::aws:policy/{path}",
                opts=self.options(),
            )
            for path in paths
        ]

    def alarm(self, role: str, description: str, key: str = "", **metric: Any) -> cloudwatch.MetricAlarm:
        """An alarm that tells the topic of the account."""
        name = self.name(role, key)
        return cloudwatch.MetricAlarm(
            name,
            region=self._plan.region,
            alarm_description=description,
            alarm_actions=self._actions,
            tags=self.tags(name),
            opts=self.options(),
            **metric,
        )

    def function(
        self,
        role: str,
        description: str,
        iam_role: iam.Role,
        around: Surroundings,
        *,
        module: str,
        memory_mib: int,
        timeout_seconds: int,
        concurrency: int,
        environment: Mapping[str, pulumi.Input[str]] | None = None,
        after: Sequence[pulumi.Resource] = (),
    ) -> lambda_.Function:
        """A function of the image, in the network, with its logs in the group of the store."""
        name = self.name(role)
        return lambda_.Function(
            name,
            region=self._plan.region,
            description=description,
            role=iam_role.arn,
            package_type="Image",
            image_uri=around.image,
            image_config={
                "entry_points": ["python", "-m", "awslambdaric"],
                "commands": [f"feature_store.{module}.handler"],
            },
            memory_size=memory_mib,
            timeout=timeout_seconds,
            reserved_concurrent_executions=concurrency,
            publish=True,
            environment={"variables": {**around.environment, **(environment or {})}},
            vpc_config={"subnet_ids": around.subnet_ids, "security_group_ids": [around.security_group_id]},
            logging_config={"log_format": "JSON", "log_group": around.log_group.name},
            tracing_config={"mode": "Active"},
            tags=self.tags(name),
            # Lambda checks at once whether the role may make network interfaces.
            opts=self.options(depends_on=list(after)),
        )


def json_list(names: Sequence[str]) -> str:
    """Names as a variable of the environment holds them."""
    return json.dumps(list(names))
