"""Lines for people: diffs, long values, live progress."""

import io

import pytest
from rich.console import Console

from platform_lib.cli.progress import Progress
from platform_lib.cli.render import change_line, diff_lines, value_text
from platform_lib.cli.summary import show_components, show_counts
from platform_lib.operations.changes import PropertyChange
from platform_lib.operations.record import Change, Record
from platform_lib.operations.tree import brief_type
from platform_lib.sandbox.engine.event import DiagnosticEvent, SummaryEvent
from platform_lib.sandbox.protocol import PropertyDiff
from support.cli import step, view

BUCKET = "aws:s3/bucket:Bucket"


def console() -> Console:
    return Console(file=io.StringIO(), width=160, highlight=False, soft_wrap=True, markup=False, emoji=False)


def text_of(shown: Console) -> str:
    stream = shown.file
    assert isinstance(stream, io.StringIO)
    return stream.getvalue()


def lines(*changes: PropertyChange, keys: tuple[str, ...] = ()) -> list[str]:
    return [line.plain.strip() for line in diff_lines(changes, keys)]


def test_a_line_a_property() -> None:
    assert lines(
        PropertyChange("a", "add", None, 1),
        PropertyChange("b", "delete", "x", None),
        PropertyChange("c", "update", True, "[unknown]"),
        PropertyChange("d", "update", "[secret]", "[secret]", replaces=True),
        PropertyChange("e", "update", 1, 2, replaces=True, inferred=True),
    ) == [
        "+ a: 1",
        '- b: "x"',
        "~ c: true -> [unknown]",
        "~ d: [secret] -> [secret]  forces replacement",
        "~ e: 1 -> 2  forces replacement (inferred, not certain)",
    ]


def test_a_replacement_without_a_property_says_why() -> None:
    assert lines(keys=("provider",)) == ["replaced because of provider"]
    assert lines(PropertyChange("a.b", "update", 1, 2, replaces=True), keys=("a",)) == [
        "~ a.b: 1 -> 2  forces replacement"
    ]


def test_long_texts_show_where_they_differ() -> None:
    common = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"s3:'
    (line,) = lines(PropertyChange("policy", "update", common + 'GetObject"}]}', common + 'PutObject"}]}'))
    assert "GetObject" in line
    assert "PutObject" in line
    assert "Version" not in line
    assert len(value_text("x" * 500)) == 100


@pytest.mark.parametrize(
    ("token", "brief"),
    [
        (BUCKET, "aws:s3:Bucket"),
        ("kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:Deployment"),
        ("platform-lib:index:VpcComponent", "platform-lib:index:VpcComponent"),
        ("azure-native:network/v20240101:VirtualNetwork", "azure-native:network/v20240101:VirtualNetwork"),
    ],
)
def test_only_the_file_of_a_bridged_token_is_left_out(token: str, brief: str) -> None:
    assert brief_type(token) == brief


def test_a_change_names_its_components_and_what_is_at_risk() -> None:
    change = Change("delete", "urn", BUCKET, "logs", ("archive", "cold"), protected=True, stateful="holds data")
    assert change_line(change, preview=True).plain == (
        f"   - {'delete':<10}{'aws:s3:Bucket':<36} archive / cold / logs  protected  holds data"
    )


def test_plain_lines_without_a_terminal() -> None:
    shown = console()
    record = Record()
    old, new = view(BUCKET, "logs", inputs={"acl": "private"}), view(BUCKET, "logs", inputs={"acl": "public-read"})
    with Progress(record, shown, preview=False, live=False) as progress:
        progress(step("update", old, new, phase="pre", detailed_diff={"acl": PropertyDiff("update")}))
        progress(step("update", old, new, detailed_diff={"acl": PropertyDiff("update")}))
        progress(step("same", old, old))
        progress(DiagnosticEvent("warning", "mind the gap", urn=old.urn))
        progress(DiagnosticEvent("debug", "noise"))
        progress(DiagnosticEvent("error", "kept for the end"))
        progress(SummaryEvent({"update": 1}))
    assert text_of(shown) == (
        f"   ~ {'changed':<10}{'aws:s3:Bucket':<36} logs\n"
        '        ~ acl: "private" -> "public-read"\n'
        "     warning: logs: mind the gap\n"
    )
    assert record.counts == {"update": 1}


def test_a_terminal_shows_what_is_under_way_and_takes_it_away() -> None:
    stream = io.StringIO()
    shown = Console(file=stream, width=160, force_terminal=True, color_system=None)
    with Progress(Record(), shown, preview=False, live=True) as progress:
        progress(step("create", new=view(BUCKET, "logs"), phase="pre"))
        progress(step("create", new=view(BUCKET, "logs")))
    assert "now create aws:s3/bucket:Bucket logs" in stream.getvalue()
    assert "created" in stream.getvalue()
    assert "\x1b[2K" in stream.getvalue()


def test_nothing_is_printed_without_lines() -> None:
    shown = console()
    record = Record()
    with Progress(record, shown, preview=True, live=False, lines=False) as progress:
        progress(step("create", new=view(BUCKET, "logs")))
    assert text_of(shown) == ""
    assert [change.name for change in record.moved] == ["logs"]


def test_counts_are_in_the_words_of_what_happened_or_would() -> None:
    shown = console()
    counts = {"create": 2, "update": 1, "replace": 1, "delete": 3, "same": 4}
    show_counts(shown, counts, preview=False)
    show_counts(shown, counts, preview=True)
    show_counts(shown, {}, preview=True)
    assert [line.strip() for line in text_of(shown).splitlines()] == [
        *("Resources", "+ 2 created", "~ 1 changed", "+- 1 replaced", "- 3 deleted", "4 unchanged"),
        *("Resources", "+ 2 to create", "~ 1 to update", "+- 1 to replace", "- 3 to delete", "4 unchanged"),
        *("Resources", "none"),
    ]


def test_components_are_counted_where_something_moved() -> None:
    record = Record()
    network = view("platform-lib:index:VpcComponent", "main", custom=False)
    keys = view("platform-lib:index:SecurityBaseline", "baseline", custom=False)
    inner = view("platform-lib:index:Part", "main-part", custom=False, parent=network.urn)
    for op, new in (
        ("create", network),
        ("same", keys),
        ("create", inner),
        ("create", view(BUCKET, "loose")),
        ("create", view(BUCKET, "a", parent=network.urn)),
        ("create", view(BUCKET, "b", parent=inner.urn)),
        ("same", view(BUCKET, "c", parent=network.urn)),
        ("same", view(BUCKET, "d", parent=keys.urn)),
    ):
        record(step(op, new=new))
    assert [(item.urn, dict(item.counts)) for item in record.by_component] == [
        (keys.urn, {"same": 1}),
        (network.urn, {"create": 2, "same": 1}),
    ]
    shown = console()
    show_components(shown, record.by_component, preview=False)
    show_components(shown, record.by_component, preview=True)
    assert [line.split() for line in text_of(shown).splitlines()] == [
        ["By", "component"],
        ["main", "VpcComponent", "2", "created,", "1", "unchanged"],
        ["By", "component"],
        ["main", "VpcComponent", "2", "to", "create,", "1", "unchanged"],
    ]
