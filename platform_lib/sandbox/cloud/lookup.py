"""Look-ups: from the fixtures file first, then built in, then from what is in the cloud; nothing is guessed."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from platform_lib.core.values import Properties, Secret, plain, redacted
from platform_lib.sandbox.cloud import believable, schemas
from platform_lib.sandbox.cloud.codec import holds_secret
from platform_lib.sandbox.cloud.model import Request, Session, refuse
from platform_lib.sandbox.cloud.package import Look, Package
from platform_lib.sandbox.cloud.store import Row
from platform_lib.sandbox.protocol import InvokeResult, ProviderError

if TYPE_CHECKING:
    from platform_lib.sandbox.cloud.cloud import Cloud

_GET = re.compile(r"^(?P<head>[^:]+:[^:]*?)(?P<file>/get\w+)?:get(?P<kind>\w+)$")
_NOT_CRITERIA = frozenset({"region", "mostRecent", "withDecryption", "allAvailabilityZones", "includeDeprecated"})
_AWS_FILTERS = {
    "isDefault": "default",
    "is-default": "default",
    "default-for-az": "defaultForAz",
    "group-name": "name",
    "cidr": "cidrBlock",
    "owner-id": "ownerId",
    "availability-zone": "availabilityZone",
}


def answer(cloud: "Cloud", package: Package, session: Session, token: str, args: Properties) -> InvokeResult:
    """Answers a look-up.

    Raises:
        ProviderError: nothing answers it; the text names the token and the line for the fixtures file.
    """
    line = cloud.fixtures.line(token, redacted(args))
    args = plain(args)
    told = cloud.fixtures.answer(token, args)
    if told is not None:
        return InvokeResult({**args, **told})
    schema = schemas.function(token)
    failures = schemas.failures(schema, args)
    if failures:
        return InvokeResult({}, failures)
    built_in = package.look_up(token)
    if built_in is not None:
        outputs = built_in(Look(session, args, cloud.store, cloud.clock.stamp()))
        if outputs is not None:
            return InvokeResult(outputs)
    found = _from_rows(cloud, package, session, token, args, line)
    if found is not None:
        return InvokeResult(found)
    raise ProviderError(f"sandbox: look-up {token}: the sandbox has no answer; add to {cloud.fixtures.place}: {line}")


def _from_rows(
    cloud: "Cloud", package: Package, session: Session, token: str, args: Properties, line: str
) -> Properties | None:
    """The answer from resources of the type that the look-up is about, None where it is about no type."""
    match = _GET.match(token)
    if match is None:
        return None
    single = _resource_token(match["head"], match["kind"], bridged=match["file"] is not None)
    plural = match["kind"].endswith("s") and single is None
    if plural:
        single = _resource_token(match["head"], match["kind"][:-1], bridged=match["file"] is not None)
    if single is None:
        return None
    region = str(args.get("region") or session.region)
    rows = [
        row
        for row in cloud.store.rows(
            "type = ? AND (? = 0 OR scope = ?)", (single, int(package.scoped_ids), session.scope)
        )
        if (not package.scoped_ids or not row.region or row.region == region) and _fits(row, args)
    ]
    outputs = schemas.function(token).outputs
    if plural:
        if "ids" not in outputs:
            return None
        return {
            **args,
            "id": region or session.scope,
            "ids": [row.id for row in rows],
            **({"region": region} if "region" in outputs else {}),
        }
    if len(rows) != 1:
        what = "nothing in the cloud fits" if not rows else f"{len(rows)} resources fit, and it takes one"
        raise refuse(f"look-up {token}: {what}; narrow the arguments, or add to {cloud.fixtures.place}: {line}")
    return _described(cloud, package, session, rows[0], token, args)


def _described(
    cloud: "Cloud", package: Package, session: Session, row: Row, token: str, args: Properties
) -> Properties:
    """A resource as its look-up shows it; secrets stay marked."""
    result: Properties = {}
    request = Request(
        session,
        cloud.store,
        schemas.resource(row.type),
        row.urn,
        plain(row.inputs),
        row.region,
        cloud.clock.stamp(),
        row.id,
        plain(row.outputs),
        seed=f"{row.type}|{row.id}",
    )
    find = schemas.objects(package.name)
    for name, output in schemas.function(token).outputs.items():
        if name == "id":
            result[name] = row.id
        elif name in row.outputs:
            held = row.outputs[name]
            result[name] = Secret(plain(held)) if holds_secret(held) else held
        elif name in args:
            result[name] = args[name]
        elif output.required:
            result[name] = believable.value(request, name, output.type, find, package.arn)
    return result


def _resource_token(head: str, kind: str, *, bridged: bool) -> str | None:
    """The resource type of a look-up's name, None where there is none."""
    token = f"{head}/{kind[0].lower()}{kind[1:]}:{kind}" if bridged else f"{head}:{kind}"
    try:
        return schemas.resource(token).token
    except ProviderError:
        return None


def _fits(row: Row, args: Properties) -> bool:
    """Whether a resource meets every criterion of a look-up."""
    outputs = {**plain(row.inputs), **plain(row.outputs), "id": row.id}
    for key, wanted in args.items():
        if wanted is None or key in _NOT_CRITERIA:
            continue
        if key == "filters":
            if not all(_filtered(row, outputs, item) for item in wanted):
                return False
        elif key == "tags":
            held = outputs.get("tagsAll") or outputs.get("tags") or {}
            if any(held.get(name) != value for name, value in wanted.items()):
                return False
        elif not _equals(outputs, row, key, wanted):
            return False
    return True


def _equals(outputs: Properties, row: Row, key: str, wanted: Any) -> bool:
    if outputs.get(key) == wanted or (isinstance(wanted, str) and str(outputs.get(key)) == wanted):
        return True
    kind = row.type.rpartition(":")[2]
    own = {"id", "name", "arn", "identifier", f"{kind[0].lower()}{kind[1:]}Id", f"{kind[0].lower()}{kind[1:]}Name"}
    named = {row.id, outputs.get("name"), outputs.get("arn"), row.id.rpartition("/")[2]}
    return (key in own or (key.endswith(("Id", "Name", "Arn")) and key not in outputs)) and wanted in named


def _filtered(row: Row, outputs: Properties, item: Properties) -> bool:
    """Whether a resource passes one ``{name, values}`` filter of AWS (``*`` and ``?`` are wildcards)."""
    name, values = str(item.get("name", "")), [str(value) for value in item.get("values", [])]
    if name.startswith("tag:"):
        held: Iterable[Any] = [(outputs.get("tagsAll") or outputs.get("tags") or {}).get(name[4:])]
    elif name == "tag-key":
        held = list(outputs.get("tagsAll") or outputs.get("tags") or {})
    else:
        first, *rest = _AWS_FILTERS.get(name, name).split("-")
        key = first + "".join(part.capitalize() for part in rest)
        kind = row.type.rpartition(":")[2]
        held = [row.id if key.lower() in {f"{kind}id".lower(), "groupid"} and key not in outputs else outputs.get(key)]
    patterns = [re.compile(re.escape(value).replace(r"\*", ".*").replace(r"\?", ".")) for value in values]
    return any(pattern.fullmatch(_text(value)) for value in held if value is not None for pattern in patterns)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
