"""The ledger's file: lines in every message, comments kept, written whole or not at all."""

from dataclasses import replace
from pathlib import Path

import pytest

from platform_lib.components.vpc.addressing.ledger import AddressLedger, ExternalKind, NetworkLedger
from platform_lib.components.vpc.addressing.ledger_file import (
    LedgerFile,
    parse_ledger,
    read_ledger,
    updated_text,
    write_ledger,
)
from platform_lib.core.errors import PlatformError, SettingsError
from support.networks import MAIN

TEXT = """\
# reviewed by the network team
version: 1
pools:
  dev: [10.0.0.0/12]  # half of ten
external:
  office: {kind: on-premises, ranges: [192.168.0.0/16]}
networks:
  dev/aws/eu-west-1/main:
    pool: dev
    ranges: [10.0.0.0/16]
    blocks:
      app/euw1-az1: 10.0.0.0/20  # the first
      web/euw1-az1: "10.0.16.0/24"
    freed:
      old/euw1-az1: 10.0.17.0/24
    ipv6:
      app/euw1-az1: 0
  prod/gcp/europe-west1/main:
    ranges: [10.1.0.0/16]
"""


def refused(text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        parse_ledger(text, Path("ledger.yaml"))
    return str(caught.value).splitlines()


def test_reading():
    file = parse_ledger(TEXT)
    entry = file.ledger.networks["dev/aws/eu-west-1/main"]
    assert entry == NetworkLedger(
        MAIN,
        ("10.0.0.0/16",),
        {"app/euw1-az1": "10.0.0.0/20", "web/euw1-az1": "10.0.16.0/24"},
        {"old/euw1-az1": "10.0.17.0/24"},
        {"app/euw1-az1": 0},
        pool="dev",
    )
    assert file.ledger.pools == {"dev": ("10.0.0.0/12",)}
    assert file.ledger.external[0].kind is ExternalKind.ON_PREMISES
    assert file.lines["networks.dev/aws/eu-west-1/main.blocks.web/euw1-az1"] == 13


def test_nothing_to_write_changes_no_byte():
    file = parse_ledger(TEXT)
    assert updated_text(file, file.ledger) == TEXT


def test_a_change_keeps_comments_and_order():
    file = parse_ledger(TEXT)
    entry = file.ledger.networks[str(MAIN)]
    changed = replace(
        entry, blocks={**entry.blocks, "data/euw1-az1": "10.0.18.0/24"}, freed={}, ipv6_freed={"data/euw1-az1": 7}
    )
    ledger = replace(file.ledger, networks={**file.ledger.networks, str(MAIN): changed})
    text = updated_text(file, ledger)
    before, after = TEXT.splitlines(), text.splitlines()
    assert set(before) - set(after) == {"    freed:", "      old/euw1-az1: 10.0.17.0/24"}
    assert [line for line in after if line not in before] == [
        "      data/euw1-az1: 10.0.18.0/24",
        "    ipv6_freed:",
        "      data/euw1-az1: 7",
    ]
    assert (
        after.index("      data/euw1-az1: 10.0.18.0/24")
        == before.index("      app/euw1-az1: 10.0.0.0/20  # the first") + 1
    )
    assert parse_ledger(text).ledger == ledger


def test_a_network_that_goes_takes_its_lines_only():
    file = parse_ledger(TEXT)
    kept = {key: entry for key, entry in file.ledger.networks.items() if "prod" not in key}
    text = updated_text(file, replace(file.ledger, networks=kept))
    assert text == TEXT.replace("  prod/gcp/europe-west1/main:\n    ranges: [10.1.0.0/16]\n", "")


def test_the_first_ledger_of_a_repository(tmp_path: Path):
    path = tmp_path / "governance" / "address-ledger.yaml"
    file = read_ledger(path)
    assert file == LedgerFile(path, AddressLedger())
    entry = NetworkLedger(MAIN, ("10.0.0.0/16",), {"app/euw1-az1": "10.0.0.0/20"})
    written = write_ledger(file, AddressLedger({str(MAIN): entry}))
    assert read_ledger(path) == written
    assert written.ledger.networks == {str(MAIN): entry}
    assert path.read_text().startswith("# Address ledger: which block every subnet of every network has")
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_a_file_that_changed_meanwhile_is_not_overwritten(tmp_path: Path):
    path = tmp_path / "ledger.yaml"
    path.write_text(TEXT)
    file = read_ledger(path)
    path.write_text(TEXT + "# somebody else\n")
    with pytest.raises(PlatformError, match="changed since it was read; run the command again"):
        write_ledger(file, replace(file.ledger, networks={}))
    assert path.read_text() == TEXT + "# somebody else\n"


def test_a_write_that_fails_leaves_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "ledger.yaml"
    path.write_text(TEXT)
    file = read_ledger(path)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(PlatformError, match="cannot be written: No space left on device; nothing was changed"):
        write_ledger(file, replace(file.ledger, networks={}))
    assert path.read_text() == TEXT
    assert [one.name for one in tmp_path.iterdir()] == ["ledger.yaml"]


def test_a_ledger_with_findings_is_not_written(tmp_path: Path):
    path = tmp_path / "ledger.yaml"
    path.write_text(TEXT)
    file = read_ledger(path)
    bad = NetworkLedger(MAIN, ("10.1.0.0/16",))
    with pytest.raises(SettingsError, match="overlaps"):
        write_ledger(file, replace(file.ledger, networks={**file.ledger.networks, str(MAIN): bad}))
    assert path.read_text() == TEXT


def test_the_mode_of_the_file_stays(tmp_path: Path):
    path = tmp_path / "ledger.yaml"
    path.write_text(TEXT)
    path.chmod(0o640)
    write_ledger(read_ledger(path), replace(parse_ledger(TEXT).ledger, networks={}))
    assert path.stat().st_mode & 0o777 == 0o640


DEV, PROD = "networks.dev/aws/eu-west-1/main", "networks.prod/gcp/europe-west1/main"
APP, RANGES = "app/euw1-az1: 10.0.0.0/20  # the first", "ranges: [10.1.0.0/16]"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            APP,
            APP.replace("/20", "/19"),
            (
                f"line 13: {DEV}.blocks.web/euw1-az1: 10.0.16.0/24 overlaps 10.0.0.0/19 of {DEV}.blocks.app/euw1-az1; "
                "one of them was edited by hand: restore the last reviewed version"
            ),
        ),
        (
            RANGES,
            "ranges: [10.0.0.0/8]",
            (
                f"line 10: {DEV}.ranges: 10.0.0.0/16 overlaps 10.0.0.0/8 of {PROD}.ranges; "
                "two ranges that share addresses cannot be connected: choose another"
            ),
        ),
        (RANGES, "range: [10.1.0.0/16]", f"line 19: {PROD}.range: unknown key; did you mean 'ranges'?"),
        (
            "kind: on-premises",
            "kind: on-premise",
            "line 6: external.office.kind: no such kind, got 'on-premise'; did you mean 'on-premises'?",
        ),
        ("prod/gcp", "prod/gpc", f"line 18: {PROD.replace('gcp', 'gpc')}: no such cloud, got 'gpc'"),
        (
            "prod/gcp/europe-west1/main",
            "prod/main",
            "line 18: networks.prod/main: a network is written environment/cloud/region/name, got 'prod/main'",
        ),
        ("version: 1", "version: 2", "line 2: version: this reads version 1, got 2; update platform-lib"),
        ("version: 1", "versoin: 1", "line 2: versoin: unknown key; did you mean 'version'?"),
        (
            "app/euw1-az1: 0",
            "app/euw1-az1: -1",
            f"line 17: {DEV}.ipv6.app/euw1-az1: expected a whole number from 0, got -1",
        ),
        (APP, "app/euw1-az1: 10", f"line 12: {DEV}.blocks.app/euw1-az1: expected a range, got 10"),
        ("pool: dev", "pool: [dev]", f"line 9: {DEV}.pool: expected the name of a pool, got ['dev']"),
        (
            RANGES,
            "ranges: 10.1.0.0/16",
            f"line 19: {PROD}.ranges: expected a list of ranges, got '10.1.0.0/16'; write ['10.0.0.0/16']",
        ),
        (
            "    ranges: [10.0.0.0/16]",
            "    ranges: [10.0.0.1/16]",
            f"line 10: {DEV}.ranges.10.0.0.1/16: has host bits set beyond /16, got '10.0.0.1/16'; use '10.0.0.0/16'",
        ),
    ],
)
def test_refusals_have_their_line(old: str, new: str, line: str):
    assert TEXT.count(old) == 1
    assert f"ledger.yaml: {line}" in refused(TEXT.replace(old, new))


def test_what_is_not_yaml():
    assert refused("networks: {a: [")[0].startswith("ledger.yaml: line 1: not readable as YAML: ")
    doubled = TEXT.replace('web/euw1-az1: "10.0.16.0/24"', "app/euw1-az1: 10.0.16.0/24")
    assert refused(doubled)[0].startswith("ledger.yaml: line 13: not readable as YAML: found duplicate key")
    assert refused("- a list") == [
        "ledger.yaml: expected a mapping, got CommentedSeq",
        "ledger.yaml: version: this reads version 1, got None; write 'version: 1'",
    ]


def test_what_is_not_text(tmp_path: Path):
    path = tmp_path / "ledger.yaml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="not a text in UTF-8"):
        read_ledger(path)
