"""What a stack uses its S3 buckets for."""

from policypacks.engine.rule import Resource

BUCKET = "aws:s3/bucket:Bucket"
LOGGING = "aws:s3/bucketLogging:BucketLogging"
TRAIL = "aws:cloudtrail/trail:Trail"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
DELIVERY = "aws:cfg/deliveryChannel:DeliveryChannel"


def takes_access_logs(bucket: Resource) -> bool:
    """Whether other buckets of the stack send their access logs there.

    Such a bucket can neither use KMS by default nor lock its objects:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    """
    related = bucket.stack.related
    return bool(
        related(bucket, LOGGING, by="targetBucket", key="bucket").sure
        or related(bucket, BUCKET, by="logging.targetBucket", key="bucket").sure
        or related(bucket, BUCKET, by="loggings[].targetBucket", key="bucket").sure
    )


def takes_configuration_history(bucket: Resource) -> bool:
    """Whether AWS Config delivers there, which it cannot where objects are locked by default.

    https://docs.aws.amazon.com/config/latest/developerguide/manage-delivery-channel.html
    """
    return bool(bucket.stack.related(bucket, DELIVERY, by="s3BucketName", key="bucket").sure)


def takes_trails(bucket: Resource) -> bool:
    """Whether a trail or flow log of the stack is written there."""
    related = bucket.stack.related
    return bool(
        related(bucket, TRAIL, by="s3BucketName", key="bucket").sure
        or related(bucket, FLOW_LOG, by="logDestination").sure
    )


def takes_records(store: Resource) -> bool:
    """Whether it is a bucket that trails, flow logs, AWS Config or other buckets of the stack write to."""
    return store.type == BUCKET and (
        takes_access_logs(store) or takes_configuration_history(store) or takes_trails(store)
    )
