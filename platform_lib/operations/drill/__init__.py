"""Drills: the ways of a recovery, walked on a copy of the sandbox with a region switched off."""
