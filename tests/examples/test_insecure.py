"""The deliberately bad stacks: every finding that they were written for appears, by rule and resource, and refuses."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from platform_lib.operations.policy_check import check_program
from platform_lib.operations.run import Policies
from platform_lib.sandbox.workspace import Workspace
from policypacks.engine.record import FRAMEWORKS

INSECURE = Path(__file__).parents[2] / "examples" / "insecure"

EXPECTED: Mapping[str, Mapping[str, str]] = {
    "aws": {
        "aws-cloudtrail-encrypted-with-kms": "trail",
        "aws-cloudtrail-log-file-validation": "trail",
        "aws-cloudtrail-multi-region": "trail",
        "aws-cloudtrail-to-cloudwatch-logs": "trail",
        "aws-cloudwatch-log-group-encrypted": "audit",
        "aws-cloudwatch-log-group-retention": "audit",
        "aws-ebs-volume-encrypted": "data",
        "aws-ec2-instance-imdsv2-required": "machine",
        "aws-ec2-instance-no-public-ip": "machine",
        "aws-ec2-security-group-no-public-database-ports": "open",
        "aws-ec2-security-group-no-public-ssh": "open",
        "aws-ec2-security-group-only-allowed-public-ports": "open",
        "aws-iam-policy-no-admin-star": "admin",
        "aws-iam-role-trust-not-public": "anyone",
        "aws-kms-key-rotation-enabled": "data",
        "aws-rds-backup-retention": "records",
        "aws-rds-deletion-protection": "records",
        "aws-rds-instance-not-public": "records",
        "aws-rds-instance-storage-encrypted": "records",
        "aws-s3-bucket-encrypted-with-kms": "records",
        "aws-s3-bucket-policy-no-public-principal": "records",
        "aws-s3-bucket-policy-requires-tls": "records",
        "aws-s3-bucket-versioning-enabled": "records",
        "aws-s3-public-access-block-all-flags-on": "records",
        "aws-sns-topic-encrypted": "alerts",
        "aws-vpc-flow-logs-enabled": "main",
        "aws-vpc-subnet-no-auto-public-ip": "public",
    },
    "azure": {
        "azure-keyvault-network-default-deny": "keys",
        "azure-keyvault-purge-protection": "keys",
        "azure-keyvault-rbac-authorization": "keys",
        "azure-network-no-public-ssh": "open",
        "azure-sql-firewall-not-open": "everyone",
        "azure-sql-server-auditing": "records",
        "azure-sql-server-entra-administrator": "records",
        "azure-sql-server-min-tls12": "records",
        "azure-storage-account-default-deny": "records",
        "azure-storage-account-https-only": "records",
        "azure-storage-account-min-tls12": "records",
        "azure-storage-account-no-public-blobs": "records",
        "azure-storage-container-private": "files",
    },
    "gcp": {
        "gcp-compute-firewall-no-allow-all": "everything",
        "gcp-compute-firewall-no-public-database-ports": "open",
        "gcp-compute-firewall-no-public-rdp": "open",
        "gcp-compute-firewall-no-public-ssh": "open",
        "gcp-compute-instance-no-full-api-scope": "machine",
        "gcp-compute-instance-no-ip-forwarding": "machine",
        "gcp-compute-instance-no-public-ip": "machine",
        "gcp-compute-instance-not-default-service-account": "machine",
        "gcp-compute-instance-serial-port-disabled": "machine",
        "gcp-compute-instance-shielded": "machine",
        "gcp-compute-network-custom-mode": "main",
        "gcp-iam-no-primitive-roles": "owner",
        "gcp-sql-instance-automated-backups": "records",
        "gcp-sql-instance-no-public-ip": "records",
        "gcp-sql-instance-not-open-to-world": "records",
        "gcp-sql-instance-requires-tls": "records",
        "gcp-storage-bucket-iam-not-public": "everyone",
        "gcp-storage-bucket-public-access-prevention": "records",
        "gcp-storage-bucket-uniform-access": "records",
    },
    "kubernetes": {
        "k8s-ingress-tls": "shop",
        "k8s-namespace-default-deny-network-policy": "shop",
        "k8s-pod-drops-all-capabilities": "shop",
        "k8s-pod-image-tag-not-latest": "shop",
        "k8s-pod-no-host-network": "shop",
        "k8s-pod-no-host-path": "shop",
        "k8s-pod-no-host-pid-ipc": "shop",
        "k8s-pod-no-privilege-escalation": "shop",
        "k8s-pod-no-privileged-containers": "shop",
        "k8s-pod-no-secrets-in-environment": "shop",
        "k8s-pod-runs-as-non-root": "shop",
        "k8s-rbac-no-anonymous-subjects": "everyone",
        "k8s-rbac-no-cluster-admin-binding": "everyone",
        "k8s-rbac-no-wildcards": "all",
        "k8s-service-no-load-balancer-without-approval": "shop",
    },
    "vault": {
        "vault-approle-secret-id-bounded": "app",
        "vault-auth-token-not-root-policy": "app",
        "vault-kubernetes-role-not-wildcard": "pods",
        "vault-ldap-auth-tls": "people",
        "vault-pki-role-restricts-names": "any",
        "vault-pki-root-not-exported": "root",
        "vault-policy-no-root-path": "all",
        "vault-policy-sudo-restricted": "all",
        "vault-transit-key-not-deletable": "data",
        "vault-transit-key-not-exportable": "data",
    },
}


# The SDKs warn of their own old names while they are imported.
@pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of:DeprecationWarning")
@pytest.mark.parametrize("provider", sorted(EXPECTED))
def test_every_expected_finding_appears(provider: str, tmp_path: Path) -> None:
    stack = Workspace(INSECURE / provider, sandbox_dir=tmp_path, env={}).stack("prod")
    checked = check_program(stack, Policies(["baseline"], today=datetime(2026, 1, 15, tzinfo=UTC)))
    assert checked.refused
    found = {(item.rule, item.resource_name): item for item in checked.findings if item.faults}
    missing = set(EXPECTED[provider].items()) - set(found)
    assert not missing
    for key in EXPECTED[provider].items():
        finding = found[key]
        assert finding.mandatory, key
        assert all(fault.problem and fault.remedy for fault in finding.faults), key
        assert any(finding.controls.get(name) for name in FRAMEWORKS), key
    assert "hunter2" not in "\n".join(item.message for item in checked.findings)


def test_there_is_a_bad_stack_for_every_provider() -> None:
    assert {path.parent.name for path in INSECURE.glob("*/Pulumi.yaml")} == set(EXPECTED)
