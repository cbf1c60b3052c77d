from platform_lib.core.values import UNKNOWN, Asset, Secret
from platform_lib.operations.changes import (
    PropertyChange,
    compared,
    flat,
    path_parts,
    property_changes,
    shown,
    value_at,
)
from platform_lib.sandbox.protocol import PropertyDiff
from support.cli import step, view

BUCKET = "aws:s3/bucket:Bucket"


def test_detailed_answer_gives_old_and_new_value_and_what_forces_a_replacement() -> None:
    old = view(BUCKET, "logs", inputs={"bucket": "a", "tags": {"owner": "me"}})
    new = view(BUCKET, "logs", inputs={"bucket": "b", "tags": {"owner": "you"}})
    detail = {"bucket": PropertyDiff("update-replace", inferred=True), "tags.owner": PropertyDiff("update")}
    event = step("replace", old, new, keys=["bucket"], diffs=["bucket", "tags"], detailed_diff=detail)
    assert property_changes(event) == [
        PropertyChange("bucket", "update", "a", "b", replaces=True, inferred=True),
        PropertyChange("tags.owner", "update", "me", "you"),
    ]


def test_a_difference_to_the_old_state_reads_the_outputs() -> None:
    old = view(BUCKET, "logs", inputs={}, outputs={"acl": "private"})
    new = view(BUCKET, "logs", inputs={"acl": "public-read"})
    event = step("update", old, new, detailed_diff={"acl": PropertyDiff("update", input_diff=False)})
    assert property_changes(event) == [PropertyChange("acl", "update", "private", "public-read")]


def test_without_detail_the_listed_properties_are_shown_whole() -> None:
    old = view(BUCKET, "logs", inputs={"tags": {"a": "1"}, "acl": "private"})
    new = view(BUCKET, "logs", inputs={"tags": {"a": "2"}, "acl": "private"})
    assert property_changes(step("update", old, new, diffs=["tags"])) == [
        PropertyChange("tags", "update", {"a": "1"}, {"a": "2"})
    ]


def test_without_any_answer_the_inputs_are_compared() -> None:
    old = view(BUCKET, "logs", inputs={"acl": "private", "gone": 1, "same": Secret("x")})
    new = view(BUCKET, "logs", inputs={"acl": UNKNOWN, "made": True, "same": "x"})
    assert property_changes(step("update", old, new)) == [
        PropertyChange("acl", "update", "private", "[unknown]"),
        PropertyChange("gone", "delete", 1, None),
        PropertyChange("made", "add", None, True),
    ]


def test_secrets_are_redacted_also_below_a_secret_and_shown_on_request() -> None:
    old = view(BUCKET, "logs", inputs={"login": Secret({"name": "a", "password": "old"})})
    new = view(BUCKET, "logs", inputs={"login": Secret({"name": "a", "password": "new"})})
    event = step("update", old, new, detailed_diff={"login.password": PropertyDiff("update")})
    assert property_changes(event) == [PropertyChange("login.password", "update", "[secret]", "[secret]")]
    assert property_changes(event, show_secrets=True) == [PropertyChange("login.password", "update", "old", "new")]


def test_what_only_comes_or_only_goes_moves_no_property() -> None:
    assert property_changes(step("create", new=view(BUCKET, "logs", inputs={"acl": "private"}))) == []
    assert property_changes(step("delete", view(BUCKET, "logs", inputs={"acl": "private"}))) == []


def test_paths_with_indices_quotes_and_bare_dots() -> None:
    assert path_parts('a.b[0]["c.d"].e') == ["a", "b", 0, "c.d", "e"]
    assert path_parts('["k8s.io/x"]') == ["k8s.io/x"]
    properties = {"tags": {"dotted.key": "v"}, "rules": [{"port": 1}, {"port": 2}]}
    assert value_at(properties, "tags.dotted.key") == (True, "v")
    assert value_at(properties, 'tags["dotted.key"]') == (True, "v")
    assert value_at(properties, "rules[1].port") == (True, 2)
    assert value_at(properties, "rules[2].port") == (False, None)
    assert value_at(properties, "rules.port") == (False, None)


def test_leaves_of_two_versions_are_compared() -> None:
    old = {"a": {"b": 1, "c": [1, 2]}, "s": Secret("x")}
    new = {"a": {"b": 1, "c": [1, 3]}, "s": Secret("y"), "k.x": {}}
    assert compared(old, new) == [
        PropertyChange('["k.x"]', "add", None, {}),
        PropertyChange("a.c[1]", "update", 2, 3),
        PropertyChange("s", "update", "[secret]", "[secret]"),
    ]
    assert dict(flat({"a": [{"b": []}], "c": None})) == {"a[0].b": [], "c": None}


def test_assets_are_named_by_their_hash() -> None:
    assert shown(Asset(hash="0123456789abcdef", text="code")) == "[asset 0123456789ab]"
