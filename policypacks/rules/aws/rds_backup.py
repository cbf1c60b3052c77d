"""Which data stores AWS Backup saves."""

from collections.abc import Iterator, Mapping
from typing import Any

from platform_lib.core.values import UNKNOWN
from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Undetermined,
    Verdict,
    any_in,
    fail,
    judge,
    require_equal,
    rule,
    undetermined,
)
from policypacks.rules.common.aws_policy import covers
from policypacks.rules.common.aws_s3 import takes_records
from policypacks.rules.common.tags import is_log_store, is_regulated

SELECTION = "aws:backup/selection:Selection"
EFS_POLICY = "aws:efs/backupPolicy:BackupPolicy"
STORES = {
    "aws:rds/instance:Instance": "rds:{0}:{0}:db:{0}",
    "aws:rds/cluster:Cluster": "rds:{0}:{0}:cluster:{0}",
    "aws:dynamodb/table:Table": "dynamodb:{0}:{0}:table/{0}",
    "aws:efs/fileSystem:FileSystem": "elasticfilesystem:{0}:{0}:file-system/{0}",
    "aws:ebs/volume:Volume": "ec2:{0}:{0}:volume/{0}",
    "aws:docdb/cluster:Cluster": "rds:{0}:{0}:cluster:{0}",
    "aws:neptune/cluster:Cluster": "rds:{0}:{0}:cluster:{0}",
    "aws:s3/bucket:Bucket": "s3:::{0}",
    "aws:fsx/windowsFileSystem:WindowsFileSystem": "fsx:{0}:{0}:file-system/{0}",
}
"""Types that AWS Backup saves, and their ARNs after the partition.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

_ANYTHING = "\x00"
"""Stands for a part of an ARN that is not known: only a wildcard covers it."""


def _tags(store: Resource) -> Mapping[str, Any]:
    defaults = (store.facts.provider or {}).get("defaultTags")
    given = defaults.get("tags") if isinstance(defaults, dict) else None
    return {**(given if isinstance(given, dict) else {}), **store.get("tags", {})}


def _arn_covered(store: Resource, pattern: str) -> bool:
    known = store.at("arn").value
    if isinstance(known, str) and known.startswith("arn:"):
        return covers(pattern, known)
    model = f"arn:aws:{STORES[store.type].format(_ANYTHING)}"
    return covers(pattern, model)


def _names(store: Resource, selection: Resource, path: str) -> Verdict:
    """Whether a list of ARNs and patterns names the store."""
    related = store.stack.related(store, SELECTION, by=f"{path}[]")
    if any(other.urn == selection.urn for other in related.sure):
        return PASS
    patterns = selection.at(path)
    entries = patterns.spread() if patterns.value is not UNKNOWN else [patterns]
    if any(isinstance(entry.value, str) and _arn_covered(store, entry.value) for entry in entries):
        return PASS
    if any(other.urn == selection.urn for other in related.maybe):
        return undetermined(f"{selection.name}.{path}")
    return fail(path, "does not name it", f"add its ARN to {path} of Selection '{selection.name}'")


def _tests(selection: Resource) -> Iterator[tuple[str, Node]]:
    for group in selection.items("conditions"):
        for kind in ("stringEquals", "stringLikes", "stringNotEquals", "stringNotLikes"):
            for entry in group.items(kind):
                yield kind, entry


def _fits(tags: Mapping[str, Any], kind: str, entry: Node) -> bool:
    key = str(entry.get("key")).removeprefix("aws:ResourceTag/")
    wanted = str(entry.get("value"))
    value = tags.get(key)
    if value is UNKNOWN:
        raise Undetermined(f"tags.{key}")
    hit = value is not None and (covers(wanted, str(value)) if kind.endswith("Likes") else str(value) == wanted)
    return hit != kind.startswith("stringNot")


def _selected(store: Resource, selection: Resource) -> Verdict:
    """Whether a selection holds the store: by a tag, or by ARN where the conditions let it through."""
    excluded = _names(store, selection, "notResources")
    if excluded is PASS:
        return fail("", f"Selection '{selection.name}' leaves it out", "take it out of notResources")
    if excluded.unknown:
        return excluded
    tags = _tags(store)
    if any(_fits(tags, "stringEquals", entry) for entry in selection.items("selectionTags")):
        return PASS
    if all(_fits(tags, kind, entry) for kind, entry in _tests(selection)):
        by_tags_alone = selection.present("conditions") and not selection.present("resources")
        return PASS if by_tags_alone else _names(store, selection, "resources")
    return fail("tags", f"do not meet the conditions of Selection '{selection.name}'", "set the tags it selects on")


@rule(
    "aws-backup-covers-data-stores",
    subject=tuple(STORES),
    config={
        "organisation_tag": {
            "type": "string",
            "default": "",
            "description": "key of the tag on which a plan of the organisation selects; empty where there is none",
        }
    },
)
def stores_covered(store: Resource) -> Verdict:
    """Every store of regulated data is in a backup plan.

    Copies in a vault of their own survive what destroys the store: a deletion, a stolen administrator, a lost key.
    Stores of logs, buckets that the stack's logs go to, and data that is tagged public or internal are left out.
    """
    if is_log_store(store) or not is_regulated(store) or takes_records(store):
        return NOT_APPLICABLE
    organisation = store.config["organisation_tag"]
    if organisation and _tags(store).get(organisation):
        return PASS
    answers = [judge(lambda it: _selected(store, it), it) for it in store.stack.all(store, SELECTION)]
    policies = store.stack.related(store, EFS_POLICY, by="fileSystemId")
    answers += [judge(lambda it: require_equal(it, "backupPolicy.status", "ENABLED"), it) for it in policies.sure]
    if not answers:
        return fail("", "no backup Selection holds it", "add it to a Selection by its ARN or by a tag")
    return any_in(answers)
