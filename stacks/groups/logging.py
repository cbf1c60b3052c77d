"""Settings of logs and alarms."""

from pydantic import Field

from platform_lib.core.settings import SettingsGroup


class LoggingSettings(SettingsGroup):
    """How long records are kept and who hears of alarms."""

    retention_days: int = 365
    """How long log groups keep records, a period that CloudWatch Logs knows; PCI DSS 4.0.1 10.5.1 asks for a year."""

    archive_days: int = Field(default=365, ge=90)
    """How long the log archive keeps objects."""

    alarm_emails: list[str] = Field(default_factory=list)
    """Who is told of security alarms; each address has to confirm."""
