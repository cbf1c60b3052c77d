"""The cases of the rules for log sinks of Google Cloud."""

import pytest

from support.policies import PASS, Case, R, Ref, Trial, drop, on, trials

SINK = R("sink", "gcp:logging/projectSink:ProjectSink", {"destination": "storage.googleapis.com/archive"})
BUCKET = R(
    "archive",
    "gcp:storage/bucket:Bucket",
    {
        "name": "archive",
        "labels": {"purpose": "logs"},
        "publicAccessPrevention": "enforced",
        "uniformBucketLevelAccess": True,
        "retentionPolicy": {"retentionPeriod": 31536000, "isLocked": True},
    },
)

CASES = [
    Case(
        "gcp-logging-sink-exists",
        SINK,
        bad=[{"filter": "severity>=ERROR"}, {"disabled": True}],
        unrelated=drop("sink"),
        absent={"filter": PASS, "disabled": PASS},
    ),
    Case(
        "gcp-logging-sink-bucket-locked",
        [BUCKET, SINK],
        bad={"retentionPolicy.isLocked": False},
        also_good=on("sink", {"destination": Ref("archive")}),
        unrelated=[drop("sink"), on("sink", {"destination": "bigquery.googleapis.com/projects/p/datasets/archive"})],
        guards=["retentionPolicy.isLocked"],
        breaks=["gcp-storage-bucket-retention-locked"],
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
