"""Log sinks of Google Cloud: that all logs go somewhere, and that nobody can shorten them there."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    THE_STACK,
    Resource,
    Verdict,
    all_in,
    any_in,
    fail,
    judge,
    require_true,
    rule,
    undetermined,
)

SINKS = (
    "gcp:logging/projectSink:ProjectSink",
    "gcp:logging/organizationSink:OrganizationSink",
    "gcp:logging/folderSink:FolderSink",
)
BUCKET = "gcp:storage/bucket:Bucket"
STORAGE = "storage.googleapis.com/"


@rule("gcp-logging-sink-exists", subject=THE_STACK)
def sink_exists(stack: Resource) -> Verdict:
    """Where a stack exports logs, one sink takes them all.

    A filter decides beforehand what an investigation will need; what it leaves out is gone after 30 days.
    """

    def check(sink: Resource) -> Verdict:
        if sink.present("filter") and sink.get("filter"):
            return fail(f"{sink.name}.filter", "leaves logs out", "add a sink without a filter")
        if sink.get("disabled") is True:
            return fail(f"{sink.name}.disabled", "turns the sink off", "set it to false")
        return PASS

    return any_in(judge(check, sink) for sink in stack.stack.all(stack, *SINKS))


@rule("gcp-logging-sink-bucket-locked", subject=BUCKET)
def sink_bucket_locked(bucket: Resource) -> Verdict:
    """Buckets that take logs have a locked retention policy.

    Logs that an intruder or an administrator can delete prove nothing.
    """
    name = bucket.get("name") if bucket.present("name") else None
    verdicts = []
    for sink in bucket.stack.all(bucket, *SINKS):
        sources = sink.facts.property_dependencies.get("destination", ())
        named = judge(lambda it: PASS if name and _bucket_of(it) == name else NOT_APPLICABLE, sink)
        if bucket.urn in sources or named is PASS:
            return require_true(bucket, "retentionPolicy.isLocked")
        if named.unknown and not sources:
            verdicts.append(undetermined(f"{sink.name}.destination"))
    return all_in(verdicts)


def _bucket_of(sink: Resource) -> str | None:
    """The name of the bucket that a sink writes to, None for another kind of destination."""
    destination = str(sink.get("destination"))
    return destination.removeprefix(STORAGE) if destination.startswith(STORAGE) else None
