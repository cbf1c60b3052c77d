"""The base of what operations write down as JSON and read again: verdicts, costs, records."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Model(BaseModel):
    """Frozen, nothing unknown, ``camelCase`` in JSON; the JSON schema is made of the model and its docstrings.

    Read a document with ``model_validate_json``, write one with ``model_dump_json(by_alias=True)``.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
        ser_json_inf_nan="constants",
        allow_inf_nan=False,
    )
