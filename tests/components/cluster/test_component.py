import json

import pulumi
import pytest

from platform_lib.components.cluster import KubernetesCluster, KubernetesClusterArgs
from platform_lib.core.errors import ArgsError
from platform_lib.core.tagging import required_tags
from support.clusters import ACCOUNT_ID, ADMINS, cluster_args
from support.contexts import context
from support.recording import record

UNTAGGABLE = {
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:kms/alias:Alias",
}
DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": []})
WHOLE = {
    "endpoint": {
        "private_cidrs": ["10.20.0.0/16", "10.0.0.0/16"],
        "public_enabled": True,
        "public_cidrs": ["203.0.113.0/24"],
    },
    "node_groups": [
        {"name": "system"},
        {
            "name": "batch",
            "capacity": "spot",
            "image": "bottlerocket-arm",
            "autoscaled": True,
            "release_version": "1.35.0-20260120",
            "taints": [{"key": "dedicated", "value": "batch"}],
        },
    ],
    "access": [
        ADMINS,
        {
            "name": "readers",
            "principal_arn": f"arn:aws:iam::{ACCOUNT_ID}:role/r",
            "policy": "view",
            "namespaces": ["apps"],
        },
        {"name": "bound", "principal_arn": f"arn:aws:iam::{ACCOUNT_ID}:role/b", "groups": ["auditors"]},
    ],
    "pod_identities": [
        {"name": "app", "namespace": "apps", "service_account": "app", "policy": DOCUMENT},
        {"name": "given", "namespace": "apps", "service_account": "other", "role_arn": "arn:given"},
    ],
    "addons": [{"name": "metrics-server", "version": "v0.9.0-eksbuild.5", "configuration": "{}"}],
    "tags": {"team": "runtime"},
}
GIVEN_KEYS = {"encryption": {"secrets_key_arn": "arn:s", "logs_key_arn": "arn:l", "volumes_key_arn": "arn:v"}}


def made(environment="prod", opts=None, preview=False, result=lambda cluster: cluster.cluster_name, **more):
    def program():
        return result(KubernetesCluster("main", KubernetesClusterArgs(**cluster_args(environment, **more)), opts))

    return record(program, preview=preview)


@pytest.fixture(scope="module")
def whole():
    return made(**WHOLE)


def policy(text):
    return json.loads(text)["Statement"]


def waits_for(recorded, name):
    return {urn.rsplit("::", 1)[-1] for urn in recorded.named(name).depends_on}


@pytest.mark.parametrize("name, arguments", [("least", GIVEN_KEYS), ("default", {}), ("whole", WHOLE)])
def test_urns_and_parents_change_only_on_purpose(golden, name, arguments):
    golden(f"urns/cluster-{name}.txt", "\n".join(made(**arguments).tree()) + "\n")


def test_a_preview_registers_what_an_update_does(whole):
    assert {item.urn for item in made(preview=True, **WHOLE).registrations} == {
        item.urn for item in whole.registrations
    }


def test_every_taggable_resource_carries_the_tags_and_its_name(whole):
    required = required_tags(context("prod"))
    resources = [item for item in whole.registrations if item.custom]
    assert {item.type for item in resources if "tags" not in item.inputs} == UNTAGGABLE
    for item in resources:
        if item.type not in UNTAGGABLE:
            assert required.items() <= item.inputs["tags"].items()
            assert (item.inputs["tags"]["Name"], item.inputs["tags"]["team"]) == (item.name, "runtime")


def test_nodes_carry_the_tags_onto_instances_disks_and_interfaces(whole):
    specifications = whole.named("main-template-batch").inputs["tagSpecifications"]
    assert {item["resourceType"] for item in specifications} == {"instance", "volume", "network-interface"}
    for item in specifications:
        assert required_tags(context("prod")).items() <= item["tags"].items()
        assert item["tags"]["Name"] == "main-nodes-batch"


def test_every_regional_resource_is_in_the_region_of_the_network(whole):
    for item in whole.registrations:
        if item.custom and not item.type.startswith("aws:iam/"):
            assert item.inputs["region"] == "eu-west-1"


