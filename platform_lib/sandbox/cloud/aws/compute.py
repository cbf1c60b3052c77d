"""EC2 instances and what hangs on them, Lambda functions, auto scaling."""

import re
from collections.abc import Iterable
from typing import Final

from platform_lib.core.values import Properties, plain
from platform_lib.sandbox.cloud.aws.region import zones
from platform_lib.sandbox.cloud.aws.shared import (
    SUBNET,
    TARGET_GROUP,
    ec2,
    error,
    group_of,
    key_of,
    network,
    role_of,
    subnet_of,
)
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules, refuse
from platform_lib.sandbox.protocol import CheckFailure

FUNCTION: Final = ("aws:lambda/function:Function",)
_ARN: Final = "arn:{partition}:ec2:{region}:{account}:"


def _subnet(request: Request) -> Properties:
    row = next((row for row in request.store.by_id(str(request.get("subnetId"))) if row.type in SUBNET), None)
    return plain(row.outputs) if row is not None else {}


def _private_address(request: Request, subnet: Properties) -> str:
    block = network(subnet.get("cidrBlock", ""))
    if block is None:
        return f"172.31.{int(request.hex(2, 'a'), 16)}.{4 + int(request.hex(2, 'b'), 16) % 250}"
    return str(block[4 + int(request.hex(4, "host"), 16) % max(block.num_addresses - 5, 1)])


def _instance_outputs(request: Request) -> Properties:
    old, subnet = request.outputs, _subnet(request)
    address = request.get("privateIp") or old.get("privateIp") or _private_address(request, subnet)
    public = bool(request.get("associatePublicIpAddress", subnet.get("mapPublicIpOnLaunch", False)))
    public_ip = (
        (old.get("publicIp") or f"198.18.{int(request.hex(2, 'p'), 16)}.{int(request.hex(2, 'q'), 16)}")
        if public
        else ""
    )
    domain = "ec2.internal" if request.region == "us-east-1" else f"{request.region}.compute.internal"
    return {
        "instanceState": "running",
        "privateIp": address,
        "privateDns": f"ip-{address.replace('.', '-')}.{domain}",
        "publicIp": public_ip,
        "publicDns": f"ec2-{public_ip.replace('.', '-')}.{request.region}.compute.amazonaws.com" if public_ip else "",
        "primaryNetworkInterfaceId": old.get("primaryNetworkInterfaceId") or f"eni-0{request.hex(16, 'eni')}",
        "availabilityZone": request.get("availabilityZone")
        or subnet.get("availabilityZone")
        or old.get("availabilityZone")
        or next(iter(zones(request.region)), (f"{request.region}a", ""))[0],
        "tenancy": request.get("tenancy", "default"),
        "subnetId": request.get("subnetId", ""),
        "instanceType": request.get("instanceType", "m1.small"),
        "ami": request.get("ami", ""),
        "keyName": request.get("keyName", ""),
        "vpcSecurityGroupIds": request.get("vpcSecurityGroupIds", []),
        "ebsBlockDevices": request.get("ebsBlockDevices", []),
        "ephemeralBlockDevices": request.get("ephemeralBlockDevices", []),
        "ipv6Addresses": request.get("ipv6Addresses", []),
        "instanceLifecycle": "",
        "outpostArn": "",
        "passwordData": "",
        "spotInstanceRequestId": "",
        "metadataOptions": request.get("metadataOptions")
        or {
            "httpEndpoint": "enabled",
            "httpProtocolIpv6": "disabled",
            "httpPutResponseHopLimit": 2,
            "httpTokens": "required",
            "instanceMetadataTags": "disabled",
        },
        "rootBlockDevice": {
            "deviceName": "/dev/xvda",
            "deleteOnTermination": True,
            "encrypted": False,
            "iops": 3000,
            "throughput": 125,
            "volumeSize": 8,
            "volumeType": "gp3",
            "volumeId": f"vol-0{request.hex(16, 'root')}",
            "kmsKeyId": "",
            "tagsAll": {},
            **(request.get("rootBlockDevice") or {}),
        },
    }


