"""The documents of a fleet: what devices, claims, rules and signers may do, and how a device registers.

Sources: https://docs.aws.amazon.com/iot/latest/developerguide/thing-policy-variables.html,
https://docs.aws.amazon.com/iot/latest/developerguide/fleet-provision-api.html,
https://docs.aws.amazon.com/iot/latest/developerguide/provision-template.html.
"""

from collections.abc import Sequence

import pulumi

from platform_lib.components.edge.plan import FleetPlan
from platform_lib.core import aws_policy
from platform_lib.core.aws_policy import allow, deny

Text = pulumi.Output[str]

THING = "${iot:Connection.Thing.ThingName}"
RING = "${iot:Connection.Thing.Attributes[ring]}"


class Documents:
    """The documents of one fleet."""

    def __init__(self, plan: FleetPlan, account_id: pulumi.Input[str]) -> None:
        self._plan = plan
        self._account_id = account_id

    def iot(self, resource: pulumi.Input[str]) -> Text:
        """The ARN of something of AWS IoT, such as ``topic/a/b``; policy variables in it stay as they are."""
        return pulumi.Output.concat(
            f"arn:{self._plan.partition}:iot:{self._plan.region}:", self._account_id, ":", resource
        )

    def device(self, role_alias_arn: pulumi.Input[str]) -> Text:
        """A device: its own client id, topics and jobs, in its own ring, and credentials by the role alias."""
        name = self._plan.name
        own = f"$aws/things/{THING}"
        attached = {"Bool": {"iot:Connection.Thing.IsAttached": "true"}}
        return aws_policy.document(
            [
                allow("ConnectAsItself", ["iot:Connect"], [self.iot(f"client/{THING}")], attached),
                allow(
                    "SendItsOwn",
                    ["iot:Publish"],
                    [
                        self.iot(f"topic/{name}/telemetry/{THING}"),
                        self.iot(f"topic/{name}/metrics/{RING}/{THING}"),
                        self.iot(f"topic/{own}/jobs/*"),
                        self.iot(f"topic/{own}/shadow/*"),
                    ],
                ),
                allow(
                    "ListenToItsOwn",
                    ["iot:Subscribe"],
                    [self.iot(f"topicfilter/{own}/jobs/*"), self.iot(f"topicfilter/{own}/shadow/*")],
                ),
                allow(
                    "ReceiveItsOwn",
                    ["iot:Receive"],
                    [self.iot(f"topic/{own}/jobs/*"), self.iot(f"topic/{own}/shadow/*")],
                ),
                allow("TakeCredentials", ["iot:AssumeRoleWithCertificate"], [role_alias_arn]),
            ]
        )

    def claim(self, template_name: pulumi.Input[str]) -> Text:
        """A claim: it asks for a certificate for a key that the device made, and registers; nothing else."""
        made = "$aws/certificates/create-from-csr"
        template = pulumi.Output.concat("$aws/provisioning-templates/", template_name, "/provision")
        talk = [pulumi.Output.concat("topic/", topic, "/*") for topic in (made, template)]
        filters = [pulumi.Output.concat("topicfilter/", topic, "/*") for topic in (made, template)]
        connect = [self.iot(f"client/{self._plan.name}-claim-*")]
        return aws_policy.document(
            [
                allow("ConnectToRegister", ["iot:Connect"], connect),
                allow("Register", ["iot:Publish", "iot:Receive"], [self.iot(topic) for topic in talk]),
                allow("HearTheAnswer", ["iot:Subscribe"], [self.iot(topic) for topic in filters]),
            ]
        )

    def template(self, thing_type: pulumi.Input[str], device_policy: Text) -> Text:
        """How a device registers: what it says of itself, or the hook says of it, becomes a thing in its groups.

        A thing is in one group of a hierarchy at most (https://docs.aws.amazon.com/iot/latest/developerguide/thing-groups.html):
        in its device group, below its site, and in its ring, which stands alone.
        """
        plan = self._plan
        parameters = ["SerialNumber", "Site", "DeviceGroup", "Ring", "RingGroup"]
        ref = {name: {"Ref": name} for name in parameters}
        return pulumi.Output.json_dumps(
            {
                "Parameters": {
                    **{name: {"Type": "String"} for name in parameters},
                    "AWS::IoT::Certificate::Id": {"Type": "String"},
                },
                "Resources": {
                    "certificate": {
                        "Type": "AWS::IoT::Certificate",
                        "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}, "Status": "Active"},
                    },
                    "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyName": device_policy}},
                    "thing": {
                        "Type": "AWS::IoT::Thing",
                        "OverrideSettings": {
                            "AttributePayload": "REPLACE",
                            "ThingTypeName": "REPLACE",
                            "ThingGroups": "REPLACE",
                        },
                        "Properties": {
                            "ThingName": {"Fn::Join": ["", [f"{plan.name}-", ref["SerialNumber"]]]},
                            "ThingTypeName": thing_type,
                            "ThingGroups": [ref["DeviceGroup"], ref["RingGroup"]],
                            "AttributePayload": {
                                "serial": ref["SerialNumber"],
                                "site": ref["Site"],
                                "ring": ref["Ring"],
                            },
                        },
                    },
                },
            }
        )

    def provisioning(self, device_policy_arn: Text) -> Text:
        """The role by which AWS IoT registers devices of this fleet only.

        Certificates have no name that could be known before: for them the account is the limit.
        """
        plan = self._plan
        things, groups = self.iot(f"thing/{plan.name}-*"), self.iot(f"thinggroup/{plan.name}-*")
        certificates = self.iot("cert/*")
        of_things = ["iot:CreateThing", "iot:DescribeThing", "iot:UpdateThing", "iot:ListThingGroupsForThing"]
        of_groups = ["iot:AddThingToThingGroup", "iot:RemoveThingFromThingGroup", "iot:DescribeThingGroup"]
        return aws_policy.document(
            [
                allow("MakeThings", of_things, [things, self.iot(f"thingtype/{plan.name}-*")]),
                allow("PutThingsIntoGroups", of_groups, [things, groups]),
                allow(
                    "ActivateCertificates",
                    ["iot:RegisterCertificate", "iot:DescribeCertificate", "iot:UpdateCertificate"],
                    [certificates],
                ),
                allow(
                    "Attach",
                    ["iot:AttachPolicy", "iot:AttachThingPrincipal", "iot:ListThingPrincipals"],
                    [certificates, device_policy_arn, things],
                ),
            ]
        )

    def download(self, bucket_arn: Text, key_arn: pulumi.Input[str]) -> Text:
        """What devices do with credentials of AWS: read metadata and targets, through S3 only."""
        objects = [pulumi.Output.concat(bucket_arn, f"/{prefix}/*") for prefix in ("metadata", "targets")]
        through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{self._plan.region}.amazonaws.com"}}
        return aws_policy.document(
            [
                allow("ReadUpdates", ["s3:GetObject"], objects),
                allow("DecryptUpdates", ["kms:Decrypt"], [key_arn], through_s3),
            ]
        )

    def rules(self, bucket_arn: pulumi.Input[str], key_arn: pulumi.Input[str] | None, log_group_arn: Text) -> Text:
        """What topic rules do: store messages, make metrics of them, and write down what they could not store."""
        statements = [
            allow("Store", ["s3:PutObject"], [pulumi.Output.concat(bucket_arn, "/telemetry/*")]),
            allow(
                "MakeMetrics",
                ["cloudwatch:PutMetricData"],
                "*",  # the action knows no resources
                {"StringEquals": {"cloudwatch:namespace": self._plan.name}},
            ),
            allow(
                "WriteDownErrors",
                ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                [pulumi.Output.concat(log_group_arn, ":*")],
            ),
        ]
        if key_arn is not None:
            statements.append(allow("Encrypt", ["kms:GenerateDataKey", "kms:Decrypt"], [key_arn]))
        return aws_policy.document(statements)

    def alert(self, topic_arn: pulumi.Input[str], key_arn: pulumi.Input[str]) -> Text:
        """What Device Defender does: tell the topic for alarms."""
        return aws_policy.document(
            [
                allow("TellOfViolations", ["sns:Publish"], [topic_arn]),
                allow("UseKeyOfTopic", ["kms:Decrypt", "kms:GenerateDataKey"], [key_arn]),
            ]
        )

    def replication(
        self,
        copies: Sequence[tuple[Text, pulumi.Input[str]]],
        key_arn: pulumi.Input[str],
        copy_key_arn: pulumi.Input[str],
    ) -> Text:
        """What S3 does to copy buckets, each with where its copy goes."""
        return aws_policy.replicates_buckets(copies, key_arn, copy_key_arn)

    def trust(self, service_name: str) -> Text:
        """The trust policy of a role that a service takes on for this account."""
        return aws_policy.assumed_by(service_name, {"StringEquals": {"aws:SourceAccount": self._account_id}})

    def signing_key(self, signer_role_arn: Text) -> Text:
        """A key that only one role signs with: not even an administrator by a policy of IAM."""
        others = {"ArnNotEquals": {"aws:PrincipalArn": signer_role_arn}}
        return aws_policy.document(
            [
                aws_policy.account_administers_key(self._plan.partition, self._account_id),
                deny("OnlyTheSignerSigns", ["kms:Sign"], "*", others, Principal="*"),
            ]
        )


def signer_trust(principal_arn: pulumi.Input[str], *, with_mfa: bool) -> Text:
    """The trust policy of a signer's role; ``with_mfa`` asks for a second factor, which a pipeline has not."""
    conditions = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}} if with_mfa else {}
    return aws_policy.document(
        [
            {
                "Sid": "SignerAssumesRole",
                "Effect": "Allow",
                "Principal": {"AWS": principal_arn},
                "Action": "sts:AssumeRole",
                **conditions,
            }
        ]
    )


def sign(key_arn: Text) -> Text:
    """What a signer does: sign with one key."""
    return aws_policy.document([allow("Sign", ["kms:Sign", "kms:GetPublicKey", "kms:DescribeKey"], [key_arn])])
