"""What the parts of a recovery share when they make resources: names, tags, regions, roles, alarms."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi_aws import cloudwatch, iam

from platform_lib.components.dr.kind import Site
from platform_lib.components.dr.planning.alarms import AlarmPlan
from platform_lib.components.dr.planning.model import DrPlan
from platform_lib.core.component import PlatformComponent


class Maker:
    """Makes children of one component, in two regions and with the component's tags."""

    def __init__(
        self,
        component: PlatformComponent,
        plan: DrPlan,
        tags: Mapping[str, Any],
        trust_account: pulumi.Input[str],
    ) -> None:
        self.component = component
        self.plan = plan
        self.account_id = trust_account
        self.topics: dict[Site, pulumi.Input[str] | None] = {}
        """Where alarms of a site go; None where nobody listens."""
        self._tags = tags

    def name(self, role: str, key: str = "") -> str:
        """The logical name of a child."""
        return self.component.child_name(role, key)

    def tags(self, name: str) -> Mapping[str, Any]:
        """The tags of a child."""
        return {**self._tags, "Name": name}

    def options(self, *, stateful: bool = False, **more: Any) -> pulumi.ResourceOptions:
        """The options of a child."""
        return self.component.child_options(stateful=stateful, **more)

    def region(self, site: Site) -> str:
        """The region of a site."""
        return self.plan.site(site).region

    def role(self, role: str, purpose: str, trust: pulumi.Output[str], managed: Sequence[str] = ()) -> iam.Role:
        """A role with policies that AWS manages, by the paths of their ARNs."""
        name = self.name(role)
        made = iam.Role(name, description=purpose, assume_role_policy=trust, tags=self.tags(name), opts=self.options())
        for path in managed:
            iam.RolePolicyAttachment(
                f"{name}-{path.rpartition('/')[2].lower()}",
                role=made.name,
                policy_arn=f"arn:{self.plan.partition}:iam::aws:policy/{path}",
                opts=self.options(),
            )
        return made

    def grant(self, role: iam.Role, name: str, document: pulumi.Output[str]) -> iam.RolePolicyAttachment:
        """Says what a role may do."""
        policy = iam.Policy(f"{name}-policy", policy=document, tags=self.tags(f"{name}-policy"), opts=self.options())
        return iam.RolePolicyAttachment(
            f"{name}-attachment", role=role.name, policy_arn=policy.arn, opts=self.options()
        )

    def alarm(
        self,
        plan: AlarmPlan,
        dimensions: Mapping[str, pulumi.Input[str]],
        *,
        elsewhere: tuple[str, pulumi.Input[str]] | None = None,
    ) -> cloudwatch.MetricAlarm:
        """An alarm on one metric, in the region of its site, or ``elsewhere``: in a region, with a topic of it."""
        metric = {
            "namespace": plan.namespace,
            "metric_name": plan.metric,
            "dimensions": dict(dimensions),
            "statistic": plan.statistic,
            "period": plan.period_seconds,
        }
        return self._alarm(plan, metric, elsewhere or (self.region(plan.site), self.topics[plan.site]))

    def alarm_on_any(self, plan: AlarmPlan, schema: str, dimension: str, value: pulumi.Input[str]) -> None:
        """An alarm on the worst of the metrics that have a value of a dimension, whatever their other dimensions are.

        Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-alarms.html.
        """
        query = pulumi.Output.concat(
            f"SELECT MAX({plan.metric}) FROM SCHEMA({schema}) WHERE {dimension} = '",  # noqa: S608 - no database
            value,
            "'",
        )
        metric = {
            "metric_queries": [{"id": "worst", "expression": query, "period": plan.period_seconds, "return_data": True}]
        }
        self._alarm(plan, metric, (self.region(plan.site), self.topics[plan.site]))

    def _alarm(
        self, plan: AlarmPlan, metric: Mapping[str, Any], place: tuple[str, pulumi.Input[str] | None]
    ) -> cloudwatch.MetricAlarm:
        region, topic = place
        name = self.name(plan.name)
        return cloudwatch.MetricAlarm(
            name,
            region=region,
            alarm_description=plan.description,
            comparison_operator="LessThanThreshold" if plan.bad_below else "GreaterThanThreshold",
            threshold=plan.limit,
            evaluation_periods=plan.periods,
            treat_missing_data=plan.silence.value,
            alarm_actions=[] if topic is None else [topic],
            tags=self.tags(name),
            opts=self.options(),
            **metric,
        )
