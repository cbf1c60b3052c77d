"""Which tokens an SDK has and where each is defined, read from its ``__init__.py`` without executing it.

The generated ``__init__.py`` registers its resource types as JSON text (token -> class, by Python module). Look-ups are
not registered: their file is told by their name, and listed by scanning the files that are not resources.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

from platform_lib.core.errors import near
from platform_lib.sandbox.schema.errors import ShapeError
from platform_lib.sandbox.schema.package import Sdk, sdk
from platform_lib.sandbox.schema.source import source

_MODULES: Final = re.compile(r'resource_modules="""\n(.*?)\n""",', re.DOTALL)
_INVOKE: Final = re.compile(rb"pulumi\.runtime\.invoke\('([^']+)'")
_WORD: Final = re.compile(r"(.)([A-Z][a-z]+)")
_CAMEL: Final = re.compile(r"([a-z0-9])([A-Z])")
_API_VERSION: Final = re.compile(r"^(azure-native:\w+)/v\d{8}\w*(:\w+)$")
_NOT_FUNCTIONS: Final = frozenset(
    {"__init__.py", "_inputs.py", "outputs.py", "_enums.py", "_utilities.py", "_tables.py", "vars.py"}
)


@dataclass(frozen=True, slots=True)
class Location:
    """Where a resource class or function is defined: its file below the SDK's folder, and its name."""

    file: str
    name: str


def snake(name: str) -> str:
    """The file name that the generator gives a class or function (``BucketVersioning`` -> ``bucket_versioning``)."""
    return _CAMEL.sub(r"\1_\2", _WORD.sub(r"\1_\2", name)).lower()


def module_of(token: str) -> str:
    """The module of a token, without the file that bridged providers add (``aws:s3/bucket:Bucket`` -> ``s3``)."""
    parts = token.split(":")
    if len(parts) != 3:
        return ""
    name = parts[2]
    return parts[1].removesuffix(f"/{name[:1].lower()}{name[1:]}")


def suggestion(token: str, known: tuple[str, ...]) -> str:
    """``did you mean ...`` for a token: same module and class in another spelling first, then what looks alike."""
    module, name = module_of(token).lower(), token.rpartition(":")[2].lower()
    same_name = [item for item in known if item.rpartition(":")[2].lower() == name]
    exact = [item for item in same_name if module_of(item).lower() == module]
    if exact or len(same_name) == 1:
        return f"did you mean '{(exact or same_name)[0]}'?"
    neighbours = [item for item in known if module_of(item).lower() == module]
    return near(token, neighbours or same_name) or near(token, known)


class Registry:
    """The tokens of one installed SDK."""

    def __init__(self, found: Sdk) -> None:
        self.sdk = found

    @cached_property
    def _classes(self) -> Mapping[str, tuple[str, str]]:
        """Resource token -> folder and class."""
        text = (self.sdk.root / "__init__.py").read_text(encoding="utf-8")
        match = _MODULES.search(text)
        name = self.sdk.info.name
        if match is None:
            raise ShapeError(token=name, file="__init__.py", line=1, problem="no resource_modules are registered")
        try:
            modules = json.loads(match[1])
            classes = {
                token: (module["fqn"].removeprefix(self.sdk.module).removeprefix(".").replace(".", "/"), cls)
                for module in modules
                for token, cls in module["classes"].items()
            }
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            line = text.count("\n", 0, match.start()) + 1
            raise ShapeError(
                token=name, file="__init__.py", line=line, problem="resource_modules has an unknown form"
            ) from error
        return classes

    def __contains__(self, token: object) -> bool:
        return token in self._classes

    @property
    def tokens(self) -> tuple[str, ...]:
        """Every resource token, sorted."""
        return tuple(sorted(self._classes))

    @cached_property
    def folders(self) -> Mapping[str, str]:
        """Module of the tokens (``lambda``) to folder (``lambda_``), for modules that have resources."""
        return {module_of(token): folder for token, (folder, _) in self._classes.items()}

    def resource(self, token: str) -> Location | None:
        """Where the resource type is defined, or None for a token that is not registered."""
        entry = self._classes.get(token)
        if entry is None:
            return None
        folder, name = entry
        prefix = f"{folder}/" if folder else ""
        mark = f'@pulumi.type_token("{token}")'
        for file in (f"{prefix}{snake(name)}.py", f"{prefix}{name}.py"):
            if (self.sdk.root / file).is_file() and mark in source(self.sdk.root, file).text:
                return Location(file, name)
        for path in sorted((self.sdk.root / folder).glob("*.py")):
            if mark.encode() in path.read_bytes():
                return Location(f"{prefix}{path.name}", name)
        raise ShapeError(
            token=token, file=f"{prefix}__init__.py", line=1, problem=f"no file defines the class '{name}'"
        )

    def canonical(self, token: str) -> str | None:
        """The registered token that this one stands for: itself, its unversioned form, or whose alias it is."""
        if token in self._classes:
            return token
        versioned = _API_VERSION.match(token)
        if versioned:
            plain = versioned[1] + versioned[2]
            if plain in self._classes:
                return plain
        return self._aliased(token)

    def _aliased(self, token: str) -> str | None:
        """The type that lists the token as an alias; reads the resource files, about 0.2 s for a large SDK."""
        mark = f'type_="{token}"'.encode()
        for known, (folder, name) in self._classes.items():
            prefix = self.sdk.root / folder
            for file in (prefix / f"{snake(name)}.py", prefix / f"{name}.py"):
                if file.is_file():
                    if mark in file.read_bytes():
                        return known
                    break
        return None

    def function(self, token: str) -> Location | None:
        """Where the look-up is defined, or None."""
        name = token.rpartition(":")[2]
        stem = module_of(token)
        for folder in (self.folders.get(stem), stem, f"{stem}_", ""):
            if folder is not None:
                found = self._function_in(f"{folder}/{snake(name)}.py" if folder else f"{snake(name)}.py", token)
                if found is not None:
                    return found
        return self.functions.get(token)

    def _function_in(self, file: str, token: str) -> Location | None:
        if not (self.sdk.root / file).is_file():
            return None
        text = source(self.sdk.root, file).text
        at = text.find(f"pulumi.runtime.invoke('{token}'")
        start = text.rfind("\ndef ", 0, at)
        if at < 0 or start < 0:
            return None
        return Location(file, text[start + 5 : text.index("(", start)])

    @cached_property
    def functions(self) -> Mapping[str, Location]:
        """Every look-up; reads the files that are not resources, up to a second for a large SDK."""
        resources = {f"{folder}/{snake(name)}.py".removeprefix("/") for folder, name in self._classes.values()}
        found = {}
        for path in sorted(self.sdk.root.rglob("*.py")):
            file = path.relative_to(self.sdk.root).as_posix()
            if path.name in _NOT_FUNCTIONS or file in resources:
                continue
            data = path.read_bytes()
            for match in _INVOKE.finditer(data):
                start = data.rfind(b"\ndef ", 0, match.start())
                if start >= 0:
                    name = data[start + 5 : data.index(b"(", start)].decode()
                    found[match[1].decode()] = Location(file, name)
        return found


@cache
def _registry(found: Sdk) -> Registry:
    return Registry(found)


def registry(package: str) -> Registry:
    """The tokens of an installed package, read once a process.

    Raises:
        PackageMissingError: its SDK is not installed.
    """
    return _registry(sdk(package))
