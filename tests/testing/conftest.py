"""The plugin's fixtures, also where its entry point is not installed, and a region for the programs."""

import pytest

from platform_lib.testing import plugin


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.is_registered(plugin):
        config.pluginmanager.register(plugin, "platform_lib_testing")


@pytest.fixture(autouse=True)
def region(pulumi_config):
    pulumi_config["aws:region"] = "eu-west-1"
