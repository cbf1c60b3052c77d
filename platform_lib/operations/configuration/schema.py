"""JSON schemas of stack files and overlays for editors, made from the settings model.

Draft 7, which the YAML language server knows; point to it in the first line of a file:
``# yaml-language-server: $schema=settings/stack.schema.json``.
"""

from typing import Any, Final

from platform_lib.core.settings import Settings
from platform_lib.core.validation import is_input
from platform_lib.sandbox.project import Project, namespaced

DRAFT: Final = "http://json-schema.org/draft-07/schema#"
_SECURE: Final = {
    "type": "object",
    "required": ["secure"],
    "additionalProperties": False,
    "properties": {"secure": {"type": "string", "description": "written by `pulumi config set --secret`"}},
}


def stack_schema(model: type[Settings], project: Project) -> dict[str, Any]:
    """The schema of ``Pulumi.<stack>.yaml``.

    Groups may be given in part: what is missing may come from a layer below. A secret is only taken encrypted.

    Args:
        model: the settings of the project's stacks.
        project: whose keys have its name before them; it says which keys every stack must set.
    """
    fields, definitions = _fields(model)
    keys = {f"{project.name}:{name}": schema for name, schema in fields.items()}
    bare = {name.rpartition(":")[2]: item for name, item in project.config.items() if namespaced(project.name, name)}
    required = [f"{project.name}:{name}" for name, item in bare.items() if item.default is None and name in fields]
    return {
        "$schema": DRAFT,
        "title": f"A stack of {project.name}",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "config": {
                "type": "object",
                "required": required,
                "properties": keys,
                "patternProperties": {f"^(?!{project.name}:)[^:]+:.+$": {}},
                "additionalProperties": False,
            },
            "environment": {"description": "environments of Pulumi ESC"},
            "secretsprovider": {"type": "string"},
            "encryptedkey": {"type": "string"},
            "encryptionsalt": {"type": "string"},
        },
        "definitions": definitions,
    }


def overlay_schema(model: type[Settings]) -> dict[str, Any]:
    """The schema of an overlay (``settings/<key>/<value>.yaml``): all but secrets and the keys that choose layers."""
    fields, definitions = _fields(model)
    left_out = {*model.OVERLAY_KEYS, model.ENVIRONMENT_KEY}
    kept = {
        name: schema
        for name, schema in fields.items()
        if name not in left_out and not is_input(model.model_fields[name].annotation)
    }
    return {
        "$schema": DRAFT,
        "title": "An overlay of settings",
        "type": "object",
        "additionalProperties": False,
        "properties": kept,
        "definitions": definitions,
    }


def _fields(model: type[Settings]) -> tuple[dict[str, Any], dict[str, Any]]:
    schema = model.json_schema()
    definitions = {name: _partial(item) for name, item in schema.pop("$defs", {}).items()}
    fields = {name: _moved(item) for name, item in schema["properties"].items()}
    for name, field in model.model_fields.items():
        if is_input(field.annotation):
            described = fields[name].get("description")
            fields[name] = {**_SECURE, **({"description": described} if described else {})}
    return fields, definitions


def _partial(definition: Any) -> Any:
    """A definition whose fields may all be missing."""
    return {key: value for key, value in _moved(definition).items() if key != "required"}


def _moved(schema: Any) -> Any:
    """The schema with references to ``definitions``, where draft 7 has them."""
    if isinstance(schema, dict):
        return {
            key: value.replace("#/$defs/", "#/definitions/")
            if key == "$ref" and isinstance(value, str)
            else _moved(value)
            for key, value in schema.items()
        }
    return [_moved(item) for item in schema] if isinstance(schema, list) else schema
