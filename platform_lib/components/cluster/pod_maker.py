"""What pods get from AWS: add-ons with roles of their own, and identities of service accounts."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi
from pulumi_aws import eks

from platform_lib.components.cluster.addons import AddonPlan
from platform_lib.components.cluster.args import PodIdentityArgs
from platform_lib.components.cluster.plan import ADDON_NAMESPACE, ClusterPlan, IdentityPlan
from platform_lib.components.cluster.role_maker import RoleMaker
from platform_lib.core import aws_policy
from platform_lib.core.component import PlatformComponent


class PodMaker:
    """Makes the add-ons and identities of one cluster."""

    def __init__(
        self,
        component: PlatformComponent,
        plan: ClusterPlan,
        account_id: pulumi.Input[str],
        cluster: eks.Cluster,
        roles: RoleMaker,
        tags: Callable[[str], Mapping[str, Any]],
    ) -> None:
        self._component = component
        self._plan = plan
        self._account_id = account_id
        self._cluster = cluster
        self._roles = roles
        self._tags = tags

    def make_addon(
        self, addon: AddonPlan, configuration: pulumi.Input[str] | None, after: Sequence[pulumi.Resource]
    ) -> eks.Addon:
        """An add-on, with a role for its pods where they call AWS.

        Args:
            addon: its plan.
            configuration: values (JSON) that take the place of the plan's; None for the plan's.
            after: what has to be there before.
        """
        identities: list[eks.AddonPodIdentityAssociationArgsDict] = []
        waits_for = list(after)
        if addon.managed_policy:
            trust = aws_policy.pods_assume(
                self._plan.cluster_name, self._account_id, ADDON_NAMESPACE, addon.service_account
            )
            role = self._roles.make("addon-role", f"Add-on {addon.name}", trust, addon.name)
            waits_for.append(self._roles.attach_managed(role, "addon-policy", addon.managed_policy, addon.name))
            identities = [{"role_arn": role.arn, "service_account": addon.service_account}]
        name = self._component.child_name("addon", addon.name)
        return eks.Addon(
            name,
            region=self._plan.region,
            cluster_name=self._cluster.name,
            addon_name=addon.name,
            addon_version=addon.version,
            configuration_values=addon.configuration or None if configuration is None else configuration,
            pod_identity_associations=identities or None,
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="OVERWRITE",
            tags=self._tags(name),
            opts=self._component.child_options(depends_on=waits_for),
        )

    def make_identity(
        self, identity: IdentityPlan, asked: PodIdentityArgs, agent: pulumi.Resource
    ) -> pulumi.Input[str]:
        """The identity of a service account; answers the ARN of its role.

        Args:
            identity: its plan.
            asked: its arguments.
            agent: what hands the role to pods.
        """
        role_arn = self._make_role(identity, asked.policy) if asked.role_arn is None else asked.role_arn
        name = self._component.child_name("identity", identity.name)
        eks.PodIdentityAssociation(
            name,
            region=self._plan.region,
            cluster_name=self._cluster.name,
            namespace=identity.namespace,
            service_account=identity.service_account,
            role_arn=role_arn,
            tags=self._tags(name),
            opts=self._component.child_options(depends_on=[agent]),
        )
        return role_arn

    def _make_role(self, identity: IdentityPlan, document: pulumi.Input[str] | None) -> pulumi.Output[str]:
        account = f"{identity.namespace}/{identity.service_account}"
        trust = aws_policy.pods_assume(
            self._plan.cluster_name, self._account_id, identity.namespace, identity.service_account
        )
        role = self._roles.make("pod-role", f"Pods of {account}", trust, identity.name)
        # The document is given, or the plan would have refused it.
        self._roles.attach_own(role, "pod-policy", f"What pods of {account} may do", document or "", identity.name)
        return role.arn
