"""Networks on AWS and on Google Cloud, and the VPN between them: four tunnels with BGP, from one declaration."""

import pulumi

from platform_lib.components.vpc import Cloud, CrossCloudArgs, HybridArgs, TierArgs, TierRole, VpcArgs, VpcComponent
from platform_lib.components.vpc.cross_cloud import AwsVpnSideArgs, CrossCloudVpn, CrossCloudVpnArgs, GcpVpnSideArgs
from platform_lib.core.context import Context, DataClassification

context = Context(
    environment="dev", owner="examples", cost_centre="cc-0", data_classification=DataClassification.INTERNAL
)
ON_AWS, ON_GCP = "10.60.0.0/16", "10.61.0.0/16"

shop = VpcComponent(
    "shop",
    VpcArgs(
        context=context,
        region="eu-west-1",
        cidr=ON_AWS,
        tiers=[TierArgs(name="app", role=TierRole.PRIVATE), TierArgs(name="data", role=TierRole.ISOLATED)],
        # The gateway is the network's own, so that its proofs know what lies behind it.
        hybrid=HybridArgs(
            cross_cloud=[CrossCloudArgs(name="analysis", peer_cloud=Cloud.GCP, ranges=[ON_GCP])], routed_tiers=["app"]
        ),
        assertions=["app must reach analysis on 443", "data must not reach analysis"],
        guard=False,  # an example may go as it came; a network that others stand on keeps its guard
    ),
)
analysis = VpcComponent(
    "analysis",
    VpcArgs(
        context=context,
        cloud=Cloud.GCP,
        region="europe-west1",
        cidr=ON_GCP,
        tiers=[TierArgs(name="jobs", role=TierRole.PRIVATE)],
        guard=False,
    ),
)
link = CrossCloudVpn(
    "shop-analysis",
    CrossCloudVpnArgs(
        context=context,
        aws=AwsVpnSideArgs(region="eu-west-1", ranges=[ON_AWS], vpn_gateway_id=shop.vpn_gateway_id),
        gcp=GcpVpnSideArgs(region="europe-west1", ranges=[ON_GCP], network_id=analysis.vpc_id),
        guard=False,
    ),
)
pulumi.export("tunnels", link.tunnels)
