"""Arguments of who may call whom: mutual TLS, authorisation, tokens, rate limits."""

from datetime import date

from pydantic import Field, field_validator

from platform_lib.components.mesh.arguments.policy import check_label
from platform_lib.components.mesh.kind import MtlsMode
from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import check_name
from platform_lib.core.validation import FieldError


def check_date(value: str) -> str:
    """A day as ISO 8601 writes it (``2026-12-31``)."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:
        raise FieldError("is not a date", "write it as '2026-12-31'")
    return value


def _check_paths(value: list[str] | None) -> list[str] | None:
    for index, path in enumerate(value or ()):
        if not path.startswith("/") and path != "*":
            raise FieldError(f"must begin with '/', got {path!r}", path=f"[{index}]")
    return value


class MtlsExceptionArgs(ComponentArgs):
    """Something that still takes plain text, until a day."""

    name: str
    """Unique in the mesh."""

    namespace: str | None = None
    """Namespace all of whose workloads it is for; give this or ``service``."""

    service: str | None = None
    """Service whose pods it is for: one of ``services`` as ``<namespace>/<name>``, or its name where that is the only
    one."""

    ports: list[int] | None = Field(default=None, min_length=1)
    """Ports of the service that it is for; left out means all. Only for a service."""

    mode: MtlsMode | None = None
    """What is taken instead: ``permissive`` (left out means this) or ``disable``."""

    until: str
    """Last day on which it holds, such as ``2026-12-31``. The component has no clock: the policy
    ``k8s-mesh-mtls-exception-not-expired`` speaks from the day after."""

    reason: str = Field(min_length=1)
    """Why it is needed, for whoever reads it in the cluster."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)

    @field_validator("until")
    @classmethod
    def _check_until(cls, value: str) -> str:
        return check_date(value)


class MtlsArgs(ComponentArgs):
    """Mutual TLS between workloads: first ``permissive``, then namespace by namespace strict, then ``strict``."""

    mode: MtlsMode | None = None
    """What workloads take: ``strict`` (left out means this), or ``permissive`` on the way to it."""

    until: str | None = None
    """Last day of ``permissive``, such as ``2026-12-31``; required with it outside ``dev``."""

    strict_namespaces: list[str] | None = Field(default=None, min_length=1)
    """Namespaces that are strict already while the mesh is permissive; left out means none."""

    exceptions: list[MtlsExceptionArgs] | None = Field(default=None, min_length=1)
    """What takes plain text while the mesh, or its namespace, is strict; left out means nothing."""

    @field_validator("until")
    @classmethod
    def _check_until(cls, value: str | None) -> str | None:
        return value if value is None else check_date(value)


class AuthorizationArgs(ComponentArgs):
    """A rule that lets callers in. Without one nobody is let in; gateways let in requests for their hosts."""

    name: str
    """Unique in the mesh."""

    service: str
    """Service that it lets callers in to: one of ``services`` as ``<namespace>/<name>``, or its name where that is the
    only one."""

    from_services: list[str] | None = Field(default=None, min_length=1)
    """Services and workloads whose service accounts may call, written like ``service``; left out means none."""

    from_gateways: list[str] | None = Field(default=None, min_length=1)
    """Gateways through which calls may come; left out means none."""

    from_namespaces: list[str] | None = Field(default=None, min_length=1)
    """Namespaces all of whose workloads may call; left out means none."""

    ports: list[int] | None = Field(default=None, min_length=1)
    """Ports of the service that may be called; left out means all."""

    methods: list[str] | None = Field(default=None, min_length=1)
    """Methods that may be called, such as ``GET``; left out means all."""

    paths: list[str] | None = Field(default=None, min_length=1)
    """Paths that may be called, with ``*`` at one end; left out means all."""

    token_issuers: list[str] | None = Field(default=None, min_length=1)
    """Issuers in ``jwt`` one of whose tokens a call must carry; left out means that this rule asks for none (the
    issuers of the service still do)."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)

    @field_validator("methods")
    @classmethod
    def _check_methods(cls, value: list[str] | None) -> list[str] | None:
        return value if value is None else [check_label(method, "a method of HTTP") for method in value]

    @field_validator("paths")
    @classmethod
    def _check_paths(cls, value: list[str] | None) -> list[str] | None:
        return _check_paths(value)


class JwtIssuerArgs(ComponentArgs):
    """An issuer of tokens. Where it is taken, a token of it (or of another issuer taken there) is required."""

    name: str
    """Unique in the mesh."""

    issuer: str = Field(min_length=1)
    """The issuer, as its tokens name it (``iss``)."""

    audiences: list[str] = Field(min_length=1)
    """Audiences, one of which a token has to name (``aud``): without one, a token that was made for another service
    would be good here too."""

    jwks_url: str | None = None
    """Address of its public keys, over HTTPS; give this or ``jwks``. Left out, with ``jwks`` too, means that the
    control plane finds it out from the issuer's ``/.well-known/openid-configuration``."""

    jwks: str | None = None
    """Its public keys themselves (JSON Web Key Set)."""

    services: list[str] | None = Field(default=None, min_length=1)
    """Services that take its tokens: of ``services`` as ``<namespace>/<name>``, or the name where that is the only one;
    left out means none."""

    gateways: list[str] | None = Field(default=None, min_length=1)
    """Gateways that take its tokens; left out means none."""

    open_paths: list[str] | None = Field(default=None, min_length=1)
    """Paths that need no token, with ``*`` at one end, such as ``/healthz``; left out means none."""

    forwarded: bool | None = None
    """Whether the service gets the token too; left out means false."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)

    @field_validator("jwks_url")
    @classmethod
    def _check_url(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith("https://"):
            raise FieldError("must begin with 'https://'", "keys that come over plain text can be anybody's")
        return value

    @field_validator("open_paths")
    @classmethod
    def _check_paths(cls, value: list[str] | None) -> list[str] | None:
        return _check_paths(value)


class RateLimitArgs(ComponentArgs):
    """A local rate limit: each proxy counts for itself and answers what is too much with 429."""

    name: str
    """Unique in the mesh."""

    service: str | None = None
    """Service whose proxies count, written like ``service`` of an authorisation; give this or ``gateway``."""

    gateway: str | None = None
    """Gateway whose proxies count."""

    requests: int = Field(ge=1)
    """Requests that a proxy lets through in an interval, at least 1."""

    interval_seconds: int | None = Field(default=None, ge=1)
    """The interval, in seconds; left out means 60."""

    burst: int | None = Field(default=None, ge=1)
    """Requests that it lets through at once, after a quiet time; left out means as many as in an interval."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)