def _template_outputs(request: Request) -> Properties:
    """Every change is a new version, which is the default one only where that is asked for."""
    latest = 1 + int(request.old.outputs.get("latestVersion", 0)) if request.old is not None else 1
    default = request.get("defaultVersion") or request.outputs.get("defaultVersion") or 1
    return {"latestVersion": latest, "defaultVersion": latest if request.get("updateDefaultVersion") else default}


def _deleting_instance(request: Request) -> None:
    if plain(request.inputs.get("disableApiTermination")) is True:
        text = (
            f"The instance '{request.id}' may not be terminated. Modify its 'disableApiTermination' instance "
            f"attribute and try again."
        )
        raise refuse(ec2("TerminateInstances", "OperationNotPermitted", text))


def _invoke_arn(request: Request) -> str:
    """How API Gateway names a function, with room for its ARN."""
    return (
        f"arn:{request.session.partition}:apigateway:{request.region}:lambda:path/2015-03-31/functions/{{}}/invocations"
    )


def _function_outputs(request: Request) -> Properties:
    arn = request.arn("lambda", f"function:{request.id}")
    old = request.outputs.get("version", "$LATEST")
    number = (int(old) + 1 if str(old).isdigit() and request.old is not None else 1) if request.get("publish") else 0
    version = str(number) if number else "$LATEST"
    invoke = _invoke_arn(request)
    code = request.get("code") or request.get("s3Key") or request.get("imageUri") or ""
    return {
        "arn": arn,
        "qualifiedArn": f"{arn}:{version}",
        "version": version,
        "invokeArn": invoke.format(arn),
        "qualifiedInvokeArn": invoke.format(f"{arn}:{version}"),
        "lastModified": request.stamp.replace("Z", ".000+0000"),
        "sourceCodeSize": 262,
        "codeSha256": request.get("sourceCodeHash") or getattr(code, "hash", "") or request.hex(44, "code"),
        "sourceCodeHash": request.get("sourceCodeHash", ""),
        "signingJobArn": "",
        "signingProfileVersionArn": "",
        "architectures": request.get("architectures", ["x86_64"]),
        "ephemeralStorage": request.get("ephemeralStorage", {"size": 512}),
        "tracingConfig": request.get("tracingConfig", {"mode": "PassThrough"}),
        "loggingConfig": request.get("loggingConfig", {"logFormat": "Text", "logGroup": f"/aws/lambda/{request.id}"}),
    }


def _check_function(inputs: Properties) -> Iterable[CheckFailure]:
    kind = inputs.get("packageType", "Zip")
    given = [key for key in ("code", "s3Bucket", "imageUri") if inputs.get(key) is not None]
    if len(given) != 1:
        yield CheckFailure("code", f"exactly one of code, s3Bucket, imageUri is needed, got {len(given)}")
    if kind == "Zip" and "imageUri" not in given:
        for key in ("handler", "runtime"):
            if inputs.get(key) is None:
                yield CheckFailure(key, f"{key} is needed when packageType is Zip")
    for key, low, high in (("memorySize", 128, 10240), ("timeout", 1, 900)):
        value = inputs.get(key)
        if isinstance(value, int) and not low <= value <= high:
            yield CheckFailure(key, f"expected {key} to be in the range ({low} - {high}), got {value}")


def _check_volume(inputs: Properties) -> Iterable[CheckFailure]:
    if inputs.get("size") is None and inputs.get("snapshotId") is None:
        yield CheckFailure("size", "one of size, snapshotId is needed")


def _admit_volume(request: Request) -> None:
    names = [name for name, _ in zones(request.region)]
    if request.get("availabilityZone") not in names:
        raise refuse(
            ec2("CreateVolume", "InvalidZone.NotFound", f"The zone '{request.get('availabilityZone')}' does not exist.")
        )


def _permission_key(request: Request) -> str:
    statement = request.get("statementId") or request.digits(26)
    return f"lambda:permission:{request.account}:{request.region}:{request.get('function')}:{statement}"


def _key_outputs(request: Request) -> Properties:
    pairs = ":".join(re.findall("..", request.hex(32, "fingerprint")))
    return {
        "keyPairId": request.outputs.get("keyPairId") or f"key-0{request.hex(16, 'key')}",
        "fingerprint": pairs,
        "keyType": "rsa",
        "keyNamePrefix": request.get("keyNamePrefix", ""),
    }


