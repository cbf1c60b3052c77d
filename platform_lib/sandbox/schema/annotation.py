"""From the annotation of a property to its type: the few forms that the SDK generators write, and no other."""

import ast
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from platform_lib.sandbox.schema.model import Kind, PropertyType
from platform_lib.sandbox.schema.package import Sdk
from platform_lib.sandbox.schema.source import Source, source

_SCALARS: Final[dict[str, Kind]] = {
    "str": "string",
    "bool": "boolean",
    "int": "integer",
    "float": "number",
    "Any": "any",
    "Asset": "asset",
    "Archive": "asset",
    "AssetOrArchive": "asset",
    "Resource": "resource",
}
_WRAPPERS: Final = frozenset({"Input", "InputType", "Output", "Awaitable", "NotRequired"})
TYPES: Final[dict[Kind, PropertyType]] = {kind: PropertyType(kind) for kind in set(_SCALARS.values())}
"""The types without parts, one object each."""


class UnreadableError(Exception):
    """A form that is not known; the reader turns it into a ``ShapeError`` with file and line."""


@lru_cache(maxsize=512)
def enum_values(root: Path, folder: str, name: str) -> tuple[Kind, tuple[Any, ...]] | None:
    """Kind and values of an enum class, or None where ``_enums.py`` of the folder does not define it."""
    file = f"{folder}/_enums.py" if folder else "_enums.py"
    try:
        text = source(root, file)
    except FileNotFoundError:
        return None
    if not text.has(name):
        return None
    part = text.definition(name, name)
    node = part.class_node()
    kind = _SCALARS.get(_last(node.bases[0])) if node.bases else None
    values = tuple(
        item.value.value for item in node.body if isinstance(item, ast.Assign) and isinstance(item.value, ast.Constant)
    )
    if kind is None or not values:
        raise part.fail(node, f"enum '{name}' has an unknown form")
    return kind, values


def _last(node: ast.expr) -> str:
    """``Optional`` of ``typing.Optional``, ``str`` of ``_builtins.str``."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Name):
        return node.id
    raise UnreadableError(f"type '{ast.unparse(node)}' is not known")


class Annotations:
    """Reads the annotations of one file."""

    def __init__(self, sdk: Sdk, file: Source) -> None:
        self.sdk = sdk
        self.file = file

    def read(self, node: ast.expr) -> tuple[PropertyType, bool]:
        """The type that an annotation stands for, and whether it is optional.

        Raises:
            UnreadableError: a form that is not known.
        """
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self._named(node.value), False
        if isinstance(node, ast.Subscript):
            return self._subscript(_last(node.value), node.slice)
        kind = _SCALARS.get(_last(node))
        if kind is None:
            return self._named(ast.unparse(node)), False
        return TYPES[kind], False

    def _subscript(self, name: str, argument: ast.expr) -> tuple[PropertyType, bool]:
        if name in _WRAPPERS:
            return self.read(argument)
        if name == "Optional":
            return self.read(argument)[0], True
        if name in {"Sequence", "List", "list"}:
            return PropertyType("list", item=self.read(argument)[0]), False
        if name in {"Mapping", "Dict", "dict"} and isinstance(argument, ast.Tuple) and len(argument.elts) == 2:
            return PropertyType("map", item=self.read(argument.elts[1])[0]), False
        if name == "Union" and isinstance(argument, ast.Tuple):
            return self._union(argument.elts)
        if name == "Literal":
            return self._literal(argument), False
        raise UnreadableError(f"type '{name}[...]' is not known")

    def _literal(self, argument: ast.expr) -> PropertyType:
        items = argument.elts if isinstance(argument, ast.Tuple) else [argument]
        values = [item.value for item in items if isinstance(item, ast.Constant)]
        if len(values) != len(items) or not all(isinstance(value, str) for value in values):
            raise UnreadableError(f"literal '{ast.unparse(argument)}' is not a text")
        return PropertyType("string", enum=tuple(values), enum_strict=True)

    def _union(self, members: list[ast.expr]) -> tuple[PropertyType, bool]:
        types: list[PropertyType] = []
        optional = False
        for member in members:
            if isinstance(member, ast.Constant) and member.value is None:
                optional = True
                continue
            # The typed dictionary beside an object class, and the output class that may stand for it.
            if isinstance(member, ast.Constant) and isinstance(member.value, str) and member.value.endswith("ArgsDict"):
                continue
            kind, inner_optional = self.read(member)
            optional = optional or inner_optional
            if kind not in types:
                types.append(kind)
        if not types:
            raise UnreadableError("empty union")
        free = next(
            (
                item
                for item in types
                if not item.enum and any(other.enum and other.kind == item.kind for other in types)
            ),
            None,
        )
        if free is not None:
            enums = [item for item in types if item.enum and item.kind == free.kind]
            values = tuple(dict.fromkeys(value for item in enums for value in item.enum))
            merged = PropertyType(free.kind, enum=values)
            types = [merged, *(item for item in types if item is not free and item not in enums)]
        first, *rest = types
        if not rest:
            return first, optional
        return (
            PropertyType(first.kind, first.item, first.object_token, first.enum, first.enum_strict, tuple(rest)),
            optional,
        )

    def _named(self, name: str) -> PropertyType:
        """The type of a class by its quoted name: ``XArgs``, ``outputs.X``, ``_meta.v1.ObjectMetaArgs``, an enum."""
        *path, last = name.split(".")
        folder = self.file.folder
        outputs = False
        if path and path[-1] == "outputs":
            path.pop()
            outputs = True
        if path:
            start = self.file.imports.get(path[0])
            if start is None:
                raise UnreadableError(f"'{name}' names a module that is not imported")
            folder = "/".join([start, *path[1:]])
        package = self.sdk.info.name
        module = folder or "index"
        if outputs:
            return PropertyType("object", object_token=f"{package}:{module}/outputs:{last}")
        if last.endswith("Args"):
            return PropertyType("object", object_token=f"{package}:{module}:{last}")
        values = enum_values(self.sdk.root, folder, last)
        if values is not None:
            kind, enum = values
            return PropertyType(kind, enum=enum, enum_strict=True)
        if last[:1].isupper():
            return TYPES["resource"]
        raise UnreadableError(f"type '{name}' is not known")
