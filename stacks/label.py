"""What sets the names of an environment apart from those of another one."""

import pulumi

from stacks.settings import StackSettings


def label(settings: StackSettings) -> str:
    """What names end with that are a contract: the environment, or the stack where it is a copy of one for a while.

    Two copies of an environment (``platform env create``) must not take each other's names.
    """
    ephemeral = pulumi.Config("platform-lib").get("ephemeral") is not None
    return pulumi.get_stack() if ephemeral else settings.environment.value
