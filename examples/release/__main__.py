"""A bucket that is closed to everybody, and a queue."""

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
closed = True

bucket = aws.s3.Bucket("logs", tags={"owner": config.require("owner"), "release": "one"})
aws.s3.BucketPublicAccessBlock(
    "logs",
    bucket=bucket.id,
    block_public_acls=closed,
    block_public_policy=closed,
    ignore_public_acls=closed,
    restrict_public_buckets=closed,
)
aws.sqs.Queue("jobs", sqs_managed_sse_enabled=True, visibility_timeout_seconds=30)
pulumi.export("bucket", bucket.bucket)
