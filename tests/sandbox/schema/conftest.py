"""The schema of these tests keeps its readings in a folder of the test run, never in the user's."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_lib.sandbox import schema


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("schema-cache")


@pytest.fixture(autouse=True)
def _cache_of_the_run(cache_folder: Path) -> Iterator[None]:
    schema.use_cache(cache_folder)
    yield
    schema.use_cache(None)
