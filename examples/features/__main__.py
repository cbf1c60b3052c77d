"""What a shop knows of its customers: spending every hour, visits as they happen, how large a basket is for them."""

import pulumi
import pulumi_aws as aws

from platform_lib.components.baseline import SecurityBaseline, SecurityBaselineArgs
from platform_lib.components.baseline.args import ConfigurationHistoryArgs, ThreatDetectionArgs, TrailArgs
from platform_lib.components.features import (
    BatchViewArgs,
    EntityArgs,
    FeatureArgs,
    FeatureStore,
    FeatureStoreArgs,
    FeatureType,
    RequestFeatureArgs,
    RequestInputArgs,
    RequestViewArgs,
    RetiredViewArgs,
    ServingArgs,
    StreamViewArgs,
)
from platform_lib.components.vpc import VpcArgs, VpcComponent
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
network = VpcComponent(
    "net", VpcArgs(context=context, region="eu-central-1", cidr="10.30.0.0/16", zone_count=2, guard=False)
)
repository = aws.ecr.Repository("feature-store", image_tag_mutability="IMMUTABLE")

store = FeatureStore(
    "shop",
    FeatureStoreArgs(
        context=context,
        account_id=account.account_id,
        network=network.reference,
        baseline=baseline.reference,
        image=pulumi.Output.concat(repository.repository_url, "@sha256:", "0" * 64),
        entities=[
            EntityArgs(name="customer", join_key="customer_id", type=FeatureType.INT64),
            EntityArgs(name="branch"),
        ],
        batch_views=[
            BatchViewArgs(
                name="spending",
                entities=["customer"],
                features=[
                    FeatureArgs(name="total", type=FeatureType.FLOAT64, description="Spent in 30 days"),
                    FeatureArgs(name="orders", type=FeatureType.INT64),
                ],
                ttl_minutes=2 * 24 * 60,
                every_minutes=60,
                freshness_minutes=90,
            )
        ],
        stream_views=[
            StreamViewArgs(
                name="visits",
                entities=["customer", "branch"],
                features=[FeatureArgs(name="last_shelf", type=FeatureType.STRING)],
                ttl_minutes=120,
            )
        ],
        request_views=[
            RequestViewArgs(
                name="basket",
                inputs=[RequestInputArgs(name="amount", type=FeatureType.FLOAT64)],
                views=["spending"],
                features=[
                    RequestFeatureArgs(
                        name="share", type=FeatureType.FLOAT64, expression="amount / total if total > 0 else 1.0"
                    )
                ],
            )
        ],
        retired_views=[RetiredViewArgs(name="spending_daily", until="2027-03-31", replaced_by="spending")],
        serving=ServingArgs(latency_ms=100),
    ),
)
pulumi.export("serving_arn", store.serving_arn)
pulumi.export("contract_digest", store.contract_digest)
