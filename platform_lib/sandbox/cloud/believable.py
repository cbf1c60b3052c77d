"""Made-up values for outputs that only a cloud knows: right in type and form, steady for the same resource.

Types and enums come from the schema; the form follows from the property's name, by the conventions that the five
providers
share. What a type's own rules say wins over everything here. These values are an assumption, not a provider's answer.
"""

import datetime
import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from platform_lib.sandbox.cloud.model import Request
from platform_lib.sandbox.schema.model import ObjectSchema, PropertySchema, PropertyType

_DEPTH: Final = 3
_LEVELS: Final = 8
"""How far down given objects are completed: a level or an index each."""

_READY: Final = (
    "available",
    "active",
    "enabled",
    "ready",
    "running",
    "succeeded",
    "deployed",
    "issued",
    "in_service",
    "ok",
)
"""State words that the services use for a resource that is there and works, in order of preference."""

VOLATILE: Final = re.compile(
    r"(etag|fingerprint|lastModified\w*|lastUpdate\w*|updateTime|updatedAt|updatedTime|resourceVersion|modifiedTime"
    r"|lastModifiedDate|modifiedDate|dateModified|qualifiedInvokeArn)"
)
"""Outputs that change with every update."""

Objects = Callable[[str], ObjectSchema | None]
"""Finds an object class of the package by its token."""


def fill(request: Request, objects: Objects, arn: Callable[[Request], str]) -> None:
    """Adds every output that is missing and that a cloud would know, in place.

    Filled are outputs that the SDK types as always there, within given objects too, and scalar outputs that are no
    inputs.

    Args:
        request: of a create or a read; ``outputs`` hold what is known so far.
        objects: finds the classes of nested values.
        arn: the generic arn of the resource, for packages that have arns.
    """
    for name, output in request.schema.outputs.items():
        if name in request.outputs:
            held = request.outputs[name]
            if isinstance(held, dict | list) and held:
                made = functools.partial(_made, request, objects, arn, name)
                request.outputs[name] = completed(held, output.type, objects, made)
            continue
        if name == "id" or output.deprecated:
            continue
        if output.required and name.endswith("Prefix") and name.removesuffix("Prefix") in request.schema.inputs:
            request.outputs[name] = ""  # bridged providers tell of a prefix only where a name was made from one
        elif output.required or (
            name not in request.schema.inputs and output.type.kind in {"string", "boolean", "integer"}
        ):
            request.outputs[name] = value(request, name, output.type, objects, arn)


def _made(
    request: Request, objects: Objects, arn: Callable[[Request], str], above: str, path: str, kind: PropertyType
) -> Any:
    name = path.rpartition(".")[2]
    if name.lower() == "name":
        return f"{request.name}-{request.hex(7, above + path)}"
    return value(request, name, kind, objects, arn, depth=1, salt=above + path)


def completed(
    held: Any, kind: PropertyType, objects: Objects, make: Callable[[str, PropertyType], Any], path: str = ""
) -> Any:
    """Given values with what the SDK types as always there in their objects.

    Args:
        held: a value of the type.
        kind: its type as an output.
        objects: finds the classes of nested values.
        make: what to put where something is missing, by its path below the property and its type.
        path: below the property.
    """
    if isinstance(held, list) and kind.item is not None and kind.item.kind == "object":
        return [completed(item, kind.item, objects, make, f"{path}.{index}") for index, item in enumerate(held)]
    if not isinstance(held, dict) or kind.kind != "object" or path.count(".") >= _LEVELS:
        return held
    known = objects(kind.object_token)
    if known is None:
        return held
    result = dict(held)
    for name, item in known.properties.items():
        if name in held:
            if isinstance(held[name], dict | list) and held[name]:
                result[name] = completed(held[name], item.type, objects, make, f"{path}.{name}")
        elif item.required and not item.deprecated:
            result[name] = make(f"{path}.{name}", item.type)
    return result


def value(
    request: Request,
    name: str,
    kind: PropertyType,
    objects: Objects,
    arn: Callable[[Request], str],
    depth: int = 0,
    salt: str = "",
) -> Any:
    """A value of the type for a property of the name."""
    if kind.enum:
        ready = [item for word in _READY for item in kind.enum if str(item).lower() == word]
        return ready[0] if ready else kind.enum[0]
    if kind.kind == "boolean":
        return False
    if kind.kind in {"integer", "number"}:
        return number(name)
    if kind.kind == "string":
        return text(request, name, arn, salt or (str(depth) if depth else ""))
    if kind.kind == "list":
        return []
    if kind.kind == "object" and depth < _DEPTH:
        known = objects(kind.object_token)
        properties: Mapping[str, PropertySchema] = known.properties if known else {}
        return {
            key: value(request, key, item.type, objects, arn, depth + 1)
            for key, item in properties.items()
            if item.required
        }
    return {}


