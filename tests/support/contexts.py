"""Contexts and arguments that many tests start from."""

from typing import Any

from platform_lib.core.context import Context


def context(environment: str = "dev", **more: Any) -> Context:
    """A context that is valid on every cloud."""
    fields = {"owner": "network-team", "cost_centre": "cc-1234", "data_classification": "confidential"}
    return Context(environment=environment, **{**fields, **more})
