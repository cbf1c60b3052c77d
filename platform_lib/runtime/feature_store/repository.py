"""The files that Feast reads, from the bucket of the store to this machine."""

import json
import os
from pathlib import Path

BUNDLE_KEY = "repository/bundle.json"
REGISTRY_KEY = "registry/registry.db"


def unpack(text, folder):
    """Writes the files of a bundle into a folder.

    Returns:
        Digest of the bundle, and what jobs know of the views.
    """
    bundle = json.loads(text)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in bundle["files"].items():
        (folder / name).write_text(content, encoding="utf-8")
    return bundle["digest"], json.loads(bundle["files"]["views.json"])


def fetch(s3, bucket, folder):
    """Brings the files from the bucket."""
    body = s3.get_object(Bucket=bucket, Key=BUNDLE_KEY)["Body"].read()
    return unpack(body.decode("utf-8"), folder)


def with_own_registry(s3, bucket, folder):
    """Makes the files in a folder use a copy of the registry beside them.

    Feast writes into the registry when it copies values; only whoever applies definitions may write into the one of
    the store.
    """
    folder = Path(folder)
    s3.download_file(bucket, REGISTRY_KEY, str(folder / "registry.db"))
    path = folder / "feature_store.yaml"
    text = path.read_text(encoding="utf-8")
    own = f"s3://{bucket}/{REGISTRY_KEY}"
    if text.count(own) != 1:
        raise ValueError(f"feature_store.yaml: must name the registry {own} once")
    path.write_text(text.replace(own, str(folder / "registry.db")), encoding="utf-8")


def settings():
    """Where everything is, from the environment of the task or function."""
    return os.environ["STORE_BUCKET"], os.environ["STATE_TABLE"]
