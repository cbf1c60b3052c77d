"""A VPN between two clouds from one declaration."""

from typing import TYPE_CHECKING

from platform_lib.core.lazy import public_names

if TYPE_CHECKING:
    from platform_lib.components.vpc.cross_cloud.args import (
        AwsVpnSideArgs,
        AzureVpnSideArgs,
        CrossCloudVpnArgs,
        GcpVpnSideArgs,
    )
    from platform_lib.components.vpc.cross_cloud.component import CrossCloudVpn

__all__ = ["AwsVpnSideArgs", "AzureVpnSideArgs", "CrossCloudVpn", "CrossCloudVpnArgs", "GcpVpnSideArgs"]

_ARGS = "platform_lib.components.vpc.cross_cloud.args"

__getattr__ = public_names(
    __name__,
    {
        "AwsVpnSideArgs": _ARGS,
        "AzureVpnSideArgs": _ARGS,
        "CrossCloudVpn": "platform_lib.components.vpc.cross_cloud.component",
        "CrossCloudVpnArgs": _ARGS,
        "GcpVpnSideArgs": _ARGS,
    },
)
