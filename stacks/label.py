"""What sets the names of an environment apart from those of another one."""

from platform_lib.core.ephemeral import ephemeral_name
from stacks.settings import StackSettings


def label(settings: StackSettings) -> str:
    """What names end with that are a contract: the environment, or the stack where it is a copy of one for a while."""
    return ephemeral_name() or settings.environment.value
