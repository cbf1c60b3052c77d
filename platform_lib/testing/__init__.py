"""Tests of Pulumi programs without a cloud: run a program, look at what it registered, compare its versions.

``run_program`` is the beginning; ``docs/guides/testing.md`` tells the rest with examples. The public names are resolved
when they are first used.
"""

from typing import TYPE_CHECKING

from platform_lib.core.lazy import public_names

if TYPE_CHECKING:
    from platform_lib.core.values import UNKNOWN as UNKNOWN
    from platform_lib.core.values import Secret as Secret
    from platform_lib.testing.errors import ExpectationError as ExpectationError
    from platform_lib.testing.errors import ProgramFailedError as ProgramFailedError
    from platform_lib.testing.errors import UnreachedAssertionError as UnreachedAssertionError
    from platform_lib.testing.graph import Graph as Graph
    from platform_lib.testing.graph import Lookup as Lookup
    from platform_lib.testing.mock_runner import run_with_mocks as run_with_mocks
    from platform_lib.testing.mocks import StockMocks as StockMocks
    from platform_lib.testing.policies import PolicyResults as PolicyResults
    from platform_lib.testing.resource import Resource as Resource
    from platform_lib.testing.runner import run_program as run_program
    from platform_lib.testing.strategies import args_strategy as args_strategy
    from platform_lib.testing.strategies import inputs_strategy as inputs_strategy
    from platform_lib.testing.upgrade import Upgrade as Upgrade
    from platform_lib.testing.upgrade import upgrade as upgrade

_HOMES = {
    "UNKNOWN": "platform_lib.core.values",
    "Secret": "platform_lib.core.values",
    "ExpectationError": "platform_lib.testing.errors",
    "ProgramFailedError": "platform_lib.testing.errors",
    "UnreachedAssertionError": "platform_lib.testing.errors",
    "Graph": "platform_lib.testing.graph",
    "Lookup": "platform_lib.testing.graph",
    "StockMocks": "platform_lib.testing.mocks",
    "run_with_mocks": "platform_lib.testing.mock_runner",
    "PolicyResults": "platform_lib.testing.policies",
    "Resource": "platform_lib.testing.resource",
    "run_program": "platform_lib.testing.runner",
    "args_strategy": "platform_lib.testing.strategies",
    "inputs_strategy": "platform_lib.testing.strategies",
    "Upgrade": "platform_lib.testing.upgrade",
    "upgrade": "platform_lib.testing.upgrade",
}

__all__ = [*_HOMES]
__getattr__ = public_names(__name__, _HOMES)
