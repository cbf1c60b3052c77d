"""Arguments of who may call whom: mutual TLS, authorisation, tokens, rate limits."""

from pydantic import Field, field_validator

from platform_lib.components.mesh.kind import MtlsMode
from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import check_name


class MtlsArgs(ComponentArgs):
    """Mutual TLS between workloads."""

    mode: MtlsMode | None = None
    """What workloads take; left out means ``strict``."""


class AuthorizationArgs(ComponentArgs):
    """A rule that lets callers in; without one nothing is let in."""

    name: str
    """Unique in the mesh."""

    service: str
    """Service that it lets callers in to, one of ``services``."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)


class JwtIssuerArgs(ComponentArgs):
    """An issuer of tokens that a service takes."""

    name: str
    """Unique in the mesh."""

    service: str
    """Service that takes them, one of ``services``."""

    issuer: str
    """The issuer (``iss``)."""

    audiences: list[str] = Field(min_length=1)
    """Audiences (``aud``), one of which a token has to name."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)


class RateLimitArgs(ComponentArgs):
    """A local rate limit: counted in each proxy of a service."""

    name: str
    """Unique in the mesh."""

    service: str
    """Service that it protects, one of ``services``."""

    requests: int = Field(ge=1)
    """Requests that a proxy lets through in an interval."""

    interval_seconds: int | None = Field(default=None, ge=1)
    """The interval, in seconds; left out means 60."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)
