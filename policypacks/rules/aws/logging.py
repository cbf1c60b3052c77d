"""CloudTrail and AWS Config: who did what, and what changed."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    THE_STACK,
    Node,
    Resource,
    Verdict,
    all_of,
    any_of,
    fail,
    require_at_least,
    require_equal,
    require_in,
    require_related,
    require_set,
    require_true,
    rule,
    some,
)
from policypacks.rules.common.aws_account import is_account_baseline

TRAIL = "aws:cloudtrail/trail:Trail"
BUCKET = "aws:s3/bucket:Bucket"
FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


@rule("aws-cloudtrail-multi-region")
def trail_multi_region(trail: Resource) -> Verdict:
    """Trails record all regions.

    Who breaks in works where nobody looks.
    """
    return require_true(trail, "isMultiRegionTrail")


@rule("aws-cloudtrail-logging-not-disabled")
def trail_logging(trail: Resource) -> Verdict:
    """Trails are switched on.

    A trail that does not log looks like one that does, until it is needed.
    """
    return require_true(trail, "enableLogging")


@rule("aws-cloudtrail-log-file-validation")
def trail_validation(trail: Resource) -> Verdict:
    """Trails sign their log files.

    Only signed digests show that nobody has removed a line.
    """
    return require_true(trail, "enableLogFileValidation")


@rule("aws-cloudtrail-encrypted-with-kms")
def trail_encrypted(trail: Resource) -> Verdict:
    """Trails are encrypted with a KMS key.

    The log of all that happens in an account is worth a permission of its own.
    """
    return require_set(trail, "kmsKeyId")


@rule("aws-cloudtrail-to-cloudwatch-logs")
def trail_to_logs(trail: Resource) -> Verdict:
    """Trails go to CloudWatch Logs too.

    Files in a bucket are read afterwards; a log group can raise an alarm within minutes.
    """
    return require_set(trail, "cloudWatchLogsGroupArn", "cloudWatchLogsRoleArn")


@rule("aws-cloudtrail-global-service-events")
def trail_global_events(trail: Resource) -> Verdict:
    """Trails record the global services.

    IAM and STS are global: without their events nobody sees a new user or role.
    """
    return require_true(trail, "includeGlobalServiceEvents")


@rule("aws-cloudtrail-management-events-all")
def trail_management_events(trail: Resource) -> Verdict:
    """Trails record all management events.

    Reads show what somebody was looking for before the first write.
    """
    if trail.present("advancedEventSelectors"):
        return NOT_APPLICABLE

    def check(selector: Node) -> Verdict:
        return all_of(
            require_in(selector, "readWriteType", ("All",), absent=PASS),
            require_true(selector, "includeManagementEvents", absent=PASS),
        )

    return some(trail, "eventSelectors", check)


@rule("aws-cloudtrail-s3-data-events")
def trail_data_events(trail: Resource) -> Verdict:
    """Trails record who reads and writes objects in S3.

    Management events tell of buckets, data events of what was taken from them.
    """

    def classic(selector: Node) -> Verdict:
        return all_of(
            some(selector, "dataResources", lambda data: require_equal(data, "type", "AWS::S3::Object")),
            require_in(selector, "readWriteType", ("All",), absent=PASS),
        )

    def advanced(selector: Node) -> Verdict:
        fields = {str(entry.get("field")): entry for entry in selector.items("fieldSelectors")}
        kinds = fields["resources.type"].get("equals", []) if "resources.type" in fields else []
        if "AWS::S3::Object" in kinds and "readOnly" not in fields:
            return PASS
        return fail(selector.path, "does not select all S3 object events", "select resources.type AWS::S3::Object")

    return any_of(some(trail, "eventSelectors", classic), some(trail, "advancedEventSelectors", advanced))


@rule("aws-cloudtrail-insights")
def trail_insights(trail: Resource) -> Verdict:
    """Trails look for unusual activity.

    A burst of calls or of errors is often the first thing to be seen of a break-in.
    """
    return some(
        trail,
        "insightSelectors",
        lambda it: require_in(it, "insightType", ("ApiCallRateInsight", "ApiErrorRateInsight")),
    )


@rule("aws-cloudtrail-trail-exists", subject=THE_STACK)
def trail_exists(stack: Resource) -> Verdict:
    """An account that is set up has a trail.

    Without one there is no record of who did what, and none can be made afterwards.
    """
    if not is_account_baseline(stack):
        return NOT_APPLICABLE
    return PASS if stack.stack.of(TRAIL) else fail("", "sets up an account without a Trail", "add a Trail")


@rule("aws-cloudtrail-bucket-not-public-and-logged")
def trail_bucket(trail: Resource) -> Verdict:
    """The bucket of a trail is closed, and access to it is logged.

    Who wants to hide what happened goes to the log first.
    """
    buckets = trail.stack.target(trail, "s3BucketName", BUCKET, key="bucket")
    if not buckets.sure and not buckets.maybe:
        return NOT_APPLICABLE
    return all_of(
        *(
            all_of(
                require_related(
                    bucket,
                    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
                    by="bucket",
                    key="bucket",
                    check=lambda block: require_true(block, *FLAGS),
                ),
                require_related(
                    bucket,
                    "aws:s3/bucketLogging:BucketLogging",
                    by="bucket",
                    key="bucket",
                    check=lambda logging: require_set(logging, "targetBucket"),
                ),
            )
            for bucket in [*buckets.sure, *buckets.maybe]
        )
    )


@rule("aws-cloudtrail-event-data-store-protected")
def event_data_store(store: Resource) -> Verdict:
    """Event data stores are encrypted, kept for a year, and cannot be deleted by mistake.

    They are the queryable memory of an account.
    """
    return all_of(
        require_set(store, "kmsKeyId"),
        require_true(store, "terminationProtectionEnabled", absent=PASS),
        require_at_least(store, "retentionPeriod", 365, unit="days", absent=PASS),
    )


@rule("aws-config-recorder-records-everything")
def recorder_everything(recorder: Resource) -> Verdict:
    """AWS Config records all resource types, the global ones too.

    What is not recorded has no history, and cannot be shown to have been right.
    """
    return require_true(recorder, "recordingGroup.allSupported", "recordingGroup.includeGlobalResourceTypes")


@rule("aws-config-recorder-enabled")
def recorder_enabled(status: Resource) -> Verdict:
    """The AWS Config recorder is switched on.

    A recorder is made switched off; without its status being set, it records nothing.
    """
    return require_true(status, "isEnabled")


@rule("aws-config-delivery-channel-encrypted")
def delivery_channel_encrypted(channel: Resource) -> Verdict:
    """What AWS Config delivers is encrypted with a KMS key.

    The history of every setting is a map for whoever wants in.
    """
    return require_set(channel, "s3KmsKeyArn")


@rule("aws-config-aggregator-all-regions")
def aggregator_all_regions(aggregator: Resource) -> Verdict:
    """AWS Config aggregators look at all regions.

    A region that is left out is where nobody sees what is wrong.
    """
    sources = [
        source
        for name in ("accountAggregationSource", "organizationAggregationSource")
        if (source := aggregator.at(name)).exists()
    ]
    if not sources:
        return require_set(aggregator, "accountAggregationSource")
    return all_of(*(require_true(source, "allRegions") for source in sources))
