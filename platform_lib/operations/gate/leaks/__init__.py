"""Secrets where they must not be: known values, known forms, texts that look random, canaries. Imports nothing."""
