"""The whole of production killed while it comes up: the next run goes on, and nothing is there twice."""

import os
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from support.killing import Runner
from support.reference_platform import ReferencePlatform

KILLS = 10
STACK = "prod"


def check_whole(runner: Runner, expected: set[str]) -> int:
    """State and cloud hold each resource of production once, under the same id, and nothing else.

    Returns:
        How many resources the cloud holds.
    """
    snapshot = runner.workspace.stack(STACK).state()
    assert Counter(item.urn for item in snapshot.resources) == Counter(expected)
    assert snapshot.pending == []
    assert not any(item.delete or item.pending_replacement for item in snapshot.resources)
    made = {item.urn: item.id for item in snapshot.resources if item.custom and ":providers:" not in item.type}
    with runner.workspace.cloud() as cloud:
        rows = cloud.ls()
        assert len(rows) == len(made)
        assert {row.urn: row.id for row in rows} == made
    return len(made)


@pytest.mark.slow
def test_production_killed_at_random_points_comes_up_whole(tmp_path: Path) -> None:
    seed = int(os.environ.get("SANDBOX_KILL_SEED", random.SystemRandom().randrange(10**6)))
    print(f"SANDBOX_KILL_SEED={seed}")
    chance = random.Random(seed)
    runner = Runner(ReferencePlatform.copy(tmp_path).root, imports=["pulumi_aws", "stacks.exports"])
    try:
        assert runner.run(size=None, stack=STACK)["code"] == 0
        expected = {item.urn for item in runner.workspace.stack(STACK).state().resources}
        made = check_whole(runner, expected)

        for number in range(KILLS):
            shutil.rmtree(runner.workspace.directory)
            kill = {"at": chance.choice(["begin", "call", "commit"]), "number": chance.randrange(1, made)}
            where = f"kill {number} of seed {seed}: {kill}"
            assert runner.run(size=None, stack=STACK, kill=kill)["code"] == -9, where
            assert runner.workspace.stack(STACK).export()["version"] == 3, where
            assert runner.run(size=None, stack=STACK)["code"] == 0, where
            assert check_whole(runner, expected) == made, where
    finally:
        runner.end()
