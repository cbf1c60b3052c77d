"""Arguments of what the mesh tells about itself."""

import re

from pydantic import Field, field_validator

from platform_lib.core.args import ComponentArgs
from platform_lib.core.validation import FieldError

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


class TraceCollectorArgs(ComponentArgs):
    """Where traces go: a collector that takes OpenTelemetry over gRPC."""

    host: str
    """Its host, such as ``collector.observability.svc.cluster.local``."""

    port: int | None = Field(default=None, ge=1, le=65535)
    """Its port; left out means 4317."""

    @field_validator("host")
    @classmethod
    def _check_host(cls, value: str) -> str:
        if not _HOST.fullmatch(value):
            raise FieldError("is not a host name")
        return value


class MeshTelemetryArgs(ComponentArgs):
    """Metrics, traces and access logs of the proxies, and the tools that show them."""

    metrics_enabled: bool | None = None
    """Whether proxies count requests for Prometheus; left out means true."""

    access_logs_enabled: bool | None = None
    """Whether proxies log requests, as JSON on their standard output; left out means true."""

    access_log_filter: str | None = None
    """Which requests are logged, an expression (CEL) such as ``response.code >= 400``; left out means all."""

    collector: TraceCollectorArgs | None = None
    """Where traces go; left out means Jaeger where that is installed, and no traces otherwise."""

    tracing_percent: float | None = Field(default=None, ge=0, le=100)
    """Share of requests that is traced, 0 to 100 percent; left out means the profile's (``dev`` 100, ``prod`` 1)."""

    jaeger_enabled: bool | None = None
    """Whether Jaeger is installed, with all traces in its memory: refused in the profile ``prod``, where a collector of
    yours is given instead. Left out means false."""

    kiali_enabled: bool | None = None
    """Whether Kiali is installed, for looking only; it asks for a token of Kubernetes. Left out means false."""

    prometheus_url: str | None = None
    """Address of the Prometheus that Kiali reads; required with ``kiali_enabled``."""

    @field_validator("prometheus_url")
    @classmethod
    def _check_url(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise FieldError("is not an address", "write it as 'http://prometheus.monitoring:9090'")
        return value
