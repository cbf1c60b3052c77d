"""Batch jobs."""

from collections.abc import Iterator
from typing import Any

from policypacks.engine.rule import PASS, Node, Resource, Verdict, all_in, fail, judge, rule
from policypacks.rules.common.aws_data import document
from policypacks.rules.common.credentials import credential_in_variable

PLACES = ("containerProperties", "ecsProperties", "nodeProperties", "eksProperties")
"""Where a job definition describes containers: JSON texts, for EKS an object."""


def _maps(value: Any) -> Iterator[dict[str, Any]]:
    """Every map in a document."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _maps(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _maps(inner)


@rule("aws-batch-job-not-privileged")
def job_not_privileged(job: Resource) -> Verdict:
    """Batch jobs are not privileged, and have no credentials in their environment.

    A privileged container is root on the host, next to the jobs of others; the environment is shown to all who may
    describe the job.
    """
    return all_in(judge(_unprivileged, job.at(place)) for place in PLACES)


def _unprivileged(place: Node) -> Verdict:
    try:
        maps = list(_maps(document(place, "")))
    except ValueError:
        return fail(place.path, "is not JSON", f"write {place.path} as JSON")
    if any(entry.get("privileged") is True for entry in maps):
        return fail(place.path, "makes the container privileged", "remove privileged")
    for entry in maps:
        if isinstance(entry.get("name"), str) and isinstance(entry.get("value"), str):
            kind = credential_in_variable(entry["name"], entry["value"])
            if kind:
                return fail(place.path, f"holds {kind} in its environment", "name it in secrets instead")
    return PASS
