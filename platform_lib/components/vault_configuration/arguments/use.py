"""The arguments of who uses secrets: entries of the ledger, consumers, and break-glass access."""

import re

from pydantic import Field, field_validator

from platform_lib.components.vault_configuration.arguments.policy import PolicyRuleArgs
from platform_lib.components.vault_configuration.arguments.shared import (
    RotationArgs,
    TokenArgs,
    check_cidrs,
    check_kubernetes_names,
)
from platform_lib.components.vault_configuration.kind import ConsumerKind
from platform_lib.core.args import ComponentArgs
from platform_lib.core.aws import check_region
from platform_lib.core.checks import check_name, each_once
from platform_lib.core.inputs import Input
from platform_lib.core.validation import FieldError

_SECRET = re.compile(r"[a-z0-9-]+(/[A-Za-z0-9._-]+)+")


def _check_secret(value: str) -> str:
    if not _SECRET.fullmatch(value):
        raise FieldError("is not a path of a secret", "write it as '<engine>/<path>', such as 'kv/shop/stripe'")
    return value


class SecretArgs(ComponentArgs):
    """A secret that people write and rotate. Only its place is known here, never its value."""

    name: str
    """Name of its entry in the ledger, unique."""

    path: str
    """Where it is: engine and path, such as ``kv/shop/stripe``."""

    rotation: RotationArgs
    """Its entry in the ledger."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)

    @field_validator("path")
    @classmethod
    def _check_path(cls, value: str) -> str:
        return _check_secret(value)


class ConsumerArgs(ComponentArgs):
    """Pods that get secrets: a policy for what they read, a role by which they log in, and the settings of their kind.

    The settings (output ``consumers``) are annotations for the agent, a ``SecretProviderClass`` for CSI, custom
    resources for the operator.
    """

    name: str
    """Name of the consumer, unique: of its policy, its role, and its settings."""

    kind: ConsumerKind
    """How they get secrets. CSI reads anew at each poll and renews nothing, so that it takes no dynamic credentials;
    the operator is one of Vault alone."""

    namespace: str
    """Namespace that they are in."""

    service_accounts: list[str] = Field(min_length=1)
    """Their service accounts."""

    secrets: list[str] = Field(min_length=1)
    """What they read: ``<kv>/<path>``, ``<database>/creds/<role>``, ``<database>/static-creds/<role>``,
    ``<aws>/sts/<role>``, ``<pki>/issue/<role>``."""

    auth: str | None = None
    """Path of the Kubernetes method of their cluster; left out means the only one."""

    audience: str | None = Field(default=None, min_length=1)
    """Audience of their tokens; left out means ``vault``."""

    token: TokenArgs | None = None
    """What their tokens are good for; left out means the defaults of its fields."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)

    @field_validator("namespace")
    @classmethod
    def _check_namespace(cls, value: str) -> str:
        check_kubernetes_names([value])
        return value

    @field_validator("service_accounts")
    @classmethod
    def _check_accounts(cls, value: list[str]) -> list[str]:
        return check_kubernetes_names(value)

    @field_validator("secrets")
    @classmethod
    def _check_secrets(cls, value: list[str]) -> list[str]:
        for index, text in enumerate(value):
            if not _SECRET.fullmatch(text):
                raise FieldError("is not a path of a secret", "write it as 'kv/shop/stripe'", path=f"[{index}]")
        return each_once(value) or []


class BreakGlassAlertArgs(ComponentArgs):
    """Who hears when break-glass access is used: an alarm on the audit log in CloudWatch, or one made elsewhere."""

    log_group: Input[str] | None = None
    """Log group of CloudWatch that the servers' audit log is shipped to; give this, or ``made_elsewhere``. The
    component makes a metric filter and an alarm there, for which its options need a provider of AWS too."""

    region: str | None = None
    """Region of the log group, required with it."""

    topic_arn: Input[str] | None = None
    """Topic that the alarm tells, required with ``log_group``."""

    made_elsewhere: str | None = Field(default=None, min_length=1, max_length=200)
    """Name of the alert that you made yourself on the audit log, such as a rule of your SIEM. The output ``alert_path``
    is what it must look for."""

    @field_validator("region")
    @classmethod
    def _check_region(cls, value: str | None) -> str | None:
        return value if value is None else check_region(value)


class BreakGlassArgs(ComponentArgs):
    """Access for an emergency: nobody has it, two people or more can open it, for a while, and others hear of it.

    Where the engine has control groups (OpenBao 2.7, Vault Enterprise), every request of a responder waits until so
    many approvers let it through. Elsewhere the credential is split: responders know the role id, approvers hand out a
    secret id, wrapped and good once; that is a quorum of two and can be no other.
    """

    rules: list[PolicyRuleArgs] = Field(min_length=1)
    """What the access is good for."""

    responders: list[str] = Field(min_length=1)
    """Groups of this configuration that may ask for it."""

    approvers: list[str] = Field(min_length=1)
    """Groups of this configuration that let them, none of the responders'."""

    quorum: int | None = Field(default=None, ge=1, le=10)
    """How many people it takes, 1 to 10, and 2 at least outside ``dev``; left out means 2. With control groups it is
    the number of approvers, who are people beside the one who asks."""

    maximum_minutes: int | None = Field(default=None, ge=5, le=240)
    """How long it lasts, 5 to 240 minutes; left out means 60."""

    bound_cidrs: list[str] | None = Field(default=None, min_length=1)
    """IPv4 ranges that it may be used from, where the credential is split; required there outside ``dev``."""

    alert: BreakGlassAlertArgs | None = None
    """Who hears of it; required outside ``dev``."""

    review: RotationArgs
    """Entry of the ledger for the review: who looks at the uses and tries the way in, and when that was last done."""

    @field_validator("bound_cidrs")
    @classmethod
    def _check_cidrs(cls, value: list[str] | None) -> list[str] | None:
        return check_cidrs(value)

    @field_validator("responders", "approvers")
    @classmethod
    def _check_groups(cls, value: list[str]) -> list[str]:
        return each_once(value) or []
