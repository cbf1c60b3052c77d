"""What the parts of a fleet share when they make resources: names, tags, region, roles."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_aws import cloudcontrol, iam

from platform_lib.components.edge.plan import FleetPlan
from platform_lib.core.component import PlatformComponent
from platform_lib.core.naming import physical


class Maker:
    """Makes children of one fleet, all in one region and with the component's tags."""

    def __init__(self, component: PlatformComponent, plan: FleetPlan, tags: Mapping[str, Any]) -> None:
        self._component = component
        self._plan = plan
        self._tags = tags

    def name(self, role: str, key: str = "") -> str:
        """The logical name of a child."""
        return self._component.child_name(role, key)

    def tags(self, name: str) -> Mapping[str, Any]:
        """The tags of a child."""
        return {**self._tags, "Name": name}

    def options(self, *, stateful: bool = False, **more: Any) -> pulumi.ResourceOptions:
        """The options of a child."""
        return self._component.child_options(stateful=stateful, **more)

    def role(
        self, role: str, purpose: str, trust: pulumi.Output[str], document: pulumi.Output[str] | None, key: str = ""
    ) -> iam.Role:
        """A role that does what a document says; without one, ``grant`` says it later."""
        name = self.name(role, key)
        made = iam.Role(name, description=purpose, assume_role_policy=trust, tags=self.tags(name), opts=self.options())
        if document is not None:
            self.grant(made, name, document)
        return made

    def grant(self, role: iam.Role, name: str, document: pulumi.Output[str]) -> None:
        """Says what a role may do."""
        policy = iam.Policy(f"{name}-policy", policy=document, tags=self.tags(f"{name}-policy"), opts=self.options())
        iam.RolePolicyAttachment(f"{name}-attachment", role=role.name, policy_arn=policy.arn, opts=self.options())

    def by_cloud_control(
        self, name: str, type_name: str, name_property: str, properties: Mapping[str, Any], **more: Any
    ) -> cloudcontrol.Resource:
        """A resource of a type that the SDK has no class for, under its logical name as physical one."""
        tags = [{"Key": key, "Value": value} for key, value in self.tags(name).items()]
        return cloudcontrol.Resource(
            name,
            region=self._plan.region,
            type_name=type_name,
            desired_state=pulumi.Output.json_dumps(
                {name_property: physical(type_name, name), **properties, "Tags": tags}
            ),
            opts=self.options(**more),
        )
