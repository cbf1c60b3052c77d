"""What a stack of the reference platform offers to others, as typed and versioned outputs."""

from typing import ClassVar

from platform_lib.core.inputs import Input
from platform_lib.core.references import StackOutputs
from stacks.blueprints.foundation import Foundation


class NetworkOutputs(StackOutputs):
    """The network of a stack."""

    output_name: ClassVar[str] = "network"
    version: ClassVar[int] = 1

    vpc_id: Input[str]
    """Id of the VPC."""

    cidr: Input[str]
    """Its IPv4 range."""

    zones: Input[list[str]]
    """Zone ids of the subnets."""

    subnet_ids: Input[dict[str, list[str]]]
    """Ids of the subnets by tier, in the order of ``zones``."""

    nat_public_ips: Input[dict[str, str]]
    """Public address of the NAT gateway by zone, for allow lists of others."""


class BaselineOutputs(StackOutputs):
    """What the account's security baseline offers."""

    output_name: ClassVar[str] = "baseline"
    version: ClassVar[int] = 1

    logs_key_arn: Input[str]
    """Key that encrypts logs."""

    data_key_arn: Input[str]
    """Key that encrypts data."""

    archive_bucket: Input[str]
    """Bucket of the log archive."""

    alarm_topic_arn: Input[str]
    """Topic of security alarms; empty where alarms are off."""


def export_foundation(foundation: Foundation) -> None:
    """Exports what the foundation offers."""
    network, baseline = foundation.network, foundation.baseline
    NetworkOutputs(
        vpc_id=network.vpc_id,
        cidr=network.cidr,
        zones=network.zones,
        subnet_ids=network.subnet_ids,
        nat_public_ips=network.nat_public_ips,
    ).export()
    BaselineOutputs(
        logs_key_arn=baseline.logs_key_arn,
        data_key_arn=baseline.data_key_arn,
        archive_bucket=baseline.archive_bucket,
        alarm_topic_arn=baseline.alarm_topic_arn,
    ).export()
