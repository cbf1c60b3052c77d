"""The record by which users find the active site, and what makes it answer with one or the other.

Nothing here changes with a failover: whether users are at the second site stands in a metric (the latch) or in routing
controls, which are switched without the region that is lost and without the program.
"""

import pulumi
from pulumi_aws import cloudwatch, route53, route53recoverycontrol

from platform_lib.components.dr.args import FailoverRecordArgs
from platform_lib.components.dr.kind import FailoverBy, Site
from platform_lib.components.dr.maker import Maker
from platform_lib.components.dr.plan import METRICS_OF_DNS
from platform_lib.components.dr.planning.alarms import LATCH_METRIC, AlarmPlan, Silence, latch_namespace
from platform_lib.components.dr.planning.model import FailoverPlan

SAFETY_WAIT_MS = 5000


class RecordMaker:
    """Makes the record of one component."""

    def __init__(self, maker: Maker, plan: FailoverPlan, asked: FailoverRecordArgs) -> None:
        self._maker = maker
        self._plan = plan
        self._asked = asked
        self._targets = {Site.PRIMARY: asked.primary_target, Site.SECONDARY: asked.secondary_target}
        self.controls: dict[str, pulumi.Output[str]] = {}
        """ARN of the routing control of each site, where there are some."""

    def make(self) -> None:
        """Health checks of both sites, what withdraws the primary one, and the records."""
        asked_after = {site: self._ask_site(site) for site in Site}
        self._tell(asked_after[Site.PRIMARY])
        if self._plan.by is FailoverBy.ROUTING_CONTROLS:
            healthy = self._make_controls()
        else:
            latch = self._make_latch()
            primary = [latch, asked_after[Site.PRIMARY]] if self._plan.automatic else [latch]
            healthy = {
                Site.PRIMARY: self._all_of(primary) if len(primary) > 1 else latch,
                Site.SECONDARY: asked_after[Site.SECONDARY],
            }
        for site, check in healthy.items():
            self._make_record(site, check)

    def _ask_site(self, site: Site) -> pulumi.Output[str]:
        name = self._maker.name("health", site.value)
        check = route53.HealthCheck(
            name,
            type="HTTPS",
            fqdn=self._targets[site],
            port=443,
            enable_sni=True,
            resource_path=self._plan.health_path,
            request_interval=self._plan.interval_seconds,
            failure_threshold=self._plan.failures,
            tags=self._maker.tags(name),
            opts=self._maker.options(),
        )
        return check.id

    def _tell(self, check_id: pulumi.Output[str]) -> None:
        """An alarm can tell topics of its own region only."""
        topic = self._asked.alarm_topic_arn
        for site in Site:
            if topic is None and self._maker.region(site) == METRICS_OF_DNS:
                topic = self._maker.topics[site]
        if topic is not None:
            alarm = AlarmPlan(
                name="primary-down",
                site=Site.PRIMARY,
                source="",
                description="the primary site does not answer; decide whether to fail over",
                namespace="AWS/Route53",
                metric="HealthCheckStatus",
                statistic="Minimum",
                limit=1,
                period_seconds=60,
                periods=1,
                bad_below=True,
                silence=Silence.BAD,
            )
            self._maker.alarm(alarm, {"HealthCheckId": check_id}, elsewhere=(METRICS_OF_DNS, topic))

    def _make_latch(self) -> pulumi.Output[str]:
        """A datum of 1 withdraws the primary site, one of 0 lets users back; without data it stays as it was.

        Both the alarm and the check have to say so: a check takes over what an alarm makes of missing data.

        Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html.
        """
        alarm: cloudwatch.MetricAlarm = self._maker.alarm(
            AlarmPlan(
                name="withdrawn",
                site=Site.SECONDARY,
                source="",
                description="users are kept away from the primary site",
                namespace=latch_namespace(self._maker.plan.name),
                metric=LATCH_METRIC,
                statistic="Maximum",
                limit=0,
                period_seconds=60,
                periods=1,
                silence=Silence.UNCHANGED,
            ),
            {},
        )
        name = self._maker.name("latch")
        check = route53.HealthCheck(
            name,
            type="CLOUDWATCH_METRIC",
            cloudwatch_alarm_name=alarm.name,
            cloudwatch_alarm_region=self._maker.region(Site.SECONDARY),
            insufficient_data_health_status="LastKnownStatus",
            tags=self._maker.tags(name),
            opts=self._maker.options(),
        )
        return check.id

    def _all_of(self, checks: list[pulumi.Output[str]]) -> pulumi.Output[str]:
        name = self._maker.name("serving", Site.PRIMARY.value)
        check = route53.HealthCheck(
            name,
            type="CALCULATED",
            child_healthchecks=checks,
            child_health_threshold=len(checks),
            tags=self._maker.tags(name),
            opts=self._maker.options(),
        )
        return check.id

    def _make_controls(self) -> dict[Site, pulumi.Output[str]]:
        """Switches of which one at least is always on.

        Source: https://docs.aws.amazon.com/r53recovery/latest/dg/routing-control.about.html.
        """
        cluster_arn = self._asked.cluster_arn
        if cluster_arn is None:
            name = self._maker.name("switches")
            cluster_arn = route53recoverycontrol.Cluster(
                name, tags=self._maker.tags(name), opts=self._maker.options(stateful=True)
            ).arn
        name = self._maker.name("panel")
        panel = route53recoverycontrol.ControlPanel(
            name, cluster_arn=cluster_arn, tags=self._maker.tags(name), opts=self._maker.options()
        )
        checks = {}
        for site in Site:
            control = route53recoverycontrol.RoutingControl(
                self._maker.name("switch", site.value),
                cluster_arn=cluster_arn,
                control_panel_arn=panel.arn,
                opts=self._maker.options(stateful=True),
            )
            self.controls[site.value] = control.arn
            name = self._maker.name("switched", site.value)
            checks[site] = route53.HealthCheck(
                name,
                type="RECOVERY_CONTROL",
                routing_control_arn=control.arn,
                tags=self._maker.tags(name),
                opts=self._maker.options(),
            ).id
        name = self._maker.name("one-site-serves")
        route53recoverycontrol.SafetyRule(
            name,
            control_panel_arn=panel.arn,
            asserted_controls=list(self.controls.values()),
            rule_config={"type": "ATLEAST", "threshold": 1, "inverted": False},
            wait_period_ms=SAFETY_WAIT_MS,
            tags=self._maker.tags(name),
            opts=self._maker.options(),
        )
        return checks

    def _make_record(self, site: Site, check_id: pulumi.Output[str]) -> None:
        """Failover records, or, where both sites serve, weighted ones of equal weight."""
        both = self._plan.both_serve
        route53.Record(
            self._maker.name("record", site.value),
            zone_id=self._asked.zone_id,
            name=self._plan.record,
            type="CNAME",
            ttl=self._plan.ttl_seconds,
            records=[self._targets[site]],
            set_identifier=f"{self._maker.plan.name}-{site.value}",
            health_check_id=check_id,
            failover_routing_policies=None if both else [{"type": site.value.upper()}],
            weighted_routing_policies=[{"weight": 1}] if both else None,
            opts=self._maker.options(),
        )
