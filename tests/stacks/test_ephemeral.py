"""Copies of parts of the reference platform for a while, in the account that the original is in."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from platform_lib.core.values import plain
from platform_lib.operations.ephemeral.create import create
from platform_lib.operations.ephemeral.destroy import destroy
from platform_lib.operations.ephemeral.place import Place
from support.reference_platform import ReferencePlatform

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DEV = "organization/platform/dev"
GROUPS = ("network", "vault", "secrets", "data", "resilience", "edge")
PARTS = {
    "pr-1": {"blueprints": ["runtime"], "vault": {}},
    "pr-2": {"blueprints": ["data", "resilience"], "runtime_stack": DEV, "data": {}, "resilience": {"name": "pr-2"}},
    "pr-3": {"blueprints": ["data"], "runtime_stack": DEV, "data": {}},
}
NAMES = {
    "aws:eks/cluster:Cluster": "name",
    "aws:rds/instance:Instance": "identifier",
    "aws:glue/catalogDatabase:CatalogDatabase": "name",
}
"""Types whose names are a contract, with where the name stands."""


def named(platform: ReferencePlatform, stack: str) -> set[str]:
    found = set()
    for resource in platform.stack(stack).state().resources:
        if resource.type in NAMES:
            found.add(plain(resource.inputs)[NAMES[resource.type]])
    return found


@pytest.mark.slow
def test_parts_of_an_environment_stand_beside_it_in_one_account(tmp_path: Path) -> None:
    platform = ReferencePlatform.copy(tmp_path)
    assert platform.run("up", "dev").exit_code == 0
    place = Place(platform.root, platform.workspace)
    for name, part in PARTS.items():
        values = dict.fromkeys(GROUPS) | {"foundation_stack": DEV} | part
        given = {f"platform:{key}": value for key, value in values.items()}
        create(place, name, "dev", timedelta(hours=1), now=NOW, values=given)
        assert named(platform, name)
        assert all(one.replace("_", "-").endswith(name) for one in named(platform, name))

    assert set(platform.run("refresh", "dev").changes) == {"same"}
    for name in PARTS:
        destroy(place, name, now=NOW)
    assert set(platform.run("refresh", "dev").changes) == {"same"}
