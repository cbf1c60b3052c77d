"""Rings in AWS: a group of things, a template for jobs, an alarm for each gate, and one that calls for the way back.

A job says whether it was carried out; whether inferences are good only their metrics say. The job's own end (too many
failed) is therefore but a first net, and the gates are alarms. A gate passes where its alarm is OK: without messages it
has no data, which is not a pass.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, iot

from platform_lib.components.edge.kind import InferenceMetric
from platform_lib.components.edge.maker import Maker
from platform_lib.components.edge.plan import FleetPlan, GatePlan, RingPlan
from platform_lib.core.naming import physical

PERIOD_SECONDS = 300
PERIODS = 3
FEWEST_DEVICES = 1
_FAILURES = ("FAILED", "REJECTED", "TIMED_OUT")
INSTALL_MINUTES = 60


@dataclass(frozen=True)
class MadeRings:
    """What other resources and outputs need of the rings, by the name of the ring."""

    groups: Mapping[str, iot.ThingGroup]
    templates: Mapping[str, pulumi.Output[str]]
    rollback_alarms: Mapping[str, pulumi.Output[str]]


class RingMaker:
    """Makes the rings of one fleet."""

    def __init__(self, maker: Maker, plan: FleetPlan, alarm_topic_arn: pulumi.Input[str] | None) -> None:
        self._maker = maker
        self._plan = plan
        self._actions: Sequence[pulumi.Input[str]] = [] if alarm_topic_arn is None else [alarm_topic_arn]

    def make(self, bucket: pulumi.Input[str]) -> MadeRings:
        """All rings."""
        groups, templates, alarms = {}, {}, {}
        for ring in self._plan.rings:
            groups[ring.name] = self._make_group(ring)
            templates[ring.name] = self._make_template(ring, bucket)
            alarms[ring.name] = self._make_gates(ring)
        for stage, most in self._plan.latency.stages_ms:
            self._make_alarm(
                self._maker.name("stage", stage),
                f"Stage {stage} takes longer than {most} ms",
                f"stage.{stage.replace('-', '_')}_ms",
                GatePlan(InferenceMetric.LATENCY, most),
            )
        return MadeRings(groups, templates, alarms)

    def _make_group(self, ring: RingPlan) -> iot.ThingGroup:
        name = self._maker.name("ring", ring.name)
        return iot.ThingGroup(
            name,
            region=self._plan.region,
            properties={"description": f"Devices that are updated in ring {ring.name}"},
            tags=self._maker.tags(name),
            opts=self._maker.options(stateful=True),
        )

    def _make_template(self, ring: RingPlan, bucket: pulumi.Input[str]) -> pulumi.Output[str]:
        """A job that lets devices look at the signed metadata; which version that is, only the signers say.

        Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iot-jobtemplate.html,
        by which a template cannot be changed: it is made anew under its name, after the old one is gone.
        """
        document = {
            "operation": "refresh-updates",
            "ring": ring.name,
            "bucket": bucket,
            "metadata": "metadata/",
            "targets": f"targets/{ring.name}/",
            "soakHours": ring.soak_hours,
        }
        criteria = [
            {
                "Action": "CANCEL",
                "FailureType": kind,
                "MinNumberOfExecutedThings": FEWEST_DEVICES,
                "ThresholdPercentage": ring.maximum_failed_percent,
            }
            for kind in _FAILURES
        ]
        made = self._maker.by_cloud_control(
            self._maker.name("update", ring.name),
            "AWS::IoT::JobTemplate",
            "JobTemplateId",
            {
                "Description": f"Update of ring {ring.name}",
                "Document": pulumi.Output.json_dumps(document),
                "JobExecutionsRolloutConfig": {"MaximumPerMinute": ring.devices_per_minute},
                "AbortConfig": {"CriteriaList": criteria},
                "TimeoutConfig": {"InProgressTimeoutInMinutes": INSTALL_MINUTES},
            },
            replace_on_changes=["desiredState"],
            delete_before_replace=True,
        )
        return made.id

    def _make_gates(self, ring: RingPlan) -> pulumi.Output[str]:
        gates = []
        for gate in ring.gates:
            side = "above" if gate.metric.bad_above else "below"
            gates.append(
                self._make_alarm(
                    self._maker.name(f"gate-{ring.name}", gate.metric.value),
                    f"Ring {ring.name}: {gate.metric.value} is {side} {gate.limit:g}",
                    f"{ring.name}.{gate.metric.field}",
                    gate,
                )
            )
        name = self._maker.name("rollback", ring.name)
        rule = pulumi.Output.all(*(alarm.name for alarm in gates)).apply(
            lambda names: " OR ".join(f'ALARM("{one}")' for one in names)
        )
        alarm = cloudwatch.CompositeAlarm(
            name,
            region=self._plan.region,
            alarm_name=physical("aws:cloudwatch/metricAlarm:MetricAlarm", name),
            alarm_description=f"Ring {ring.name}: inferences are worse than its gates allow; roll the update back",
            alarm_rule=rule,
            alarm_actions=self._actions,
            tags=self._maker.tags(name),
            opts=self._maker.options(),
        )
        return alarm.arn

    def _make_alarm(self, name: str, description: str, metric: str, gate: GatePlan) -> cloudwatch.MetricAlarm:
        latency = gate.metric is InferenceMetric.LATENCY
        return cloudwatch.MetricAlarm(
            name,
            region=self._plan.region,
            alarm_description=description,
            namespace=self._plan.name,
            metric_name=metric,
            statistic=None if latency else "Average",
            extended_statistic="p99" if latency else None,
            comparison_operator="GreaterThanThreshold" if gate.metric.bad_above else "LessThanThreshold",
            threshold=gate.limit,
            period=PERIOD_SECONDS,
            evaluation_periods=PERIODS,
            treat_missing_data="missing",
            alarm_actions=self._actions,
            tags=self._maker.tags(name),
            opts=self._maker.options(),
        )
