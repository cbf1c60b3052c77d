"""Automatic names from the configuration."""

import json
import re
from typing import Any

import pytest

from platform_lib.core.errors import EngineError
from platform_lib.sandbox.engine.autonaming import KEY, Namer, seeder
from platform_lib.sandbox.engine.target import ConfigValue, Target
from platform_lib.sandbox.protocol import Autonaming

BUCKET = "urn:pulumi:dev::shop::aws:s3/bucket:Bucket::logs"
QUEUE = "urn:pulumi:dev::shop::aws:sqs/queue:Queue::jobs"


def namer(section: Any) -> Namer:
    config = {KEY: ConfigValue(json.dumps(section)), "shop:team": ConfigValue("core")}
    return Namer(Target("shop", "dev", config=config))


def test_without_configuration_nothing_is_proposed():
    assert Namer(Target("shop", "dev")).propose(BUCKET, b"s") == (None, False)


def test_modes():
    assert namer({"mode": "verbatim"}).propose(BUCKET, b"s") == (Autonaming("logs", "enforce"), True)
    assert namer({"mode": "disabled"}).propose(BUCKET, b"s") == (Autonaming("", "disable"), True)
    assert namer({"mode": "default"}).propose(BUCKET, b"s") == (None, False)


def test_patterns_are_filled_the_same_for_the_same_seed():
    rules = namer({"pattern": "${project}-${stack}-${config.team}-${name}-${hex(6)}", "enforce": True})
    proposal, delete_first = rules.propose(BUCKET, b"s")
    assert proposal is not None
    assert re.fullmatch("shop-dev-core-logs-[0-9a-f]{6}", proposal.proposed)
    assert (proposal.mode, delete_first) == ("enforce", False)
    assert rules.propose(BUCKET, b"s")[0] == proposal
    assert rules.propose(BUCKET, b"t")[0] != proposal


def test_a_fixed_pattern_has_to_delete_first():
    assert namer({"pattern": "x-${name}"}).propose(BUCKET, b"s") == (Autonaming("x-logs", "propose"), True)


def test_the_nearest_rule_wins():
    rules = namer(
        {
            "pattern": "all-${name}",
            "providers": {"aws": {"mode": "verbatim", "resources": {"aws:s3/bucket:Bucket": {"pattern": "b-${name}"}}}},
        }
    )
    assert rules.propose(BUCKET, b"s")[0] == Autonaming("b-logs", "propose")
    assert rules.propose(QUEUE, b"s")[0] == Autonaming("jobs", "enforce")
    assert rules.propose(QUEUE.replace("aws:", "gcp:"), b"s")[0] == Autonaming("all-jobs", "propose")


@pytest.mark.parametrize(
    ("section", "problem"),
    [
        ([], "not a mapping"),
        ({"modus": "verbatim"}, "unknown key 'modus'"),
        ({"mode": "verbatm"}, "mode 'verbatm' is unknown"),
        ({"mode": "verbatim", "pattern": "x"}, "mode together with pattern"),
        ({"enforce": True}, "enforce without pattern"),
        ({"pattern": "${config.none}"}, "no value for config key 'shop:none'"),
        ({"providers": {"aws": {"resources": {"aws:a:B": {}}}}}, "neither mode nor pattern"),
    ],
)
def test_what_pulumi_does_not_take_is_refused(section: Any, problem: str):
    with pytest.raises(EngineError, match=re.escape(problem)):
        namer(section)


def test_seeds_differ_by_resource_and_by_caller():
    seeds = seeder(b"a", [])
    assert len({seeds(BUCKET), seeds(QUEUE), seeder(b"b", [])(BUCKET)}) == 3
    assert seeds(BUCKET) == seeder(b"a", [])(BUCKET)
