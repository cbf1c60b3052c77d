"""Cameras at two sites: a laboratory gets an update first, then a quarter of the others, then the rest."""

import pulumi
import pulumi_aws as aws

from platform_lib.components.baseline import SecurityBaseline, SecurityBaselineArgs
from platform_lib.components.baseline.args import ConfigurationHistoryArgs, ThreatDetectionArgs, TrailArgs
from platform_lib.components.edge import (
    DeviceGroupArgs,
    EdgeFleet,
    EdgeFleetArgs,
    HealthGateArgs,
    InferenceMetric,
    LatencyArgs,
    OfflineArgs,
    RingArgs,
    SiteArgs,
    UpdateMetadataArgs,
    UpdateRoleArgs,
    UpdateSignerArgs,
)
from platform_lib.core.context import Context, DataClassification

context = Context(
    environment="dev", owner="examples", cost_centre="cc-0", data_classification=DataClassification.INTERNAL
)
account = aws.get_caller_identity_output()
baseline = SecurityBaseline(
    "example",
    SecurityBaselineArgs(
        context=context,
        region="eu-central-1",
        account_id=account.account_id,
        trail=TrailArgs(enabled=False),
        configuration_history=ConfigurationHistoryArgs(enabled=False),
        threat_detection=ThreatDetectionArgs(
            guardduty_enabled=False, security_hub_enabled=False, access_analyzer_enabled=False
        ),
    ),
)


def signed_by(*names: str) -> UpdateRoleArgs:
    """Signers who are roles of the account."""
    return UpdateRoleArgs(
        signers=[
            UpdateSignerArgs(
                name=name,
                principal_arn=account.account_id.apply(lambda number, name=name: f"arn:aws:iam::{number}:role/{name}"),
            )
            for name in names
        ]
    )


fleet = EdgeFleet(
    "shop",
    EdgeFleetArgs(
        context=context,
        region="eu-central-1",
        account_id=account.account_id,
        baseline=baseline.reference,
        sites=[SiteArgs(name="berlin"), SiteArgs(name="hamburg", quorum=10)],
        groups=[
            DeviceGroupArgs(name="laboratory", site="berlin", devices=2),
            DeviceGroupArgs(name="berlin-cameras", site="berlin", devices=40),
            DeviceGroupArgs(name="hamburg-cameras", site="hamburg", devices=12),
        ],
        rings=[
            RingArgs(name="canary", share_percent=0, groups=["laboratory"], minimum_soak_hours=48),
            RingArgs(
                name="early",
                share_percent=25,
                gates=[
                    HealthGateArgs(metric=InferenceMetric.LATENCY, limit=80),
                    HealthGateArgs(metric=InferenceMetric.CONFIDENCE, limit=0.7),
                ],
            ),
            RingArgs(name="rest", share_percent=75),
        ],
        update=UpdateMetadataArgs(
            root=signed_by("ada", "grace", "edsger"),
            targets=signed_by("ada", "grace"),
            snapshot=signed_by("pipeline"),
            timestamp=signed_by("pipeline"),
        ),
        offline=OfflineArgs(days=14, messages_per_minute=6),
        latency=LatencyArgs(stages_ms={"capture": 20, "inference": 60}),
    ),
)
pulumi.export("artifact_bucket", fleet.artifact_bucket)
pulumi.export("ring_groups", fleet.ring_groups)
