"""The closed choices of Vault servers. Imports nothing of pulumi."""

from enum import StrEnum


class VaultEngine(StrEnum):
    """The software that the servers run."""

    OPENBAO = "openbao"
    VAULT = "vault"


class VaultSealKind(StrEnum):
    """What the servers unseal themselves with."""

    AWS_KMS = "aws-kms"
    TRANSIT = "transit"
    STATIC = "static"


class VaultExposure(StrEnum):
    """From where clients reach the servers."""

    CLUSTER = "cluster"
    NETWORK = "network"
    PUBLIC = "public"
