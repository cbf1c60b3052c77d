import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.vpc.reachability.ports import ALL_PORTS, PortSet, cuts

ports = st.integers(0, 65535)
spans = st.tuples(ports, ports).map(lambda pair: (min(pair), max(pair)))
sets = st.lists(spans, max_size=4).map(lambda pairs: PortSet.of(*pairs))


@given(sets, sets, ports)
def test_sets_are_sets(left: PortSet, right: PortSet, port: int):
    assert (port in (left & right)) == (port in left and port in right)
    assert (port in (left | right)) == (port in left or port in right)
    assert (port in (left - right)) == (port in left and port not in right)
    assert bool(left - right) != right.covers(left)
    for one in (left & right, left | right, left - right):
        assert all(first <= last for first, last in one.spans)
        assert all(a[1] + 1 < b[0] for a, b in zip(one.spans, one.spans[1:], strict=False))


@given(st.lists(sets, max_size=3), ports)
def test_cuts_hold_one_port_of_every_class(given_sets, port):
    representative = max(cut for cut in cuts(given_sets) if cut <= port)
    assert [port in one for one in given_sets] == [representative in one for one in given_sets]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("443", PortSet.of(443)),
        ("80, 443", PortSet.of(80, 443)),
        ("8000-8002,8003", PortSet.of((8000, 8003))),
        ("*", ALL_PORTS),
    ],
)
def test_reading(text: str, expected: PortSet):
    assert PortSet.parse(text) == expected


@pytest.mark.parametrize("text", ["", "x", "-1", "9-8", "65536", "1-"])
def test_what_is_no_port(text: str):
    with pytest.raises(ValueError, match="port"):
        PortSet.parse(text)


def test_text_form():
    assert str(PortSet.of(80, (8000, 8001))) == "80,8000-8001"
    assert str(ALL_PORTS) == "all ports"
    assert str(PortSet()) == "no port"
