r"""The tags that every taggable resource carries, in the form that each cloud takes.

Limits and characters:
- AWS: 50 tags a resource, keys to 128 and values to 256 characters, letters, digits, spaces and ``_ . : / = + - @``, no
  key beginning with ``aws:`` (https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html);
- Azure: 50 tags, names to 512 and values to 256 characters, names without ``< > % & \ ? /`` and compared without case
  (https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources);
- GCP: 64 labels, keys to 63 and values to 63 lower-case letters, digits, ``_`` and ``-``, keys beginning with a letter
  (https://cloud.google.com/resource-manager/docs/labels-overview).

Values may be Outputs: those are passed on unchecked.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from platform_lib.core.context import Context
from platform_lib.core.errors import ArgsError, Finding
from platform_lib.core.validation import SeveralFieldsError, is_output, join

ValueT = TypeVar("ValueT")

REQUIRED_TAGS: Final = ("environment", "owner", "cost-centre", "data-classification", "compliance-scope")
"""The keys that every taggable resource carries, the same on all clouds."""

NO_SCOPE: Final = "none"
"""The value of ``compliance-scope`` for resources that are in scope of no framework."""


@dataclass(frozen=True)
class TagRules:
    """What a cloud takes as tags: its word for them, how many, and the forms of key and value."""

    word: str
    most: int
    key: re.Pattern[str]
    value: re.Pattern[str]
    described: str


AWS_TAGS: Final = TagRules(
    "tag",
    50,
    re.compile(r"(?!(?i:aws:))[\w .:/=+@-]{1,128}"),
    re.compile(r"(?!(?i:aws:))[\w .:/=+@-]{0,256}"),
    "letters, digits, spaces and _ . : / = + - @, keys to 128 and values to 256 characters, not beginning with aws:",
)
AZURE_TAGS: Final = TagRules(
    "tag",
    50,
    re.compile(r"(?!(?i:azure|microsoft|windows))[^<>%&\\?/\x00-\x1f]{1,512}"),
    re.compile(r".{0,256}", re.DOTALL),
    "names to 512 characters without < > % & \\ ? / and not beginning with azure, microsoft or windows, values to 256",
)
GCP_LABELS: Final = TagRules(
    "label",
    64,
    re.compile(r"[a-z][a-z0-9_-]{0,62}"),
    re.compile(r"[a-z0-9_-]{0,63}"),
    "lower-case letters, digits, _ and -, to 63 characters, keys beginning with a letter",
)


def required_tags(context: Context) -> dict[str, str]:
    """The required tags: valid as AWS tags, Azure tags and GCP labels alike."""
    return {
        "environment": context.environment,
        "owner": context.owner,
        "cost-centre": context.cost_centre,
        "data-classification": context.data_classification.value,
        "compliance-scope": "_".join(sorted(context.scope)) or NO_SCOPE,
    }


def tags(
    context: Context, extra: Mapping[str, Any] | None = None, *, rules: TagRules = AWS_TAGS, subject: str = "tags"
) -> dict[str, Any]:
    """The required tags together with a caller's own.

    Args:
        context: where the required tags come from.
        extra: more tags, key to plain value or Output.
        rules: of the cloud they are for.
        subject: whose tags they are, for messages.

    Raises:
        ArgsError: a key or value that the cloud refuses, too many of them, or a key that is set from the context.
    """
    merged: dict[str, Any] = {**required_tags(context), **(extra or {})}
    findings = check_tags(extra or {}, rules=rules)
    if len(merged) > rules.most:
        findings.append(Finding("tags", f"must be at most {rules.most} with the required ones, got {len(merged)}"))
    if findings:
        raise ArgsError(subject, findings)
    return merged


def check_tags(extra: Mapping[str, Any], *, rules: TagRules = AWS_TAGS, path: str = "tags") -> list[Finding]:
    """What is wrong with a caller's own tags, one finding a tag, below ``path``; Outputs are not looked at."""
    findings = []
    reserved = {key.lower() for key in REQUIRED_TAGS}
    for key, value in extra.items():
        if key.lower() in reserved:
            findings.append(Finding(join(path, key), "is set from the context", "leave it out"))
        elif not rules.key.fullmatch(key):
            findings.append(Finding(join(path, key), f"is not a key of a {rules.word}", f"use {rules.described}"))
        elif not is_output(value) and not (isinstance(value, str) and rules.value.fullmatch(value)):
            findings.append(Finding(join(path, key), f"is not a value of a {rules.word}", f"use {rules.described}"))
    return findings


def check_own_tags(value: dict[str, ValueT] | None) -> dict[str, ValueT] | None:
    """A caller's own tags of AWS, or a ``SeveralFieldsError`` with all that is wrong with them."""
    if findings := check_tags(value or {}, path=""):
        raise SeveralFieldsError(findings)
    return value
