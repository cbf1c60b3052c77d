"""Who a resource belongs to and which rules hold for it: every component gets it and tags its resources with it."""

import re
from enum import StrEnum

from pydantic import Field, field_validator

from platform_lib.core.args import ComponentArgs
from platform_lib.core.validation import FieldError

DEVELOPMENT = "dev"
"""The one environment where stateful resources are not protected."""

_WORD = re.compile(r"[a-z][a-z0-9_-]{0,62}")
"""What AWS tags, Azure tags and GCP labels all take as a value (see ``core.tagging``)."""


class DataClassification(StrEnum):
    """How sensitive the data is that a resource holds or carries."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"


class ComplianceScope(StrEnum):
    """A framework that a resource is in scope of."""

    HIPAA = "hipaa"
    PCI = "pci"
    SOC2 = "soc2"


class Context(ComponentArgs):
    """Who a resource belongs to and which rules hold for it."""

    environment: str
    """The environment, such as ``dev``, ``staging`` or ``prod``; outside ``dev`` stateful resources are protected."""

    owner: str
    """The team that answers for the resources: lower-case letters, digits, ``_`` and ``-``, at most 63."""

    cost_centre: str
    """Who pays: lower-case letters, digits, ``_`` and ``-``, beginning with a letter, at most 63."""

    data_classification: DataClassification
    """The most sensitive data that the resources hold or carry."""

    compliance_scope: list[ComplianceScope] | None = Field(default=None)
    """The frameworks that the resources are in scope of; left out means none."""

    @field_validator("environment", "owner", "cost_centre")
    @classmethod
    def _check_word(cls, value: str) -> str:
        if not _WORD.fullmatch(value):
            raise FieldError(
                "must be 1 to 63 lower-case letters, digits, '_' or '-', beginning with a letter", _suggestion(value)
            )
        return value

    @field_validator("compliance_scope")
    @classmethod
    def _check_scope(cls, value: list[ComplianceScope] | None) -> list[ComplianceScope] | None:
        if value is not None and len(set(value)) < len(value):
            raise FieldError("must name each framework once")
        return value

    @property
    def protects(self) -> bool:
        """Whether stateful resources are protected from deletion unless a caller says otherwise."""
        return self.environment != DEVELOPMENT

    @property
    def scope(self) -> frozenset[ComplianceScope]:
        """The frameworks in scope."""
        return frozenset(self.compliance_scope or ())


def _suggestion(value: str) -> str:
    """A word near the refused one that would do, as a remedy; empty where there is none."""
    word = re.sub(r"[^a-z0-9_-]+", "-", value.lower()).strip("-")[:63]
    return f"use '{word}'" if _WORD.fullmatch(word) else ""
