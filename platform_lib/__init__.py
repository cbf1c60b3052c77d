"""Infrastructure components for Pulumi, a sandbox to run them on, and what operates the stacks made of them.

Public names are resolved when they are first used: importing this package loads neither pulumi nor a cloud SDK.
"""

from typing import TYPE_CHECKING

from platform_lib.core.lazy import public_names

if TYPE_CHECKING:
    from platform_lib.components.baseline import SecurityBaseline, SecurityBaselineArgs
    from platform_lib.components.vpc import VpcArgs, VpcComponent
    from platform_lib.components.vpc.cross_cloud import CrossCloudVpn, CrossCloudVpnArgs
    from platform_lib.core.context import ComplianceScope, Context, DataClassification
    from platform_lib.core.errors import PlatformError

__all__ = [
    "ComplianceScope",
    "Context",
    "CrossCloudVpn",
    "CrossCloudVpnArgs",
    "DataClassification",
    "PlatformError",
    "SecurityBaseline",
    "SecurityBaselineArgs",
    "VpcArgs",
    "VpcComponent",
]

__getattr__ = public_names(
    __name__,
    {
        "ComplianceScope": "platform_lib.core.context",
        "Context": "platform_lib.core.context",
        "CrossCloudVpn": "platform_lib.components.vpc.cross_cloud",
        "CrossCloudVpnArgs": "platform_lib.components.vpc.cross_cloud",
        "DataClassification": "platform_lib.core.context",
        "PlatformError": "platform_lib.core.errors",
        "SecurityBaseline": "platform_lib.components.baseline",
        "SecurityBaselineArgs": "platform_lib.components.baseline",
        "VpcArgs": "platform_lib.components.vpc",
        "VpcComponent": "platform_lib.components.vpc",
    },
)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
