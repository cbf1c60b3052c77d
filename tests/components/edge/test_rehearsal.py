import pytest

from platform_lib.components.edge import EdgeFleetArgs, Ending, Health, rehearse, rehearse_waves
from platform_lib.core.errors import PlanError
from support.fleets import fleet_args


def test_a_fleet_rolls_out_over_its_own_rings_and_sites():
    ended = rehearse(EdgeFleetArgs(**fleet_args()))
    assert (ended.ending, len(ended.on_new), ended.soaked_hours) == (Ending.CONVERGED, 50, 72)
    assert ended.lowest["north"] >= 21
    assert ended.lowest["south"] >= 3


def test_the_laboratory_stops_it():
    ended = rehearse(EdgeFleetArgs(**fleet_args()), {"laboratory-1": Health.DEGRADED})
    assert (ended.ending, ended.stopped_at, ended.on_new) == (Ending.ROLLED_BACK, "canary", frozenset())


def test_a_device_that_fails_on_the_way_back_is_set_aside_too():
    args = EdgeFleetArgs(**fleet_args())
    health = {"laboratory-1": Health.DARK}
    ended = rehearse(args, health, going_back={"laboratory-0": Health.DARK})
    assert ended.set_aside == {"laboratory-1", "laboratory-0"}


def test_its_waves_begin_with_the_groups_of_the_first_ring():
    first, *others = rehearse_waves(EdgeFleetArgs(**fleet_args()))
    assert first.ring == "canary"
    assert {"laboratory-0", "laboratory-1"} <= set(first.devices)
    assert others[-1].ring == "rest"


def test_arguments_that_do_not_fit_are_refused():
    args = EdgeFleetArgs(**fleet_args(rings=[{"name": "a", "share_percent": 1}]))
    with pytest.raises(PlanError, match="rings: have shares that must sum to 100, got 1"):
        rehearse(args)
