"""Typed outputs of a stack, by which other stacks take what it made: one versioned model per producing stack.

The producer fills the model and exports it as one stack output; a consumer reads the same model back and gets its
fields checked. The version is raised only when a consumer of the old model would break; a new optional field needs no
new version.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import pulumi
from pydantic import BaseModel, ConfigDict, ValidationError

from platform_lib.core.errors import ReferenceMissingError
from platform_lib.core.run_errors import run_errors
from platform_lib.core.validation import findings_of, kind_of

VERSION_KEY = "version"


class StackOutputs(BaseModel):
    """Base of the outputs that a stack offers to others.

    Fields are ``Input[...]``: Outputs where they are exported, values where they are read.

    Example:
        ``class NetworkOutputs(StackOutputs): output_name = "network"; version = 1; vpc_id: Input[str]``; the producer
        calls ``NetworkOutputs(vpc_id=vpc.vpc_id).export()``, a consumer
        ``NetworkOutputs.read("organization/platform/prod")``.
    """

    model_config = ConfigDict(
        extra="ignore",  # a producer may export more than an older consumer knows
        frozen=True,
        use_attribute_docstrings=True,
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
    )

    output_name: ClassVar[str]
    """The stack output that holds the model."""

    version: ClassVar[int]
    """Raised when a consumer of the old model would break."""

    def export(self) -> None:
        """Exports the model as one stack output of the running program; secret fields stay secret."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        pulumi.export(self.output_name, {VERSION_KEY: self.version, **fields})

    @classmethod
    def read(cls, stack: str | pulumi.StackReference) -> pulumi.Output[Self]:
        """The outputs of another stack.

        Args:
            stack: its full name (``organization/project/stack``), or a reference to it.

        Returns:
            The checked model; the Output fails with ``ReferenceMissingError`` where the stack does not export it, or
            not in this version, or without a field. It is secret where a field is.
        """
        reference = stack if isinstance(stack, pulumi.StackReference) else pulumi.StackReference(stack)
        found = pulumi.Output.all(reference.name, reference.get_output(cls.output_name))
        return found.apply(lambda name_and_value: cls._read(*name_and_value))

    @classmethod
    def read_now(cls, stack: str) -> Self:
        """The outputs of another stack, at once: for what decides how many resources a program has, and which.

        The stack has to be deployed before this program can be planned; what it offers later is seen at the next run.

        Args:
            stack: its full name (``organization/project/stack``).

        Raises:
            ReferenceMissingError: there is no such stack, or it does not export the model, not in this version, without
                a field, or with a secret, which must not become plain: ``read`` keeps it secret.
        """
        with run_errors():
            try:
                found = pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", {"name": stack}).value or {}
            except Exception as error:  # the SDK raises nothing narrower
                problem = f"cannot be read ({str(error).rpartition(': ')[2]}); deploy it first, or name another one"
                raise cls._missing(stack, cls.output_name, problem) from error
            if cls.output_name in found.get("secretOutputNames", ()):
                problem = f"exports '{cls.output_name}' as a secret, which cannot be read at once; use read"
                raise cls._missing(stack, cls.output_name, problem)
            return cls.parse(stack, found.get("outputs", {}).get(cls.output_name))

    @classmethod
    def _read(cls, stack: str, value: Any) -> Self:
        with run_errors():
            return cls.parse(stack, value)

    @classmethod
    def parse(cls, stack: str, value: Any) -> Self:
        """The model from the value of the stack output.

        Raises:
            ReferenceMissingError: no such output, another version, or a field that is missing or of another type.
        """
        if value is None:
            raise cls._missing(stack, cls.output_name, f"does not export '{cls.output_name}'; deploy it first")
        if not isinstance(value, Mapping):
            raise cls._missing(
                stack, cls.output_name, f"exports {kind_of(value)} as '{cls.output_name}', expected a map"
            )
        found = value.get(VERSION_KEY)
        if isinstance(found, float) and found.is_integer():  # as every number arrives that is read at once
            found = int(found)
        if found != cls.version:
            problem = f"exports version {found} of '{cls.output_name}', this program reads version {cls.version}"
            raise cls._missing(stack, cls.output_name, f"{problem}; deploy both from the same release")
        try:
            return cls.model_validate({key: item for key, item in value.items() if key in cls.model_fields})
        except ValidationError as error:
            findings = findings_of(error, cls)
            text = "; ".join(f"'{cls.output_name}.{finding.path}' {finding.problem}" for finding in findings)
            raise cls._missing(stack, f"{cls.output_name}.{findings[0].path}", f"{text}; deploy it first") from None

    @classmethod
    def _missing(cls, stack: str, output: str, problem: str) -> ReferenceMissingError:
        return ReferenceMissingError(f"{cls.__name__}: stack '{stack}': {problem}", stack=stack, output=output)
