"""A rule is said to be never reached only where that is so, request by request."""

from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.mesh.checks.matching import is_covered

PATHS = ["/", "/a", "/a/b", "/ab", "/b"]
METHODS = ["GET", "POST"]
HEADERS = st.dictionaries(st.sampled_from(["x", "y"]), st.sampled_from(["1", "12"]), max_size=2)
REQUESTS = [
    {"uri": path, "method": method, "headers": headers, "port": port}
    for path in PATHS
    for method in METHODS
    for headers in ({}, {"x": "1"}, {"x": "12"}, {"y": "1"}, {"x": "1", "y": "12"})
    for port in (80, 81)
]
TESTS = st.sampled_from(["exact", "prefix"])


@st.composite
def matches(draw):
    made = {}
    if draw(st.booleans()):
        made["uri"] = {draw(TESTS): draw(st.sampled_from(PATHS))}
    if draw(st.booleans()):
        made["method"] = {"exact": draw(st.sampled_from(METHODS))}
    headers = draw(HEADERS)
    if headers:
        made["headers"] = {
            key: draw(st.sampled_from([{}, {"exact": value}, {"prefix": value}])) for key, value in headers.items()
        }
    if draw(st.booleans()):
        made["port"] = draw(st.sampled_from([80, 81]))
    return made


RULES = st.lists(matches(), max_size=2).map(lambda given: {"match": given} if given else {})


def fits_text(test, value):
    if not test:
        return True
    ((kind, expected),) = test.items()
    return value == expected if kind == "exact" else value.startswith(expected)


def fits(rule, request):
    def one(match):
        return (
            fits_text(match.get("uri"), request["uri"])
            and fits_text(match.get("method"), request["method"])
            and match.get("port", request["port"]) == request["port"]
            and all(
                key in request["headers"] and fits_text(test, request["headers"][key])
                for key, test in match.get("headers", {}).items()
            )
        )

    return any(map(one, rule.get("match") or [{}]))


@given(RULES, st.lists(RULES, max_size=3))
def test_what_is_covered_gets_no_request(rule, earlier):
    if is_covered(rule, earlier):
        taken = [request for request in REQUESTS if fits(rule, request)]
        assert all(any(fits(one, request) for one in earlier) for request in taken)


@given(RULES)
def test_a_rule_covers_itself_and_a_rule_for_all_covers_any(rule):
    assert is_covered(rule, [rule])
    assert is_covered(rule, [{}])


def test_what_is_asked_beside_is_not_covered():
    assert not is_covered({}, [{"match": [{"uri": {"prefix": "/"}}]}])
    assert not is_covered({"match": [{"uri": {"prefix": "/a"}}]}, [{"match": [{"uri": {"exact": "/a"}}]}])
    assert not is_covered({"match": [{"headers": {}}]}, [{"match": [{"headers": {"x": {}}}]}])
    assert is_covered({"match": [{"headers": {"x": {"exact": "1"}}}]}, [{"match": [{"headers": {"x": {}}}]}])
    only_at_gateway = {"match": [{"gateways": ["a/b"], "uri": {"prefix": "/"}}]}
    assert not is_covered({"match": [{"uri": {"prefix": "/a"}}]}, [only_at_gateway])
    assert is_covered({"match": [{"gateways": ["a/b"], "uri": {"prefix": "/a"}}]}, [only_at_gateway])
    labelled = {"match": [{"sourceLabels": {"app": "web"}}]}
    assert is_covered({"match": [{"sourceLabels": {"app": "web", "version": "1"}}]}, [labelled])
    assert not is_covered({"match": [{"sourceLabels": {"app": "orders"}}]}, [labelled])
    folded = {"match": [{"uri": {"prefix": "/A"}, "ignoreUriCase": True}]}
    assert not is_covered({"match": [{"uri": {"prefix": "/A/b"}}]}, [folded]), "not compared, and so not said"
