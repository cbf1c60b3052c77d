"""Which time a run copies: from the watermark to a moment that is past. Plain arithmetic."""

from datetime import timedelta


def window(watermark, now, delay_seconds, backfill_seconds):
    """Start and end of a run in whole seconds, or None where there is nothing to copy yet.

    The end is never in the future: values that are yet to come would be passed over by the next run.

    Args:
        watermark: the end of the last run that succeeded; None for the first one.
        now: the time.
        delay_seconds: how long late data are waited for, 0 or more.
        backfill_seconds: how far back the first run goes.
    """
    if delay_seconds < 0:
        raise ValueError(f"delay_seconds must be at least 0, got {delay_seconds}")
    end = now.replace(microsecond=0) - timedelta(seconds=delay_seconds)
    start = end - timedelta(seconds=backfill_seconds) if watermark is None else watermark
    return (start, end) if start < end else None
