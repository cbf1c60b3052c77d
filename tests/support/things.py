"""A custom resource of the simulated provider, and small programs of it."""

from typing import Any

import pulumi

from platform_lib.sandbox.engine.state import Snapshot


class Thing(pulumi.CustomResource):
    computed: pulumi.Output[str]
    echo: pulumi.Output[Any]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None, **props: Any) -> None:
        super().__init__("sim:index:Thing", name, {"computed": None, "echo": None, **props}, opts)


def names(snapshot: Snapshot) -> list[str]:
    return [state.urn.split("::")[-1] for state in snapshot.resources if state.type == "sim:index:Thing"]


def errors(result: Any) -> str:
    return "\n".join(item.message for item in result.diagnostics if item.severity == "error")


def void(_: object) -> None:
    """Ends a program that is an expression."""


def pair() -> None:
    first = Thing("first", value="1")
    second = Thing("second", value=first.computed)
    pulumi.export("second", second.id)
