"""The cases of the rules for keys and secrets of Google Cloud."""

import pytest

from support.policies import Case, R, Trial, on, resource, trials

GROUP = "group:ops@example.org"
DECRYPT = "roles/cloudkms.cryptoKeyDecrypter"

CASES = [
    Case(
        "gcp-kms-key-rotation",
        resource("gcp:kms/cryptoKey:CryptoKey", {"keyRing": "r", "rotationPeriod": "7776000s"}),
        bad=[{"rotationPeriod": "7776001s"}, {"rotationPeriod": "90d"}],
        also_good={"rotationPeriod": "2592000s", "purpose": "ENCRYPT_DECRYPT"},
        unrelated={"purpose": "ASYMMETRIC_SIGN"},
    ),
    Case(
        "gcp-kms-key-iam-not-public",
        [
            R("member", "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember", {"role": DECRYPT, "member": GROUP}),
            R("binding", "gcp:kms/cryptoKeyIAMBinding:CryptoKeyIAMBinding", {"role": DECRYPT, "members": [GROUP]}),
            R("ring", "gcp:kms/keyRingIAMMember:KeyRingIAMMember", {"role": DECRYPT, "member": GROUP}),
            R("rings", "gcp:kms/keyRingIAMBinding:KeyRingIAMBinding", {"role": DECRYPT, "members": [GROUP]}),
        ],
        bad=[
            {"member": "allUsers"},
            on("binding", {"members": [GROUP, "allUsers"]}),
            on("ring", {"member": "allAuthenticatedUsers"}),
            on("rings", {"members": ["allUsers"]}),
        ],
    ),
    Case(
        "gcp-secretmanager-iam-not-public",
        [
            R("member", "gcp:secretmanager/secretIamMember:SecretIamMember", {"member": GROUP}),
            R("binding", "gcp:secretmanager/secretIamBinding:SecretIamBinding", {"members": [GROUP]}),
        ],
        bad=[{"member": "allUsers"}, on("binding", {"members": ["allAuthenticatedUsers"]})],
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
