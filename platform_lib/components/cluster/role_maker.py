"""Roles of a cluster and what they may do."""

from collections.abc import Callable, Mapping
from typing import Any

import pulumi
from pulumi_aws import iam

from platform_lib.core.component import PlatformComponent


class RoleMaker:
    """Makes the roles of one cluster, all with the component's tags."""

    def __init__(self, component: PlatformComponent, partition: str, tags: Callable[[str], Mapping[str, Any]]) -> None:
        self._component = component
        self._partition = partition
        self._tags = tags

    def make(self, role: str, purpose: str, trust: pulumi.Output[str], key: str = "") -> iam.Role:
        """A role by its part of the name, what it is for, and its trust policy."""
        name = self._component.child_name(role, key)
        return iam.Role(
            name,
            description=purpose,
            assume_role_policy=trust,
            tags=self._tags(name),
            opts=self._component.child_options(),
        )

    def attach_managed(self, role: iam.Role, child: str, path: str, key: str = "") -> iam.RolePolicyAttachment:
        """Attaches a policy that AWS manages, by the path of its ARN."""
        return iam.RolePolicyAttachment(
            self._component.child_name(child, key),
            role=role.name,
            policy_arn=f"arn:{self._partition}:iam::aws:policy/{path}",
            opts=self._component.child_options(),
        )

    def attach_own(self, role: iam.Role, child: str, purpose: str, document: pulumi.Input[str], key: str = "") -> None:
        """Makes a policy of a document and attaches it."""
        name = self._component.child_name(child, key)
        policy = iam.Policy(
            name, description=purpose, policy=document, tags=self._tags(name), opts=self._component.child_options()
        )
        iam.RolePolicyAttachment(
            f"{name}-attachment", role=role.name, policy_arn=policy.arn, opts=self._component.child_options()
        )
