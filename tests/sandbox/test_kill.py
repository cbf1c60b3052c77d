"""Runs that are killed: the state stays readable, the next run goes on, nothing is made twice, nothing is lost."""

import os
import random
import shutil
from collections import Counter

import pytest

from support.backend import VECTORS
from support.killing import SIZE, Runner

KILLS = 50
LARGE = 300
# The beginning of a stack file that the stock CLI wrote: a salt, and a secret that proves the passphrase.
SEALED = "".join((VECTORS / "Pulumi.dev.yaml").read_text().splitlines(keepends=True)[:4]).replace("vectors:", "killed:")


class Checked(Runner):
    """The process that runs operations and kills them, and what has to hold after it."""

    def check(self, value: str = "one", size: int = SIZE) -> None:
        """State and cloud hold each resource of the program once, with the same id and value, and nothing else."""
        with self.workspace.cloud() as cloud:
            rows = {row.urn: row for row in cloud.ls()}
            assert len(cloud.ls()) == len(rows) == size
        snapshot = self.workspace.stack("dev").state()
        mine = [item for item in snapshot.resources if item.type.startswith("aws:")]
        assert len(mine) == size
        assert {item.urn: item.id for item in mine} == {urn: row.id for urn, row in rows.items()}
        assert all(not item.delete and not item.pending_replacement for item in mine)
        assert snapshot.pending == []
        for item in mine:
            assert rows[item.urn].inputs["value"] == item.inputs["value"]
        assert snapshot.resources == [] or self.workspace.stack("dev").outputs() == {"value": value}

    def check_readable(self) -> None:
        """Whatever was killed, the state can be read and given out, and each live resource is in it once."""
        stack = self.workspace.stack("dev")
        counts = Counter(item.urn for item in stack.state().live())
        assert max(counts.values(), default=1) == 1
        assert stack.export()["version"] == 3


@pytest.fixture(scope="module")
def seed(request):
    seed = int(os.environ.get("SANDBOX_KILL_SEED", random.SystemRandom().randrange(10**6)))
    print(f"SANDBOX_KILL_SEED={seed}")
    return seed


@pytest.fixture
def runner(tmp_path):
    (tmp_path / "Pulumi.yaml").write_text("name: killed\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text(f"{SEALED}  aws:region: eu-west-1\n")
    runner = Checked(tmp_path)
    yield runner
    runner.end()


@pytest.mark.slow
def test_an_up_killed_at_random_times_is_taken_up(runner, seed) -> None:
    chance = random.Random(seed)
    assert runner.run("up", size=LARGE)["code"] == 0
    runner.check(size=LARGE)
    shutil.rmtree(runner.workspace.directory)
    seconds = runner.run("up", size=LARGE)["seconds"]
    killed = 0
    for number in range(KILLS):
        shutil.rmtree(runner.workspace.directory)
        killed += runner.run("up", size=LARGE, kill={"after": chance.uniform(0, seconds)})["code"] == -9
        runner.check_readable()
        assert runner.run("up", size=LARGE)["code"] == 0, f"kill {number} of seed {seed}"
        runner.check(size=LARGE)
    assert killed >= KILLS / 2


@pytest.mark.parametrize("point", ["begin", "call", "commit", "store", "stored"])
def test_an_up_killed_at_a_point_is_taken_up(runner, seed, point) -> None:
    number = 1 if point.startswith("store") else random.Random(f"{seed}{point}").randrange(1, SIZE)
    assert runner.run("up", kill={"at": point, "number": number})["code"] == -9
    runner.check_readable()
    assert runner.workspace.stack("dev").lock_holder() is None
    assert runner.run("up")["code"] == 0
    runner.check()


@pytest.mark.parametrize("point", ["begin", "call", "commit", "stored"])
def test_a_change_killed_at_a_point_is_taken_up(runner, seed, point) -> None:
    assert runner.run("up")["code"] == 0
    number = 1 if point == "stored" else random.Random(f"{seed}{point}").randrange(2, SIZE)
    assert runner.run("up", "two", SIZE - 3, kill={"at": point, "number": number})["code"] == -9
    runner.check_readable()
    assert runner.run("up", "two", SIZE - 3)["code"] == 0
    runner.check("two", SIZE - 3)


@pytest.mark.parametrize("point", ["call", "commit"])
def test_a_change_killed_and_given_up_is_taken_back(runner, seed, point) -> None:
    assert runner.run("up")["code"] == 0
    number = random.Random(f"{seed}{point}").randrange(2, SIZE)
    assert runner.run("up", "two", SIZE - 3, kill={"at": point, "number": number})["code"] == -9
    assert runner.run("up")["code"] == 0
    runner.check()


@pytest.mark.parametrize("point", ["begin", "commit"])
def test_a_destroy_killed_at_a_point_loses_nothing_for_the_next_up(runner, seed, point) -> None:
    assert runner.run("up")["code"] == 0
    number = random.Random(f"{seed}{point}").randrange(1, SIZE)
    assert runner.run("destroy", kill={"at": point, "number": number})["code"] == -9
    runner.check_readable()
    assert runner.run("up")["code"] == 0
    runner.check()


def test_a_run_killed_again_and_again_gets_there(runner, seed) -> None:
    for step in range(4):
        assert runner.run("up", kill={"at": "commit", "number": 5 + step})["code"] == -9
        runner.check_readable()
    assert runner.run("up")["code"] == 0
    runner.check()
