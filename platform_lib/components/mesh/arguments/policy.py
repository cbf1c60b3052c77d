"""Arguments of how requests are carried, the same for services and routes: limits, retries, mirrors and faults."""

import re

from pydantic import Field, field_validator

from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import DNS_LABEL, check_name
from platform_lib.core.validation import FieldError

_HOST = re.compile(rf"(\*\.)?{DNS_LABEL.pattern}(\.{DNS_LABEL.pattern})*")
_LONGEST_HOST = 253
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_RETRY_ON = frozenset(
    (
        "5xx",
        "gateway-error",
        "reset",
        "reset-before-request",
        "connect-failure",
        "envoy-ratelimited",
        "retriable-4xx",
        "refused-stream",
        "retriable-status-codes",
        "retriable-headers",
        "http3-post-connect-failure",
        "cancelled",
        "deadline-exceeded",
        "internal",
        "resource-exhausted",
        "unavailable",
    )
)
"""Conditions that Envoy knows (``x-envoy-retry-on``, ``x-envoy-retry-grpc-on``):
https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-retry-on."""


def check_host(value: str, *, path: str = "") -> str:
    """A host name, in lower case (RFC 1123, RFC 1035 for its length); ``*.`` in front means all names below it."""
    if not _HOST.fullmatch(value) or len(value) > _LONGEST_HOST:
        raise FieldError("is not a host name", "write it as 'shop.example.com' or '*.example.com'", path=path)
    return value


def check_label(value: str, what: str) -> str:
    """A token as headers and methods are (RFC 9110, section 5.6.2)."""
    if not _TOKEN.fullmatch(value):
        raise FieldError(f"is not {what}")
    return value


def check_hosts(value: list[str]) -> list[str]:
    """Host names, each of them right."""
    for index, host in enumerate(value):
        check_host(host, path=f"[{index}]")
    return value


def check_header(value: str | None) -> str | None:
    """The name of a header, where one is given."""
    return value if value is None else check_label(value, "the name of a header")


class ConnectionPoolArgs(ComponentArgs):
    """Limits on what one proxy asks of a service at a time; past them it is refused at once (circuit breaker)."""

    maximum_connections: int | None = Field(default=None, ge=1)
    """Connections, at least 1; left out means 100. Istio's own default is 2^32-1."""

    maximum_pending_requests: int | None = Field(default=None, ge=1)
    """Requests that wait for a connection, at least 1; left out means 100."""

    maximum_requests: int | None = Field(default=None, ge=1)
    """Requests under way, at least 1; left out means 1,000."""

    requests_per_connection: int | None = Field(default=None, ge=1, le=2**29)
    """Requests after which a connection is closed, 1 to 2^29; left out means no limit."""

    connect_timeout_seconds: float | None = Field(default=None, ge=0.001)
    """How long connecting may take, in seconds, at least 0.001; left out means 3."""

    idle_timeout_seconds: int | None = Field(default=None, ge=1)
    """After how long without a request a connection is closed, in seconds; left out means 300."""


class OutlierDetectionArgs(ComponentArgs):
    """When a pod that answers with errors is left alone for a while."""

    consecutive_errors: int | None = Field(default=None, ge=1)
    """Errors of a server (5xx) in a row; left out means 5, which is Istio's own default."""

    interval_seconds: float | None = Field(default=None, ge=0.001)
    """How often it is looked at, in seconds; left out means 10, which is Istio's own default."""

    ejection_seconds: float | None = Field(default=None, ge=0.001)
    """How long it is left alone at first, in seconds; left out means 30, which is Istio's own default."""

    maximum_ejected_percent: int | None = Field(default=None, ge=1, le=100)
    """Share of the pods that may be left alone at a time, 1 to 100 percent; left out means 50. Istio's own default is
    10."""


class RetryArgs(ComponentArgs):
    """How a request that failed is tried again."""

    attempts: int | None = Field(default=None, ge=0, le=10)
    """How often at most, 0 to 10; left out means 2, and 0 that it is not tried again."""

    attempt_timeout_seconds: float | None = Field(default=None, ge=0.001)
    """How long one attempt may take, in seconds; left out means that only the whole request is limited."""

    conditions: list[str] | None = Field(default=None, min_length=1)
    """When it is tried again: conditions of Envoy or HTTP status codes; left out means ``connect-failure``,
    ``refused-stream`` and ``unavailable``: those where the service did not begin to work on it."""

    @field_validator("conditions")
    @classmethod
    def _check_conditions(cls, value: list[str] | None) -> list[str] | None:
        for index, condition in enumerate(value or ()):
            is_status = condition.isdigit() and 100 <= int(condition) <= 599
            if condition not in _RETRY_ON and not is_status:
                problem = f"is neither a condition of Envoy nor a status code, got {condition!r}"
                raise FieldError(problem, "use one such as 'connect-failure' or '503'", path=f"[{index}]")
        return value


class MirrorArgs(ComponentArgs):
    """Copies of requests that a subset gets beside those that answer them."""

    subset: str
    """Subset that gets the copies."""

    percent: float | None = Field(default=None, gt=0, le=100)
    """Share of the requests that is copied, above 0 to 100 percent; left out means 100."""

    @field_validator("subset")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)


class FaultArgs(ComponentArgs):
    """Faults that proxies inject into requests, to see what callers do about them."""

    delay_seconds: float | None = Field(default=None, ge=0.001)
    """How long requests are held back, in seconds; left out means that none is."""

    delay_percent: float | None = Field(default=None, gt=0, le=100)
    """Share of the requests that is held back, above 0 to 100 percent; left out means 100."""

    abort_status: int | None = Field(default=None, ge=200, le=599)
    """HTTP status that requests are answered with at once, 200 to 599; left out means that none is."""

    abort_percent: float | None = Field(default=None, gt=0, le=100)
    """Share of the requests that is answered so, above 0 to 100 percent; left out means 100."""
