"""The cases of the rules for instances, launch templates and images."""

import base64
from typing import Any

import pytest

from support.policies import PASS, REMOVE, Case, R, Trial, on, resource, trials

TOKENS = {"metadataOptions": {"httpTokens": "required"}}
DISKS: dict[str, Any] = {
    "rootBlockDevice": {"encrypted": True},
    "ebsBlockDevices": [{"deviceName": "/dev/sdb", "encrypted": True}],
}
INSTANCE = resource(
    "aws:ec2/instance:Instance",
    {
        **TOKENS,
        **DISKS,
        "associatePublicIpAddress": False,
        "iamInstanceProfile": "app",
        "subnetId": "subnet-1",
        "monitoring": True,
        "instanceType": "m3.large",
        "ebsOptimized": True,
        "userData": "#!/bin/sh\nsystemctl start app\n",
    },
)
TEMPLATE = resource(
    "aws:ec2/launchTemplate:LaunchTemplate",
    {
        **TOKENS,
        "networkInterfaces": [{"associatePublicIpAddress": "false"}],
        "blockDeviceMappings": [{"deviceName": "/dev/sda1", "ebs": {"encrypted": "true", "kmsKeyId": "k"}}],
    },
)
CONFIGURATION = resource(
    "aws:ec2/launchConfiguration:LaunchConfiguration",
    {**TOKENS, **DISKS, "associatePublicIpAddress": False},
)
SECRET = "export DB_PASSWORD=correct-horse-battery"
SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf"
FETCHES = (
    f"export SECRET_ARN={SECRET_ARN} DB_SECRET_NAME=prod-db\n"
    f"aws secretsmanager get-secret-value --secret-id {SECRET_ARN}"
)
ENCODED = base64.b64encode(SECRET.encode()).decode()
TRUSTED = {"trusted_accounts": ["111122223333"]}


FROM_TEMPLATE: dict[str, Any] = {"launchTemplate": {"id": "lt-1"}}


def tokens(rule: str, good: R, unrelated: Any = ()) -> Case:
    return Case(
        rule,
        good,
        bad={"metadataOptions.httpTokens": "optional"},
        also_good={"metadataOptions.httpTokens": "optional", "metadataOptions.httpEndpoint": "disabled"},
        unrelated=unrelated,
    )


def disks(rule: str, good: R, unrelated: Any = ()) -> Case:
    return Case(
        rule,
        good,
        bad=[{"rootBlockDevice.encrypted": False}, {"ebsBlockDevices[].encrypted": False}],
        also_good={"ebsBlockDevices": REMOVE},
        unrelated=unrelated,
    )


CASES = [
    Case(
        "aws-ec2-snapshot-not-shared-outside-trusted-accounts",
        resource(
            "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission", {"accountId": "111122223333"}
        ),
        bad={"accountId": "999988887777"},
        config=TRUSTED,
    ),
    Case(
        "aws-ec2-ami-not-public",
        resource("aws:ec2/amiLaunchPermission:AmiLaunchPermission", {"imageId": "i", "accountId": "111122223333"}),
        bad=[{"group": "all"}, {"accountId": "999988887777"}],
        also_good={"accountId": REMOVE, "organizationArn": "arn:aws:organizations::1:organization/o-1"},
        guards=["accountId"],
        config=TRUSTED,
    ),
    Case(
        "aws-ec2-ami-copy-encrypted",
        resource("aws:ec2/amiCopy:AmiCopy", {"sourceAmiId": "i", "encrypted": True}),
        bad={"encrypted": False},
    ),
    tokens("aws-ec2-instance-imdsv2-required", INSTANCE, {"metadataOptions": REMOVE, **FROM_TEMPLATE}),
    tokens("aws-ec2-launch-template-imdsv2-required", TEMPLATE),
    tokens("aws-ec2-launch-configuration-imdsv2-required", CONFIGURATION),
    Case("aws-ec2-instance-no-public-ip", INSTANCE, bad={"associatePublicIpAddress": True}),
    Case(
        "aws-ec2-launch-template-no-public-ip",
        TEMPLATE,
        bad={"networkInterfaces[].associatePublicIpAddress": "true"},
    ),
    Case("aws-ec2-launch-configuration-no-public-ip", CONFIGURATION, bad={"associatePublicIpAddress": True}),
    disks("aws-ec2-instance-block-devices-encrypted", INSTANCE, {**dict.fromkeys(DISKS, REMOVE), **FROM_TEMPLATE}),
    disks("aws-ec2-launch-configuration-block-devices-encrypted", CONFIGURATION),
    Case(
        "aws-ec2-launch-template-block-devices-encrypted",
        TEMPLATE,
        bad={"blockDeviceMappings[].ebs.encrypted": "false"},
        also_good={
            "blockDeviceMappings": [
                {"ebs": {"encrypted": "true"}},
                {"deviceName": "/dev/sdc", "virtualName": "ephemeral0"},
            ]
        },
    ),
    Case(
        "aws-ec2-instance-profile-attached",
        INSTANCE,
        bad={"iamInstanceProfile": ""},
        unrelated={"iamInstanceProfile": REMOVE, **FROM_TEMPLATE},
        unknown={"iamInstanceProfile": PASS},
    ),
    Case(
        "aws-ec2-instance-in-vpc-subnet",
        INSTANCE,
        bad={"subnetId": ""},
        also_good={"subnetId": REMOVE, "networkInterfaces": [{"networkInterfaceId": "eni-1"}]},
        unrelated={"subnetId": REMOVE, **FROM_TEMPLATE},
        unknown={"subnetId": PASS},
    ),
    Case("aws-ec2-instance-detailed-monitoring", INSTANCE, bad={"monitoring": False}),
    Case(
        "aws-ec2-instance-ebs-optimized",
        INSTANCE,
        bad={"ebsOptimized": False},
        unrelated={"instanceType": "m7i.large", "ebsOptimized": False},
    ),
    Case(
        "aws-ec2-user-data-no-secrets",
        [INSTANCE, R("template", TEMPLATE.type, TEMPLATE.properties)],
        bad=[
            {"userData": SECRET},
            {"userData": f"{FETCHES} --cli-token password=correct-horse-battery"},
            {"userData": "-----BEGIN RSA PRIVATE KEY-----"},
            {"userData": REMOVE, "userDataBase64": ENCODED},
            on("template", {"userData": ENCODED}),
        ],
        also_good=[{"userData": FETCHES}, {"userDataBase64": base64.b64encode(FETCHES.encode()).decode()}],
        guards=["userData", "userDataBase64"],
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
