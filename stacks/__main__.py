"""The program of the reference platform: settings in, blueprints, typed outputs out. No code per environment."""

import pulumi
import pulumi_aws as aws

from stacks.blueprints.foundation import build_foundation
from stacks.exports import NetworkOutputs
from stacks.settings import StackSettings

settings = StackSettings.from_config()
provider = aws.Provider("aws", region=settings.region)
foundation = build_foundation(settings, pulumi.ResourceOptions(providers=[provider]))

network = foundation.network
NetworkOutputs(
    vpc_id=network.vpc_id,
    cidr=network.cidr,
    zones=network.zones,
    subnet_ids=network.subnet_ids,
    nat_public_ips=network.nat_public_ips,
).export()
