"""The cases of the rules for IAM of Google Cloud."""

from typing import Any

import pytest

from support.policies import PASS, REMOVE, Case, R, Trial, add, drop, on, resource, trials

ANN = "user:ann@example.org"
BOB = "user:bob@example.org"
ROBOT = "serviceAccount:app@p.iam.gserviceaccount.com"
MEMBER = "gcp:projects/iAMMember:IAMMember"
VIEW = "roles/storage.objectViewer"
GRANT = resource(MEMBER, {"project": "p", "role": VIEW, "member": ROBOT})
BINDING = R("binding", "gcp:folder/iAMBinding:IAMBinding", {"folder": "f", "role": VIEW, "members": [ROBOT]})
ALL_LOGS = [{"logType": kind} for kind in ("ADMIN_READ", "DATA_READ", "DATA_WRITE")]


def grant(name: str, role: str, member: str) -> R:
    return R(name, MEMBER, {"project": "p", "role": role, "member": member})


def provider(issuer: str, condition: str) -> Any:
    return resource(
        "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
        {"oidc": {"issuerUri": issuer}, "attributeCondition": condition},
    )


CASES = [
    Case(
        "gcp-project-no-default-network",
        resource("gcp:organizations/project:Project", {"projectId": "p", "autoCreateNetwork": False}),
        bad={"autoCreateNetwork": True},
    ),
    Case(
        "gcp-iam-no-primitive-roles",
        [GRANT, BINDING],
        bad=[{"role": "roles/owner"}, {"role": "roles/viewer"}, on("binding", {"role": "roles/editor"})],
    ),
    Case(
        "gcp-iam-service-account-not-admin",
        GRANT,
        bad=[{"role": "roles/editor"}, {"role": "roles/storage.admin"}, {"role": "roles/compute.instanceAdmin"}],
        unrelated={"member": ANN},
    ),
    Case(
        "gcp-iam-no-token-creator-at-project",
        [GRANT, BINDING],
        bad=[{"role": "roles/iam.serviceAccountUser"}, on("binding", {"role": "roles/iam.serviceAccountTokenCreator"})],
    ),
    Case(
        "gcp-iam-no-public-members",
        [GRANT, BINDING],
        bad=[{"member": "allUsers"}, on("binding", {"members": [ANN, "allAuthenticatedUsers"]})],
    ),
    Case(
        "gcp-iam-no-service-account-keys",
        [],
        bad=add(R("key", "gcp:serviceaccount/key:Key", {"serviceAccountId": "app"})),
        guards=[],
    ),
    Case(
        "gcp-iam-audit-config-all-services",
        R(
            "audit",
            "gcp:projects/iAMAuditConfig:IAMAuditConfig",
            {"project": "p", "service": "allServices", "auditLogConfigs": ALL_LOGS},
        ),
        bad=[
            {"service": "storage.googleapis.com"},
            {"auditLogConfigs": ALL_LOGS[:2]},
            {"auditLogConfigs[].exemptedMembers": [ANN]},
        ],
        unrelated=drop("audit"),
        absent={"auditLogConfigs[].exemptedMembers": PASS},
    ),
    Case(
        "gcp-iam-kms-separation-of-duties",
        [
            grant("admin", "roles/cloudkms.admin", ANN),
            grant("use", "roles/cloudkms.cryptoKeyEncrypterDecrypter", BOB),
            R(
                "key",
                "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
                {"role": "roles/cloudkms.cryptoKeyDecrypter", "member": BOB},
            ),
        ],
        bad=[{"member": BOB}, on("use", {"member": ANN}), on("key", {"member": ANN})],
        unrelated={"role": VIEW},
        absent={"member": PASS},
    ),
    Case(
        "gcp-iam-service-account-separation-of-duties",
        [
            grant("admin", "roles/iam.serviceAccountAdmin", ANN),
            R(
                "use",
                "gcp:projects/iAMBinding:IAMBinding",
                {"role": "roles/iam.serviceAccountUser", "members": [BOB]},
            ),
        ],
        bad=[{"member": BOB}, on("use", {"members": [BOB, ANN]})],
        unrelated={"role": VIEW},
        absent={"member": PASS, "members": PASS},
    ),
    Case(
        "gcp-iam-workload-identity-provider-conditional",
        provider("https://token.actions.githubusercontent.com", "assertion.repository_owner == 'example'"),
        bad=[{"attributeCondition": "assertion.actor != ''"}, {"attributeCondition": REMOVE}],
        also_good={"oidc.issuerUri": "https://idp.example.org", "attributeCondition": "assertion.sub == 'x'"},
    ),
    Case(
        "gcp-projects-api-key-restricted",
        resource(
            "gcp:projects/apiKey:ApiKey",
            {
                "restrictions": {
                    "apiTargets": [{"service": "maps-backend.googleapis.com"}],
                    "serverKeyRestrictions": {"allowedIps": ["192.0.2.1"]},
                }
            },
        ),
        bad=[{"restrictions.apiTargets": []}, {"restrictions.serverKeyRestrictions": REMOVE}],
        also_good={"restrictions.serverKeyRestrictions": REMOVE, "restrictions.androidKeyRestrictions": {"x": "y"}},
        unknown={"restrictions.apiTargets": PASS, "restrictions.serverKeyRestrictions": PASS},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
