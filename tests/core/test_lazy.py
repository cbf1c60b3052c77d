import subprocess
import sys

import pytest

import platform_lib
from platform_lib.core import lazy

_LOADED = """
import sys
import platform_lib
heavy = ("pulumi", "pydantic", "grpc", "google")
print([name for name in sys.modules if name.split(".")[0] in heavy or name.startswith("pulumi")])
"""


def test_importing_the_package_loads_neither_pulumi_nor_a_cloud_sdk():
    done = subprocess.run([sys.executable, "-c", _LOADED], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_resolves():
    for name in platform_lib.__all__:
        assert getattr(platform_lib, name).__name__ == name
        assert name in dir(platform_lib)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'platform_lib' has no attribute 'Vpc'"):
        platform_lib.Vpc  # noqa: B018


def test_a_missing_cloud_sdk_names_the_extra(monkeypatch):
    def missing(home):
        raise ModuleNotFoundError(f"No module named 'pulumi_aws.{home}'", name="pulumi_aws.ec2")

    monkeypatch.setattr(lazy.importlib, "import_module", missing)
    resolve = lazy.public_names("platform_lib", {"Thing": "platform_lib.thing"})
    with pytest.raises(lazy.MissingExtraError, match=r"Thing: needs pulumi_aws.ec2, .* install 'platform-lib\[aws\]'"):
        resolve("Thing")


def test_another_missing_module_is_not_blamed_on_an_extra(monkeypatch):
    def missing(home):
        raise ModuleNotFoundError(f"No module named {home!r}", name="something")

    monkeypatch.setattr(lazy.importlib, "import_module", missing)
    with pytest.raises(ModuleNotFoundError) as caught:
        lazy.public_names("platform_lib", {"Thing": "platform_lib.thing"})("Thing")
    assert not isinstance(caught.value, lazy.MissingExtraError)