@pytest.mark.parametrize(
    "environment, protect, expected", [("prod", None, True), ("dev", None, False), ("prod", False, False)]
)
def test_what_holds_data_is_protected_outside_dev(environment, protect, expected):
    recorded = made(environment, pulumi.ResourceOptions(protect=protect))
    stateful = {"aws:kms/key:Key", "aws:cloudwatch/logGroup:LogGroup", "aws:eks/cluster:Cluster"}
    assert {item.type for item in recorded.registrations if item.protect} == (stateful if expected else set())


def test_the_control_plane_is_private_encrypted_and_logs_everything():
    cluster = made().named("main-cluster").inputs
    assert cluster["vpcConfig"] == {
        "subnetIds": ["subnet-private-1", "subnet-private-2"],
        "securityGroupIds": ["main-api-id"],
        "endpointPrivateAccess": True,
        "endpointPublicAccess": False,
    }
    assert cluster["encryptionConfig"] == {"provider": {"keyArn": "arn:aws:mock:::main-key"}, "resources": ["secrets"]}
    assert set(cluster["enabledClusterLogTypes"]) == {
        *("api", "audit", "authenticator", "controllerManager", "scheduler")
    }
    assert cluster["accessConfig"] == {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False}
    assert cluster["bootstrapSelfManagedAddons"] is False
    assert (cluster["name"], cluster["version"], cluster["deletionProtection"]) == ("main-prod", "1.35", True)
    assert cluster["upgradePolicy"] == {"supportType": "EXTENDED"}


def test_a_public_endpoint_names_who_may_come(whole):
    config = whole.named("main-cluster").inputs["vpcConfig"]
    assert (config["endpointPublicAccess"], config["publicAccessCidrs"]) == (True, ["203.0.113.0/24"])
    assert config["endpointPrivateAccess"] is True


def test_the_log_group_is_there_before_the_cluster_which_would_make_one_without_key(whole):
    group = whole.named("main-control-plane-logs").inputs
    assert (group["name"], group["retentionInDays"]) == ("/aws/eks/main-prod/cluster", 365)
    assert group["kmsKeyId"] == "arn:aws:mock:::main-key"
    assert {"main-control-plane-logs", "main-control-plane-policy"} <= waits_for(whole, "main-cluster")


def test_only_named_ranges_reach_the_api_and_on_https_alone(whole):
    rules = whole.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert {rule.inputs["cidrIpv4"] for rule in rules} == {"10.20.0.0/16", "10.0.0.0/16"}
    for rule in rules:
        assert [rule.inputs[key] for key in ("ipProtocol", "fromPort", "toPort")] == ["tcp", 443, 443]


