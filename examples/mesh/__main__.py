"""A mesh on a cluster: two services, one of them in two versions, and a way in from outside."""

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from platform_lib.components.cluster import AccessEntryArgs, AccessPolicy, KubernetesCluster, KubernetesClusterArgs
from platform_lib.components.mesh import (
    AuthorizationArgs,
    CanaryArgs,
    CertificateAuthorityArgs,
    DestinationArgs,
    GatewayArgs,
    GatewayProtocol,
    GatewayServerArgs,
    MeshArgs,
    MeshComponent,
    MeshNamespaceArgs,
    MeshServiceArgs,
    MeshTelemetryArgs,
    RouteArgs,
    RouteMatchArgs,
    RouteRuleArgs,
    ServicePortArgs,
    SubsetArgs,
)
from platform_lib.components.vpc import Egress, VpcArgs, VpcComponent
from platform_lib.core.context import Context, DataClassification

context = Context(
    environment="dev", owner="examples", cost_centre="cc-0", data_classification=DataClassification.INTERNAL
)
account = aws.get_caller_identity_output()
network = VpcComponent(
    "example",
    VpcArgs(
        context=context,
        region="eu-central-1",
        cidr="10.52.0.0/16",
        zone_count=2,
        egress=Egress.SINGLE,
        guard=False,  # an example may go as it came; a network that others stand on keeps its guard
    ),
)
cluster = KubernetesCluster(
    "shop",
    KubernetesClusterArgs(
        context=context,
        network=network.reference,
        account_id=account.account_id,
        access=[
            AccessEntryArgs(
                name="admins",
                principal_arn=account.account_id.apply(lambda number: f"arn:aws:iam::{number}:role/platform-admins"),
                policy=AccessPolicy.CLUSTER_ADMIN,
            )
        ],
    ),
)
on_cluster = pulumi.ResourceOptions(provider=cluster.provider)

# Whoever keeps the certificate authority, such as Vault, puts the secret `cacerts` into a namespace of theirs.
authority = kubernetes.core.v1.Namespace(
    "authority",
    metadata={"name": "istio-system", "labels": {"pod-security.kubernetes.io/enforce": "restricted"}},
    opts=on_cluster,
)
kitchen = kubernetes.core.v1.Namespace(
    "kitchen",
    metadata={"name": "kitchen", "labels": {"pod-security.kubernetes.io/enforce": "restricted"}},
    opts=on_cluster,
)
host = "menu.example.com"
mesh = MeshComponent(
    "shop-mesh",
    MeshArgs(
        context=context,
        cluster=cluster.reference,
        certificate_authority=CertificateAuthorityArgs(existing_secret=True),
        namespaces=[MeshNamespaceArgs(name="kitchen")],
        gateways=[
            GatewayArgs(
                name="public",
                servers=[
                    GatewayServerArgs(hosts=[host], credential="menu-tls"),
                    GatewayServerArgs(hosts=[host], protocol=GatewayProtocol.HTTP_REDIRECT),
                ],
            )
        ],
        services=[
            MeshServiceArgs(
                name="menu",
                namespace="kitchen",
                ports=[ServicePortArgs(number=8080)],
                subsets=[SubsetArgs(name="v1"), SubsetArgs(name="v2")],
                canary=CanaryArgs(weights={"v1": 90, "v2": 10}),
            ),
            MeshServiceArgs(name="orders", namespace="kitchen", ports=[ServicePortArgs(number=8080)]),
        ],
        routes=[
            RouteArgs(
                name="public",
                namespace="kitchen",
                hosts=[host],
                gateways=["public"],
                rules=[
                    RouteRuleArgs(
                        matches=[RouteMatchArgs(path_prefix="/orders")],
                        destinations=[DestinationArgs(service="orders")],
                    ),
                    RouteRuleArgs(destinations=[DestinationArgs(service="menu")]),
                ],
            )
        ],
        authorization=[
            AuthorizationArgs(name="menu", service="menu", from_gateways=["public"]),
            AuthorizationArgs(name="orders", service="orders", from_gateways=["public"], from_services=["menu"]),
        ],
        telemetry=MeshTelemetryArgs(jaeger_enabled=True),
    ),
    pulumi.ResourceOptions(provider=cluster.provider, depends_on=[authority, kitchen]),
)
pulumi.export("gateways", mesh.gateways)
pulumi.export("objects", mesh.objects)
