"""The reference platform recovers: a region goes down, users go to the second site and come home."""

from pathlib import Path

import pytest

from platform_lib.operations.drill.run import Request, run_drill
from support.reference_platform import ReferencePlatform

ACTIVE_SITE = "platform:resilience.active_site"


@pytest.mark.slow
@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_drill_of_failover_and_failback_passes(tmp_path: Path, stack: str) -> None:
    """Nothing of the program is looked up in the region that is down: it can be told of the failover meanwhile."""
    platform = ReferencePlatform.copy(tmp_path)
    assert platform.run("up", stack).exit_code == 0

    drill = run_drill(platform.workspace, stack, Request(setting=ACTIVE_SITE))

    assert drill.failures == ()
    assert [way.way.value for way in drill.ways] == ["failover", "failback"]
    assert {"database", "devices", "snapshots", "features"} <= {source.name for source in drill.ways[0].sources}
