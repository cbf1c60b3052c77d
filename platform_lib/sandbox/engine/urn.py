"""URNs and provider references: ``urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`` and ``URN::ID``."""

from typing import Final

STACK_TYPE: Final = "pulumi:pulumi:Stack"
"""Type token of the root resource."""

PROVIDER_PREFIX: Final = "pulumi:providers:"
"""What the type token of every provider resource starts with."""


def make(stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """The URN of a resource.

    Args:
        stack: name of the stack.
        project: name of the project.
        parent: URN of the parent; empty for none. The root stack leaves no trace in its children's URNs.
        type_: type token.
        name: logical name.
    """
    if parent:
        parent_type = qualified_type(parent)
        if parent_type != STACK_TYPE:
            type_ = f"{parent_type}${type_}"
    return f"urn:pulumi:{stack}::{project}::{type_}::{name}"


def qualified_type(urn: str) -> str:
    """The type with the types of its parents: ``acme:index:Outer$aws:s3/bucket:Bucket``."""
    return urn.split("::", 3)[2]


def type_of(urn: str) -> str:
    """The type token, without those of the parents."""
    return urn.split("::", 3)[2].rsplit("$", 1)[-1]


def name_of(urn: str) -> str:
    """The logical name; it may hold ``::`` itself."""
    return urn.split("::", 3)[3]


def stack_of(urn: str) -> str:
    """The name of the stack."""
    return urn.split("::", 3)[0].removeprefix("urn:pulumi:")


def project_of(urn: str) -> str:
    """The name of the project."""
    return urn.split("::", 3)[1]


def is_valid(urn: str) -> bool:
    """Whether a text has the form of a URN."""
    return urn.startswith("urn:pulumi:") and urn.count("::") >= 3


def package_of(type_: str) -> str:
    """The package of a type or function token."""
    return type_.split(":", 1)[0]


def is_provider_type(type_: str) -> bool:
    """Whether a type token is that of a provider resource."""
    return type_.startswith(PROVIDER_PREFIX)


def provider_package(type_: str) -> str:
    """The package that a provider type serves."""
    return type_.removeprefix(PROVIDER_PREFIX)


def is_default_provider(urn: str) -> bool:
    """Whether a URN is that of a default provider: ``default`` or ``default_<version>``."""
    if not is_provider_type(type_of(urn)):
        return False
    name = name_of(urn)
    return name == "default" or name.startswith("default_")


def split_reference(reference: str) -> tuple[str, str]:
    """URN and id of a provider reference; the id is what stands after the last ``::``.

    Raises:
        ValueError: the text is not a provider reference.
    """
    urn, _, identifier = reference.rpartition("::")
    if not is_valid(urn) or not identifier:
        raise ValueError(f"expected '<urn>::<id>', got '{reference}'")
    return urn, identifier


def reference_urn(reference: str) -> str:
    """The URN of a provider reference."""
    return reference.rpartition("::")[0]
