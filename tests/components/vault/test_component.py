"""The resources of Vault servers as they are registered."""

import json

import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from platform_lib.components.vault import VaultCluster, VaultClusterArgs, VaultOutputs
from platform_lib.core.errors import ArgsError
from platform_lib.core.tagging import required_tags
from support.contexts import context
from support.recording import record
from support.vaults import vault_args

UNTAGGABLE = {
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:kms/alias:Alias",
    "aws:backup/selection:Selection",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    *(
        f"aws:s3/bucket{part}:Bucket{part[:1].upper()}{part[1:]}"
        for part in (
            *("PublicAccessBlock", "OwnershipControls", "Versioning", "ServerSideEncryptionConfiguration"),
            *("LifecycleConfiguration", "ObjectLockConfiguration", "Logging", "Notification", "Policy"),
        )
    ),
}
WHOLE = {
    "nodes": 5,
    "tls": {"ca_certificate": "CA", "certificate": "CERTIFICATE", "private_key": "PRIVATE"},
    "listener": {"exposure": "network", "client_cidrs": ["10.0.0.0/8"], "client_namespaces": ["apps"]},
    "telemetry": {"scraper_namespace": "monitoring"},
    "storage": {"key_arn": "arn:volumes"},
    "tags": {"team": "runtime"},
}
LEAST = {
    "nodes": 1,
    "seal": {"kind": "static", "static_secret": "seal"},
    "storage": {"class_name": "gp3"},
    "backups": None,
}


def made(environment="prod", opts=None, preview=False, result=lambda servers: servers.address, **more):
    def program():
        provider = kubernetes.Provider("cluster", kubeconfig="{}")
        opts_ = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(providers=[provider]))
        return result(VaultCluster("vault", VaultClusterArgs(**vault_args(environment, **more)), opts_))

    return record(program, preview=preview)


@pytest.fixture(scope="module")
def whole():
    return made(**WHOLE)


def policy(recorded, name):
    return {one["Sid"]: one for one in json.loads(recorded.named(name).inputs["policy"])["Statement"]}


@pytest.mark.parametrize(
    "name, environment, arguments", [("least", "dev", LEAST), ("default", "prod", {}), ("whole", "prod", WHOLE)]
)
def test_urns_and_parents_change_only_on_purpose(golden, name, environment, arguments):
    golden(f"urns/vault-{name}.txt", "\n".join(made(environment, **arguments).tree()) + "\n")


def test_a_preview_registers_what_an_update_does(whole):
    assert {item.urn for item in made(preview=True, **WHOLE).registrations} == {
        item.urn for item in whole.registrations
    }


def test_every_resource_says_whose_it_is(whole):
    required = required_tags(context("prod"))
    for item in whole.registrations:
        if item.type.startswith("kubernetes:"):
            assert required.items() <= item.inputs["metadata"]["labels"].items(), item.name
            assert item.inputs["metadata"]["labels"]["app.kubernetes.io/name"] == "openbao"
        elif item.type.startswith("aws:") and item.type not in UNTAGGABLE:
            assert required.items() <= item.inputs["tags"].items(), item.name
            assert item.inputs["tags"]["team"] == "runtime"


def test_every_object_is_in_the_namespace_but_those_of_the_whole_cluster(whole):
    outside = {
        item.name
        for item in whole.registrations
        if item.type.startswith("kubernetes:") and item.inputs["metadata"].get("namespace") != "vault"
    }
    assert outside == {"vault-namespace", "vault-reviewer", "vault-volumes"}


@pytest.mark.parametrize(
    "environment, protect, expected", [("prod", None, True), ("dev", None, False), ("prod", False, False)]
)
def test_what_holds_data_is_protected_outside_dev(environment, protect, expected):
    recorded = made(environment, pulumi.ResourceOptions(protect=protect))
    stateful = {f"vault-{name}" for name in ("namespace", "servers", "seal-key", "backup-key", "snapshots")}
    assert {item.name for item in recorded.registrations if item.protect} == (stateful if expected else set())


def test_servers_start_once_all_that_they_need_is_there(whole):
    after = {urn.rsplit("::", 1)[-1] for urn in whole.named("vault-servers").depends_on}
    assert {"vault-server-identity", "vault-server-role-attachment", "vault-deny", "vault-network-servers"} <= after
    assert {"vault-account-server", "vault-reviewer", "vault-internal", "vault-namespace"} <= after
    assert {"vault-backup-identity", "vault-namespace"} <= {
        urn.rsplit("::", 1)[-1] for urn in whole.named("vault-backup").depends_on
    }


