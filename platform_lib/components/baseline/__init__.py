"""What every AWS account of the platform has before anything else: keys, archive, trail, alarms and guards."""

from typing import TYPE_CHECKING

from platform_lib.core.lazy import public_names

if TYPE_CHECKING:
    from platform_lib.components.baseline.args import (
        AlarmsArgs,
        ArchiveArgs,
        ConfigurationHistoryArgs,
        GuardsArgs,
        KeysArgs,
        ObjectLockMode,
        PasswordPolicyArgs,
        SecurityBaselineArgs,
        SecurityStandard,
        ThreatDetectionArgs,
        TrailArgs,
    )
    from platform_lib.components.baseline.component import SecurityBaseline
    from platform_lib.components.baseline.refs import BaselineOutputs, SecurityBaselineReference

__all__ = [
    "AlarmsArgs",
    "ArchiveArgs",
    "BaselineOutputs",
    "ConfigurationHistoryArgs",
    "GuardsArgs",
    "KeysArgs",
    "ObjectLockMode",
    "PasswordPolicyArgs",
    "SecurityBaseline",
    "SecurityBaselineArgs",
    "SecurityBaselineReference",
    "SecurityStandard",
    "ThreatDetectionArgs",
    "TrailArgs",
]

_ARGS = "platform_lib.components.baseline.args"

__getattr__ = public_names(
    __name__,
    {
        **dict.fromkeys(
            (
                "AlarmsArgs",
                "ArchiveArgs",
                "ConfigurationHistoryArgs",
                "GuardsArgs",
                "KeysArgs",
                "ObjectLockMode",
                "PasswordPolicyArgs",
                "SecurityBaselineArgs",
                "SecurityStandard",
                "ThreatDetectionArgs",
                "TrailArgs",
            ),
            _ARGS,
        ),
        "SecurityBaseline": "platform_lib.components.baseline.component",
        "BaselineOutputs": "platform_lib.components.baseline.refs",
        "SecurityBaselineReference": "platform_lib.components.baseline.refs",
    },
)
