"""Workflow files for CI systems, made from templates. Nothing is imported here."""
