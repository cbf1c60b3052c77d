"""Type tokens: the many under which one resource type may be registered, and the one under which rules know it."""

import json
import re
from collections.abc import Mapping
from functools import lru_cache

from policypacks.engine.record import CATALOGUE

_AZURE_VERSION = re.compile(r"(azure-native:\w+)/v\d{8}\w*:")
_KUBERNETES_PATCH = re.compile(r"(kubernetes:[^:]+:\w+)Patch\Z")


@lru_cache(maxsize=1)
def _aliases() -> Mapping[str, str]:
    text = (CATALOGUE / "token_aliases.json").read_text(encoding="utf-8")
    return {alias: token for token, aliases in json.loads(text).items() for alias in aliases}


@lru_cache(maxsize=4096)
def canonical(token: str) -> str:
    """The token under which the catalogue knows a type.

    Older module names and v2 twins are folded (``aws:s3/bucketV2:BucketV2``), the version is dropped from the module
    of azure-native tokens (``azure-native:storage/v20230101:StorageAccount``), and Kubernetes Patch kinds are their
    kind. Source: the alias lists of the installed SDKs.
    """
    if token.startswith("azure-native:"):
        token = _AZURE_VERSION.sub(r"\1:", token)
    folded = _aliases().get(token, token)
    if not folded.startswith("kubernetes:"):
        return folded
    patched = _KUBERNETES_PATCH.sub(r"\1", folded)
    return _aliases().get(patched, patched)


def matches(pattern: str, token: str) -> bool:
    """Whether a token pattern covers a canonical token: equal, ``*`` for any, or a prefix that ends in ``*``."""
    return pattern == token or (pattern.endswith("*") and token.startswith(pattern[:-1]))
