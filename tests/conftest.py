"""What all tests share: hypothesis profiles, and golden files that change only by an explicit command."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from support.wheels import built_wheel, installed_wheel

GOLDEN = Path(__file__).parent / "golden"
STOCK = ("pulumi", "pulumi-language-python", "pulumi-language-python-exec")
"""What tests marked ``stock_engine`` need on PATH."""

# What the schema of the SDKs is read into goes to a folder of the checkout, never to the user's own cache.
os.environ.setdefault("PLATFORM_CACHE_DIR", str(Path(__file__).parents[1] / ".pytest_cache" / "schema"))

# Tests change programs within a second, which Python's cache of compiled files does not see.
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
sys.dont_write_bytecode = True

settings.register_profile("default", deadline=None, max_examples=60)
settings.register_profile("ci", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden files instead of comparing with them"
    )


def pytest_configure(config: pytest.Config) -> None:
    # The SDK of AWS warns of its own old names while it is imported.
    config.addinivalue_line("filterwarnings", "ignore:.* has been deprecated in favor of:DeprecationWarning:pulumi_aws")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = ", ".join(tool for tool in STOCK if shutil.which(tool) is None)
    for item in items:
        if "golden" in getattr(item, "fixturenames", ()):
            item.add_marker("golden")
        if missing and item.get_closest_marker("stock_engine"):
            item.add_marker(pytest.mark.skip(reason=f"the stock CLI is not on PATH: {missing}"))


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with a file below ``tests/golden``, or writes the file with ``--update-golden``."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.is_file(), f"{name}: no golden file; `make golden` writes it"
        assert text == path.read_text(encoding="utf-8"), (
            f"{name} differs; if that is meant, `make golden` and a changelog line"
        )

    return compare


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel."""
    return built_wheel(tmp_path_factory)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what is in the wheel, for the path of a Python of its own."""
    return installed_wheel(tmp_path_factory)