_FUNCTION: Final = Reference(
    "function",
    FUNCTION,
    error("Lambda", "AddPermission", "ResourceNotFoundException", "Function not found: {value}"),
)
_INSTANCE: Final = Reference(
    "instanceId",
    ("aws:ec2/instance:Instance",),
    ec2("AttachVolume", "InvalidInstanceID.NotFound", "The instance ID '{value}' does not exist"),
)
_TEMPLATE: Final = ("aws:ec2/launchTemplate:LaunchTemplate",)

RULES: Final[dict[str, TypeRules]] = {
    "aws:ec2/instance:Instance": TypeRules(
        source="EC2 API reference, RunInstances and TerminateInstances",
        input_defaults={"getPasswordData": False, "sourceDestCheck": True},
        references=(
            subnet_of("RunInstances", "subnetId"),
            group_of("RunInstances", "vpcSecurityGroupIds[*]"),
            Reference(
                "keyName",
                ("aws:ec2/keyPair:KeyPair",),
                ec2("RunInstances", "InvalidKeyPair.NotFound", "The key pair '{value}' does not exist"),
            ),
            Reference(
                "iamInstanceProfile",
                ("aws:iam/instanceProfile:InstanceProfile",),
                ec2(
                    "RunInstances",
                    "InvalidParameterValue",
                    "Value ({value}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance "
                    "Profile name",
                ),
            ),
        ),
        computed=("rootBlockDevice.volumeId",),
        id="i-0{hex16}",
        arn=_ARN + "instance/{id}",
        compute=_instance_outputs,
        deleting=_deleting_instance,
        equal=frozenset({"vpcSecurityGroupIds", "securityGroups"}),
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": TypeRules(
        id="lt-0{hex16}",
        arn=_ARN + "launch-template/{id}",
        unique="lt:{account}:{region}:{name}",
        exists=ec2(
            "CreateLaunchTemplate",
            "InvalidLaunchTemplateName.AlreadyExistsException",
            "Launch template name already in use.",
        ),
        source="EC2 API reference, CreateLaunchTemplateVersion; provider, resource aws_launch_template",
        renewed=("latestVersion",),
        compute=_template_outputs,
    ),
    "aws:ec2/keyPair:KeyPair": TypeRules(
        id="{keyName}",
        arn=_ARN + "key-pair/{id}",
        compute=_key_outputs,
        exists=ec2("ImportKeyPair", "InvalidKeyPair.Duplicate", "The keypair '{keyName}' already exists."),
    ),
    "aws:ec2/networkInterface:NetworkInterface": TypeRules(
        references=(
            subnet_of("CreateNetworkInterface", "subnetId"),
            group_of("CreateNetworkInterface", "securityGroups[*]"),
        ),
        id="eni-0{hex16}",
        arn=_ARN + "network-interface/{id}",
        compute=lambda request: {
            "privateIp": request.get("privateIp")
            or request.outputs.get("privateIp")
            or _private_address(request, _subnet(request)),
            "ownerId": request.account,
        },
    ),
    "aws:ebs/volume:Volume": TypeRules(
        source="EC2 API reference, CreateVolume",
        references=(key_of("EC2", "CreateVolume", "kmsKeyId"),),
        id="vol-0{hex16}",
        arn=_ARN + "volume/{id}",
        check=_check_volume,
        admit=_admit_volume,
        defaults={
            "createTime": "{stamp}",
            "encrypted": False,
            "type": "gp2",
            "throughput": 0,
            "iops": 100,
            "snapshotId": "",
            "kmsKeyId": "",
        },
    ),
    "aws:ec2/volumeAttachment:VolumeAttachment": TypeRules(
        references=(
            _INSTANCE,
            Reference(
                "volumeId",
                ("aws:ebs/volume:Volume",),
                ec2("AttachVolume", "InvalidVolume.NotFound", "The volume '{value}' does not exist."),
                ec2("DeleteVolume", "VolumeInUse", "Volume {id} is currently attached"),
            ),
        ),
        id="vai-{hex10}",
    ),
    "aws:lambda/function:Function": TypeRules(
        source="Lambda API reference, CreateFunction; quotas",
        input_defaults={
            "memorySize": 128,
            "packageType": "Zip",
            "publish": False,
            "reservedConcurrentExecutions": -1,
            "skipDestroy": False,
            "timeout": 3,
        },
        references=(
            role_of("Lambda", "CreateFunction", "role"),
            subnet_of("CreateFunction", "vpcConfig.subnetIds[*]", service="Lambda"),
            group_of("CreateFunction", "vpcConfig.securityGroupIds[*]", service="Lambda"),
            key_of("Lambda", "CreateFunction", "kmsKeyArn"),
        ),
        renewed=lambda request: ("version", "qualifiedArn", "qualifiedInvokeArn") if request.get("publish") else (),
        id="{name}",
        check=_check_function,
        compute=_function_outputs,
        exists=error("Lambda", "CreateFunction", "ResourceConflictException", "Function already exist: {name}"),
    ),
    "aws:lambda/permission:Permission": TypeRules(
        references=(_FUNCTION,),
        id=lambda request: str(
            request.get("statementId") or f"{request.get('statementIdPrefix', 'terraform-')}{request.digits(26)}"
        ),
        unique=_permission_key,
        exists=error(
            "Lambda",
            "AddPermission",
            "ResourceConflictException",
            "The statement id ({statementId}) provided already exists. Please provide a new statement id, or "
            "remove the existing statement.",
        ),
        compute=lambda request: {"statementId": request.id},
        defaults={"statementIdPrefix": ""},
    ),
    "aws:lambda/alias:Alias": TypeRules(
        references=(
            Reference(
                "functionName",
                FUNCTION,
                error("Lambda", "CreateAlias", "ResourceNotFoundException", "Function not found: {value}"),
            ),
        ),
        id=lambda request: request.arn(
            "lambda", f"function:{str(request.get('functionName')).rpartition(':')[2]}:{request.get('name')}"
        ),
        compute=lambda request: {"arn": request.id, "invokeArn": _invoke_arn(request).format(request.id)},
    ),
    "aws:lambda/eventSourceMapping:EventSourceMapping": TypeRules(
        references=(
            Reference(
                "functionName",
                FUNCTION,
                error("Lambda", "CreateEventSourceMapping", "ResourceNotFoundException", "Function not found: {value}"),
            ),
        ),
        input_defaults={"enabled": True},
        id="{uuid}",
        arn="arn:{partition}:lambda:{region}:{account}:event-source-mapping:{id}",
        compute=lambda request: {
            "uuid": request.id,
            "state": "Enabled",
            "functionArn": request.get("functionName"),
            "stateTransitionReason": "USER_INITIATED",
            "lastModified": request.stamp,
            "lastProcessingResult": "",
        },
    ),
    "aws:autoscaling/group:Group": TypeRules(
        input_defaults={
            "forceDelete": False,
            "forceDeleteWarmPool": False,
            "ignoreFailedScalingActivities": False,
            "metricsGranularity": "1Minute",
            "protectFromScaleIn": False,
            "waitForCapacityTimeout": "10m",
        },
        references=(
            Reference(
                "vpcZoneIdentifiers[*]",
                SUBNET,
                error(
                    "Auto Scaling",
                    "CreateAutoScalingGroup",
                    "ValidationError",
                    "The subnet ID '{value}' does not exist",
                ),
                ec2("DeleteSubnet", "DependencyViolation", "The subnet '{id}' has dependencies and cannot be deleted."),
            ),
            Reference(
                "launchTemplate.id",
                _TEMPLATE,
                error(
                    "Auto Scaling",
                    "CreateAutoScalingGroup",
                    "ValidationError",
                    "The specified launch template, with template ID {value}, does not exist.",
                ),
            ),
            Reference(
                "targetGroupArns[*]",
                TARGET_GROUP,
                error(
                    "Auto Scaling",
                    "AttachLoadBalancerTargetGroups",
                    "ValidationError",
                    "Target group {value} not found",
                ),
            ),
        ),
        id="{name}",
        arn="arn:{partition}:autoscaling:{region}:{account}:autoScalingGroup:{uuid}:autoScalingGroupName/{id}",
        exists=error(
            "Auto Scaling",
            "CreateAutoScalingGroup",
            "AlreadyExists",
            "AutoScalingGroup by this name already exists - A group with the name {name} already exists",
        ),
        equal=frozenset({"vpcZoneIdentifiers", "targetGroupArns"}),
    ),
}
