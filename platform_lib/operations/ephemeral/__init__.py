"""Ephemeral environments: made for a while, listed, destroyed, swept. Nothing is imported here."""
