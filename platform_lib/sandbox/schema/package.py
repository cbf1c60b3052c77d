"""The provider SDKs that are installed, found by their files and never imported.

Every generated Python SDK carries ``pulumi-plugin.json`` beside its ``__init__.py`` (name of the package, version);
that file is what makes an installed ``pulumi_*`` package a provider SDK here.
"""

import json
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from platform_lib.core.errors import near
from platform_lib.sandbox.schema.errors import PackageMissingError, ShapeError
from platform_lib.sandbox.schema.model import PackageInfo

EXTRAS: Final = {"aws": "aws", "azure-native": "azure", "gcp": "gcp", "kubernetes": "kubernetes", "vault": "vault"}
"""Package of the type tokens to the extra of this distribution that installs its SDK."""

PROVIDER_PREFIX: Final = "pulumi:providers:"
"""Tokens of provider resources: this, then the package."""


@dataclass(frozen=True, slots=True)
class Sdk:
    """An installed SDK: what it is, its import name (``pulumi_aws``) and the folder it lies in."""

    info: PackageInfo
    module: str
    root: Path


def package_of(token: str) -> str:
    """The package of a type or function token (``aws:s3/bucket:Bucket`` -> ``aws``, ``pulumi:providers:aws`` too)."""
    if token.startswith(PROVIDER_PREFIX):
        return token.removeprefix(PROVIDER_PREFIX).split("/", 1)[0]
    return token.split(":", 1)[0]


def _module_of(package: str) -> str:
    return "pulumi_" + package.replace("-", "_")


def _read(root: Path) -> Sdk | None:
    """The SDK in the folder, or None where it is another kind of package (``pulumi_policy``)."""
    manifest = root / "pulumi-plugin.json"
    try:
        data = json.loads(manifest.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ShapeError(
            token=root.name, file="pulumi-plugin.json", line=0, problem=f"not readable: {error}"
        ) from error
    if not isinstance(data, dict) or not data.get("resource") or not data.get("name"):
        return None
    name = str(data["name"])
    info = PackageInfo(name=name, distribution=root.name.replace("_", "-"), version=str(data.get("version", "")))
    return Sdk(info=info, module=root.name, root=root)


@cache
def _find(module: str, path: tuple[str, ...]) -> Sdk | None:
    for entry in path:
        root = Path(entry or ".") / module
        if (root / "__init__.py").is_file():
            return _read(root.resolve())
    return None


def packages() -> tuple[PackageInfo, ...]:
    """The installed provider SDKs, by name: those of the five extras and any other Pulumi SDK on the path."""
    found: dict[str, PackageInfo] = {}
    for entry in sys.path:
        folder = Path(entry or ".")
        if not folder.is_dir():
            continue
        for child in folder.glob("pulumi_*"):
            sdk = _find(child.name, tuple(sys.path))
            if sdk is not None:
                found.setdefault(sdk.info.name, sdk.info)
    return tuple(found[name] for name in sorted(found))


def sdk(package: str) -> Sdk:
    """The installed SDK of a package.

    Args:
        package: name as in the type tokens (``azure-native``).

    Raises:
        PackageMissingError: it is not installed; the text says what installs it.
    """
    result = _find(_module_of(package), tuple(sys.path))
    if result is not None and result.info.name == package:
        return result
    if package in EXTRAS:
        text = f"package '{package}': its SDK {_module_of(package).replace('_', '-')} is not installed"
        remedy = f"pip install 'platform-lib[{EXTRAS[package]}]'"
    else:
        names = [info.name for info in packages()]
        text = f"package '{package}': no SDK of that name is installed, known are {', '.join(names) or 'none'}"
        remedy = near(package, [*names, *EXTRAS]) or f"pip install its SDK (pulumi-{package}), or correct the token"
    raise PackageMissingError(f"{text}; {remedy}", token=package)
