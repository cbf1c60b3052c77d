"""``governance/approvers.yaml``: who may approve a change, who deploys, and the keys by which they are known."""

from collections.abc import Iterable
from typing import Annotated, Final, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import AfterValidator, Field, model_validator

from platform_lib.core.errors import Finding
from platform_lib.core.validation import FieldError, SeveralFieldsError
from platform_lib.operations.errors import InputError
from platform_lib.operations.governance.file import Decisions
from platform_lib.operations.signature import key_id, public_key

FILE: Final = "approvers.yaml"


def _checked(text: str) -> str:
    try:
        public_key(text, "key")
    except InputError as error:
        raise FieldError(
            "is no Ed25519 public key",
            "give the line between BEGIN and END of a .pub file of `platform evidence keygen`",
        ) from error
    return text


PublicKey = Annotated[str, AfterValidator(_checked)]
"""A public key: PEM, or its one line of base64."""


class Person(Decisions):
    """Somebody who may approve."""

    key: PublicKey
    """Of the Ed25519 key that the person alone holds."""

    identities: list[str] = Field(min_length=1)
    """Addresses and account names by which git and CI know the person: what is written or asked for under one of them
    the person cannot approve."""

    environments: list[str] = Field(default_factory=list)
    """For which environments; left out, for all."""

    def is_known_as(self, text: str) -> bool:
        """Whether an address or account name is the person's."""
        return text.strip().casefold() in {identity.strip().casefold() for identity in self.identities}


class Deployer(Decisions):
    """A pipeline that deploys; its key signs the record."""

    key: PublicKey
    """Of the Ed25519 key that the pipeline alone holds."""

    environments: list[str] = Field(default_factory=list)
    """Which environments; left out, all."""


class Approvers(Decisions):
    """The file."""

    version: Literal[1]
    """Version of the form."""

    deployers: dict[str, Deployer] = Field(min_length=1)
    """By name."""

    approvers: dict[str, Person] = Field(default_factory=dict)
    """By name."""

    @model_validator(mode="after")
    def _told_apart(self) -> "Approvers":
        findings: list[Finding] = []
        seen: dict[str, str] = {}
        entries: list[tuple[str, Deployer | Person]] = [
            *((f"deployers.{name}", item) for name, item in self.deployers.items()),
            *((f"approvers.{name}", item) for name, item in self.approvers.items()),
        ]
        for path, entry in entries:
            identity = key_id(public_key(entry.key, path))
            if identity in seen:
                findings.append(Finding(f"{path}.key", f"is the key of {seen[identity]} too", "give each its own"))
            seen.setdefault(identity, path)
        owners: dict[str, str] = {}
        for name, person in self.approvers.items():
            for index, text in enumerate(person.identities):
                owner = owners.setdefault(text.strip().casefold(), name)
                if owner != name:
                    path = f"approvers.{name}.identities[{index}]"
                    findings.append(Finding(path, f"is one of {owner}'s too, got '{text}'", "leave it with its owner"))
        if findings:
            raise SeveralFieldsError(findings)
        return self

    def deployer_of(self, identity: str, environment: str) -> str:
        """The name of the deployer with a key, where it may deploy an environment; empty where there is none."""
        for name, entry in self.deployers.items():
            allowed = not entry.environments or environment in entry.environments
            if allowed and key_id(public_key(entry.key, name)) == identity:
                return name
        return ""

    def deployer_keys(self) -> Iterable[Ed25519PublicKey]:
        """The keys of all deployers."""
        return [public_key(item.key, name) for name, item in self.deployers.items()]