def number(name: str) -> int:
    """A number for the name: ports, versions and generations start at what services use, all else at 0."""
    lowered = name.lower()
    if lowered.endswith("port"):
        return 443
    if lowered in {"version", "latestversion", "generation", "revision", "latestrevision", "currentversion"}:
        return 1
    return 0


@dataclass(frozen=True, slots=True)
class _Asked:
    """A text that is to be made up."""

    request: Request
    name: str
    region: str
    salt: str

    def hex(self, digits: int) -> str:
        return self.request.hex(digits, self.name + self.salt)


def text(request: Request, name: str, arn: Callable[[Request], str], salt: str = "") -> str:
    """A text for the name."""
    lowered = name.lower()
    make = _maker(lowered)
    if make is not None:
        return make(_Asked(request, name, request.region or request.session.region, salt))
    if lowered in ("arn", f"{request.kind}arn".lower()):
        return arn(request)
    if lowered.endswith("arn"):
        return f"{arn(request)}/{name[:-3].lower()}"
    return f"{name}-{request.hex(8, name + salt)}"


def _status(asked: _Asked) -> str:
    return {"azure-native": "Succeeded", "gcp": "ACTIVE"}.get(asked.request.session.package, "available")


def _time(asked: _Asked) -> str:
    if re.search(r"(expir|notafter|validto|until)", asked.name.lower()):
        later = datetime.datetime.fromisoformat(asked.request.stamp) + datetime.timedelta(days=365)
        return later.strftime("%Y-%m-%dT%H:%M:%SZ")
    return asked.request.stamp


def _address(asked: _Asked) -> str:
    third, fourth = (int(asked.request.hex(2, f"{asked.name}{asked.salt}{part}"), 16) for part in "ab")
    if "private" in asked.name.lower() or "internal" in asked.name.lower():
        return f"10.0.{third}.{1 + fourth % 254}"
    return f"203.0.113.{1 + fourth % 254}"  # TEST-NET-3: addresses for documentation (RFC 5737)


def _host(asked: _Asked) -> str:
    place = f".{asked.region}" if asked.region else ""
    host = f"{asked.request.kind.lower()}-{asked.hex(8)}{place}.sandbox.example"  # a reserved name (RFC 2606)
    return f"https://{host}" if asked.name.lower().endswith(("url", "uri", "link")) else host


def _certificate(asked: _Asked) -> str:
    return f"-----BEGIN CERTIFICATE-----\n{asked.hex(64)}\n-----END CERTIFICATE-----\n"


_TEXTS: Final[tuple[tuple[re.Pattern[str], Callable[[_Asked], str]], ...]] = tuple(
    (re.compile(pattern), make)
    for pattern, make in (
        ("region|location", lambda asked: asked.region),
        ("ownerid|registryid|owner|ownerawsaccount|.*accountid|project|projectid", lambda asked: asked.request.account),
        ("name", lambda asked: asked.request.name),
        ("provisioningstate", lambda _: "Succeeded"),
        (".*(status|state)", _status),
        (r".*(time|timestamp|date)|.*(created|updated|modified|expiration|notbefore|notafter)(at|on)?", _time),
        (
            ".*(etag|fingerprint|sha256|checksum)",
            lambda asked: asked.request.hex(32, f"{asked.name}{asked.salt}{asked.request.stamp}"),
        ),
        (
            "uid|objectid|.*(uuid|principalid|tenantid|clientid)",
            lambda asked: asked.request.uuid(asked.name + asked.salt),
        ),
        (".*ipv6.*", lambda _: ""),
        (".*(ipaddress|publicip|privateip|ipv4)|ip", _address),
        (".*(cidrblock|cidr|iprange|cidrrange)", lambda asked: f"10.{int(asked.hex(2), 16)}.0.0/16"),
        (".*(url|uri|link|endpoint|dnsname|domainname|hostname|fqdn|domain)|host", _host),
        (".*zone", lambda asked: f"{asked.region}a" if asked.region else ""),
        (".*(cert|certificate|pem)", _certificate),
        ("version|versionid|latestversion|engineversion|engineversionactual|defaultversion", lambda _: "1"),
    )
)
"""Patterns of lower-case property names, first match wins."""


@functools.lru_cache(maxsize=16384)
def _maker(lowered: str) -> Callable[[_Asked], str] | None:
    return next((make for pattern, make in _TEXTS if pattern.fullmatch(lowered)), None)
