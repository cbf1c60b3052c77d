from platform_lib.operations.record import Record, change_json, urn_name, urn_type
from platform_lib.sandbox.engine.event import DiagnosticEvent, StateView, SummaryEvent
from platform_lib.sandbox.protocol import PropertyDiff
from support.cli import STACK_URN, step, view

BUCKET = "aws:s3/bucket:Bucket"
SUBNET = "aws:ec2/subnet:Subnet"
NETWORK = "platform-lib:index:VpcComponent"


def stack_view() -> StateView:
    return StateView(type="pulumi:pulumi:Stack", urn=STACK_URN, custom=False, id="", inputs={}, outputs={})


def test_a_change_is_told_once_with_the_components_around_it() -> None:
    record = Record()
    network = view(NETWORK, "main", custom=False, id="")
    subnet = view(SUBNET, "main-private-a", parent=network.urn)
    assert record(step("create", new=stack_view(), phase="pre")) is None
    assert record(step("create", new=network, phase="pre")) is None
    assert record(step("create", new=subnet, phase="pre")) is None
    change = record(step("create", new=subnet))
    assert change is not None
    assert (change.action, change.name, change.component, change.id) == (
        "create",
        "main-private-a",
        ("main",),
        "main-private-a-1",
    )
    assert record(step("create", new=network)) is not None
    # In a preview a component ends twice: at once, and when its outputs are registered.
    assert record(step("create", new=network)) is None
    assert [item.name for item in record.moved] == ["main-private-a", "main"]


def test_the_steps_of_a_replacement_are_one_change() -> None:
    record = Record()
    old, new = view(BUCKET, "logs", inputs={"bucket": "a"}), view(BUCKET, "logs", id="logs-2", inputs={"bucket": "b"})
    detail = {"bucket": PropertyDiff("update-replace")}
    told = [
        record(step(op, old, new, keys=["bucket"], diffs=["bucket"], detailed_diff=detail))
        for op in ("create-replacement", "replace")
    ]
    told.append(record(step("delete-replaced", old)))
    assert [change is not None for change in told] == [True, False, False]
    (change,) = record.changes
    assert (change.action, change.keys, change.properties[0].replaces) == ("replace", ("bucket",), True)


def test_delete_before_replace_is_one_change_too() -> None:
    record = Record()
    old, new = view(BUCKET, "logs"), view(BUCKET, "logs", id="logs-2")
    # The old copy goes first and would tell nothing of the reason.
    assert record(step("delete-replaced", old)) is None
    told = record(step("replace", old, new, keys=["bucket"]))
    assert told is not None
    assert (told.action, told.keys) == ("replace", ("bucket",))
    assert record(step("create-replacement", old, new, keys=["bucket"])) is None
    (change,) = record.changes
    assert (change.action, change.keys, change.id) == ("replace", ("bucket",), "logs-2")


def test_what_is_protected_or_holds_data_and_goes_away_is_at_risk() -> None:
    record = Record()
    record(step("delete", view(BUCKET, "logs")))
    record(step("delete", view(SUBNET, "a", protect=True)))
    record(step("delete", view(SUBNET, "b")))
    record(step("delete", view(BUCKET, "kept", retain_on_delete=True)))
    record(step("update", view(BUCKET, "changed"), view(BUCKET, "changed")))
    assert [(item.name, item.protected, item.stateful) for item in record.at_risk] == [
        ("logs", False, "holds data"),
        ("a", True, ""),
    ]
    assert [item.name for item in record.retained] == ["kept"]


def test_a_failure_after_the_first_news_is_news() -> None:
    record = Record()
    old, new = view(BUCKET, "logs"), view(BUCKET, "logs", id="logs-2")
    record(step("create-replacement", old, new))
    failed = record(step("delete-replaced", old, phase="failed"))
    assert failed is not None
    assert failed.failed
    assert record.failed


def test_a_refresh_counts_by_its_outcome() -> None:
    record = Record()
    old, new = view(BUCKET, "logs", inputs={"acl": "private"}), view(BUCKET, "logs", inputs={"acl": "public-read"})
    assert record(step("refresh", old, old, phase="pre")) is None
    change = record(step("update", old, new, diffs=["acl"], detailed_diff={"acl": PropertyDiff("update")}))
    assert change is not None
    assert [(item.path, item.old, item.new) for item in change.properties] == [("acl", "private", "public-read")]


def test_the_stack_and_default_providers_are_in_the_background() -> None:
    record = Record()
    record(step("create", new=stack_view()))
    record(step("create", new=view("pulumi:providers:aws", "default_7_51_1")))
    record(step("create", new=view("pulumi:providers:aws", "west")))
    assert [item.name for item in record.moved] == ["west"]


def test_debug_messages_are_dropped_and_the_summary_kept() -> None:
    record = Record()
    record(DiagnosticEvent("debug", "registering"))
    record(DiagnosticEvent("warning", "mind the gap"))
    record(SummaryEvent({"create": 2}, seconds=1.5))
    assert [item.message for item in record.diagnostics] == ["mind the gap"]
    assert (record.counts, record.seconds, record.failed) == ({"create": 2}, 1.5, False)


def test_names_may_hold_double_colons() -> None:
    assert urn_name("urn:pulumi:dev::p::a:b:C$d:e:F::odd::name") == "odd::name"
    assert urn_type("urn:pulumi:dev::p::a:b:C$d:e:F::odd::name") == "d:e:F"


def test_json_leaves_out_what_is_empty() -> None:
    record = Record()
    record(step("delete", view(BUCKET, "logs", protect=True)))
    assert change_json(record.changes[0]) == {
        "action": "delete",
        "urn": f"urn:pulumi:dev::shop::{BUCKET}::logs",
        "type": BUCKET,
        "name": "logs",
        "component": [],
        "id": "logs-1",
        "protected": True,
        "stateful": "holds data",
    }