def test_identities_have_no_more_than_they_need(whole):
    key = "arn:aws:mock:::vault-seal-key"
    assert policy(whole, "vault-server-role-policy") == {
        "Unseal": {
            "Sid": "Unseal",
            "Effect": "Allow",
            "Action": ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey"],
            "Resource": [key],
        }
    }
    backup = policy(whole, "vault-backup-role-policy")
    assert {action for one in backup.values() for action in one["Action"]} == {
        *("s3:PutObject", "kms:GenerateDataKey", "kms:Decrypt")
    }
    drill = policy(whole, "vault-drill-role-policy")
    assert {action for one in drill.values() for action in one["Action"] if action.startswith("s3:")} == {
        *("s3:ListBucket", "s3:GetObject")
    }
    for name in ("server", "backup", "drill"):
        (trust,) = json.loads(whole.named(f"vault-{name}-role").inputs["assumeRolePolicy"])["Statement"]
        conditions = trust["Condition"]["StringEquals"]
        assert conditions["aws:RequestTag/kubernetes-namespace"] == "vault"
        assert conditions["aws:RequestTag/kubernetes-service-account"].startswith("vault")
        assert trust["Principal"] == {"Service": "pods.eks.amazonaws.com"}


def test_the_key_that_unseals_can_be_had_in_another_region(whole):
    key = whole.named("vault-seal-key").inputs
    assert (key["multiRegion"], key["enableKeyRotation"], key["deletionWindowInDays"]) == (True, True, 30)
    assert whole.named("vault-backup-key").inputs["multiRegion"] is False
    assert (
        made(seal={**vault_args()["seal"], "multi_region": False}).named("vault-seal-key").inputs["multiRegion"]
        is False
    )


def test_servers_are_spread_and_most_of_them_stay(whole):
    spec = whole.named("vault-servers").inputs["spec"]
    pod = spec["template"]["spec"]
    assert (spec["replicas"], spec["podManagementPolicy"]) == (5, "Parallel")
    assert spec["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": "Retain", "whenScaled": "Delete"}
    (zones,) = pod["topologySpreadConstraints"]
    assert (zones["topologyKey"], zones["whenUnsatisfiable"]) == ("topology.kubernetes.io/zone", "DoNotSchedule")
    assert whole.named("vault-budget").inputs["spec"]["maxUnavailable"] == 2
    parameters = whole.named("vault-volumes").inputs["parameters"]
    assert parameters == {"type": "gp3", "encrypted": "true", "kmsKeyId": "arn:volumes"}
    assert whole.named("vault-volumes").inputs["reclaimPolicy"] == "Retain"


def test_one_server_for_tries_has_neither_budget_nor_key_nor_class():
    recorded = made("dev", **LEAST)
    names = {item.name for item in recorded.registrations}
    assert not names & {"vault-budget", "vault-seal-key", "vault-volumes", "vault-backup", "vault-server-role"}
    claims = recorded.named("vault-servers").inputs["spec"]["volumeClaimTemplates"]
    assert {claim["spec"]["storageClassName"] for claim in claims} == {"gp3"}


def test_the_load_balancer_is_inside_the_network(whole):
    service = whole.named("vault-service").inputs
    assert service["spec"]["type"] == "LoadBalancer"
    assert service["spec"]["loadBalancerSourceRanges"] == ["10.0.0.0/8"]
    assert service["metadata"]["annotations"]["service.beta.kubernetes.io/aws-load-balancer-internal"] == "true"
    assert made().named("vault-service").inputs["spec"]["type"] == "ClusterIP"


def test_pulumi_waits_for_servers_that_unseal_themselves_and_for_no_others():
    annotations = made().named("vault-servers").inputs["metadata"].get("annotations", {})
    assert "pulumi.com/skipAwait" not in annotations
    image = vault_args()["image"].replace("openbao", "vault")
    vault = made(engine="vault", engine_version="1.21.0", image=image, seal={})
    assert vault.named("vault-servers").inputs["metadata"]["annotations"]["pulumi.com/skipAwait"] == "true"
    assert set(vault.named("vault-config").inputs["data"]) == {"server.json"}


def test_the_private_key_is_a_secret(whole):
    assert "PRIVATE" not in str([item.inputs for item in whole.registrations if item.name != "vault-tls"])


def test_costs_and_evidence_name_what_is_there(whole):
    outputs = whole.outputs[whole.named("vault").urn]
    assert {item["child"] for item in outputs["evidence"]} <= {item.name for item in whole.registrations}
    quantities = {driver["item"]: driver["quantity"] for driver in outputs["cost_drivers"]}
    assert (quantities["aws:ebs-gp3"], quantities["aws:kms-keys"]) == (100, 2)
    assert quantities["aws:nlb-hours"] == 730


def test_other_components_take_the_servers_by_reference():
    def told(servers):
        reference = servers.reference
        again = VaultOutputs.of(reference).reference
        assert again.administrators == reference.administrators
        return pulumi.Output.all(
            reference.address, reference.audit_paths, reference.audit_declared, again.seal_key_arn, again.backup_bucket
        )

    assert made(result=told).result == [
        "https://vault.vault.svc:8200",
        ["file", "stdout"],
        True,
        "arn:aws:mock:::vault-seal-key",
        "vault-snapshots",
    ]


def test_bad_arguments_register_nothing():
    def program():
        with pytest.raises(ArgsError, match="VaultCluster 'vault': engine_version: is not a version"):
            VaultCluster("vault", vault_args(engine_version="new"))

    assert record(program).registrations == []
