"""Arguments of what the mesh tells about itself."""

from pydantic import Field

from platform_lib.core.args import ComponentArgs


class TelemetryArgs(ComponentArgs):
    """Metrics, traces and access logs of the proxies, and the tools that show them."""

    metrics_enabled: bool | None = None
    """Whether proxies offer metrics to Prometheus; left out means true."""

    access_logs_enabled: bool | None = None
    """Whether proxies log each request; left out means true."""

    tracing_percent: float | None = Field(default=None, ge=0, le=100)
    """Share of requests that is traced, 0 to 100 percent; left out means the profile's."""

    kiali_enabled: bool | None = None
    """Whether Kiali is installed; left out means false."""

    jaeger_enabled: bool | None = None
    """Whether Jaeger is installed, which traces go to; left out means false."""
