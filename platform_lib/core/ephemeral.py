"""What makes a stack an ephemeral environment, for those who make it and for its program."""

from typing import Final

KEY: Final = "platform-lib:ephemeral"
"""The configuration key that makes a stack an ephemeral environment. Its namespace is not the project's, so that no
settings model has to know it; as configuration it goes into the backend's history of every update."""


def ephemeral_name() -> str:
    """The name of the running program's stack where it is an ephemeral environment; empty for every other stack.

    For names that are a contract: two copies of an environment must not take each other's.
    """
    import pulumi

    namespace, key = KEY.split(":")
    return pulumi.get_stack() if pulumi.Config(namespace).get(key) is not None else ""
