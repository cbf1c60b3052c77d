"""Measurements against named references; each prints its ratio. Run them all with ``make bench``."""
