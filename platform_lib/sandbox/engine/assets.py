"""Hashes of assets and archives, as Pulumi computes them (``sdk/go/common/resource/{asset,archive}``).

An asset's hash is the SHA-256 of its bytes. An archive's is the SHA-256 of its file where it is one already, and
otherwise of an uncompressed tar of its members in the order of their names, each with mode 0600 and no times or owners.
"""

import hashlib
import io
import os
import tarfile
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import urlparse

from platform_lib.core.errors import EngineError
from platform_lib.core.values import Archive, Asset, Properties, Secret, Value

ARCHIVE_SUFFIXES: Final = {".tar": "tar", ".tgz": "tgz", ".tar.gz": "tgz", ".zip": "zip", ".jar": "zip"}
"""File name endings that make a path or URI an archive of a format."""

_BOOKKEEPING: Final = ".pulumi"
_BLOCK: Final = 512


def hashed(properties: Properties, directory: Path) -> Properties:
    """The properties with the hash of every asset and archive filled in.

    Args:
        properties: the values; returned as they are when they hold neither.
        directory: what relative paths are relative to.

    Raises:
        EngineError: an asset cannot be read; the message names the property.
    """
    if not _holds(properties):
        return properties
    found: Properties = {}
    for key, value in properties.items():
        try:
            found[key] = _hashed(value, directory)
        except EngineError as error:
            raise EngineError(f"property '{key}': {error}") from error
    return found


def _holds(value: Value) -> bool:
    if isinstance(value, dict):
        return any(_holds(item) for item in value.values())
    if isinstance(value, list):
        return any(_holds(item) for item in value)
    if isinstance(value, Secret):
        return _holds(value.value)
    return isinstance(value, (Asset, Archive))


def _hashed(value: Value, directory: Path) -> Value:
    if isinstance(value, dict):
        return {key: _hashed(item, directory) for key, item in value.items()}
    if isinstance(value, list):
        return [_hashed(item, directory) for item in value]
    if isinstance(value, Secret):
        return Secret(_hashed(value.value, directory))
    if isinstance(value, Asset) and not value.hash:
        return replace(value, hash=hashlib.sha256(_read(value, directory)).hexdigest())
    if isinstance(value, Archive) and not value.hash:
        assets = value.assets
        if assets is not None:
            assets = {key: _hashed(item, directory) for key, item in assets.items()}
        return replace(value, assets=assets, hash=_archive_hash(value, directory))
    return value


def _read(asset: Asset, directory: Path) -> bytes:
    if asset.text is not None:
        return asset.text.encode()
    if asset.path is not None:
        try:
            return (directory / asset.path).read_bytes()
        except IsADirectoryError as error:
            raise EngineError(f"asset: {asset.path}: is a folder; use a FileArchive") from error
        except OSError as error:
            raise EngineError(
                f"asset: {asset.path}: cannot be read: {error.strerror}; give the path of a file"
            ) from error
    return _fetch(asset.uri or "", "asset")


def _fetch(uri: str, what: str) -> bytes:
    parts = urlparse(uri)
    if parts.scheme not in {"http", "https", "file"}:
        raise EngineError(f"{what}: {uri}: scheme '{parts.scheme}' is not supported; use http, https or file")
    try:
        with urllib.request.urlopen(uri, timeout=60) as response:  # noqa: S310 - the scheme is checked above
            return bytes(response.read())
    except OSError as error:
        raise EngineError(f"{what}: {uri}: cannot be read: {error}; check the address") from error


def _format(name: str) -> str:
    for suffix, kind in sorted(ARCHIVE_SUFFIXES.items(), key=lambda item: -len(item[0])):
        if name.endswith(suffix):
            return kind
    return ""


def _archive_hash(archive: Archive, directory: Path) -> str:
    if archive.path is not None and _format(archive.path):
        return hashlib.sha256(_file(directory / archive.path)).hexdigest()
    if archive.uri is not None:
        return hashlib.sha256(_fetch(archive.uri, "archive")).hexdigest()
    digest = hashlib.sha256()
    seen: set[str] = set()
    for name, data in _entries(archive, directory):
        if name in seen:
            continue
        seen.add(name)
        digest.update(_header(name, len(data)))
        digest.update(data)
        digest.update(b"\0" * (-len(data) % _BLOCK))
    digest.update(b"\0" * (2 * _BLOCK))
    return digest.hexdigest()


def _file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise EngineError(f"archive: {path}: cannot be read: {error.strerror}; give a file or a folder") from error


def _entries(archive: Archive, directory: Path) -> Iterator[tuple[str, bytes]]:
    """The members by name, in the order in which they are hashed."""
    if archive.assets is not None:
        members: Mapping[str, Value] = archive.assets
        for name in sorted(members):
            member = members[name]
            if isinstance(member, Archive):
                for inner, data in _entries(member, directory):
                    yield os.path.normpath(f"{name}/{inner}"), data
            else:
                yield name, _read(member, directory)
    elif archive.path is not None and not _format(archive.path):
        yield from _folder(directory / archive.path)
    elif archive.path is not None:
        yield from _unpacked(_file(directory / archive.path), _format(archive.path))
    else:
        uri = archive.uri or ""
        yield from _unpacked(_fetch(uri, "archive"), _format(urlparse(uri).path))


def _folder(root: Path) -> Iterator[tuple[str, bytes]]:
    if not root.is_dir():
        raise EngineError(f"archive: {root}: neither a recognised archive nor a folder; give one")
    names: list[str] = []

    def walk(folder: Path) -> None:
        for entry in sorted(os.scandir(folder), key=lambda item: item.name):
            if entry.name == _BOOKKEEPING:
                continue
            if entry.is_dir(follow_symlinks=False):
                walk(Path(entry.path))
            elif not entry.is_dir():
                names.append(Path(entry.path).relative_to(root).as_posix())

    walk(root)
    for name in names:
        yield name, _file(root / name)


def _unpacked(data: bytes, kind: str) -> Iterator[tuple[str, bytes]]:
    if kind == "zip":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for info in packed.infolist():
                if not info.is_dir():
                    yield info.filename, packed.read(info)
        return
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz" if kind == "tgz" else "r:") as tar:
        for member in tar:
            source = tar.extractfile(member)
            if member.isfile() and source is not None:
                yield member.name, source.read()


def _header(name: str, size: int) -> bytes:
    """The tar header of a member as Go's ``archive/tar`` writes it: USTAR, or PAX where the name does not fit."""
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, 0
    fits = name.isascii() and len(name) <= 100
    if not fits and name.isascii() and len(name) <= 256:
        cut = name[: min(len(name), 156)].rfind("/")
        fits = cut > 0 and len(name) - cut - 1 <= 100
    if not fits:
        return info.tobuf(format=tarfile.PAX_FORMAT, encoding="utf-8")
    header = bytearray(info.tobuf(format=tarfile.USTAR_FORMAT, encoding="ascii"))
    # Go writes the device numbers of every USTAR member, Python leaves them empty.
    header[329:345] = b"0000000\0" * 2
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header)
