"""The foundation: what every other part of the platform stands on."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from platform_lib.components.baseline import AlarmsArgs, ArchiveArgs, SecurityBaseline, SecurityBaselineArgs, TrailArgs
from platform_lib.components.vpc import FlowLogsArgs, VpcComponent, project_ledger
from stacks.groups.network import NetworkSettings
from stacks.networks import MAIN, main_network
from stacks.settings import StackSettings


@dataclass(frozen=True)
class Foundation:
    """The components of the foundation."""

    baseline: SecurityBaseline
    network: VpcComponent


def build_foundation(settings: StackSettings, asked: NetworkSettings, provider: aws.Provider) -> Foundation:
    """Makes the foundation: the account's security baseline, and a network whose flow logs its key encrypts.

    The network takes its addresses from the address ledger of the project.

    Args:
        settings: of the stack.
        asked: those of its network.
        provider: of the account.
    """
    context, logging = settings.context, settings.logging
    opts = pulumi.ResourceOptions(providers=[provider])
    baseline = SecurityBaseline(
        "baseline",
        SecurityBaselineArgs(
            context=context,
            region=settings.region,
            account_id=settings.account_id,
            archive=ArchiveArgs(retention_days=logging.archive_days),
            trail=TrailArgs(log_retention_days=logging.retention_days),
            alarms=AlarmsArgs(emails=logging.alarm_emails),
        ),
        opts,
    )
    network = VpcComponent(
        MAIN,
        main_network(
            settings,
            asked,
            ledger=project_ledger(MAIN, context, settings.region),
            flow_logs=FlowLogsArgs(
                enabled=asked.flow_logs_enabled,
                kms_key_arn=baseline.logs_key_arn,
                retention_days=logging.retention_days,
            ),
        ),
        opts,
    )
    return Foundation(baseline, network)
