"""Tags and labels: what a resource says about itself."""

from collections.abc import Collection

from policypacks.engine.rule import Resource

CLASSIFICATION = "data-classification"
"""The tag that says how sensitive the data is: public, internal, confidential or restricted."""

REGULATED = ("confidential", "restricted")
"""The classes of data that HIPAA, PCI DSS and SOC 2 are about."""

PURPOSE = "purpose"
"""The tag that says what a store is for."""

LOG_PURPOSES = ("log", "logs", "audit", "evidence")
"""The purposes of stores that keep what happened, for investigators."""

_HOLDERS = ("tags", "labels", "metadata.labels", "userLabels", "resourceLabels")


def tag(resource: Resource, key: str) -> str | None:
    """The value of a tag or label, in lower case; from the provider's default tags where the resource has none.

    Raises:
        Undetermined: the tags are not known yet.
    """
    for holder in _HOLDERS:
        if holder.partition(".")[0] not in resource.facts.properties:
            continue
        value = resource.at(holder).child(key).read()
        if value is not None:
            return str(value).lower()
    defaults = (resource.facts.provider or {}).get("defaultTags")
    value = defaults.get("tags", {}).get(key) if isinstance(defaults, dict) else None
    return str(value).lower() if isinstance(value, str) else None


def is_regulated(resource: Resource, classes: Collection[str] = REGULATED) -> bool:
    """Whether the data that the resource holds is of a class that the frameworks are about.

    A resource that does not say counts as regulated: silence must not exempt.

    Raises:
        Undetermined: the tags are not known yet.
    """
    found = tag(resource, CLASSIFICATION)
    return found is None or found in classes


def is_log_store(resource: Resource) -> bool:
    """Whether a tag says that the resource keeps logs or evidence."""
    return tag(resource, PURPOSE) in LOG_PURPOSES
