"""A network: three tiers over two zones, one NAT gateway, flow logs."""

import pulumi

from platform_lib.components.vpc import Egress, VpcArgs, VpcComponent
from platform_lib.core.context import Context, DataClassification

context = Context(
    environment="dev", owner="examples", cost_centre="cc-0", data_classification=DataClassification.INTERNAL
)
network = VpcComponent(
    "example",
    VpcArgs(
        context=context,
        region="eu-central-1",
        cidr="10.50.0.0/16",
        zone_count=2,
        egress=Egress.SINGLE,
        guard=False,  # an example may go as it came; a network that others stand on keeps its guard
    ),
)
pulumi.export("subnet_ids", network.subnet_ids)
