"""Settings of the edge fleet."""

from pydantic import Field, model_validator

from platform_lib.components.edge import (
    DeviceGroupArgs,
    LatencyArgs,
    OfflineArgs,
    RingArgs,
    SiteArgs,
    UpdateRole,
)
from platform_lib.core.errors import Finding, near
from platform_lib.core.settings import SettingsGroup
from platform_lib.core.validation import SeveralFieldsError


class UpdateSettings(SettingsGroup):
    """Who signs which metadata of updates, by names of ``signers``."""

    root: list[str]
    """Who says whose keys count; outside dev two or more."""

    targets: list[str]
    """Who says which models and artefacts there are; outside dev two or more."""

    snapshot: list[str]
    """Who says which metadata belong together; usually a pipeline."""

    timestamp: list[str]
    """Who says that nothing is held back; usually a pipeline."""


class EdgeSettings(SettingsGroup):
    """The devices of the edge blueprint, and how updates reach them."""

    sites: list[SiteArgs] = Field(min_length=1)
    """Where devices stand."""

    groups: list[DeviceGroupArgs] = Field(min_length=1)
    """Which devices there are."""

    rings: list[RingArgs] = Field(
        default_factory=lambda: [
            RingArgs(name="canary", share_percent=5, minimum_soak_hours=48),
            RingArgs(name="early", share_percent=25),
            RingArgs(name="rest", share_percent=70),
        ],
        min_length=1,
    )
    """In which order devices get updates."""

    signers: dict[str, str]
    """Roles of IAM who sign metadata of updates, by a name of their own."""

    update: UpdateSettings
    """Who signs what."""

    admission_function_arn: str | None = None
    """Function of Lambda that knows which serial numbers there are; left out means one of the platform's own, with a
    table of devices."""

    offline: OfflineArgs | None = None
    """How long devices work without the cloud; left out means the component's defaults."""

    latency: LatencyArgs | None = None
    """How long inferences may take; left out means the component's defaults."""

    telemetry_days: int = Field(default=365, ge=1)
    """How long messages of devices are kept."""

    @model_validator(mode="after")
    def _check_signers(self) -> "EdgeSettings":
        findings = [
            Finding(
                f"update.{role}[{index}]",
                f"is not one of the signers, got {name!r}",
                near(name, self.signers) or f"use one of {', '.join(self.signers)}",
            )
            for role in UpdateRole
            for index, name in enumerate(getattr(self.update, role))
            if name not in self.signers
        ]
        if findings:
            raise SeveralFieldsError(findings)
        return self
