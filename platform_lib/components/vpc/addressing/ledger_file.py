"""The file of the address ledger: read with line numbers, written whole or not at all, comments kept.

```yaml
version: 1
pools:                       # ranges that networks are cut from
  dev: [10.0.0.0/12]
external:                    # addresses of others, never handed out
  head-office: {kind: on-premises, ranges: [192.168.0.0/16]}
networks:
  dev/aws/eu-west-1/main:    # environment/cloud/region/name
    ranges: [10.0.0.0/16]
    blocks: {app/euw1-az1: 10.0.0.0/20}
    freed: {}                # kept until released
    ipv6: {app/euw1-az1: 0}  # number of the /64
```
"""

import io
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from platform_lib.components.vpc.addressing.intent import NetworkId
from platform_lib.components.vpc.addressing.ledger import (
    WRITE_COMMAND,
    AddressLedger,
    ExternalKind,
    ExternalRange,
    NetworkLedger,
    check_ledger,
)
from platform_lib.core.errors import Finding, PlatformError, SettingsError, near

VERSION = 1
DEFAULT_PATH = Path("governance/address-ledger.yaml")
_HEADER = f"""\
# Address ledger: which block every subnet of every network has, for good.
# Written by '{WRITE_COMMAND}' and reviewed like a lock file; blocks under 'freed' stay taken until released.
"""
_TOP_KEYS = ("version", "pools", "external", "networks")
_NETWORK_KEYS = ("pool", "ranges", "blocks", "freed", "ipv6", "ipv6_freed")


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """A ledger with where it came from.

    Attributes:
        path: the file.
        ledger: what it holds.
        text: its content when it was read; None where the file did not exist.
        lines: line of every entry, from 1, by its path (``networks.dev/aws/eu-west-1/main.blocks.app/euw1-az1``).
    """

    path: Path
    ledger: AddressLedger
    text: str | None = None
    lines: Mapping[str, int] = field(default_factory=dict)

    def located(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings with the line of what each is about, where that is known."""
        return [_located(finding, self.lines) for finding in findings]


def _located(finding: Finding, lines: Mapping[str, int]) -> Finding:
    """Put the line before the path: of the entry itself, or of the closest thing around it."""
    path = finding.path
    while path not in lines:
        cut = path.rpartition(".")[0]
        if not cut:
            return finding
        path = cut
    return Finding(f"line {lines[path]}: {finding.path}", finding.problem, finding.remedy)


class _Reader:
    """Turns the YAML tree into the model, gathering findings and lines on the way."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.lines: dict[str, int] = {}

    def mapping(self, value: Any, path: str) -> dict[str, Any]:
        """The entries of a mapping; nothing at all counts as an empty one."""
        if value is None:
            return {}
        if not isinstance(value, CommentedMap):
            self.findings.append(Finding(path, f"expected a mapping, got {type(value).__name__}"))
            return {}
        found = {}
        for key, item in value.items():
            name = str(key)
            self.lines[f"{path}.{name}" if path else name] = value.lc.key(key)[0] + 1
            found[name] = item
        return found

    def known(self, value: Any, path: str, keys: Sequence[str]) -> dict[str, Any]:
        """A mapping whose keys are all known."""
        found = self.mapping(value, path)
        for key in found:
            if key not in keys:
                remedy = near(key, keys) or f"use some of {', '.join(keys)}"
                self.findings.append(Finding(f"{path}.{key}" if path else key, "unknown key", remedy))
        return found

    def texts(self, value: Any, path: str) -> tuple[str, ...]:
        """A list of texts."""
        if value is None:
            return ()
        if not isinstance(value, CommentedSeq) or not all(isinstance(item, str) for item in value):
            self.findings.append(Finding(path, f"expected a list of ranges, got {value!r}", "write ['10.0.0.0/16']"))
            return ()
        return tuple(str(item) for item in value)

    def blocks(self, value: Any, path: str) -> dict[str, str]:
        """Ranges by ``tier/zone-id``."""
        found = {}
        for key, item in self.mapping(value, path).items():
            if isinstance(item, str):
                found[key] = str(item)
            else:
                self.findings.append(Finding(f"{path}.{key}", f"expected a range, got {item!r}"))
        return found

    def numbers(self, value: Any, path: str) -> dict[str, int]:
        """Whole numbers by ``tier/zone-id``."""
        found = {}
        for key, item in self.mapping(value, path).items():
            if isinstance(item, int) and not isinstance(item, bool) and item >= 0:
                found[key] = int(item)
            else:
                self.findings.append(Finding(f"{path}.{key}", f"expected a whole number from 0, got {item!r}"))
        return found

    def network(self, key: str, value: Any) -> NetworkLedger | None:
        path = f"networks.{key}"
        try:
            network = NetworkId.parse(key)
        except ValueError as error:
            self.findings.append(Finding(path, str(error)))
            return None
        fields = self.known(value, path, _NETWORK_KEYS)
        pool = fields.get("pool")
        if pool is not None and not isinstance(pool, str):
            self.findings.append(Finding(f"{path}.pool", f"expected the name of a pool, got {pool!r}"))
            pool = None
        return NetworkLedger(
            id=network,
            ranges=self.texts(fields.get("ranges"), f"{path}.ranges"),
            blocks=self.blocks(fields.get("blocks"), f"{path}.blocks"),
            freed=self.blocks(fields.get("freed"), f"{path}.freed"),
            ipv6_numbers=self.numbers(fields.get("ipv6"), f"{path}.ipv6"),
            ipv6_freed=self.numbers(fields.get("ipv6_freed"), f"{path}.ipv6_freed"),
            pool=pool,
        )

    def external(self, name: str, value: Any) -> ExternalRange | None:
        path = f"external.{name}"
        fields = self.known(value, path, ("kind", "ranges"))
        kinds = [str(kind) for kind in ExternalKind]
        kind = fields.get("kind")
        if kind not in kinds:
            remedy = near(str(kind), kinds) or f"use one of {', '.join(kinds)}"
            self.findings.append(Finding(f"{path}.kind", f"no such kind, got {kind!r}", remedy))
            return None
        return ExternalRange(name, ExternalKind(kind), self.texts(fields.get("ranges"), f"{path}.ranges"))

    def ledger(self, tree: Any) -> AddressLedger:
        top = self.known(tree, "", _TOP_KEYS)
        version = top.get("version")
        if version != VERSION:
            newer = isinstance(version, int) and version > VERSION
            remedy = "update platform-lib" if newer else f"write 'version: {VERSION}'"
            self.findings.append(Finding("version", f"this reads version {VERSION}, got {version!r}", remedy))
        networks = (self.network(key, item) for key, item in self.mapping(top.get("networks"), "networks").items())
        external = (self.external(key, item) for key, item in self.mapping(top.get("external"), "external").items())
        pools = self.mapping(top.get("pools"), "pools")
        return AddressLedger(
            networks={str(entry.id): entry for entry in networks if entry is not None},
            pools={name: self.texts(item, f"pools.{name}") for name, item in pools.items()},
            external=tuple(outside for outside in external if outside is not None),
        )


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4096  # a long key must not be folded: every entry stays on its line
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def parse_ledger(text: str, path: Path = DEFAULT_PATH, *, check: bool = True) -> LedgerFile:
    """Read the text of a ledger.

    Args:
        text: YAML.
        path: where it came from, for the messages.
        check: whether to refuse what ``check_ledger`` finds too, such as a hand edit into an overlap.

    Returns:
        The ledger with the lines of its entries.

    Raises:
        SettingsError: not YAML, a key twice, unknown keys, wrong types, a newer version, or what the check finds;
            every finding with its line.
    """
    try:
        tree = _yaml().load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}" if mark is not None else ""
        problem = (error.problem or str(error)).strip().splitlines()[0]
        raise SettingsError(str(path), [Finding(where, f"not readable as YAML: {problem}")]) from None
    except YAMLError as error:
        raise SettingsError(str(path), [Finding("", f"not readable as YAML: {error}")]) from None
    reader = _Reader()
    ledger = reader.ledger(tree)
    findings = reader.findings or (check_ledger(ledger) if check else [])
    if findings:
        raise SettingsError(str(path), [_located(finding, reader.lines) for finding in findings])
    return LedgerFile(path, ledger, text, reader.lines)


