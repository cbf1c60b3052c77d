"""What other languages would see of a component: the schema that pulumi makes from its annotations."""

import json
from typing import Any

import pulumi
from pulumi.provider.experimental.analyzer import Analyzer, PropertyDefinition
from pulumi.provider.experimental.schema import generate_schema


def analyzed(*components: type[pulumi.ComponentResource]) -> dict[str, Any]:
    return dict(Analyzer("platform-lib").analyze(list(components)))


def empty_types(result: dict[str, Any]) -> list[str]:
    """Types without a property or value: what the analyzer makes, without a word, of what it does not understand."""
    return [name for name, found in result["type_definitions"].items() if not found.properties and not found.enum]


def undocumented(result: dict[str, Any]) -> list[str]:
    """Properties without a description."""
    named: dict[str, PropertyDefinition] = {}
    for component_name, component in result["component_definitions"].items():
        named |= {f"{component_name}.{name}": value for name, value in component.inputs.items()}
    for type_name, found in result["type_definitions"].items():
        named |= {f"{type_name}.{name}": value for name, value in found.properties.items()}
    return [name for name, value in named.items() if not value.description]


def wrongly_required(result: dict[str, Any], models: dict[str, Any]) -> list[str]:
    """Properties whose being optional differs from their field having the default None."""
    groups = {name: (found.inputs, found.inputs_mapping) for name, found in result["component_definitions"].items()}
    groups |= {name: (found.properties, found.properties_mapping) for name, found in result["type_definitions"].items()}
    wrong = []
    for name, model in models.items():
        properties, mapping = groups[name]
        for wire, value in properties.items():
            if value.optional != (not model.model_fields[mapping[wire]].is_required()):
                wrong.append(f"{name}.{wire}")
    return wrong


def exported(*components: type[pulumi.ComponentResource]) -> str:
    """The schema as JSON text: what a golden file holds."""
    result = Analyzer("platform-lib").analyze(list(components))
    found, types = result["component_definitions"], result["type_definitions"]
    schema = generate_schema("platform-lib", "0.0.0", None, found, types, [])
    return json.dumps(schema.to_json(), indent=1, sort_keys=True) + "\n"
