"""What the tests of the engine share."""

import pytest

from platform_lib.sandbox.engine.engine import Engine
from platform_lib.sandbox.engine.target import Target
from support.sim_cloud import SimProviders


@pytest.fixture
def engine() -> Engine:
    return Engine(Target("tx", "dev"), SimProviders())
