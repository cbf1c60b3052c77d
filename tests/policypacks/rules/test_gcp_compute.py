"""The cases of the rules for Compute Engine instances, disks and images."""

import pytest

from support.policies import PASS, REMOVE, Case, R, Trial, on, resource, trials

KEY = "projects/p/locations/europe-west3/keyRings/r/cryptoKeys/k"
OWN = {"email": "app@p.iam.gserviceaccount.com", "scopes": ["cloud-platform"]}
DEFAULT = "123456789012-compute@developer.gserviceaccount.com"
INPUTS = {
    "machineType": "e2-small",
    "networkInterfaces": [{"subnetwork": "app"}],
    "serviceAccount": OWN,
    "shieldedInstanceConfig": {"enableSecureBoot": True, "enableVtpm": True, "enableIntegrityMonitoring": True},
    "canIpForward": False,
    "metadata": {"block-project-ssh-keys": "true", "enable-oslogin": "TRUE"},
    "metadataStartupScript": "systemctl start app",
    "bootDisk": {"kmsKeySelfLink": KEY},
}
INSTANCE = resource("gcp:compute/instance:Instance", INPUTS)
TEMPLATE = R("template", "gcp:compute/instanceTemplate:InstanceTemplate", INPUTS)

CASES = [
    Case(
        "gcp-compute-instance-no-public-ip",
        INSTANCE,
        bad=[
            {"networkInterfaces[].accessConfigs": [{}]},
            {"networkInterfaces[].ipv6AccessConfigs": [{"networkTier": "PREMIUM"}]},
        ],
        also_good={"networkInterfaces[].accessConfigs": []},
    ),
    Case(
        "gcp-compute-instance-not-default-service-account",
        [INSTANCE, TEMPLATE],
        bad=[
            {"serviceAccount.email": DEFAULT},
            {"serviceAccount.email": "default"},
            on("template", {"serviceAccount.email": DEFAULT}),
        ],
        breaks=["gcp-compute-instance-no-full-api-scope"],
    ),
    Case(
        "gcp-compute-instance-no-full-api-scope",
        resource("gcp:compute/instance:Instance", {**INPUTS, "serviceAccount": {"scopes": ["logging-write"]}}),
        bad=[
            {"serviceAccount.scopes": ["cloud-platform"]},
            {"serviceAccount.scopes": ["https://www.googleapis.com/auth/cloud-platform"]},
        ],
        unrelated={"serviceAccount": OWN},
    ),
    Case(
        "gcp-compute-instance-shielded",
        INSTANCE,
        bad=[
            {"shieldedInstanceConfig.enableSecureBoot": False},
            {"shieldedInstanceConfig.enableVtpm": False},
            {"shieldedInstanceConfig.enableIntegrityMonitoring": False},
        ],
    ),
    Case("gcp-compute-instance-no-ip-forwarding", INSTANCE, bad={"canIpForward": True}),
    Case(
        "gcp-compute-instance-block-project-ssh-keys",
        INSTANCE,
        bad={"metadata.block-project-ssh-keys": "false"},
        also_good=[{"metadata.block-project-ssh-keys": "1"}, {"metadata.block-project-ssh-keys": True}],
    ),
    Case(
        "gcp-compute-instance-os-login",
        [
            R("project", "gcp:compute/projectMetadata:ProjectMetadata", {"metadata": {"enable-oslogin": "TRUE"}}),
            R(
                "item",
                "gcp:compute/projectMetadataItem:ProjectMetadataItem",
                {"key": "enable-oslogin", "value": "TRUE"},
            ),
            R("instance", INSTANCE.type, INPUTS),
        ],
        bad=[
            {"metadata.enable-oslogin": "FALSE"},
            on("item", {"value": "FALSE"}),
            on("instance", {"metadata.enable-oslogin": "FALSE"}),
        ],
        also_good=[
            on("instance", {"metadata.enable-oslogin": REMOVE}),
            on("item", {"key": "vmdnssetting", "value": "x"}),
        ],
        guards=["metadata.enable-oslogin", "metadata"],
    ),
    Case(
        "gcp-compute-instance-serial-port-disabled",
        INSTANCE,
        bad=[{"metadata.serial-port-enable": "TRUE"}, {"metadata.serial-port-enable": "1"}],
    ),
    Case(
        "gcp-compute-instance-metadata-no-secrets",
        INSTANCE,
        bad=[
            {"metadata.db-password": "correct-horse-battery"},
            {"metadataStartupScript": "export DB_PASSWORD=correct-horse-battery"},
            {"metadata.startup-script": "-----BEGIN RSA PRIVATE KEY-----"},
        ],
        also_good=[
            {"metadata.ssh-keys": "ops:ssh-ed25519 AAAA password=notreally"},
            {"metadata.db-secret": "projects/p/secrets/db/versions/1"},
            {"metadataStartupScript": "gcloud secrets versions access latest --secret-id=prod-db"},
        ],
    ),
    Case(
        "gcp-compute-instance-boot-disk-customer-key",
        INSTANCE,
        bad={"bootDisk.kmsKeySelfLink": ""},
        unrelated={"bootDisk.source": "a-disk"},
        unknown={"bootDisk.kmsKeySelfLink": PASS},
    ),
    Case(
        "gcp-compute-disk-customer-key",
        [
            R("disk", "gcp:compute/disk:Disk", {"diskEncryptionKey": {"kmsKeySelfLink": KEY}}),
            R("regional", "gcp:compute/regionDisk:RegionDisk", {"diskEncryptionKey": {"kmsKeyName": KEY}}),
        ],
        bad=[{"diskEncryptionKey.kmsKeySelfLink": ""}, on("regional", {"diskEncryptionKey.kmsKeyName": REMOVE})],
        guards=["diskEncryptionKey.kmsKeySelfLink"],
        unknown={"diskEncryptionKey.kmsKeySelfLink": PASS},
    ),
    Case(
        "gcp-compute-image-not-public",
        [
            R("member", "gcp:compute/imageIamMember:ImageIamMember", {"image": "i", "member": "group:ops@example.org"}),
            R(
                "binding",
                "gcp:compute/imageIamBinding:ImageIamBinding",
                {"image": "i", "members": ["group:ops@example.org"]},
            ),
        ],
        bad=[{"member": "allAuthenticatedUsers"}, on("binding", {"members": ["group:x@example.org", "allUsers"]})],
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


def test_an_instance_without_a_service_account_acts_under_none() -> None:
    case = Case(
        "gcp-compute-instance-not-default-service-account",
        INSTANCE,
        bad={"serviceAccount.email": DEFAULT},
        unrelated={"serviceAccount": REMOVE},
    )
    tried = [trial for trial in trials([case]) if "unrelated" in trial.name]
    for trial in tried:
        trial.run()
    assert len(tried) == 1
