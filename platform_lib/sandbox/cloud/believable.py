"""Made-up values for outputs that only a cloud knows: right in type and form, steady for the same resource.

Types and enums come from the schema; the form follows from the property's name, by the conventions that the five providers
share. What a type's own rules say wins over everything here. These values are an assumption, not a provider's answer.
"""

import datetime
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from platform_lib.sandbox.cloud.model import Request
from platform_lib.sandbox.schema.model import ObjectSchema, PropertySchema, PropertyType

_DEPTH: Final = 3
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

_TIME: Final = re.compile(
    r"(\w*(Time|Timestamp|Date)|\w*(created|updated|modified|expiration|notBefore|notAfter)(At|On|Time|Date)?)"
)
Objects = Callable[[str], ObjectSchema | None]
"""Finds an object class of the package by its token."""


def fill(request: Request, objects: Objects, arn: Callable[[Request], str]) -> None:
    """Adds every output that is missing and that a cloud would know, in place.

    Filled are outputs that the SDK types as always there, and scalar outputs that are no inputs.

    Args:
        request: of a create or a read; ``outputs`` hold what is known so far.
        objects: finds the classes of nested values.
        arn: the generic arn of the resource, for packages that have arns.
    """
    for name, output in request.schema.outputs.items():
        if name in request.outputs or name == "id" or output.deprecated:
            continue
        if output.required or (
            name not in request.schema.inputs and output.type.kind in {"string", "boolean", "integer"}
        ):
            request.outputs[name] = value(request, name, output.type, objects, arn)


def value(
    request: Request, name: str, kind: PropertyType, objects: Objects, arn: Callable[[Request], str], depth: int = 0
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
        return text(request, name, arn) if depth == 0 else text(request, name, arn, salt=f"{depth}")
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


def text(request: Request, name: str, arn: Callable[[Request], str], salt: str = "") -> str:
    """A text for the name."""
    lowered = name.lower()
    region = request.region or request.session.region
    for matches, make in _TEXTS:
        if matches(name, lowered):
            return make(request, name, region, salt)
    if lowered == "arn" or lowered == f"{request.kind}arn".lower():
        return arn(request)
    if lowered.endswith("arn"):
        return f"{arn(request)}/{name[:-3].lower()}"
    return f"{name}-{request.hex(8, name + salt)}"


def _status(name: str, lowered: str) -> bool:
    return lowered.endswith(("status", "state"))


def _make_status(request: Request, name: str, _region: str, _salt: str) -> str:
    if request.session.package == "azure-native":
        return "Succeeded"
    return "ACTIVE" if request.session.package == "gcp" else "available"


def _make_time(request: Request, name: str, _region: str, _salt: str) -> str:
    if re.search(r"(expir|notAfter|validTo|until)", name, re.IGNORECASE):
        later = datetime.datetime.fromisoformat(request.stamp) + datetime.timedelta(days=365)
        return later.strftime("%Y-%m-%dT%H:%M:%SZ")
    return request.stamp


def _address(request: Request, name: str, _region: str, salt: str) -> str:
    third, fourth = (int(request.hex(2, f"{name}{salt}{part}"), 16) for part in "ab")
    if "private" in name.lower() or "internal" in name.lower():
        return f"10.0.{third}.{1 + fourth % 254}"
    return f"203.0.113.{1 + fourth % 254}"  # TEST-NET-3: addresses for documentation (RFC 5737)


def _host(request: Request, name: str, region: str, salt: str) -> str:
    place = f".{region}" if region else ""
    host = f"{request.kind.lower()}-{request.hex(8, name + salt)}{place}.sandbox.example"  # reserved name (RFC 2606)
    return f"https://{host}" if name.lower().endswith(("url", "uri", "link")) else host


_TEXTS: Final[tuple[tuple[Callable[[str, str], bool], Callable[[Request, str, str, str], str]], ...]] = (
    (lambda name, low: low == "region", lambda r, _n, region, _s: region),
    (lambda name, low: low in {"location"}, lambda r, _n, region, _s: region),
    (
        lambda name, low: (
            low in {"accountid", "ownerid", "owneraccountid", "registryid", "owner", "ownerawsaccount"}
            or low.endswith("accountid")
        ),
        lambda r, _n, _g, _s: r.account,
    ),
    (lambda name, low: low in {"project", "projectid"}, lambda r, _n, _g, _s: r.account),
    (lambda name, low: low == "name", lambda r, _n, _g, _s: r.name),
    (lambda name, low: low in {"provisioningstate"}, lambda r, _n, _g, _s: "Succeeded"),
    (_status, _make_status),
    (lambda name, low: bool(_TIME.fullmatch(name)), _make_time),
    (
        lambda name, low: low in {"etag", "fingerprint"} or low.endswith(("fingerprint", "etag", "sha256", "checksum")),
        lambda r, n, _g, s: r.hex(32, f"{n}{s}{r.stamp}"),
    ),
    (
        lambda name, low: (
            low in {"uid", "uuid", "principalid", "tenantid", "clientid", "objectid"}
            or low.endswith(("uuid", "principalid", "tenantid", "clientid"))
        ),
        lambda r, n, _g, s: r.uuid(n + s),
    ),
    (lambda name, low: low.endswith(("ipaddress", "publicip", "privateip", "ipv4", "ip")), _address),
    (
        lambda name, low: low.endswith(("cidrblock", "cidr", "iprange", "cidrrange")) and "ipv6" not in low,
        lambda r, n, _g, s: f"10.{int(r.hex(2, n + s), 16)}.0.0/16",
    ),
    (lambda name, low: "ipv6" in low, lambda r, _n, _g, _s: ""),
    (
        lambda name, low: low.endswith(
            ("url", "uri", "link", "endpoint", "dnsname", "domainname", "hostname", "host", "fqdn", "domain")
        ),
        _host,
    ),
    (
        lambda name, low: low.endswith(("availabilityzone", "zone")),
        lambda r, _n, region, _s: f"{region}a" if region else "",
    ),
    (
        lambda name, low: low.endswith("cert") or low.endswith("certificate") or low.endswith("pem"),
        lambda r, n, _g, s: f"-----BEGIN CERTIFICATE-----\n{r.hex(64, n + s)}\n-----END CERTIFICATE-----\n",
    ),
    (
        lambda name, low: (
            low in {"version", "versionid", "latestversion", "engineversion", "engineversionactual", "defaultversion"}
        ),
        lambda r, _n, _g, _s: "1",
    ),
)
