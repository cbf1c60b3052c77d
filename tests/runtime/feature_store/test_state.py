"""Watermarks and leases: who may work on a view, and when its watermark moves."""

import contextlib
import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_lib.runtime.feature_store import apply, materialise
from platform_lib.runtime.feature_store.state import LeaseLostError, State, moment_of, text_of
from platform_lib.runtime.feature_store.window import window
from support.state_table import StateTable

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
TOLD = {"delay_seconds": 300, "backfill_seconds": 3600}


@pytest.fixture
def table():
    return StateTable()


@pytest.fixture
def state(table):
    return State(table, "state")


def run(state, owner="one", now=NOW, copy=lambda start, end: None, seconds=600):
    return materialise.run("spend", owner, state=state, told=TOLD, copy=copy, now=now, lease_seconds=seconds)


def test_the_first_run_goes_back_and_the_next_one_goes_on(state):
    spans = []
    for minutes in (0, 60, 90):
        ended = run(state, now=NOW + timedelta(minutes=minutes), copy=lambda *span: spans.append(span))
        assert ended == materialise.DONE
    assert spans[0][0] == NOW - timedelta(seconds=3900)
    assert [start for start, _ in spans[1:]] == [end for _, end in spans[:-1]]
    assert state.watermark("spend") == NOW + timedelta(minutes=85)


def test_a_watermark_stays_where_a_run_fails(state):
    run(state)
    before = state.watermark("spend")

    def fail(start, end):
        raise OSError("no way to Athena")

    with pytest.raises(OSError, match="no way"):
        run(state, now=NOW + timedelta(hours=1), copy=fail)
    assert state.watermark("spend") == before
    spans = []
    assert run(state, "two", NOW + timedelta(hours=1), lambda *span: spans.append(span)) == materialise.DONE
    assert spans[0][0] == before


def test_two_do_not_work_on_one_view_at_a_time(state):
    inner = []

    def meanwhile(start, end):
        inner.append(run(state, "two", NOW + timedelta(seconds=30)))

    assert run(state, "one", copy=meanwhile) == materialise.DONE
    assert inner == [materialise.BUSY]


def test_who_is_tried_again_takes_its_own_lease(state):
    assert state.claim("spend", "one", NOW, 600)
    assert run(state, "one", NOW + timedelta(seconds=60)) == materialise.DONE


def test_a_lease_ends_and_who_had_it_cannot_move_the_watermark(state):
    def meanwhile(start, end):
        assert run(state, "two", NOW + timedelta(seconds=601)) == materialise.DONE

    with pytest.raises(LeaseLostError, match="spend: one has no lease any more"):
        run(state, "one", copy=meanwhile)
    assert state.watermark("spend") == NOW + timedelta(seconds=301)


def test_nothing_is_copied_where_no_time_has_passed(state, table):
    run(state)
    copied = []
    assert run(state, "two", copy=lambda *span: copied.append(span)) == materialise.NOTHING
    assert copied == []
    assert "lease_owner" not in table.items["spend"]


def test_an_error_of_the_table_is_not_taken_for_a_lease_that_is_held(state, table):
    def broken(**_):
        raise RuntimeError("throttled")

    table.update_item = broken
    with pytest.raises(RuntimeError, match="throttled"):
        run(state)


def test_an_older_event_does_not_move_a_watermark_back(state):
    state.seen("visits", NOW)
    state.seen("visits", NOW - timedelta(minutes=5))
    assert state.watermark("visits") == NOW


def test_definitions_are_applied_once_and_again_when_they_change(state):
    applied = []

    def once(owner, digest, do=lambda: applied.append(1)):
        return apply.run(owner, state=state, digest=digest, apply=do, now=NOW, lease_seconds=600)

    assert [once("a", "1"), once("b", "1"), once("c", "2")] == [apply.DONE, apply.SAME, apply.DONE]
    assert len(applied) == 2
    assert once("d", "3", do=lambda: applied.append(once("e", "4"))) == apply.DONE
    assert applied[-1] == apply.BUSY
    assert state.applied(apply.REGISTRY) == "3"


def test_definitions_that_fail_do_not_count_as_applied(state):
    def fail():
        raise OSError("feast")

    with pytest.raises(OSError, match="feast"):
        apply.run("a", state=state, digest="1", apply=fail, now=NOW, lease_seconds=600)
    assert state.applied(apply.REGISTRY) is None
    assert apply.run("b", state=state, digest="1", apply=lambda: None, now=NOW, lease_seconds=600) == apply.DONE


moments = st.integers(1577836800, 2208988800).map(lambda seconds: datetime.fromtimestamp(seconds + 0.5, tz=UTC))


@given(st.none() | moments, moments, st.integers(0, 86400), st.integers(1, 864000))
def test_a_window_never_ends_in_the_future_and_never_leaves_a_gap(watermark, now, delay, backfill):
    span = window(watermark, now, delay, backfill)
    if span is None:
        assert watermark is not None
        assert watermark >= now.replace(microsecond=0) - timedelta(seconds=delay)
        return
    start, end = span
    assert start < end <= now
    assert end == now.replace(microsecond=0) - timedelta(seconds=delay)
    assert start == (watermark or end - timedelta(seconds=backfill))


def test_a_delay_below_nothing_is_refused():
    with pytest.raises(ValueError, match="delay_seconds must be at least 0, got -1"):
        window(None, NOW, -1, 60)


@given(st.lists(moments, min_size=2, max_size=5))
def test_times_in_the_table_are_in_order_as_texts(found):
    texts = [text_of(moment) for moment in found]
    assert sorted(texts) == [text_of(moment) for moment in sorted(found)]
    assert all(moment_of(text_of(moment)) == moment.replace(microsecond=0) for moment in found)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 1200), st.sampled_from(["ok", "fail", "hang"]))))
def test_whatever_happens_values_are_copied_without_a_gap(events):
    """Runs that succeed, fail or hang, of two executions: what is online reaches from the first start to the mark."""
    state, clock, online = State(StateTable(), "state"), NOW, []
    for owner, wait, how in events:
        clock += timedelta(seconds=wait)

        def copy(start, end, how=how):
            if how == "fail":
                raise OSError(how)
            online.append((start, end))

        if how == "hang":
            state.claim("spend", owner, clock, 600)  # and never heard of again
            continue
        with contextlib.suppress(OSError):
            run(state, owner, clock, copy)
    mark = state.watermark("spend")
    if mark is None:
        assert online == []
        return
    assert online[-1][1] == mark
    assert all(end == start for (_, end), (start, _) in itertools.pairwise(online))
    assert mark <= clock - timedelta(seconds=300)
