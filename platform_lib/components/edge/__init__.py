"""Devices at sites that run models, on AWS IoT: registration, messages, signed updates in rings, what watches them."""

from typing import TYPE_CHECKING

from platform_lib.core.lazy import public_names

if TYPE_CHECKING:
    from platform_lib.components.edge.args import (
        CopiesArgs,
        DefenceArgs,
        DeviceGroupArgs,
        EdgeFleetArgs,
        HealthGateArgs,
        LatencyArgs,
        OfflineArgs,
        ProvisioningArgs,
        RingArgs,
        SiteArgs,
        TelemetryArgs,
        UpdateMetadataArgs,
        UpdateRoleArgs,
        UpdateSignerArgs,
    )
    from platform_lib.components.edge.component import (
        EdgeFleet,
    )
    from platform_lib.components.edge.kind import (
        InferenceMetric,
        UpdateRole,
    )
    from platform_lib.components.edge.refs import (
        EdgeFleetOutputs,
        EdgeFleetReference,
    )
    from platform_lib.components.edge.rehearsal import (
        rehearse,
        rehearse_waves,
    )
    from platform_lib.components.edge.rings import (
        Act,
        Device,
        Ending,
        Event,
        Health,
        Ring,
        Rollout,
        Wave,
        plan_waves,
        ring_of,
        run_rollout,
    )

__all__ = [
    "Act",
    "CopiesArgs",
    "DefenceArgs",
    "Device",
    "DeviceGroupArgs",
    "EdgeFleet",
    "EdgeFleetArgs",
    "EdgeFleetOutputs",
    "EdgeFleetReference",
    "Ending",
    "Event",
    "Health",
    "HealthGateArgs",
    "InferenceMetric",
    "LatencyArgs",
    "OfflineArgs",
    "ProvisioningArgs",
    "Ring",
    "RingArgs",
    "Rollout",
    "SiteArgs",
    "TelemetryArgs",
    "UpdateMetadataArgs",
    "UpdateRole",
    "UpdateRoleArgs",
    "UpdateSignerArgs",
    "Wave",
    "plan_waves",
    "rehearse",
    "rehearse_waves",
    "ring_of",
    "run_rollout",
]

_ARGS = "platform_lib.components.edge.args"
_COMPONENT = "platform_lib.components.edge.component"
_KIND = "platform_lib.components.edge.kind"
_REFS = "platform_lib.components.edge.refs"
_REHEARSAL = "platform_lib.components.edge.rehearsal"
_RINGS = "platform_lib.components.edge.rings"

__getattr__ = public_names(
    __name__,
    {
        "Act": _RINGS,
        "CopiesArgs": _ARGS,
        "DefenceArgs": _ARGS,
        "Device": _RINGS,
        "DeviceGroupArgs": _ARGS,
        "EdgeFleet": _COMPONENT,
        "EdgeFleetArgs": _ARGS,
        "EdgeFleetOutputs": _REFS,
        "EdgeFleetReference": _REFS,
        "Ending": _RINGS,
        "Event": _RINGS,
        "Health": _RINGS,
        "HealthGateArgs": _ARGS,
        "InferenceMetric": _KIND,
        "LatencyArgs": _ARGS,
        "OfflineArgs": _ARGS,
        "ProvisioningArgs": _ARGS,
        "Ring": _RINGS,
        "RingArgs": _ARGS,
        "Rollout": _RINGS,
        "SiteArgs": _ARGS,
        "TelemetryArgs": _ARGS,
        "UpdateMetadataArgs": _ARGS,
        "UpdateRole": _KIND,
        "UpdateRoleArgs": _ARGS,
        "UpdateSignerArgs": _ARGS,
        "Wave": _RINGS,
        "plan_waves": _RINGS,
        "rehearse": _REHEARSAL,
        "rehearse_waves": _REHEARSAL,
        "ring_of": _RINGS,
        "run_rollout": _RINGS,
    },
)
