"""Well-known types of the five packages, against what their documentation and their providers say."""

import pytest

from platform_lib.sandbox import schema
from platform_lib.sandbox.schema.model import ResourceSchema

FACTS = {
    # token: (required inputs, some optional inputs with their type, inputs that certainly replace, some outputs)
    "aws:s3/bucket:Bucket": (
        (),
        {"forceDestroy": "boolean", "tags": "map of string"},
        {"bucket", "region", "objectLockEnabled"},
        {"arn", "bucketDomainName"},
    ),
    "aws:ec2/vpc:Vpc": (
        (),
        {"cidrBlock": "string", "enableDnsHostnames": "boolean"},
        {"cidrBlock", "instanceTenancy", "region"},
        {"arn", "mainRouteTableId"},
    ),
    "aws:ec2/subnet:Subnet": (
        ("vpcId",),
        {"mapPublicIpOnLaunch": "boolean"},
        {"vpcId", "cidrBlock", "availabilityZone"},
        {"arn", "ownerId"},
    ),
    "aws:ec2/securityGroup:SecurityGroup": (
        (),
        {"ingress": "list of SecurityGroupIngress"},
        {"description", "name", "vpcId"},
        {"ownerId"},
    ),
    "aws:rds/instance:Instance": (
        ("instanceClass",),
        {"allocatedStorage": "integer", "multiAz": "boolean"},
        {"engine", "kmsKeyId", "storageEncrypted", "username"},
        {"endpoint", "address"},
    ),
    "aws:iam/role:Role": (
        ("assumeRolePolicy",),
        {"maxSessionDuration": "integer", "path": "string"},
        {"name", "path"},
        {"uniqueId"},
    ),
    "aws:kms/key:Key": (
        (),
        {"deletionWindowInDays": "integer", "enableKeyRotation": "boolean"},
        {"keyUsage", "multiRegion"},
        {"keyId", "arn"},
    ),
    "aws:lambda/function:Function": (
        ("role",),
        {"code": "asset", "memorySize": "integer"},
        {"name", "packageType"},
        {"invokeArn", "version"},
    ),
    "aws:dynamodb/table:Table": (
        (),
        {"attributes": "list of TableAttribute"},
        {"hashKey", "rangeKey", "name"},
        {"streamArn"},
    ),
    "aws:eks/cluster:Cluster": (
        ("roleArn", "vpcConfig"),
        {"version": "string"},
        {"name", "roleArn"},
        {"endpoint", "certificateAuthority"},
    ),
    "aws:lb/targetGroup:TargetGroup": (
        (),
        {"port": "integer"},
        {"port", "protocol", "vpcId", "targetType"},
        {"arnSuffix"},
    ),
    "azure-native:resources:ResourceGroup": (
        (),
        {"location": "string"},
        {"location", "resourceGroupName"},
        {"name", "type"},
    ),
    "azure-native:storage:StorageAccount": (
        ("kind", "resourceGroupName", "sku"),
        {"enableHttpsTrafficOnly": "boolean"},
        {"accountName", "location", "resourceGroupName"},
        {"primaryEndpoints"},
    ),
    "azure-native:network:VirtualNetwork": (
        ("resourceGroupName",),
        {"addressSpace": "AddressSpace"},
        {"virtualNetworkName", "location"},
        {"provisioningState"},
    ),
    "azure-native:network:Subnet": (
        ("resourceGroupName", "virtualNetworkName"),
        {"addressPrefix": "string"},
        {"subnetName", "virtualNetworkName"},
        {"name"},
    ),
    "azure-native:keyvault:Vault": (
        ("properties", "resourceGroupName"),
        {"vaultName": "string"},
        {"vaultName", "location"},
        {"name"},
    ),
    "azure-native:containerservice:ManagedCluster": (
        ("resourceGroupName",),
        {"dnsPrefix": "string"},
        {"dnsPrefix", "location"},
        {"fqdn"},
    ),
    "gcp:compute/network:Network": (
        (),
        {"autoCreateSubnetworks": "boolean"},
        {"name", "project", "autoCreateSubnetworks"},
        {"selfLink"},
    ),
    "gcp:storage/bucket:Bucket": (
        ("location",),
        {"uniformBucketLevelAccess": "boolean"},
        {"name", "location"},
        {"url"},
    ),
    "gcp:container/cluster:Cluster": (
        (),
        {"initialNodeCount": "integer"},
        {"datapathProvider", "enableAutopilot"},
        {"endpoint"},
    ),
    "gcp:organizations/project:Project": ((), {"orgId": "string"}, {"projectId"}, {"number"}),
    "kubernetes:apps/v1:Deployment": (
        ("spec",),
        {"metadata": "ObjectMeta"},
        {"metadata.name", "metadata.namespace", "spec.selector"},
        {"status"},
    ),
    "kubernetes:core/v1:Service": ((), {"spec": "ServiceSpec"}, {"metadata.name", "spec.clusterIP"}, {"status"}),
    "kubernetes:core/v1:ConfigMap": (
        (),
        {"data": "map of string", "immutable": "boolean"},
        {"data", "metadata.name"},
        {"metadata"},
    ),
    "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition": (
        ("spec",),
        {"metadata": "ObjectMeta"},
        {"metadata.name"},
        {"status"},
    ),
    "kubernetes:apps/v1:DeploymentList": (("items",), {"metadata": "ListMeta"}, set(), {"items"}),
    "kubernetes:apps/v1:DeploymentPatch": ((), {"spec": "DeploymentSpecPatch"}, {"metadata.name"}, {"spec"}),
    "kubernetes:helm.sh/v3:Release": (
        ("chart",),
        {"values": "map of any", "timeout": "integer"},
        {"name", "namespace"},
        {"status", "manifest"},
    ),
    "vault:index/mount:Mount": (("path", "type"), {"local": "boolean"}, {"type", "local", "namespace"}, {"accessor"}),
    "vault:index/policy:Policy": (("policy",), {"name": "string"}, {"name", "namespace"}, {"policy"}),
    "vault:index/authBackend:AuthBackend": (("type",), {"path": "string"}, {"type", "local"}, {"accessor"}),
}


