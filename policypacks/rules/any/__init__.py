"""Rules that hold for resources of any provider."""
