"""Drift: what differs between the state of a stack and the cloud, and what it means. Nothing is imported here."""