def test_the_own_key_serves_this_log_group_and_the_disks_of_nodes():
    key = made().named("main-key").inputs
    assert (key["enableKeyRotation"], key["rotationPeriodInDays"], key["deletionWindowInDays"]) == (True, 365, 30)
    statements = {statement["Sid"]: statement for statement in policy(key["policy"])}
    assert set(statements) == {*("AccountAdministersKey", "LogGroupsUseKey", "NodesUseKey", "NodesHandKeyToDisks")}
    group = f"arn:aws:logs:eu-west-1:{ACCOUNT_ID}:log-group:/aws/eks/main-prod/cluster"
    assert statements["LogGroupsUseKey"]["Condition"] == {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": group}}
    nodes = statements["NodesHandKeyToDisks"]
    assert nodes["Principal"]["AWS"].endswith("autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling")
    assert nodes["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_given_keys_are_used_and_none_is_made():
    recorded = made(**GIVEN_KEYS)
    assert not recorded.of_type("aws:kms/key:Key")
    assert recorded.named("main-cluster").inputs["encryptionConfig"]["provider"] == {"keyArn": "arn:s"}
    assert recorded.named("main-control-plane-logs").inputs["kmsKeyId"] == "arn:l"
    (disk,) = recorded.named("main-template-system").inputs["blockDeviceMappings"]
    assert disk["ebs"]["kmsKeyId"] == "arn:v"


def test_the_own_key_serves_only_what_no_key_was_given_for():
    recorded = made(encryption={"secrets_key_arn": "arn:s", "logs_key_arn": "arn:l"})
    sids = {statement["Sid"] for statement in policy(recorded.named("main-key").inputs["policy"])}
    assert sids == {"AccountAdministersKey", "NodesUseKey", "NodesHandKeyToDisks"}


def test_nodes_ask_for_session_tokens_and_have_encrypted_disks(whole):
    for template in whole.of_type("aws:ec2/launchTemplate:LaunchTemplate"):
        assert template.inputs["metadataOptions"] == {
            "httpEndpoint": "enabled",
            "httpTokens": "required",
            "httpPutResponseHopLimit": 1,
        }
        for disk in template.inputs["blockDeviceMappings"]:
            assert (disk["ebs"]["encrypted"], disk["ebs"]["kmsKeyId"]) == ("true", "arn:aws:mock:::main-key")
    devices = [disk["deviceName"] for disk in whole.named("main-template-batch").inputs["blockDeviceMappings"]]
    assert devices == ["/dev/xvda", "/dev/xvdb"]


def test_a_group_is_made_as_it_is_asked_for(whole):
    group = whole.named("main-nodes-batch").inputs
    assert (group["amiType"], group["capacityType"], group["instanceTypes"]) == (
        *("BOTTLEROCKET_ARM_64", "SPOT", ["m7g.large"]),
    )
    assert group["taints"] == [{"key": "dedicated", "value": "batch", "effect": "NO_SCHEDULE"}]
    assert group["labels"] == {"purpose": "batch"}
    assert (group["version"], group["releaseVersion"]) == ("1.35", "1.35.0-20260120")
    assert group["subnetIds"] == ["subnet-private-1", "subnet-private-2"]
    assert "releaseVersion" not in whole.named("main-nodes-system").inputs
    assert "remoteAccess" not in group


def test_parts_are_made_in_the_order_of_an_upgrade(whole):
    early = {"main-addon-vpc-cni", "main-addon-kube-proxy", "main-addon-eks-pod-identity-agent"}
    assert early <= waits_for(whole, "main-nodes-system")
    assert {"main-node-policy-worker", "main-node-policy-images"} <= waits_for(whole, "main-nodes-system")
    late = {"main-addon-coredns", "main-addon-aws-ebs-csi-driver", "main-addon-metrics-server"}
    for name in late:
        assert "main-nodes-system" in waits_for(whole, name)
    assert early | late <= waits_for(whole, "main-nodes-batch")


def test_addons_call_aws_with_roles_of_their_own(whole):
    (association,) = whole.named("main-addon-vpc-cni").inputs["podIdentityAssociations"]
    assert association == {"roleArn": "arn:aws:mock:::main-addon-role-vpc-cni", "serviceAccount": "aws-node"}
    (trust,) = policy(whole.named("main-addon-role-vpc-cni").inputs["assumeRolePolicy"])
    assert trust["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert trust["Condition"]["StringEquals"] == {
        "aws:SourceAccount": ACCOUNT_ID,
        "aws:RequestTag/eks-cluster-name": "main-prod",
        "aws:RequestTag/kubernetes-namespace": "kube-system",
        "aws:RequestTag/kubernetes-service-account": "aws-node",
    }
    attached = whole.named("main-addon-policy-vpc-cni").inputs
    assert attached["policyArn"] == "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"
    on_nodes = {
        item.inputs["policyArn"].rpartition("/")[2]
        for item in whole.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
        if item.inputs["role"] == "main-node-role"
    }
    assert on_nodes == {"AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"}


def test_network_policies_are_enforced_and_given_configurations_win(whole):
    assert json.loads(whole.named("main-addon-vpc-cni").inputs["configurationValues"]) == {
        "enableNetworkPolicy": "true"
    }
    assert whole.named("main-addon-metrics-server").inputs["configurationValues"] == "{}"
    assert "configurationValues" not in whole.named("main-addon-coredns").inputs


def test_access_is_granted_by_name(whole):
    admins = whole.named("main-access-policy-admins")
    assert admins.inputs["accessScope"] == {"type": "cluster"}
    assert admins.inputs["policyArn"] == "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
    assert "main-access-admins" in waits_for(whole, "main-access-policy-admins")
    readers = whole.named("main-access-policy-readers").inputs
    assert readers["accessScope"] == {"type": "namespace", "namespaces": ["apps"]}
    assert whole.named("main-access-bound").inputs["kubernetesGroups"] == ["auditors"]
    assert len(whole.of_type("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")) == 2


def test_pods_get_a_role_of_their_own_or_the_given_one(whole):
    own = whole.named("main-identity-app").inputs
    assert (own["namespace"], own["serviceAccount"]) == ("apps", "app")
    assert own["roleArn"] == "arn:aws:mock:::main-pod-role-app"
    assert whole.named("main-pod-policy-app").inputs["policy"] == DOCUMENT
    assert whole.named("main-identity-given").inputs["roleArn"] == "arn:given"
    outputs = whole.outputs[whole.named("main").urn]
    assert outputs["pod_role_arns"] == {"app": "arn:aws:mock:::main-pod-role-app", "given": "arn:given"}


def test_no_policy_lets_everything_be_done(whole):
    assert not whole.of_type("aws:iam/rolePolicy:RolePolicy")
    attached = {item.inputs["policyArn"] for item in whole.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment")}
    assert not any("Admin" in arn or "FullAccess" in arn for arn in attached)


def test_the_kubeconfig_is_a_secret_without_a_credential(whole):
    outputs = whole.outputs[whole.named("main").urn]
    hidden = outputs["kubeconfig"]
    text = hidden["value"] if isinstance(hidden, dict) else hidden
    config = json.loads(text)
    (user,) = config["users"]
    assert user["user"] == {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "command": "aws",
            "args": [*("--region", "eu-west-1", "eks", "get-token"), "--cluster-name", "main-prod", "--output", "json"],
        }
    }
    assert made(result=lambda cluster: pulumi.Output.from_input(cluster.kubeconfig.is_secret())).result is True


def test_a_provider_is_made_only_when_it_is_asked_for():
    assert not made().of_type("pulumi:providers:kubernetes")
    recorded = made(result=lambda cluster: (cluster.provider.urn, cluster.provider is cluster.provider)[0])
    (provider,) = recorded.of_type("pulumi:providers:kubernetes")
    assert (provider.name, provider.parent.rsplit("::", 1)[-1]) == ("main-provider", "main")
    assert {"main-access-policy-admins", "main-addon-coredns"} <= waits_for(recorded, "main-provider")


def test_costs_and_evidence_name_what_is_there(whole):
    children = {item.name for item in whole.registrations}
    outputs = whole.outputs[whole.named("main").urn]
    assert {item["child"] for item in outputs["evidence"]} <= children
    quantities = {driver["item"]: driver["quantity"] for driver in outputs["cost_drivers"]}
    assert quantities["aws:eks-cluster-hours"] == 730
    assert quantities["aws:ec2-hours/m7i.large"] == quantities["aws:ec2-spot-hours/m7g.large"] == 2 * 730
    assert quantities["aws:ebs-gp3"] == 4 * 50
    assert quantities["aws:kms-keys"] == 1


def test_other_components_take_the_cluster_by_reference():
    def told(cluster):
        reference = cluster.reference
        batch = reference.group("batch")
        assert reference.group("none") is None
        assert reference.zones == ["euw1-az1", "euw1-az2"]
        assert (batch.labels, batch.zones) == ({"purpose": "batch"}, ["euw1-az1", "euw1-az2"])
        assert [(taint.key, taint.effect.value) for taint in batch.taints] == [("dedicated", "no-schedule")]
        return {name: getattr(reference, name) for name in ("region", "name", "version", "arn", "vpc_id")}

    assert made(result=told, **WHOLE).result == {
        "region": "eu-west-1",
        "name": "main-prod",
        "version": "1.35",
        "arn": "arn:aws:mock:::main-cluster",
        "vpc_id": "vpc-1",
    }


def test_bad_arguments_register_nothing():
    def program():
        with pytest.raises(ArgsError, match="KubernetesCluster 'main': version: is not a minor version"):
            KubernetesCluster("main", cluster_args(version="one"))

    assert record(program).registrations == []
