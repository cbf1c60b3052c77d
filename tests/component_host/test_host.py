"""What other languages get: every listed component with all arguments, in a schema that changes only on purpose."""

import ast
import importlib.util
from enum import Enum
from functools import cache
from pathlib import Path
from types import ModuleType, UnionType
from typing import Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from support.export_schema import analyzed, empty_types, exported, undocumented, wrongly_required

ROOT = Path(__file__).parents[2]
HOST = ROOT / "component_host"


@cache
def host() -> ModuleType:
    """The program of the host, which as a module starts nothing."""
    spec = importlib.util.spec_from_file_location("platform_lib_component_host", HOST / "__main__.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def analysis() -> dict[str, Any]:
    """What the SDK's own analyzer makes of the list; it refuses what it does not understand."""
    return analyzed(*host().COMPONENTS)


def models_of(annotation: Any) -> set[type[BaseModel]]:
    """Every model that an annotation holds, at any depth."""
    if get_origin(annotation) is not None or isinstance(annotation, UnionType):
        return {model for part in get_args(annotation) for model in models_of(part)}
    if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return set()
    below = (models_of(field.annotation) for field in annotation.model_fields.values())
    return {annotation}.union(*below)


def args_of(component: type) -> type[BaseModel]:
    return component.__init__.__annotations__["args"]


def test_the_list_holds_every_component_of_the_library() -> None:
    found = set()
    for path in (ROOT / "platform_lib" / "components").rglob("component.py"):
        classes = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.ClassDef)]
        found |= {node.name for node in classes if any("PlatformComponent" in ast.unparse(base) for base in node.bases)}
    assert {component.__name__ for component in host().COMPONENTS} == found


def test_the_list_is_in_order() -> None:
    names = [component.__name__ for component in host().COMPONENTS]
    assert names == sorted(names)


def test_every_model_is_accepted_by_the_analyzer_of_the_sdk() -> None:
    result = analysis()
    assert set(result["component_definitions"]) == {component.__name__ for component in host().COMPONENTS}
    wanted = {model.__name__ for component in host().COMPONENTS for model in models_of(args_of(component))}
    wanted -= {args_of(component).__name__ for component in host().COMPONENTS}
    assert wanted <= set(result["type_definitions"])
    assert not empty_types(result)


@pytest.mark.parametrize("component", host().COMPONENTS, ids=lambda component: component.__name__)
def test_a_field_is_optional_exactly_where_its_default_is_none(component: type) -> None:
    models = {model.__name__: model for model in models_of(args_of(component)) if model is not args_of(component)}
    for model in (*models.values(), args_of(component)):
        for name, field in model.model_fields.items():
            assert field.is_required() or field.default is None, f"{model.__name__}.{name}"
    assert not wrongly_required(analysis(), {component.__name__: args_of(component), **models})


def test_everything_is_described() -> None:
    assert not undocumented(analysis())


def test_names_of_types_are_not_used_twice() -> None:
    models = {model for component in host().COMPONENTS for model in models_of(args_of(component))}
    enums = {
        part
        for model in models
        for field in model.model_fields.values()
        for part in _parts(field.annotation)
        if isinstance(part, type) and issubclass(part, Enum)
    }
    names = [found.__name__ for found in (*models, *enums)]
    assert sorted(names) == sorted(set(names))


def _parts(annotation: Any) -> set[Any]:
    if get_origin(annotation) in (Union, UnionType, list, dict):
        return {part for item in get_args(annotation) for part in _parts(item)}
    return {annotation}


def test_the_schema_of_the_package_changes_only_on_purpose(golden: Any) -> None:
    golden("schema/package.json", exported(*host().COMPONENTS))
