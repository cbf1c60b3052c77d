import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.core.errors import CloudError
from platform_lib.sandbox.cloud import path as paths

KEYS = st.text(string.ascii_letters + string.digits + "._-/[]\"' $é", min_size=1, max_size=8)
SEGMENTS = st.lists(st.one_of(KEYS, st.integers(0, 30)), min_size=1, max_size=5).map(lambda items: ["top", *items])


def _joined(segments: list[str | int]) -> str:
    text = ""
    for segment in segments:
        text = paths.join(text, segment)
    return text


@given(SEGMENTS)
def test_a_path_reads_back_as_the_steps_it_was_made_of(segments: list[str | int]) -> None:
    assert list(paths.parse(_joined(segments))) == segments


@given(SEGMENTS, st.integers())
def test_what_is_put_at_a_path_is_found_there(segments: list[str | int], value: int) -> None:
    only_keys = [segment for segment in segments if isinstance(segment, str)]
    text = _joined(only_keys)
    assert paths.get(paths.put({}, text, value), text) == value


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tags.Name", ("tags", "Name")),
        ("ingress[0].fromPort", ("ingress", 0, "fromPort")),
        ('metadata.labels["app.kubernetes.io/name"]', ("metadata", "labels", "app.kubernetes.io/name")),
        ("rules[*].id", ("rules", "*", "id")),
    ],
)
def test_forms_of_paths(path: str, expected: tuple[str | int, ...]) -> None:
    assert paths.parse(path) == expected


@pytest.mark.parametrize("path", ["a..b", "a.", "a[x]", "[", 'a["b'])
def test_a_text_that_is_no_path_is_refused_with_an_example(path: str) -> None:
    with pytest.raises(CloudError, match=r"property path: .*tags\.Name"):
        paths.parse(path)


def test_a_value_is_removed_from_lists_and_objects() -> None:
    value = {"a": [{"b": 1}, {"b": 2}], "c": 3}
    assert paths.put(value, "a[0]", paths.MISSING) == {"a": [{"b": 2}], "c": 3}
    assert paths.put(value, "c", paths.MISSING) == {"a": [{"b": 1}, {"b": 2}]}
    assert value == {"a": [{"b": 1}, {"b": 2}], "c": 3}, "the original stays"


def test_a_step_into_what_holds_nothing_is_refused() -> None:
    with pytest.raises(CloudError, match="'b' is not within an object"):
        paths.put({"a": 1}, "a.b", 2)
    with pytest.raises(CloudError, match="no element 3"):
        paths.put({"a": [1]}, "a[3]", 2)


@pytest.mark.parametrize(
    ("rule", "changed", "covered"),
    [
        ("spec", "spec.selector.app", True),
        ("spec.selector", "spec", True),
        ("rules[*].port", "rules[3].port", True),
        ("rules[*].port", "rules[3].name", False),
        ("name", "names", False),
        ("vpcConfig.subnetIds", "vpcConfig.securityGroupIds[0]", False),
    ],
)
def test_a_rule_speaks_of_a_path_when_one_contains_the_other(rule: str, changed: str, covered: bool) -> None:
    assert paths.covers(paths.parse(rule), paths.parse(changed)) is covered
