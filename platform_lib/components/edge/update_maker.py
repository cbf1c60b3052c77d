"""Who signs updates: the keys and roles of The Update Framework, and the profile that signs artefacts.

Each signer has a key of their own, since a threshold of signatures says nothing where one person holds all keys (the
specification, sections "root" and "key management":
https://theupdateframework.github.io/specification/latest/).
"""

from collections.abc import Mapping

import pulumi
from pulumi_aws import kms, signer

from platform_lib.components.edge import policies
from platform_lib.components.edge.args import UpdateMetadataArgs
from platform_lib.components.edge.kind import UpdateRole
from platform_lib.components.edge.maker import Maker
from platform_lib.components.edge.plan import FleetPlan

KEY_DELETION_DAYS = 30
IMAGES = "Notation-OCI-SHA384-ECDSA"
FILES = "AWSIoTDeviceManagement-SHA256-ECDSA"
"""Platforms of AWS Signer (https://docs.aws.amazon.com/signer/latest/developerguide/cli-profile.html)."""
_PEOPLE_SIGN = (UpdateRole.ROOT, UpdateRole.TARGETS)


class UpdateMaker:
    """Makes what signs the updates of one fleet."""

    def __init__(self, maker: Maker, plan: FleetPlan, documents: policies.Documents) -> None:
        self._maker = maker
        self._plan = plan
        self._documents = documents

    def make(self, asked: UpdateMetadataArgs) -> Mapping[str, Mapping[str, pulumi.Output[str]]]:
        """The ARNs of keys, by role and signer."""
        arns: dict[str, dict[str, pulumi.Output[str]]] = {}
        for role in self._plan.roles:
            signers = getattr(asked, role.role.value).signers
            arns[role.role.value] = {
                one.name: self._make_signer(role.role, one.name, one.principal_arn) for one in signers
            }
        return arns

    def _make_signer(self, role: UpdateRole, name: str, principal_arn: pulumi.Input[str]) -> pulumi.Output[str]:
        maker = self._maker
        purpose = f"Signs {role.value} metadata of updates"
        trust = policies.signer_trust(principal_arn, with_mfa=role in _PEOPLE_SIGN)
        iam_role = maker.role(f"{role.value}-signer", purpose, trust, None, name)
        key_name = maker.name(f"{role.value}-key", name)
        key = kms.Key(
            key_name,
            region=self._plan.region,
            description=purpose,
            customer_master_key_spec="ECC_NIST_P256",
            key_usage="SIGN_VERIFY",
            deletion_window_in_days=KEY_DELETION_DAYS,
            policy=self._documents.signing_key(iam_role.arn),
            tags=maker.tags(key_name),
            opts=maker.options(stateful=True),
        )
        maker.grant(iam_role, maker.name(f"{role.value}-signer", name), policies.sign(key.arn))
        return key.arn

    def make_profile(self, certificate_arn: pulumi.Input[str] | None) -> signer.SigningProfile:
        """The profile that signs artefacts, under a prefix: AWS Signer never gives a name a second time."""
        name = self._maker.name("signing-profile")
        return signer.SigningProfile(
            name,
            region=self._plan.region,
            name_prefix=f"{self._plan.name.replace('-', '_')}_",
            platform_id=IMAGES if certificate_arn is None else FILES,
            signing_material=None if certificate_arn is None else {"certificate_arn": certificate_arn},
            tags=self._maker.tags(name),
            opts=self._maker.options(stateful=True),
        )