@pytest.mark.parametrize("token", FACTS)
def test_a_well_known_type_is_read_right(token: str) -> None:
    required, optional, replaces, outputs = FACTS[token]
    known = schema.resource(token)
    assert {name for name, item in known.inputs.items() if item.required} == set(required)
    assert {name: schema.type_text(known.inputs[name].type) for name in optional} == optional
    assert not any(known.inputs[name].required for name in optional)
    assert replaces <= {rule.path for rule in known.replace if rule.certainty == "certain"}
    assert outputs <= set(known.outputs)
    assert known.sources["inputs"].startswith(f"pulumi-{known.package} {known.version} ")


NAMES = {
    "aws:s3/bucket:Bucket": ("bucket", 63, "-", 7, True),
    "aws:iam/role:Role": ("name", 64, "-", 7, False),
    "aws:lb/targetGroup:TargetGroup": ("name", 32, "-", 7, False),
    "aws:rds/instance:Instance": ("identifier", 255, "", 7, False),
    "aws:s3/bucketObjectv2:BucketObjectv2": ("key", 0, "", 0, False),
    "azure-native:storage:StorageAccount": ("accountName", 0, "", 8, False),
    "azure-native:network:Subnet": ("subnetName", 0, "", 0, False),
    "gcp:compute/network:Network": ("name", 63, "-", 7, True),
    "kubernetes:core/v1:Namespace": ("metadata.name", 0, "-", 8, False),
    "kubernetes:helm.sh/v3:Release": ("name", 0, "-", 8, False),
    "vault:index/policy:Policy": ("name", 255, "-", 7, False),
}


@pytest.mark.parametrize("token", NAMES)
def test_the_automatic_name_has_the_form_of_the_provider(token: str) -> None:
    rule = schema.resource(token).autoname
    assert rule is not None
    assert (rule.property, rule.max_length, rule.separator, rule.random_digits, rule.lower) == NAMES[token]
    assert rule.source


@pytest.mark.parametrize(
    "token",
    [
        "aws:ec2/vpc:Vpc",
        "vault:index/mount:Mount",
        "kubernetes:apps/v1:DeploymentList",
        "kubernetes:apps/v1:DeploymentPatch",
    ],
)
def test_types_without_automatic_name_have_none(token: str) -> None:
    assert schema.resource(token).autoname is None


def test_peculiar_automatic_names_say_what_is_peculiar() -> None:
    def rule(token: str) -> tuple[object, ...]:
        found = schema.resource(token).autoname
        assert found is not None
        return found.prefix, found.suffix, found.suffix_if, found.charset

    digits = "0123456789abcdef"
    assert rule("aws:kms/alias:Alias") == ("alias/", "", "", digits)
    assert rule("aws:sqs/queue:Queue") == ("", ".fifo", "fifoQueue", digits)
    assert rule("aws:glue/catalogTable:CatalogTable") == ("", "", "", "abcdefghijklmnopqrstuvwxyz")


def certainty(known: ResourceSchema) -> dict[str, str]:
    return {rule.path: rule.certainty for rule in known.replace}


def test_a_replacement_says_how_sure_it_is() -> None:
    assert certainty(schema.resource("aws:ec2/subnet:Subnet"))["ipv6CidrBlock"] == "conditional"
    assert certainty(schema.resource("aws:amp/workspace:Workspace"))["alias"] == "add-remove"
    inferred = schema.resource("aws:amp/anomalyDetector:AnomalyDetector")
    assert certainty(inferred)["workspaceId"] == "inferred"
    assert "inferred" in inferred.sources["replace"]


