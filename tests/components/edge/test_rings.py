"""Rollouts over rings with devices that fail, checked against what happened and not against what the planner says."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_lib.components.edge import Act, Device, Ending, Health, Ring, plan_waves, ring_of, run_rollout

EXAMPLES = settings(max_examples=1000)


def fleet(*sizes, rings=2):
    """Sites ``s0``, ``s1``, ... with so many devices, which take the rings in turn."""
    names = [(f"s{site}", f"s{site}-d{number}") for site, size in enumerate(sizes) for number in range(size)]
    return [Device(name, site, position % rings) for position, (site, name) in enumerate(names)]


def rings(*percents):
    return [Ring(f"r{position}", percent, 24) for position, percent in enumerate(percents)]


@st.composite
def rollouts(draw):
    """Rings, devices and quorums, with devices that are away, that fail, and that fail on the way back."""
    percents = draw(st.lists(st.floats(0.1, 99), min_size=1, max_size=4))
    sizes = draw(st.lists(st.integers(1, 8), min_size=1, max_size=4))
    placed = [
        Device(f"s{site}-d{number}", f"s{site}", draw(st.integers(0, len(percents) - 1)))
        for site, size in enumerate(sizes)
        for number in range(size)
    ]
    quorums = {f"s{site}": draw(st.integers(0, size - 1)) for site, size in enumerate(sizes)}
    names = st.sampled_from([device.name for device in placed])
    faults = st.dictionaries(names, st.sampled_from(Health), max_size=len(placed))
    away = draw(st.dictionaries(names, st.integers(1, 9), max_size=3))
    return rings(*percents), placed, quorums, draw(faults), draw(faults), away


def versions(devices, ended):
    """Replays what happened: the version that each device runs in the end."""
    runs = {device.name: "old" for device in devices}
    for event in ended.events:
        if event.act is not Act.STOPS:
            runs[event.device] = "new" if event.act is Act.SERVES_NEW else "old"
    return runs


def served(devices, ended, away):
    """After each event: the site, how many of it serve, and whether the rollout took the device down."""
    site = {device.name: device.site for device in devices}
    serving = Counter(site.values())
    serving.subtract(site[name] for name in away)
    for event in ended.events:
        serving[site[event.device]] += -1 if event.act is Act.STOPS else 1
        yield site[event.device], serving[site[event.device]], event.act is Act.STOPS


@EXAMPLES
@given(rollouts())
def test_a_rollout_converges_or_rolls_back_and_never_both(rollout):
    order, devices, quorums, health, going_back, away = rollout
    ended = run_rollout(order, devices, quorums, health=health, going_back=going_back, away=away)
    runs = versions(devices, ended)
    others = {runs[device.name] for device in devices if device.name not in ended.set_aside}
    assert others <= {"new" if ended.ending is Ending.CONVERGED else "old"}
    assert all(runs[name] == "old" for name in ended.set_aside)
    assert {name for name, version in runs.items() if version == "new"} == ended.on_new
    assert (ended.ending is Ending.CONVERGED) == (ended.stopped_at == "")


@EXAMPLES
@given(rollouts())
def test_no_site_loses_its_quorum(rollout):
    order, devices, quorums, health, going_back, away = rollout
    ended = run_rollout(order, devices, quorums, health=health, going_back=going_back, away=away)
    assert all(count >= quorums[site] for site, count, taken in served(devices, ended, away) if taken)


@EXAMPLES
@given(rollouts())
def test_everybody_serves_in_the_end(rollout):
    order, devices, quorums, health, going_back, away = rollout
    ended = run_rollout(order, devices, quorums, health=health, going_back=going_back, away=away)
    last = dict.fromkeys(quorums, None)
    for site, count, _ in served(devices, ended, away):
        last[site] = count
    sizes = Counter(device.site for device in devices)
    assert all(count in (None, sizes[site]) for site, count in last.items())


@EXAMPLES
@given(rollouts())
def test_a_ring_stops_a_rollout_exactly_when_more_fail_than_it_allows(rollout):
    order, devices, quorums, health, _, away = rollout
    ended = run_rollout(order, devices, quorums, health=health, away=away)
    stopped = ""
    for position, ring in enumerate(order):
        own = [device.name for device in devices if device.ring == position]
        failed = sum(health.get(name, Health.GOOD) is not Health.GOOD for name in own)
        if failed > len(own) * ring.maximum_failed_percent / 100:
            stopped = ring.name
            break
    assert ended.stopped_at == stopped


def test_a_rollout_without_failures_takes_the_waves_that_quorums_leave():
    ended = run_rollout(rings(2, 2), fleet(6, 4), {"s0": 4, "s1": 3})
    assert (ended.ending, ended.rounds, ended.soaked_hours) == (Ending.CONVERGED, 4, 48)
    assert ended.lowest == {"s0": 4, "s1": 3}
    assert len(ended.on_new) == 10


def test_one_dark_device_in_a_small_ring_rolls_everything_back():
    devices = fleet(6)
    ended = run_rollout(rings(2, 2), devices, {"s0": 3}, health={"s0-d1": Health.DARK})
    assert (ended.ending, ended.stopped_at, ended.soaked_hours) == (Ending.ROLLED_BACK, "r1", 24)
    assert (ended.on_new, ended.set_aside) == (frozenset(), frozenset({"s0-d1"}))


def test_a_failure_that_is_allowed_is_set_aside_and_named():
    ended = run_rollout(rings(40), fleet(4, rings=1), {"s0": 2}, health={"s0-d3": Health.DEGRADED})
    assert (ended.ending, ended.set_aside) == (Ending.CONVERGED, frozenset({"s0-d3"}))
    assert ended.on_new == {"s0-d0", "s0-d1", "s0-d2"}


def test_as_many_failures_as_a_ring_may_have_are_allowed():
    failing = {"s0-d0": Health.DARK, "s0-d1": Health.DEGRADED}
    assert run_rollout(rings(40), fleet(5, rings=1), {"s0": 2}, health=failing).ending is Ending.CONVERGED
    assert run_rollout(rings(39), fleet(5, rings=1), {"s0": 2}, health=failing).ending is Ending.ROLLED_BACK


@given(rollouts())
def test_waves_take_every_device_once_ring_after_ring_and_leave_quorums(rollout):
    order, devices, quorums, *_ = rollout
    planned = plan_waves(order, devices, quorums)
    assert sorted(name for wave in planned for name in wave.devices) == sorted(device.name for device in devices)
    positions = [ring.name for ring in order]
    taken = [positions.index(wave.ring) for wave in planned]
    assert taken == sorted(taken)
    placed = {device.name: device for device in devices}
    sizes = Counter(device.site for device in devices)
    for wave in planned:
        assert {order[placed[name].ring].name for name in wave.devices} == {wave.ring}
        for site, count in Counter(placed[name].site for name in wave.devices).items():
            assert count <= sizes[site] - quorums[site]


def test_a_site_below_its_quorum_waits_until_devices_are_back():
    ended = run_rollout(rings(2), fleet(3, rings=1), {"s0": 2}, away={"s0-d0": 5, "s0-d1": 6})
    first = next(event for event in ended.events if event.act is Act.STOPS)
    assert first.round == 6
    assert len(ended.on_new) == 3


def test_a_quorum_of_all_devices_is_refused():
    with pytest.raises(ValueError, match="site 's0': quorum 3 of 3 leaves no device to update"):
        run_rollout(rings(2), fleet(3), {"s0": 3})


@given(st.lists(st.integers(0, 100), min_size=1, max_size=5), st.text(min_size=1))
def test_a_device_has_one_ring_whatever_the_rest_of_the_fleet(parts, device):
    shares = [*parts[:-1], 100 - sum(parts[:-1])]
    if shares[-1] >= 0:
        assert shares[ring_of(device, shares)] > 0


def test_rings_get_about_their_shares():
    found = Counter(ring_of(f"device-{number}", [5, 25, 70]) for number in range(10_000))
    assert [round(found[position] / 100) for position in range(3)] == pytest.approx([5, 25, 70], abs=2)


def test_shares_that_leave_a_rest_are_refused():
    with pytest.raises(ValueError, match="shares sum to 0, not to 100"):
        ring_of("device", [0, 0])


def test_ten_thousand_devices_go_through():
    devices = [Device(f"d{number}", f"s{number % 100}", ring_of(f"d{number}", [1, 9, 90])) for number in range(10_000)]
    dark = {f"d{number}": Health.DARK for number in range(0, 10_000, 200)}
    ended = run_rollout(rings(2, 2, 2), devices, {f"s{site}": 80 for site in range(100)}, health=dark)
    assert (ended.ending, len(ended.on_new)) == (Ending.CONVERGED, 10_000 - len(dark))
