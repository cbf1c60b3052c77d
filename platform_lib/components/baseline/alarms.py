"""The events of a trail that somebody should hear of. Data: name, what it means, and the pattern that finds it.

Source: the controls CloudWatch.1 to CloudWatch.14 of AWS Security Hub, after chapter 4 of the CIS AWS Foundations
    Benchmark 1.4.0
(https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html), and 4.15 of that benchmark.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class TrailAlarm:
    """One kind of event: its name, what it means, and the filter pattern that finds it in the trail's log group."""

    name: str
    meaning: str
    pattern: str


def _events(names: Sequence[str], source: str = "") -> str:
    """The pattern for any of some API calls, of one service if given."""
    calls = " || ".join(f"($.eventName = {name})" for name in names)
    return f"{{ ($.eventSource = {source}) && ({calls}) }}" if source else f"{{ {calls} }}"


TRAIL_ALARMS: Final = (
    TrailAlarm(
        "root-use",
        "the root user did something",
        '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }',
    ),
    TrailAlarm(
        "unauthorized-calls",
        "API calls were refused for lack of permission",
        '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }',
    ),
    TrailAlarm(
        "sign-in-without-mfa",
        "a user signed in to the console without a second factor",
        '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") '
        '&& ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }',
    ),
    TrailAlarm(
        "failed-sign-ins",
        "sign-ins to the console failed",
        '{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }',
    ),
    TrailAlarm(
        "iam-policy-changes",
        "policies were made, changed, attached or removed",
        _events(
            [
                *("DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy"),
                *("PutGroupPolicy", "PutRolePolicy", "PutUserPolicy"),
                *("CreatePolicy", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion"),
                *("AttachRolePolicy", "DetachRolePolicy", "AttachUserPolicy", "DetachUserPolicy"),
                *("AttachGroupPolicy", "DetachGroupPolicy"),
            ],
            "iam.amazonaws.com",
        ),
    ),
    TrailAlarm(
        "trail-changes",
        "the trail was changed or stopped",
        _events(["CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"]),
    ),
    TrailAlarm(
        "key-deletions",
        "a key was disabled or is to be deleted",
        _events(["DisableKey", "ScheduleKeyDeletion"], "kms.amazonaws.com"),
    ),
    TrailAlarm(
        "bucket-policy-changes",
        "access, lifecycle or replication of a bucket was changed",
        _events(
            [
                *("PutBucketAcl", "PutBucketPolicy", "PutBucketCors", "PutBucketLifecycle", "PutBucketReplication"),
                *("DeleteBucketPolicy", "DeleteBucketCors", "DeleteBucketLifecycle", "DeleteBucketReplication"),
            ],
            "s3.amazonaws.com",
        ),
    ),
    TrailAlarm(
        "recorder-changes",
        "recording of configurations was changed or stopped",
        _events(
            [
                *("StopConfigurationRecorder", "DeleteDeliveryChannel"),
                *("PutDeliveryChannel", "PutConfigurationRecorder"),
            ],
            "config.amazonaws.com",
        ),
    ),
    TrailAlarm(
        "security-group-changes",
        "a security group was made, changed or removed",
        _events(
            [
                *("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"),
                *("RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress"),
                *("CreateSecurityGroup", "DeleteSecurityGroup"),
            ]
        ),
    ),
    TrailAlarm(
        "network-acl-changes",
        "a network ACL was made, changed or removed",
        _events(
            [
                *("CreateNetworkAcl", "CreateNetworkAclEntry", "DeleteNetworkAcl", "DeleteNetworkAclEntry"),
                *("ReplaceNetworkAclEntry", "ReplaceNetworkAclAssociation"),
            ]
        ),
    ),
    TrailAlarm(
        "gateway-changes",
        "a gateway was made, attached, detached or removed",
        _events(
            [
                *("CreateCustomerGateway", "DeleteCustomerGateway", "AttachInternetGateway"),
                *("CreateInternetGateway", "DeleteInternetGateway", "DetachInternetGateway"),
            ]
        ),
    ),
    TrailAlarm(
        "route-changes",
        "a route table was made, changed or removed",
        _events(
            [
                *("CreateRoute", "CreateRouteTable", "ReplaceRoute", "ReplaceRouteTableAssociation"),
                *("DeleteRouteTable", "DeleteRoute", "DisassociateRouteTable"),
            ],
            "ec2.amazonaws.com",
        ),
    ),
    TrailAlarm(
        "network-changes",
        "a network was made, changed, peered or removed",
        _events(
            [
                *("CreateVpc", "DeleteVpc", "ModifyVpcAttribute", "AcceptVpcPeeringConnection"),
                *("CreateVpcPeeringConnection", "DeleteVpcPeeringConnection", "RejectVpcPeeringConnection"),
                *("AttachClassicLinkVpc", "DetachClassicLinkVpc", "DisableVpcClassicLink", "EnableVpcClassicLink"),
            ]
        ),
    ),
    TrailAlarm(
        "organization-changes",
        "the organization, its accounts or its policies were changed",
        _events(
            [
                *("AcceptHandshake", "AttachPolicy", "CreateAccount", "CreateOrganizationalUnit", "CreatePolicy"),
                *("DeclineHandshake", "DeleteOrganization", "DeleteOrganizationalUnit", "DeletePolicy"),
                *("DetachPolicy", "DisablePolicyType", "EnablePolicyType", "InviteAccountToOrganization"),
                *("LeaveOrganization", "MoveAccount", "RemoveAccountFromOrganization"),
                *("UpdatePolicy", "UpdateOrganizationalUnit"),
            ],
            "organizations.amazonaws.com",
        ),
    ),
)
"""In the order in which they are made."""
