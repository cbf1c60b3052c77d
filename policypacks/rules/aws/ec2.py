"""EC2 instances, launch templates and images: metadata service, addresses, disks, identity, sharing."""

import base64
import binascii

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_in,
    all_of,
    any_of,
    each,
    fail,
    forbid_in,
    judge,
    require,
    require_equal,
    require_false,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.common.aws_policy import TRUSTED_ACCOUNTS, trusted_accounts
from policypacks.rules.common.credentials import credential_in

OPTIMIZED_ON_REQUEST = ("c1", "c3", "g2", "i2", "m1", "m2", "m3", "r3")
"""Families that take ebsOptimized; newer ones always are, others never:
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ebs-optimized.html"""


def _trusted(permission: Resource) -> Verdict:
    trusted = trusted_accounts(permission)
    return require(
        permission,
        "accountId",
        test=lambda account: str(account) in trusted,
        problem="is not an account of the setting trusted_accounts",
        remedy="share with a trusted account, or add it to the setting",
    )


@rule("aws-ec2-snapshot-not-shared-outside-trusted-accounts", config=TRUSTED_ACCOUNTS)
def snapshot_not_shared(permission: Resource) -> Verdict:
    """Snapshots are shared with accounts that are known, and no others.

    A snapshot is a whole disk: whoever may make a volume of it reads everything on it.
    """
    return _trusted(permission)


@rule("aws-ec2-ami-not-public", config=TRUSTED_ACCOUNTS)
def image_not_public(permission: Resource) -> Verdict:
    """Machine images are shared with accounts that are known, and not with everyone.

    An image holds whatever was on the disk: code, configuration, sometimes keys.
    """
    if permission.present("organizationArn") or permission.present("organizationalUnitArn"):
        return PASS
    shared = forbid_in(permission, "group", ("all",), absent=PASS)
    return all_of(shared, NOT_APPLICABLE if permission.present("group") else _trusted(permission))


@rule("aws-ec2-ami-copy-encrypted")
def image_copy_encrypted(copy: Resource) -> Verdict:
    """Copies of machine images are encrypted.

    A copy does not keep the encryption of its source unless it asks for it.
    """
    return require_true(copy, "encrypted")


def _left_to_template(instance: Resource, *paths: str) -> bool:
    """Whether the launch template of an instance decides: the rules for templates judge it there."""
    return instance.present("launchTemplate") and not any(instance.present(path) for path in paths)


def _tokens_required(subject: Resource) -> Verdict:
    return any_of(
        require_equal(subject, "metadataOptions.httpTokens", "required"),
        require_equal(subject, "metadataOptions.httpEndpoint", "disabled", absent=NOT_APPLICABLE),
    )


@rule("aws-ec2-instance-imdsv2-required")
def instance_imdsv2(instance: Resource) -> Verdict:
    """Instances ask for a session token before they tell metadata (IMDSv2).

    Without it a server that can be made to fetch an address hands out its role's credentials.
    """
    if _left_to_template(instance, "metadataOptions"):
        return NOT_APPLICABLE
    return _tokens_required(instance)


@rule("aws-ec2-launch-template-imdsv2-required")
def template_imdsv2(template: Resource) -> Verdict:
    """Launch templates make instances that ask for a session token (IMDSv2).

    Without it a server that can be made to fetch an address hands out its role's credentials.
    """
    return _tokens_required(template)


@rule("aws-ec2-launch-configuration-imdsv2-required")
def configuration_imdsv2(configuration: Resource) -> Verdict:
    """Launch configurations make instances that ask for a session token (IMDSv2).

    Without it a server that can be made to fetch an address hands out its role's credentials.
    """
    return _tokens_required(configuration)


@rule("aws-ec2-instance-no-public-ip")
def instance_no_public_ip(instance: Resource) -> Verdict:
    """Instances have no public address.

    They are reached through a load balancer or Session Manager, and leave by NAT.
    """
    return require_false(instance, "associatePublicIpAddress")


@rule("aws-ec2-launch-template-no-public-ip")
def template_no_public_ip(template: Resource) -> Verdict:
    """Launch templates give no public address.

    Instances are reached through a load balancer or Session Manager, and leave by NAT.
    """
    return require_false(template, "networkInterfaces[].associatePublicIpAddress")


