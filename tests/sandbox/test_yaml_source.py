import pytest

from platform_lib.core.errors import SettingsError
from platform_lib.sandbox.yaml_source import read_yaml


@pytest.fixture
def read(tmp_path):
    def read(text: str | bytes):
        path = tmp_path / "Pulumi.dev.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_yaml(path, subject="stack 'dev'")

    return read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12), ("0123", 83), ("0o17", 15), ("0x1F", 31), ("-0x10", -16), ("0b11", 3), ("00", 0), ("-0", 0),
        ("+5", 5), ("089", 89.0), ("1_000", 1000), ("1.", 1.0), (".5", 0.5), ("1e3", 1000.0), ("+.5e2", 50.0),
        ("1e400", "1e400"),
        ("0x", "0x"), ("_1", "_1"), ("yes", "yes"), ("on", "on"), ("True", True), ("FALSE", False), ("true", True),
        ("~", None), ("null", None), ("", None), ("'12'", "12"), ('"true"', "true"), ("!!str 12", "12"),
        ("12345678901234567890", 12345678901234567890), ("99999999999999999999", 1e20), ("1.2.3.4", "1.2.3.4"),
        ("10.0.0.0/16", "10.0.0.0/16"), ("2024-01-02", "2024-01-02 00:00:00 +0000 UTC"),
        ("2024-1-2", "2024-01-02 00:00:00 +0000 UTC"), ("2024-13-01", "2024-13-01"), ("123456789012", 123456789012),
        ("2024-01-02T03:04:05.120+02:00", "2024-01-02 03:04:05.12 +0200 +0200"), ("eu-west-1", "eu-west-1"),
        ("2024-01-02 03:04:05", "2024-01-02 03:04:05 +0000 UTC"), ("-", "-"), (".", "."), ("+", "+"),
    ],
)  # fmt: skip
def test_scalars_are_those_of_the_stock_cli(read, text, value) -> None:
    found = read(f"a: {text}\n").data["a"] if text != "-" else read("a: '-'\n").data["a"]
    assert (found, type(found)) == (value, type(value))


def test_every_value_has_its_line(read) -> None:
    source = read("# comment\nconfig:\n  a:\n    - x\n    - b: 1\n")
    assert source.where("config", "a", 1, "b") == "Pulumi.dev.yaml:5: config.a[1].b"
    assert source.where("config", "a", 0) == "Pulumi.dev.yaml:4: config.a[0]"
    assert source.where("config", "other") == "Pulumi.dev.yaml:2: config.other"
    assert source.where() == "Pulumi.dev.yaml"


def test_anchors_and_merges_are_followed(read) -> None:
    source = read("x: &x {a: 1, b: 1}\ny:\n  <<: *x\n  b: 2\nz: {<<: [{b: 3, c: 3}, *x]}\n")
    assert source.data["y"] == {"a": 1, "b": 2}
    assert source.data["z"] == {"a": 1, "b": 3, "c": 3}


def test_a_byte_order_mark_is_dropped(read) -> None:
    assert read(b"\xef\xbb\xbfa: 1\n").data == {"a": 1}


def test_an_empty_file_is_nothing(read) -> None:
    assert read("# only a comment\n").data is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [1\nb: 2\n", r"Pulumi\.dev\.yaml:\d: not YAML"),
        ("a: 1\na: 2\n", r"Pulumi\.dev\.yaml:2: "),
        ("config:\n  1: x\n", r"Pulumi\.dev\.yaml:2: config: keys must be texts, got '1'; quote it"),
        ("? [a]\n: 1\n", r"Pulumi\.dev\.yaml:1: keys must be texts"),
        ("a: {<<: 1}\n", r"only maps can be merged with <<"),
        (b"\xff\xfe\x00", r"Pulumi\.dev\.yaml: not UTF-8 text; save it as UTF-8"),
        ("a: \x07\n", r"not YAML"),
        ("a: *x\n", r"not YAML"),
    ],
)  # fmt: skip
def test_what_is_no_yaml_names_its_line(read, text, message) -> None:
    with pytest.raises(SettingsError, match=message):
        read(text)


def test_a_file_that_cannot_be_read_is_named(tmp_path) -> None:
    with pytest.raises(SettingsError, match="cannot be read, got is a directory"):
        read_yaml(tmp_path, subject="s")
