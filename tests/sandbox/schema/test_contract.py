"""Every token of the five SDKs can be read, and what is read has a sane shape: what breaks first after an upgrade."""

import gc
import random
from collections.abc import Iterator, Mapping

import pytest

from platform_lib.sandbox import schema
from platform_lib.sandbox.schema import lookup
from platform_lib.sandbox.schema.model import PropertySchema, PropertyType, ResourceSchema

PACKAGES = ("aws", "azure-native", "gcp", "kubernetes", "vault")
EXPECTED = {"aws": 1700, "azure-native": 2200, "gcp": 1450, "kubernetes": 550, "vault": 210}
OUTPUTS = 400
KINDS = {"string", "boolean", "integer", "number", "list", "map", "object", "asset", "resource", "any"}


def object_tokens(kind: PropertyType) -> Iterator[str]:
    if kind.object_token:
        yield kind.object_token
    if kind.item is not None:
        yield from object_tokens(kind.item)
    for other in kind.alternatives:
        yield from object_tokens(other)


def defects(properties: Mapping[str, PropertySchema]) -> Iterator[str]:
    for name, item in properties.items():
        if item.name != name or not item.python_name.isidentifier():
            yield f"{name}: names do not fit"
        if item.type.kind not in KINDS:
            yield f"{name}: kind {item.type.kind}"
        if (item.type.kind in {"list", "map"}) != (item.type.item is not None):
            yield f"{name}: a {item.type.kind} and its elements do not fit"
        if (item.type.kind == "object") != bool(item.type.object_token):
            yield f"{name}: an object without class, or the reverse"
        if item.type.enum_strict and not item.type.enum:
            yield f"{name}: an empty closed enum"


def missing(paths: list[str], package: str, properties: Mapping[str, PropertySchema]) -> Iterator[str]:
    """Paths of facts whose first two levels the SDK does not have."""
    for path in paths:
        first, *rest = path.split(".")
        item = properties.get(first.removesuffix("[*]"))
        if item is None:
            yield path
            continue
        kind = item.type
        if kind.item is not None:
            kind = kind.item
        if rest and kind.kind == "object":
            known = schema.object(package, kind.object_token).properties
            if rest[0].removesuffix("[*]") not in known:
                yield path


def facts_of(known: ResourceSchema) -> list[str]:
    paths = [rule.path for rule in known.replace] + list(known.secret_inputs) + list(known.immutable)
    return [*paths, known.autoname.property] if known.autoname else paths


@pytest.fixture
def _read_anew() -> Iterator[None]:
    """Nothing from a cache, and no garbage collection over the many small objects."""
    schema.use_cache(None)
    gc.disable()
    yield
    gc.enable()
    schema.forget()


@pytest.mark.slow
@pytest.mark.usefixtures("_read_anew")
@pytest.mark.parametrize("package", PACKAGES)
def test_every_type_look_up_and_object_of_the_package_can_be_read(package: str) -> None:
    tokens = schema.tokens(package)
    found: list[str] = []
    # Classes of inputs at every depth; of outputs a sample of those that a resource or look-up names.
    todo: set[str] = set()
    for token in tokens:
        known = schema.resource(token)
        found += [f"{token}: input {text}" for text in defects(known.inputs)]
        found += [f"{token}: output {text}" for text in defects(known.outputs)]
        found += [f"{token}: fact about {path}" for path in missing(facts_of(known), package, known.inputs)]
        if known.token != token or known.package != package or not known.version or not known.sources["inputs"]:
            found.append(f"{token}: no identity")
        for item in (*known.inputs.values(), *known.outputs.values()):
            todo.update(object_tokens(item.type))
    for token in schema.function_tokens(package):
        look_up = schema.function(token)
        found += [f"{token}: {text}" for text in (*defects(look_up.inputs), *defects(look_up.outputs))]
        for item in (*look_up.inputs.values(), *look_up.outputs.values()):
            todo.update(object_tokens(item.type))
    outputs = sorted(token for token in todo if "/outputs:" in token)
    todo = (todo - set(outputs)) | set(random.Random(3).sample(outputs, min(OUTPUTS, len(outputs))))
    seen = set(todo)
    while todo:
        new: set[str] = set()
        for token in sorted(todo):  # in the order of the files: each is read once a round
            properties = lookup.object_schema(package, token).properties
            found += [f"{token}: {text}" for text in defects(properties)]
            new.update(inner for item in properties.values() for inner in object_tokens(item.type))
        todo = {token for token in new - seen if "/outputs:" not in token}
        seen |= new
    assert found == []
    assert len(tokens) >= EXPECTED[package]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_sample_drawn_by_seed_can_be_described_with_its_nested_objects(package: str) -> None:
    for token in random.Random(7).sample(schema.tokens(package), 12):
        known = schema.describe(token, depth=1)
        assert known["token"] == token
        assert len(known["inputs"]) == len(schema.resource(token).inputs)
        assert any(token in line for line in schema.render(token))
