"""The edge: devices at sites that run models on their own."""

import pulumi
import pulumi_aws as aws

from platform_lib.components.baseline import SecurityBaselineReference
from platform_lib.components.dr import DrReplicaReference
from platform_lib.components.edge import (
    CopiesArgs,
    EdgeFleet,
    EdgeFleetArgs,
    ProvisioningArgs,
    TelemetryArgs,
    UpdateMetadataArgs,
    UpdateRoleArgs,
    UpdateSignerArgs,
)
from platform_lib.components.vpc import NetworkReference
from stacks.admission import DeviceAdmission
from stacks.copies import copied
from stacks.groups.edge import EdgeSettings
from stacks.settings import StackSettings

FLEET = "fleet"
"""The name of the fleet's component: its topics and metrics begin with it."""

ADMISSION = "admission"
"""The name of the component that says which devices may join."""

ARTIFACTS = "artifacts"
TELEMETRY = "telemetry"
"""The buckets of the fleet that are copied to the second site."""


def build_admission(
    settings: StackSettings,
    asked: EdgeSettings,
    network: NetworkReference,
    baseline: SecurityBaselineReference,
    provider: aws.Provider,
) -> DeviceAdmission | None:
    """Makes what says which devices may join; None where that exists already.

    Args:
        settings: of the stack.
        asked: those of its devices.
        network: that the function runs in which AWS IoT asks.
        baseline: of the account, made by this stack or by another one.
        provider: of the account.
    """
    if asked.admission_function_arn is not None:
        return None
    return DeviceAdmission(
        ADMISSION,
        settings.context,
        network,
        baseline,
        settings.account_id,
        log_retention_days=settings.logging.retention_days,
        deletion_protection=settings.deletion_protection,
        opts=pulumi.ResourceOptions(providers=[provider]),
    )


def build_fleet(
    settings: StackSettings,
    asked: EdgeSettings,
    baseline: SecurityBaselineReference,
    admission: DeviceAdmission | None,
    copies: DrReplicaReference | None,
    provider: aws.Provider,
) -> EdgeFleet:
    """Makes a fleet whose buckets the keys of the account's baseline encrypt.

    Args:
        settings: of the stack.
        asked: those of its devices.
        baseline: of the account, made by this stack or by another one.
        admission: what says which devices may join; None where the settings name a function.
        copies: the second site, where its buckets are copied to; None for none.
        provider: of the account.
    """
    return EdgeFleet(
        FLEET,
        EdgeFleetArgs(
            context=settings.context,
            region=settings.region,
            account_id=settings.account_id,
            baseline=baseline,
            sites=asked.sites,
            groups=asked.groups,
            rings=asked.rings,
            update=UpdateMetadataArgs(
                root=_signed_by(asked, asked.update.root),
                targets=_signed_by(asked, asked.update.targets),
                snapshot=_signed_by(asked, asked.update.snapshot),
                timestamp=_signed_by(asked, asked.update.timestamp),
            ),
            provisioning=ProvisioningArgs(
                hook_arn=asked.admission_function_arn if admission is None else admission.function_arn
            ),
            copies=copied(CopiesArgs, copies, artifact_bucket_arn=ARTIFACTS, telemetry_bucket_arn=TELEMETRY),
            offline=asked.offline,
            latency=asked.latency,
            telemetry=TelemetryArgs(
                retention_days=asked.telemetry_days, log_retention_days=settings.logging.retention_days
            ),
        ),
        pulumi.ResourceOptions(providers=[provider]),
    )


def _signed_by(asked: EdgeSettings, names: list[str]) -> UpdateRoleArgs:
    return UpdateRoleArgs(signers=[UpdateSignerArgs(name=name, principal_arn=asked.signers[name]) for name in names])