def test_another_region_replaces_by_rule_even_where_the_rest_is_inferred() -> None:
    assert certainty(schema.resource("aws:amp/anomalyDetector:AnomalyDetector"))["region"] == "certain"
    assert "region" not in certainty(schema.resource("aws:iam/role:Role"))


def test_what_azure_documents_as_unchangeable_does_not_replace() -> None:
    known = schema.resource("azure-native:storage:StorageAccount")
    assert "immutableStorageWithVersioning" in known.immutable
    assert "immutableStorageWithVersioning" not in certainty(known)


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "always"),
        ("aws:s3/bucket:Bucket", "named"),
        ("aws:ec2/vpc:Vpc", "never"),
        ("azure-native:network:VirtualNetwork", "not-random"),
        ("kubernetes:core/v1:ConfigMap", "same-name"),
        ("kubernetes:helm.sh/v3:Release", "never"),
    ],
)
def test_when_the_old_resource_goes_first(token: str, expected: str) -> None:
    known = schema.resource(token)
    assert known.delete_first == expected
    assert known.delete_before_replace == (expected == "always")


def test_secrets_of_the_sdk_and_of_the_provider_are_known() -> None:
    database = schema.resource("aws:rds/instance:Instance")
    assert database.inputs["password"].secret
    assert database.outputs["password"].secret
    assert not database.inputs["username"].secret
    listener = schema.resource("aws:alb/listener:Listener")
    assert "defaultActions[*].authenticateOidc.clientSecret" in listener.secret_inputs
    assert schema.resource("kubernetes:core/v1:Secret").inputs["stringData"].secret


def test_enums_are_open_or_closed_as_the_sdk_says() -> None:
    kind = schema.resource("azure-native:storage:StorageAccount").inputs
    assert (kind["accessTier"].type.enum_strict, "Hot" in kind["accessTier"].type.enum) == (True, True)
    assert (kind["kind"].type.enum_strict, "StorageV2" in kind["kind"].type.enum) == (False, True)
    instance = schema.resource("aws:rds/instance:Instance").inputs["instanceClass"].type
    assert (instance.kind, instance.enum_strict, "db.t3.micro" in instance.enum) == ("string", False, True)


def test_defaults_constants_and_wire_names_come_from_the_sdk() -> None:
    assert schema.resource("aws:ec2/securityGroup:SecurityGroup").inputs["description"].default == "Managed by Pulumi"
    deployment = schema.resource("kubernetes:apps/v1:Deployment").inputs
    assert (deployment["apiVersion"].default, deployment["kind"].default) == ("apps/v1", "Deployment")
    assert deployment["apiVersion"].python_name == "api_version"
    assert deployment["apiVersion"].type.enum_strict


def test_unions_keep_every_alternative() -> None:
    policy = schema.resource("aws:iam/role:Role").inputs["assumeRolePolicy"].type
    assert schema.type_text(policy) == "string or PolicyDocument"
    port = schema.object("kubernetes", "kubernetes:core/v1:ServicePortArgs").properties["targetPort"].type
    assert schema.type_text(port) == "integer or string"


def test_deprecations_are_told() -> None:
    assert schema.resource("aws:s3/bucketAclV2:BucketAclV2").deprecated
    assert not schema.resource("aws:s3/bucketAcl:BucketAcl").deprecated
    assert schema.resource("aws:s3/bucket:Bucket").inputs["acl"].deprecated


def test_components_are_told_from_resources() -> None:
    chart = schema.resource("kubernetes:helm.sh/v4:Chart")
    assert (chart.is_component, chart.delete_first, chart.autoname) == (True, "never", None)
    assert schema.resource("kubernetes:yaml/v2:ConfigGroup").is_component
    assert schema.resource("kubernetes:yaml:ConfigFile").is_component
    assert not schema.resource("kubernetes:helm.sh/v3:Release").is_component


def test_ids_have_the_form_of_the_documentation() -> None:
    assert schema.resource("aws:ec2/vpc:Vpc").id_examples == ("vpc-a01106c2",)
    assert "projects/{{project}}/global/networks/{{name}}" in schema.resource("gcp:compute/network:Network").id_examples
    assert schema.resource("kubernetes:core/v1:ConfigMap").id_examples == ("<namespace>/<name>", "<name>")
    assert schema.resource("aws:lambda/function:Function").id_property == "name"


def test_look_ups_are_read_with_what_they_require() -> None:
    caller = schema.function("aws:index/getCallerIdentity:getCallerIdentity")
    assert {"accountId", "arn", "userId"} <= set(caller.outputs)
    function = schema.function("aws:lambda/getFunction:getFunction")
    assert [name for name, item in function.inputs.items() if item.required] == ["functionName"]
    keys = schema.function("azure-native:storage:listStorageAccountKeys")
    assert {name for name, item in keys.inputs.items() if item.required} == {"accountName", "resourceGroupName"}
    assert schema.function("kubernetes:yaml:decode").inputs["text"].required
