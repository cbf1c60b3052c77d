"""Makes groups of people, and their access for an emergency."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_vault as vault

from platform_lib.components.vault_configuration.arguments.use import BreakGlassAlertArgs
from platform_lib.components.vault_configuration.auth_maker import AuthMaker
from platform_lib.components.vault_configuration.kind import Approval
from platform_lib.components.vault_configuration.planning.people import BREAK_GLASS, BreakGlassPlan, GroupPlan
from platform_lib.core.component import PlatformComponent

ALARM_SECONDS = 60


class PeopleMaker:
    """Makes the groups of one configuration and their access for an emergency."""

    def __init__(self, component: PlatformComponent, policies: Mapping[str, pulumi.Resource], auth: AuthMaker) -> None:
        self._component = component
        self._policies = policies
        self._auth = auth

    def make_groups(self, plans: Sequence[GroupPlan]) -> None:
        """Groups that stand for those of an identity provider."""
        for plan in plans:
            group = vault.identity.Group(
                self._component.child_name("group", plan.name),
                name=plan.name,
                type="external",
                policies=list(plan.policies),
                opts=self._component.child_options(depends_on=[self._policies[name] for name in plan.policies]),
            )
            vault.identity.GroupAlias(
                self._component.child_name("group-alias", plan.name),
                name=plan.claim,
                mount_accessor=self._auth.accessors[plan.auth],
                canonical_id=group.id,
                opts=self._component.child_options(),
            )

    def make_break_glass(
        self, plan: BreakGlassPlan, alert: BreakGlassAlertArgs | None, tags: Mapping[str, Any], namespace: str
    ) -> None:
        """What the policies of break-glass access need beside them.

        Args:
            plan: its plan.
            alert: who hears of it.
            tags: of what is made on AWS.
            namespace: of the metric, the component's name.
        """
        if plan.approval is Approval.SPLIT_CREDENTIAL:
            self._auth.make_method("approle", BREAK_GLASS, "Access for an emergency")
            self._auth.make_approle_role(
                BREAK_GLASS,
                BREAK_GLASS,
                [BREAK_GLASS],
                secret_id_ttl=plan.maximum_seconds,
                secret_id_num_uses=1,
                secret_id_bound_cidrs=list(plan.cidrs) or None,
                token_ttl=plan.maximum_seconds,
                token_max_ttl=plan.maximum_seconds,
                token_explicit_max_ttl=plan.maximum_seconds,
                token_bound_cidrs=list(plan.cidrs) or None,
            )
        if plan.alerts and alert is not None:
            self._make_alarm(plan, alert, tags, namespace)

    def _make_alarm(
        self, plan: BreakGlassPlan, alert: BreakGlassAlertArgs, tags: Mapping[str, Any], namespace: str
    ) -> None:
        """Audit logs hold the path of a request in the clear (https://openbao.org/docs/audit/#sensitive-information).

        A quoted term finds a text anywhere in a line
        (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html).
        """
        from pulumi_aws import cloudwatch  # only those who want an alarm there need it

        cloudwatch.LogMetricFilter(
            self._component.child_name("break-glass-uses"),
            region=alert.region,
            log_group_name=alert.log_group,
            pattern=f'"{plan.alert_path}"',
            metric_transformation={
                "name": BREAK_GLASS,
                "namespace": namespace,
                "value": "1",
                "default_value": "0",
            },
            opts=self._component.child_options(),
        )
        name = self._component.child_name("break-glass-alarm")
        cloudwatch.MetricAlarm(
            name,
            region=alert.region,
            alarm_description="Access for an emergency was used",
            namespace=namespace,
            metric_name=BREAK_GLASS,
            statistic="Sum",
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=1,
            period=ALARM_SECONDS,
            evaluation_periods=1,
            treat_missing_data="notBreaching",
            alarm_actions=None if alert.topic_arn is None else [alert.topic_arn],
            tags={**tags, "Name": name},
            opts=self._component.child_options(),
        )
