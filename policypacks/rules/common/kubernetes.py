"""Objects of a Kubernetes cluster that name each other by ``metadata.name``."""

from policypacks.engine.graph import Related
from policypacks.engine.rule import Resource


def naming(subject: Resource, *types: str, by: str) -> Related:
    """The objects whose property ``by`` names the subject: by an output of it, or by its ``metadata.name`` as text."""
    related = subject.stack.related(subject, *types, by=by)
    sure = {other.urn: other for other in related.sure}
    name = subject.at("metadata.name").value
    if isinstance(name, str) and name:
        for other in subject.stack.all(subject, *types):
            if other.at(by).value == name:
                sure[other.urn] = other
    return Related(list(sure.values()), [other for other in related.maybe if other.urn not in sure])


def inside(namespace: Resource, *types: str) -> Related:
    """The objects that stand in a namespace."""
    return naming(namespace, *types, by="metadata.namespace")


def is_patch(subject: Resource) -> bool:
    """Whether it changes some fields of an object that somebody else makes: it says nothing of what it does not set."""
    return subject.facts.type.endswith("Patch")
