"""Answers for features: a function that callers invoke with their own identity.

A request is ``{"features": ["view:feature", ...], "entities": [{"key": value, ...}, ...]}``, where entities hold what
comes with the request too. The answer is ``{"features": {"view:feature": [value, ...]}}`` with a value for each entity:
null where there is none, where it is older than its view allows, and where it is computed from such a one. What is
wrong with a request is answered as ``{"error": ...}``.

Feast itself does not look at the age of what it reads online (0.67), and does not find features that are computed in
Python by their full names: so each view is asked by itself, and ages are looked at here.
"""

import functools
import tempfile
import time

from .repository import fetch, settings

MOST_ENTITIES = 500
MOST_FEATURES = 500
_TIMES = "__ts"
"""How Feast calls the time of a value, after its name."""


class RequestError(ValueError):
    """A request that cannot be answered."""


def check(request, views):
    """Features by view, and entities, of a request.

    Raises:
        RequestError: it has another form, asks for too much, or for what is not there.
    """
    features = request.get("features") if isinstance(request, dict) else None
    entities = request.get("entities") if isinstance(request, dict) else None
    if not isinstance(features, list) or not 1 <= len(features) <= MOST_FEATURES:
        raise RequestError(f"features: must be a list of 1 to {MOST_FEATURES} names")
    if not isinstance(entities, list) or not 1 <= len(entities) <= MOST_ENTITIES:
        raise RequestError(f"entities: must be a list of 1 to {MOST_ENTITIES} maps")
    if not all(isinstance(one, dict) for one in entities):
        raise RequestError("entities: must be maps of keys to values")
    wanted = {}
    for text in features:
        view, _, feature = text.partition(":") if isinstance(text, str) else ("", "", "")
        if feature not in views.get(view, {}).get("features", ()):
            raise RequestError(f"features: {text!r} is not in the store; write 'view:feature'")
        wanted.setdefault(view, []).append(feature)
    for view in wanted:
        for name in keys_of(view, views):
            if any(name not in entity for entity in entities):
                raise RequestError(f"entities: {view} needs {name!r} of every one")
    return wanted, entities


def keys_of(view, views):
    """What a view is asked by: keys, those of the views that it looks at, and what comes with the request."""
    told = views[view]
    found = [key for source in told.get("views", ()) for key in views[source]["keys"]]
    return list(dict.fromkeys([*told.get("keys", ()), *found, *told.get("inputs", ())]))


def answer(request, *, views, read, now):
    """The answer to a request.

    Args:
        request: as it came.
        views: what the repository says of the views.
        read: gives values and their times by name, given features as ``view:feature`` and entities.
        now: the time in seconds since 1970.
    """
    try:
        wanted, entities = check(request, views)
    except RequestError as error:
        return {"error": str(error)}
    found = {}
    for view, features in wanted.items():
        found.update(_of_view(view, features, entities, views, read, now))
    return {"features": {text: found[text] for text in request["features"]}}


def _of_view(view, features, entities, views, read, now):
    keys = keys_of(view, views)
    # A computed value is as old as the oldest that it is computed from: one feature of each source tells.
    sources = {source: views[source]["features"][0] for source in views[view].get("views", ())}
    told = sources or ({view: features[0]} if "ttl_seconds" in views[view] else {})
    asked = [f"{view}:{feature}" for feature in features]
    asked += [f"{source}:{feature}" for source, feature in sources.items()]
    values = read(asked, [{key: entity[key] for key in keys} for entity in entities])
    fresh = [True] * len(entities)
    for source, feature in told.items():
        limit = now - views[source]["ttl_seconds"]
        fresh = [still and moment >= limit for still, moment in zip(fresh, values[f"{feature}{_TIMES}"], strict=True)]
    return {
        f"{view}:{feature}": [value if still else None for value, still in zip(values[feature], fresh, strict=True)]
        for feature in features
    }


@functools.cache
def _store():
    import boto3
    from feast import FeatureStore

    bucket, _ = settings()
    folder = tempfile.mkdtemp()
    _, views = fetch(boto3.client("s3"), bucket, folder)
    return FeatureStore(repo_path=folder), views


def reader(store):
    """Reads from a store of Feast, with times."""
    return lambda asked, rows: store.get_online_features(asked, rows).to_dict(include_event_timestamps=True)


def handler(event, _context):
    """What Lambda calls."""
    store, views = _store()
    return answer(event, views=views, read=reader(store), now=time.time())
