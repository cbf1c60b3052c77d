"""The pytest plugin: fixtures for tests of Pulumi programs. Importing it loads neither pulumi nor the sandbox."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from platform_lib.testing.graph import Graph
    from platform_lib.testing.mocks import StockMocks
    from platform_lib.testing.upgrade import Upgrade


@pytest.fixture
def pulumi_config() -> dict[str, Any]:
    """Configuration of the program by key; fill it in the test, or override the fixture."""
    return {}


@pytest.fixture
def pulumi_secrets() -> dict[str, Any]:
    """Secret configuration of the program by key; fill it in the test, or override the fixture."""
    return {}


@pytest.fixture
def pulumi_stack_references() -> dict[str, Any]:
    """Outputs of other stacks by the name that the program uses; fill it in the test, or override the fixture."""
    return {}


@pytest.fixture
def pulumi_lookups() -> dict[str, Any]:
    """Answers of look-ups by function token; fill it in the test, or override the fixture."""
    return {}


@pytest.fixture
def pulumi_project() -> str:
    """Name of the project; override the fixture for another."""
    return "project"


@pytest.fixture
def pulumi_stack() -> str:
    """Name of the stack; override the fixture for another."""
    return "test"


@pytest.fixture
def _surroundings(
    pulumi_config: dict[str, Any],
    pulumi_secrets: dict[str, Any],
    pulumi_stack_references: dict[str, Any],
    pulumi_lookups: dict[str, Any],
    pulumi_project: str,
    pulumi_stack: str,
) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Completes the arguments of a run by what the fixtures say; the arguments win, key by key."""
    fixtures = {
        "config": pulumi_config,
        "secrets": pulumi_secrets,
        "stack_references": pulumi_stack_references,
        "lookups": pulumi_lookups,
    }

    def complete(given: dict[str, Any]) -> dict[str, Any]:
        merged = {name: {**held, **(given.get(name) or {})} for name, held in fixtures.items()}
        return {"project": pulumi_project, "stack": pulumi_stack, **given, **merged}

    return complete


@pytest.fixture
def run_program(_surroundings: Callable[[dict[str, Any]], dict[str, Any]]) -> "Callable[..., Graph]":
    """``platform_lib.testing.run_program`` in the surroundings that the fixtures describe."""
    from platform_lib.testing.runner import run_program

    return lambda program, **given: run_program(program, **_surroundings(given))


@pytest.fixture
def run_with_mocks(_surroundings: Callable[[dict[str, Any]], dict[str, Any]]) -> "Callable[..., Graph]":
    """``platform_lib.testing.run_with_mocks`` in the surroundings that the fixtures describe."""
    from platform_lib.testing.mock_runner import run_with_mocks

    return lambda program, **given: run_with_mocks(program, **_surroundings(given))


@pytest.fixture
def upgrade(_surroundings: Callable[[dict[str, Any]], dict[str, Any]]) -> "Callable[..., Upgrade]":
    """``platform_lib.testing.upgrade`` in the surroundings that the fixtures describe."""
    from platform_lib.testing.upgrade import upgrade

    return lambda old, new, **given: upgrade(old, new, **_surroundings(given))


@pytest.fixture
def stock_mocks(_surroundings: Callable[[dict[str, Any]], dict[str, Any]]) -> "Iterator[StockMocks]":
    """Mocks for ``pulumi.runtime.set_mocks``; what that leaves behind in the SDK is cleared away after the test."""
    from platform_lib.testing.apart import loop_of_test
    from platform_lib.testing.mocks import StockMocks, reset_sdk
    from platform_lib.testing.world import World

    mocks = StockMocks(World(**_surroundings({})))
    with loop_of_test():
        yield mocks
    mocks.close()
    reset_sdk()