@rule("aws-ec2-launch-configuration-no-public-ip")
def configuration_no_public_ip(configuration: Resource) -> Verdict:
    """Launch configurations give no public address.

    When the setting is left out the subnet decides, and public subnets say yes.
    """
    return require_false(configuration, "associatePublicIpAddress")


def _disks_encrypted(subject: Resource) -> Verdict:
    def check(device: Node) -> Verdict:
        if device.present("noDevice") or device.present("virtualName"):
            return NOT_APPLICABLE
        return require_true(device, "encrypted")

    return all_of(
        require_true(subject, "rootBlockDevice.encrypted"), each(subject, "ebsBlockDevices", check, absent=PASS)
    )


@rule("aws-ec2-instance-block-devices-encrypted")
def instance_disks_encrypted(instance: Resource) -> Verdict:
    """All disks of instances are encrypted.

    Unencrypted disks are read from a snapshot by whoever gets it.
    """
    if _left_to_template(instance, "rootBlockDevice", "ebsBlockDevices"):
        return NOT_APPLICABLE
    return _disks_encrypted(instance)


@rule("aws-ec2-launch-configuration-block-devices-encrypted")
def configuration_disks_encrypted(configuration: Resource) -> Verdict:
    """All disks that launch configurations make are encrypted.

    Unencrypted disks are read from a snapshot by whoever gets it.
    """
    return _disks_encrypted(configuration)


@rule("aws-ec2-launch-template-block-devices-encrypted")
def template_disks_encrypted(template: Resource) -> Verdict:
    """All disks that launch templates make are encrypted.

    Unencrypted disks are read from a snapshot by whoever gets it.
    """

    def check(mapping: Node) -> Verdict:
        if mapping.present("noDevice") or mapping.present("virtualName"):
            return NOT_APPLICABLE
        return require_true(mapping, "ebs.encrypted")

    return each(template, "blockDeviceMappings", check)


@rule("aws-ec2-instance-profile-attached")
def instance_profile(instance: Resource) -> Verdict:
    """Instances have a role.

    Software on an instance without one brings keys of its own, which stay valid wherever they are copied.
    """
    if _left_to_template(instance, "iamInstanceProfile"):
        return NOT_APPLICABLE
    return require_set(instance, "iamInstanceProfile")


@rule("aws-ec2-instance-in-vpc-subnet")
def instance_in_subnet(instance: Resource) -> Verdict:
    """Instances name their subnet.

    Without one they come up in the default VPC, whose subnets are public.
    """
    if instance.present("networkInterfaces") or instance.present("primaryNetworkInterface"):
        return PASS
    if _left_to_template(instance, "subnetId"):
        return NOT_APPLICABLE
    return require_set(instance, "subnetId")


@rule("aws-ec2-instance-detailed-monitoring")
def detailed_monitoring(instance: Resource) -> Verdict:
    """Instances are measured every minute.

    Basic monitoring tells every five minutes; an alarm comes as late.
    """
    return require_true(instance, "monitoring")


@rule("aws-ec2-instance-ebs-optimized")
def ebs_optimized(instance: Resource) -> Verdict:
    """Instances of the families that do not do so by themselves have bandwidth of their own to their volumes.

    Otherwise traffic of the network slows the disks down.
    """
    if str(instance.get("instanceType", "")).partition(".")[0] not in OPTIMIZED_ON_REQUEST:
        return NOT_APPLICABLE
    return require_true(instance, "ebsOptimized")


@rule("aws-ec2-user-data-no-secrets")
def user_data_no_secrets(subject: Resource) -> Verdict:
    """User data holds no credential.

    Every process on the instance, and everyone who may describe it, reads user data.
    """

    def check(leaf: Node) -> Verdict:
        text = str(leaf.read() or "")
        found = credential_in(text) or credential_in(_decoded(text))
        if found is None:
            return PASS
        return fail(leaf.path, f"holds what looks like {found}", "read it from Secrets Manager at start")

    return all_in(judge(check, subject.at(path)) for path in ("userData", "userDataBase64"))


def _decoded(text: str) -> str:
    """The text behind base64, empty where it is none."""
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
