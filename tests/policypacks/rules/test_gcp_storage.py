"""The cases of the rules for Cloud Storage."""

import json

import pytest

from support.policies import PASS, REMOVE, Case, R, Trial, on, resource, trials

BUCKET = resource(
    "gcp:storage/bucket:Bucket",
    {
        "name": "data",
        "publicAccessPrevention": "enforced",
        "uniformBucketLevelAccess": True,
        "versioning": {"enabled": True},
        "logging": {"logBucket": "access-logs"},
    },
)
LOCKED = {"retentionPolicy": {"retentionPeriod": 31536000, "isLocked": True}}
LOG_BUCKET = resource(BUCKET.type, {**BUCKET.properties, **LOCKED, "labels": {"purpose": "logs"}})
GROUP = "group:analysts@example.org"


def policy(member: str) -> str:
    return json.dumps({"bindings": [{"role": "roles/storage.objectViewer", "members": [member]}]})


CASES = [
    Case("gcp-storage-bucket-public-access-prevention", BUCKET, bad={"publicAccessPrevention": "inherited"}),
    Case("gcp-storage-bucket-uniform-access", BUCKET, bad={"uniformBucketLevelAccess": False}),
    Case(
        "gcp-storage-bucket-iam-not-public",
        [
            R("member", "gcp:storage/bucketIAMMember:BucketIAMMember", {"member": GROUP}),
            R("binding", "gcp:storage/bucketIAMBinding:BucketIAMBinding", {"members": [GROUP]}),
            R("policy", "gcp:storage/bucketIAMPolicy:BucketIAMPolicy", {"policyData": policy(GROUP)}),
            R("acl", "gcp:storage/bucketAccessControl:BucketAccessControl", {"entity": "group-x@example.org"}),
            R("default", "gcp:storage/defaultObjectAccessControl:DefaultObjectAccessControl", {"entity": "user-x"}),
        ],
        bad=[
            {"member": "allUsers"},
            on("binding", {"members": [GROUP, "allAuthenticatedUsers"]}),
            on("policy", {"policyData": policy("allUsers")}),
            on("acl", {"entity": "allUsers"}),
            on("default", {"entity": "allAuthenticatedUsers"}),
        ],
    ),
    Case(
        "gcp-storage-bucket-versioning",
        BUCKET,
        bad=[
            {"versioning.enabled": False},
            {"versioning": REMOVE, "retentionPolicy": {"retentionPeriod": 60, "isLocked": False}},
        ],
        unrelated=LOCKED,
        guards=["versioning.enabled"],
    ),
    Case(
        "gcp-storage-bucket-logging",
        BUCKET,
        bad=[{"logging.logBucket": "data"}, {"logging": REMOVE}],
        unrelated={"labels": {"purpose": "logs"}},
        guards=["logging.logBucket"],
    ),
    Case(
        "gcp-storage-bucket-retention-locked",
        LOG_BUCKET,
        bad=[{"retentionPolicy.isLocked": False}, {"retentionPolicy.retentionPeriod": REMOVE}],
        unrelated={"labels": {"purpose": "images"}},
        unknown={"retentionPolicy.retentionPeriod": PASS},
        breaks=["gcp-logging-sink-bucket-locked"],
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
