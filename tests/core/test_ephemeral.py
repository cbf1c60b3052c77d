"""A program knows whether its stack is an ephemeral environment."""

import pulumi
import pytest

from platform_lib.core.ephemeral import KEY, ephemeral_name
from platform_lib.testing import run_program


@pytest.mark.parametrize("config, name", [({KEY: '{"source": "dev"}'}, "pr-1"), ({"project:ephemeral": "{}"}, "")])
def test_only_a_marked_stack_is_one(config: dict[str, str], name: str) -> None:
    graph = run_program(lambda: pulumi.export("name", ephemeral_name()), config=config, stack="pr-1")
    assert graph.exports["name"] == name
