"""A network on Google Cloud: three tiers, Cloud NAT, a rule that proves itself, flow logs."""

import pulumi

from platform_lib.components.vpc import Cloud, Egress, TierArgs, TierRole, VpcArgs, VpcComponent
from platform_lib.components.vpc.arguments.tier import (
    RuleAction,
    RuleDirection,
    RuleProtocol,
    TierFilterArgs,
    TierRuleArgs,
)
from platform_lib.core.context import Context, DataClassification

context = Context(
    environment="dev", owner="examples", cost_centre="cc-0", data_classification=DataClassification.INTERNAL
)
from_web = TierRuleArgs(
    direction=RuleDirection.IN, action=RuleAction.ALLOW, protocol=RuleProtocol.TCP, ports="8443", peers=["web"]
)
anything_out = TierRuleArgs(direction=RuleDirection.OUT, action=RuleAction.ALLOW)
network = VpcComponent(
    "example",
    VpcArgs(
        context=context,
        cloud=Cloud.GCP,
        region="europe-west1",
        cidr="10.50.0.0/16",
        tiers=[
            TierArgs(name="web", role=TierRole.PUBLIC),
            TierArgs(name="app", role=TierRole.PRIVATE, filter=TierFilterArgs(rules=[from_web, anything_out])),
            TierArgs(name="data", role=TierRole.ISOLATED),
        ],
        egress=Egress.REGIONAL,
        assertions=["web may reach app on 8443 only", "data must not reach internet"],
        guard=False,  # an example may go as it came; a network that others stand on keeps its guard
    ),
)
pulumi.export("subnet_ids", network.subnet_ids)
