"""Answers for features: a function that callers invoke with their own identity.

A request is ``{"features": ["view:feature", ...], "entities": [{"key": value, ...}, ...]}``, and the answer
``{"features": {"view__feature": [value, ...]}}`` with a value for each entity; null where there is none, or an old one.
What is wrong with a request is answered as ``{"error": ...}``.
"""

import functools
import tempfile

from .repository import fetch, settings

MOST_ENTITIES = 500
MOST_FEATURES = 500


class RequestError(ValueError):
    """A request that cannot be answered."""


def check(request):
    """Features and entities of a request.

    Raises:
        RequestError: it has another form, or asks for too much.
    """
    features = request.get("features") if isinstance(request, dict) else None
    entities = request.get("entities") if isinstance(request, dict) else None
    if not isinstance(features, list) or not 1 <= len(features) <= MOST_FEATURES:
        raise RequestError(f"features: must be a list of 1 to {MOST_FEATURES} names")
    if not all(isinstance(one, str) and one.count(":") == 1 for one in features):
        raise RequestError("features: must be written as 'view:feature'")
    if not isinstance(entities, list) or not 1 <= len(entities) <= MOST_ENTITIES:
        raise RequestError(f"entities: must be a list of 1 to {MOST_ENTITIES} maps")
    if not all(isinstance(one, dict) and one for one in entities):
        raise RequestError("entities: must be maps of keys to values")
    if any(entity.keys() != entities[0].keys() for entity in entities):
        raise RequestError("entities: must all have the same keys")
    return features, entities


def answer(request, read):
    """The answer to a request.

    Args:
        request: as it came.
        read: gives values by name, given features and entities.
    """
    try:
        features, entities = check(request)
    except RequestError as error:
        return {"error": str(error)}
    found = read(features, entities)
    return {"features": {name: values for name, values in found.items() if "__" in name}}


@functools.cache
def _store():
    import boto3
    from feast import FeatureStore

    bucket, _ = settings()
    folder = tempfile.mkdtemp()
    fetch(boto3.client("s3"), bucket, folder)
    return FeatureStore(repo_path=folder)


def handler(event, _context):
    """What Lambda calls."""
    store = _store()
    return answer(event, lambda *asked: store.get_online_features(*asked, full_feature_names=True).to_dict())
