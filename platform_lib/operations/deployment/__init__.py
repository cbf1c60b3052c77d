"""Deploying what was approved, in the order of the environments. Nothing is imported here."""