def read_ledger(path: Path = DEFAULT_PATH, *, check: bool = True) -> LedgerFile:
    """Read the ledger of a repository; a file that does not exist is an empty ledger.

    Raises:
        SettingsError: as ``parse_ledger``.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return LedgerFile(path, AddressLedger())
    except UnicodeDecodeError:
        raise SettingsError(str(path), [Finding("", "not a text in UTF-8")]) from None
    return parse_ledger(text, path, check=check)


def _set(parent: CommentedMap, key: str, value: Any) -> None:
    """Set a key; a new one goes before the first that sorts after it, so that the difference under review is small."""
    if key in parent:
        if parent[key] != value:
            parent[key] = value
        return
    position = next((index for index, known in enumerate(parent) if str(known) > key), len(parent))
    parent.insert(position, key, value)


def _merge(parent: CommentedMap, name: str, wanted: Mapping[str, Any]) -> None:
    """Make a mapping equal to what is wanted, touching only the entries that differ."""
    if not isinstance(parent.get(name), CommentedMap):
        if not wanted:
            parent.pop(name, None)
            return
        parent[name] = CommentedMap()
    target: CommentedMap = parent[name]
    for key in [key for key in target if key not in wanted]:
        del target[key]
    for key, value in wanted.items():
        _set(target, key, value)
    if not target:
        del parent[name]


def _flow(texts: Sequence[str]) -> CommentedSeq:
    sequence = CommentedSeq(texts)
    sequence.fa.set_flow_style()
    return sequence


def _merge_network(networks: CommentedMap, key: str, entry: NetworkLedger) -> None:
    if not isinstance(networks.get(key), CommentedMap):
        _set(networks, key, CommentedMap())
    node: CommentedMap = networks[key]
    if entry.pool is not None:
        node["pool"] = entry.pool
    else:
        node.pop("pool", None)
    if list(node.get("ranges") or ()) != list(entry.ranges):
        node["ranges"] = _flow(entry.ranges)
    for name, wanted in (
        ("blocks", entry.blocks),
        ("freed", entry.freed),
        ("ipv6", entry.ipv6_numbers),
        ("ipv6_freed", entry.ipv6_freed),
    ):
        _merge(node, name, wanted)


def updated_text(file: LedgerFile, ledger: AddressLedger) -> str:
    """The text of the file with the networks of another ledger, comments and untouched entries kept.

    Pools and external ranges are written by people and stay as they are.
    """
    yaml = _yaml()
    tree = yaml.load(file.text) if file.text else None
    if tree is None:
        tree = yaml.load(f"{_HEADER}version: {VERSION}\n")
    if not isinstance(tree.get("networks"), CommentedMap):
        tree["networks"] = CommentedMap()
    networks: CommentedMap = tree["networks"]
    for key in [key for key in networks if key not in ledger.networks]:
        del networks[key]
    for key in sorted(ledger.networks):
        _merge_network(networks, key, ledger.networks[key])
    out = io.StringIO()
    yaml.dump(tree, out)
    return out.getvalue()


def write_ledger(file: LedgerFile, ledger: AddressLedger) -> LedgerFile:
    """Write a ledger over the file it was read from: wholly or not at all.

    Args:
        file: what was read.
        ledger: what it shall hold; checked before anything is written.

    Returns:
        The file as it is now.

    Raises:
        SettingsError: the new ledger has findings.
        PlatformError: the file changed since it was read, or cannot be written; it is left as it was.
    """
    text = updated_text(file, ledger)
    fresh = parse_ledger(text, file.path)
    present = file.path.read_text(encoding="utf-8") if file.path.exists() else None
    if present != file.text:
        raise PlatformError(f"{file.path}: changed since it was read; run the command again")
    if present == text:
        return fresh
    temporary: Path | None = None
    try:
        file.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=file.path.parent, prefix=f".{file.path.name}.")
        temporary = Path(name)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        temporary.chmod(file.path.stat().st_mode & 0o777 if present is not None else 0o644)
        temporary.replace(file.path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise PlatformError(f"{file.path}: cannot be written: {error.strerror}; nothing was changed") from error
    return fresh
