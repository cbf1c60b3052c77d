"""Properties that name other resources: what they name must be there, and may not go while it is named."""

from collections.abc import Iterator
from typing import Any

from platform_lib.core.values import UNKNOWN
from platform_lib.sandbox.cloud import path as paths
from platform_lib.sandbox.cloud.model import Request, TypeRules, refuse
from platform_lib.sandbox.cloud.package import Package
from platform_lib.sandbox.cloud.store import SELF, Store

_NAMES = ("arn", "selfLink", "name", "keyArn", "url", "transitGatewayAttachmentId")


def values(inputs: Any, path: str) -> Iterator[str]:
    """The texts that stand at a path, ``[*]`` for every element; unknowns are left out."""
    yield from _values(inputs, paths.parse(path))


def _values(value: Any, segments: tuple[paths.Segment, ...]) -> Iterator[str]:
    if value is None or value is UNKNOWN:
        return
    if not segments:
        if isinstance(value, str) and value:
            yield value
        return
    head, rest = segments[0], segments[1:]
    if head == paths.STAR and isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _values(item, rest)
    elif isinstance(value, dict) and head in value:
        yield from _values(value[head], rest)


def links(rules: TypeRules, request: Request) -> list[tuple[str, str]]:
    """What a resource names, and the further names under which it is found itself."""
    found = [
        (value, reference.path) for reference in rules.references for value in values(request.inputs, reference.path)
    ]
    found += [(name, SELF) for name in names(request) if name != request.id]
    return found


def names(request: Request) -> list[str]:
    """Everything by which others may name the resource."""
    others = [request.outputs.get(key) for key in _NAMES]
    return [request.id, *{name for name in others if isinstance(name, str) and name}]


def exists(store: Store, value: str, types: tuple[str, ...], scope: str | None = None, region: str = "") -> bool:
    """Whether a resource of one of the types goes by the value, in a scope and region where given."""

    def fits(type_: str, its_scope: str, its_region: str) -> bool:
        return type_ in types and scope in (None, its_scope) and (not region or its_region in ("", region))

    value = value.removesuffix(":*")  # the arn of a log group, as policies write it
    return any(fits(*place) for place in store.places(value)) or any(fits(*place) for place in store.named(value))


def check(package: Package, rules: TypeRules, request: Request) -> None:
    """Refuses values that name nothing; of an update, only what is new.

    Raises:
        ProviderError: in the words of the real service.
    """
    for reference in rules.references:
        if not reference.missing:
            continue
        before = set(values(request.old.inputs, reference.path)) if request.old is not None else set()
        for value in values(request.inputs, reference.path):
            if value in before or package.outside(value, request.session) or request.knows(value):
                continue
            scope = request.account if package.scoped_ids else None
            region = "" if reference.any_region or not package.scoped_ids else request.region
            if not exists(request.store, value, reference.types, scope, region):
                raise refuse(reference.missing.format(value=value))


def release(package: Package, request: Request) -> None:
    """Refuses the delete of what others still need.

    Raises:
        ProviderError: in the words of the real service.
    """
    own = request.old.row if request.old is not None else 0
    for name in names(request):
        for row, path in request.store.linked(name):
            if path == SELF or row.row == own or row.owner == own:
                continue
            for reference in package.rules(row.type).references:
                if reference.path == path and reference.in_use and request.schema.token in reference.types:
                    raise refuse(
                        reference.in_use.format(id=request.id, name=request.outputs.get("name", ""), user=row.id)
                    )
