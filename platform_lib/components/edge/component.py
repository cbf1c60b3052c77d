"""``EdgeFleet``: the resources of a planned fleet."""

from typing import Any

import pulumi
from pulumi_aws import cloudwatch, iot, lambda_, s3

from platform_lib.components.edge import policies, report
from platform_lib.components.edge.args import EdgeFleetArgs, ProvisioningArgs, TelemetryArgs
from platform_lib.components.edge.copy_maker import CopyMaker, Original
from platform_lib.components.edge.kind import InferenceMetric
from platform_lib.components.edge.maker import Maker
from platform_lib.components.edge.plan import DEFENCE_MINUTES, plan_fleet
from platform_lib.components.edge.refs import EdgeFleetReference
from platform_lib.components.edge.ring_maker import RingMaker
from platform_lib.components.edge.update_maker import UpdateMaker
from platform_lib.core.aws_bucket import BucketMaker
from platform_lib.core.aws_bucket_plan import BucketPlan
from platform_lib.core.component import PlatformComponent
from platform_lib.core.naming import physical
from platform_lib.core.tagging import tags

SQL_VERSION = "2016-03-23"


class EdgeFleet(PlatformComponent):
    """Devices at sites that run models on their own, on AWS IoT: registration, messages, updates and what watches them.

    Creates a group of things for the fleet, each site and each device group, and for each ring; a template by which
    devices register, with policies that give a device its own topics only; a role alias for credentials; rules that
    store messages and make metrics of them, and a log group for what they could not store; a bucket for models and
    artefacts, and one for messages unless it is given, both replicated and backed up as ``copies`` says; a signing
    profile; a key and a role for every signer of The Update Framework; for every ring a job template, an alarm for each
    gate and one that calls an update back; a profile of Device Defender. Cloud Control makes job templates and that
    profile, since the SDK has no class for them.

    Buckets, keys, the log group, groups of things, the template for registration and the signing profile are stateful:
    they are protected unless the environment is ``dev``.

    What devices hold while they are offline is checked when the fleet is planned: certificates, tokens, and room for
    messages. The component starts no rollout: ``run_rollout`` says how one goes, and alarms say when it has to go back.

    Physical names that are a contract: the role alias, topic rules, job templates, the profile of Device Defender and
    the alarms that call back are named after the component, since their types take no automatic name; the namespace of
    the metrics and the first part of all topics are the component's name.
    """

    device_policy: pulumi.Output[str]
    """Name of the policy of AWS IoT that devices get."""

    claim_policy: pulumi.Output[str]
    """Name of the policy of AWS IoT for claim certificates."""

    provisioning_template: pulumi.Output[str]
    """Name of the template by which devices register."""

    role_alias_arn: pulumi.Output[str]
    """ARN of the role alias by which devices get credentials."""

    artifact_bucket: pulumi.Output[str]
    """Name of the bucket of models and artefacts."""

    telemetry_bucket: pulumi.Output[str]
    """Name of the bucket of messages."""

    signing_profile: pulumi.Output[str]
    """Name of the profile that signs artefacts."""

    signing_keys: pulumi.Output[dict[str, dict[str, str]]]
    """ARN of the key of each signer, by role of The Update Framework and name."""

    device_groups: pulumi.Output[dict[str, str]]
    """Thing group of each device group, by its name."""

    ring_groups: pulumi.Output[dict[str, str]]
    """Thing group of each ring, by its name."""

    job_templates: pulumi.Output[dict[str, str]]
    """Id of the job template of each ring, by its name."""

    rollback_alarms: pulumi.Output[dict[str, str]]
    """ARN of the alarm that calls an update of each ring back, by its name."""

    def __init__(self, name: str, args: EdgeFleetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        with self.planning(name) as subject:
            args = EdgeFleetArgs.parse(subject, args)
            plan = plan_fleet(name, args, subject=subject)
            all_tags = tags(args.context, args.tags, subject=subject)
        super().__init__(name, args.context, opts)
        self._plan = plan
        self._args = args
        self._make = Maker(self, plan, all_tags)
        self._documents = policies.Documents(plan, args.account_id)
        self._buckets = BucketMaker(self, plan.region, self._make.tags)
        self._originals: list[Original] = []
        self._outputs: dict[str, Any] = {}

        self._make_buckets(args.telemetry or TelemetryArgs())
        self._make_update()
        self._make_groups()
        self._make_rings()
        self._make_access()
        self._make_registration(args.provisioning or ProvisioningArgs())
        self._make_topic_rules()
        self._make_defence()
        self.finish(self._outputs, cost_drivers=report.cost_drivers(plan), evidence=report.evidence(plan))

    @property
    def reference(self) -> EdgeFleetReference:
        """The fleet as other components take it."""
        return EdgeFleetReference(
            region=self._plan.region,
            artifact_bucket=self.artifact_bucket,
            telemetry_bucket=self.telemetry_bucket,
            signing_profile=self.signing_profile,
            rings=[ring.name for ring in self._plan.rings],
            ring_groups=self.ring_groups,
        )

    def _make_buckets(self, asked: TelemetryArgs) -> None:
        self._artifacts = self._make_bucket(self._plan.artifacts)
        self._outputs["artifact_bucket"] = self._artifacts.bucket
        if self._plan.telemetry is not None:
            telemetry = self._make_bucket(self._plan.telemetry)
            self._telemetry_arn: pulumi.Output[str] = telemetry.arn
            self._telemetry_key: pulumi.Input[str] | None = self._args.baseline.data_key_arn
            self._outputs["telemetry_bucket"] = telemetry.bucket
        elif asked.existing_bucket is not None:
            self._telemetry_arn = pulumi.Output.concat(f"arn:{self._plan.partition}:s3:::", asked.existing_bucket)
            self._telemetry_key = asked.existing_bucket_key_arn
            self._outputs["telemetry_bucket"] = asked.existing_bucket
        if self._args.copies is not None:
            maker = CopyMaker(self._make, self._plan, self._documents)
            maker.make(self._originals, self._args.baseline.data_key_arn, self._args.copies)

    def _make_bucket(self, plan: BucketPlan) -> s3.Bucket:
        baseline, copies = self._args.baseline, self._args.copies
        bucket, _ = self._buckets.make(
            plan, key_arn=baseline.data_key_arn, statements=lambda _: [], access_logs=baseline.access_log_bucket
        )
        if copies is not None:
            copy_arn = copies.artifact_bucket_arn if plan is self._plan.artifacts else copies.telemetry_bucket_arn
            if copy_arn is not None:
                self._originals.append(Original(plan.role, bucket, self._buckets.versioning[plan.role], copy_arn))
        return bucket

    def _make_update(self) -> None:
        maker = UpdateMaker(self._make, self._plan, self._documents)
        self._outputs["signing_keys"] = maker.make(self._args.update)
        self._outputs["signing_profile"] = maker.make_profile(self._args.update.signing_certificate_arn).name

    def _make_groups(self) -> None:
        name = self.child_name("device-type")
        self._thing_type = iot.ThingType(
            name,
            region=self._plan.region,
            properties={"description": "A device of the fleet", "searchable_attributes": ["serial", "site", "ring"]},
            tags=self._make.tags(name),
            opts=self.child_options(),
        )
        fleet = self._make_group(self.child_name("fleet"), "All devices of the fleet", None)
        sites = {
            site.name: self._make_group(
                self.child_name("site", site.name),
                f"Site {site.name}: {site.quorum} of {site.devices} devices serve at any time",
                fleet.name,
            )
            for site in self._plan.sites
        }
        self._outputs["device_groups"] = {
            group.name: self._make_group(
                self.child_name("group", group.name),
                f"Devices {group.name} at site {group.site}",
                sites[group.site].name,
            ).name
            for group in self._plan.groups
        }

    def _make_group(self, name: str, description: str, parent: pulumi.Output[str] | None) -> iot.ThingGroup:
        return iot.ThingGroup(
            name,
            region=self._plan.region,
            parent_group_name=parent,
            properties={"description": description},
            tags=self._make.tags(name),
            opts=self.child_options(stateful=True),
        )

    def _make_rings(self) -> None:
        maker = RingMaker(self._make, self._plan, self._args.baseline.alarm_topic_arn)
        self._rings = maker.make(self._artifacts.bucket)
        self._outputs["ring_groups"] = {ring: group.name for ring, group in self._rings.groups.items()}
        self._outputs["job_templates"] = self._rings.templates
        self._outputs["rollback_alarms"] = self._rings.rollback_alarms

    def _make_access(self) -> None:
        document = self._documents.download(self._artifacts.arn, self._args.baseline.data_key_arn)
        trust = self._documents.trust("credentials.iot")
        role = self._make.role("device-role", "Devices read updates", trust, document)
        name = self.child_name("device")
        alias = iot.RoleAlias(
            name,
            region=self._plan.region,
            alias=physical("aws:iot/roleAlias:RoleAlias", name),
            role_arn=role.arn,
            credential_duration=self._plan.offline.credential_seconds,
            tags=self._make.tags(name),
            opts=self.child_options(),
        )
        self._device_policy = self._make_policy("device-policy", self._documents.device(alias.arn))
        self._outputs["role_alias_arn"] = alias.arn
        self._outputs["device_policy"] = self._device_policy.name

    def _make_policy(self, role: str, document: pulumi.Output[str]) -> iot.Policy:
        name = self.child_name(role)
        return iot.Policy(
            name,
            region=self._plan.region,
            policy=document,
            tags=self._make.tags(name),
            opts=self.child_options(),
        )

    def _make_registration(self, asked: ProvisioningArgs) -> None:
        name = self.child_name("devices")
        role = self._make.role(
            "provisioning-role",
            "Registers devices",
            self._documents.trust("iot"),
            self._documents.provisioning(self._device_policy.arn),
        )
        ready: list[pulumi.Resource] = []
        if asked.hook_arn is not None:
            ready.append(
                lambda_.Permission(
                    self.child_name("hook-permission"),
                    region=self._plan.region,
                    action="lambda:InvokeFunction",
                    function=asked.hook_arn,
                    principal="iot.amazonaws.com",
                    source_account=self._args.account_id,
                    source_arn=self._documents.iot(f"provisioningtemplate/{name}-*"),
                    opts=self.child_options(),
                )
            )
        template = iot.ProvisioningTemplate(
            name,
            region=self._plan.region,
            description="Registers devices of the fleet",
            enabled=True,
            provisioning_role_arn=role.arn,
            pre_provisioning_hook=None if asked.hook_arn is None else {"target_arn": asked.hook_arn},
            template_body=self._documents.template(self._thing_type.name, self._device_policy.name),
            tags=self._make.tags(name),
            opts=self.child_options(stateful=True, depends_on=ready),
        )
        claim = self._make_policy("claim-policy", self._documents.claim(template.name))
        self._outputs["provisioning_template"] = template.name
        self._outputs["claim_policy"] = claim.name

    def _make_topic_rules(self) -> None:
        plan = self._plan
        name = self.child_name("undelivered")
        errors = cloudwatch.LogGroup(
            name,
            region=plan.region,
            kms_key_id=self._args.baseline.logs_key_arn,
            retention_in_days=plan.log_retention_days,
            tags=self._make.tags(name),
            opts=self.child_options(stateful=True),
        )
        document = self._documents.rules(self._telemetry_arn, self._telemetry_key, errors.arn)
        role = self._make.role("rules-role", "Stores messages of devices", self._documents.trust("iot"), document)
        error_action: iot.TopicRuleErrorActionArgsDict = {
            "cloudwatch_logs": {"log_group_name": errors.name, "role_arn": role.arn}
        }
        stored = "telemetry/${topic(3)}/${timestamp()}-${newuuid()}.json"
        self._make_topic_rule(
            "telemetry",
            f"{plan.name}/telemetry/+",
            error_action,
            s3=[{"bucket_name": self._outputs["telemetry_bucket"], "key": stored, "role_arn": role.arn}],
        )
        metrics = {gate.metric for ring in plan.rings for gate in ring.gates} | {InferenceMetric.LATENCY}
        fields = {f"${{topic(3)}}.{one.field}": one.field for one in InferenceMetric if one in metrics}
        for stage, _ in plan.latency.stages_ms:
            field = f"{stage.replace('-', '_')}_ms"
            fields[f"stage.{field}"] = f"stages.{field}"
        self._make_topic_rule(
            "metrics",
            f"{plan.name}/metrics/+/+",
            error_action,
            cloudwatch_metrics=[
                {
                    "metric_namespace": plan.name,
                    "metric_name": metric,
                    "metric_value": f"${{{field}}}",
                    "metric_unit": "Milliseconds" if field.endswith("_ms") else "None",
                    "role_arn": role.arn,
                }
                for metric, field in fields.items()
            ],
        )

    def _make_topic_rule(
        self, role: str, topic: str, error_action: iot.TopicRuleErrorActionArgsDict, **actions: Any
    ) -> None:
        name = self.child_name(role)
        iot.TopicRule(
            name,
            region=self._plan.region,
            name=physical("aws:iot/topicRule:TopicRule", name.replace("-", "_")),
            enabled=True,
            sql=f"SELECT * FROM '{topic}'",  # noqa: S608 - no database, and the name of a component has no quotes
            sql_version=SQL_VERSION,
            error_action=error_action,
            tags=self._make.tags(name),
            opts=self.child_options(),
            **actions,
        )

    def _make_defence(self) -> None:
        """Source: https://docs.aws.amazon.com/iot-device-defender/latest/devguide/detect-cloud-side-metrics.html."""
        baseline = self._args.baseline
        alerts: dict[str, Any] = {}
        if baseline.alarm_topic_arn is not None:
            document = self._documents.alert(baseline.alarm_topic_arn, baseline.logs_key_arn)
            trust = self._documents.trust("iot")
            role = self._make.role("defence-role", "Tells of devices that behave unlike others", trust, document)
            target = {"AlertTargetArn": baseline.alarm_topic_arn, "RoleArn": role.arn}
            alerts = {"AlertTargets": {"SNS": target}}
        behaviors = [
            {
                "Name": name,
                "Metric": metric,
                "Criteria": {
                    "ComparisonOperator": "less-than-equals",
                    "Value": {"Count": str(most)},
                    "DurationSeconds": DEFENCE_MINUTES * 60,
                    "ConsecutiveDatapointsToAlarm": 1,
                    "ConsecutiveDatapointsToClear": 1,
                },
            }
            for name, metric, most in self._plan.defence.limits
        ]
        self._make.by_cloud_control(
            self.child_name("defence"),
            "AWS::IoT::SecurityProfile",
            "SecurityProfileName",
            {
                "SecurityProfileDescription": "What is normal of a device",
                "Behaviors": behaviors,
                "TargetArns": [group.arn for group in self._rings.groups.values()],
                **alerts,
            },
        )
