"""A network on Azure: tiers with rules, a NAT gateway, a private way to a key vault, flow logs."""

import pulumi

from platform_lib.components.vpc import (
    AzureTierArgs,
    Cloud,
    Egress,
    EndpointsArgs,
    RuleAction,
    RuleDirection,
    RuleProtocol,
    TierArgs,
    TierFilterArgs,
    TierRole,
    TierRuleArgs,
    VpcArgs,
    VpcComponent,
)
from platform_lib.core.context import Context, DataClassification

VAULT = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shared"
    "/providers/Microsoft.KeyVault/vaults/acme-examples"
)

context = Context(
    environment="dev", owner="examples", cost_centre="cc-0", data_classification=DataClassification.INTERNAL
)
from_app = TierRuleArgs(
    direction=RuleDirection.IN, action=RuleAction.ALLOW, protocol=RuleProtocol.TCP, ports="5432", peers=["app"]
)
network = VpcComponent(
    "example",
    VpcArgs(
        context=context,
        cloud=Cloud.AZURE,
        region="westeurope",
        cidr="10.60.0.0/16",
        tiers=[
            TierArgs(name="web", role=TierRole.PUBLIC),
            TierArgs(name="app", role=TierRole.PRIVATE),
            TierArgs(name="data", role=TierRole.ISOLATED, filter=TierFilterArgs(rules=[from_app])),
            TierArgs(name="gateway", role=TierRole.HUB, azure=AzureTierArgs(subnet_name="GatewaySubnet")),
        ],
        egress=Egress.SINGLE,
        endpoints=EndpointsArgs(interface=["vault"], targets={"vault": VAULT}),
        assertions=["app may reach data on 5432 only", "only app may reach data", "data must not reach internet"],
        guard=False,  # an example may go as it came; a network that others stand on keeps its guard
    ),
)
pulumi.export("subnet_ids", network.subnet_ids)
pulumi.export("nat_public_ips", network.nat_public_ips)
