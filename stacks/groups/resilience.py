"""Settings of what survives the loss of a region."""

from pydantic import Field

from platform_lib.components.dr import DrillsArgs, Site, Strategy
from platform_lib.core.settings import SettingsGroup


class ResilienceSettings(SettingsGroup):
    """The second site, and what has to be reached when the first one is lost."""

    name: str = "recovery"
    """What the copies of this stack are called; two stacks in one account and region need two names."""

    secondary_region: str
    """The AWS region of the second site."""

    strategy: Strategy = Strategy.PILOT_LIGHT
    """How much of the second site runs before it is needed."""

    active_site: Site = Site.PRIMARY
    """The site that users are at; say ``secondary`` after a failover."""

    backup_every_hours: int = Field(default=24, ge=1, le=24)
    """How often backups are taken: every so many hours, a divisor of 24."""

    backup_days: int = Field(default=35, ge=7)
    """How long backups and their copies are kept."""

    drills: DrillsArgs | None = None
    """How often the way to the second site is gone for a drill; left out means every quarter."""
