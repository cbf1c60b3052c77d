"""What clouds take as physical names, by type token. Data of ``core.naming``, each with the vendor's page."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_AUTOMATIC_SUFFIX = 8
"""Characters that automatic naming adds to a logical name: a separator and seven random digits."""


@dataclass(frozen=True)
class NameRule:
    """What a type takes as its physical name.

    Attributes:
        shortest: in characters.
        longest: in characters.
        characters: the form of the whole name.
        described: the form in words.
        source: the vendor's page.
        suffix: characters that automatic naming adds; 0 where a type gets no automatic name.
    """

    shortest: int
    longest: int
    characters: re.Pattern[str]
    described: str
    source: str
    suffix: int = _AUTOMATIC_SUFFIX


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


_AWS = "https://docs.aws.amazon.com"
_AZURE = "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules"
_GCP = "https://cloud.google.com/compute/docs/naming-resources"
_GCP_ACCOUNT = "https://cloud.google.com/iam/docs/service-accounts-create"

_ANY = (_form(r".+"), "any characters")
_WORD = (_form(r"[\w-]+"), "letters, digits, '_' and '-'")
_DOTTED = (_form(r"[\w.-]+"), "letters, digits, '_', '.' and '-'")
_SNAKE = (_form(r"[a-z0-9_]+"), "lower-case letters, digits and '_'")
_UNDERSCORED = (_form(r"\w+"), "letters, digits and '_'")
_DATABASE = (_form(r"[A-Za-z](-?[A-Za-z0-9])*"), "letters, digits and single hyphens, beginning with a letter")
_IAM = (_form(r"[\w+=,.@-]+"), "letters, digits and + = , . @ _ -")
_LOG_GROUP = (_form(r"[\w./#-]+"), "letters, digits and _ - / . #")
_TRAIL = (_form(r"[A-Za-z0-9]+([._-][A-Za-z0-9]+)*"), "letters and digits joined by single '.', '_' or '-'")
_FIRST_LETTER = (_form(r"[A-Za-z][\w.-]*"), "letters, digits, '_', '.' and '-', beginning with a letter")
_GROUP = (
    _form(r"(?!sg-)[\w .:/()#,@\[\]+=&;{}!$*-]+"),
    "letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*, not beginning with 'sg-'",
)
_TEMPLATE = (_form(r"[\w().\/-]+"), "letters, digits and ( ) . - / _")
_BUCKET = (_form(r"[a-z0-9](-?[a-z0-9.])*"), "lower-case letters, digits, '.' and '-'")
_AZURE_NETWORK = (_form(r"[A-Za-z0-9]([\w.-]*\w)?"), "letters, digits, '_', '.' and '-'")
_AZURE_GROUP = (_form(r"[\w.()-]*[\w()-]"), "letters, digits and _ . ( ) -, not ending in '.'")
_AZURE_WORD = (_form(r"[A-Za-z0-9]([\w-]*\w)?"), "letters, digits, '_' and '-'")
_AZURE_VAULT = (_form(r"[A-Za-z](-?[A-Za-z0-9])*"), "letters, digits and single hyphens, beginning with a letter")
_DNS_LABEL = (_form(r"[a-z]([a-z0-9-]*[a-z0-9])?"), "lower-case letters, digits and '-', beginning with a letter")
_GCP_BUCKET = (_form(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?"), "lower-case letters, digits, '.', '_' and '-'")

NAME_RULES: Final[Mapping[str, NameRule]] = {
    "AWS::IoT::JobTemplate": NameRule(1, 64, *_WORD, f"{_AWS}/iot/latest/apireference/API_CreateJobTemplate.html", 0),
    "AWS::IoT::SecurityProfile": NameRule(
        1,
        128,
        _form(r"[a-zA-Z0-9:_-]+"),
        "letters, digits, ':', '_' and '-'",
        f"{_AWS}/iot/latest/apireference/API_CreateSecurityProfile.html",
        0,
    ),
    "aws:accessanalyzer/analyzer:Analyzer": NameRule(
        1, 255, *_FIRST_LETTER, f"{_AWS}/access-analyzer/latest/APIReference/API_CreateAnalyzer.html", 0
    ),
    "aws:athena/workgroup:Workgroup": NameRule(
        1, 128, *_DOTTED, f"{_AWS}/athena/latest/APIReference/API_CreateWorkGroup.html"
    ),
    "aws:backup/restoreTestingPlan:RestoreTestingPlan": NameRule(
        1, 50, *_UNDERSCORED, f"{_AWS}/aws-backup/latest/devguide/API_RestoreTestingPlanForCreate.html", 0
    ),
    "aws:backup/restoreTestingSelection:RestoreTestingSelection": NameRule(
        1, 50, *_UNDERSCORED, f"{_AWS}/aws-backup/latest/devguide/API_RestoreTestingSelectionForCreate.html", 0
    ),
    "aws:backup/vault:Vault": NameRule(2, 50, *_WORD, f"{_AWS}/aws-backup/latest/devguide/API_CreateBackupVault.html"),
    "aws:cfg/deliveryChannel:DeliveryChannel": NameRule(
        1, 256, *_ANY, f"{_AWS}/config/latest/APIReference/API_DeliveryChannel.html"
    ),
    "aws:cfg/recorder:Recorder": NameRule(
        1, 256, *_ANY, f"{_AWS}/config/latest/APIReference/API_ConfigurationRecorder.html"
    ),
    "aws:cloudtrail/trail:Trail": NameRule(
        3, 128, *_TRAIL, f"{_AWS}/awscloudtrail/latest/APIReference/API_CreateTrail.html"
    ),
    "aws:cloudwatch/logGroup:LogGroup": NameRule(
        1, 512, *_LOG_GROUP, f"{_AWS}/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html"
    ),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": NameRule(
        1,
        512,
        _form(r"[^:*]+"),
        "anything but ':' and '*'",
        f"{_AWS}/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html",
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": NameRule(
        1, 255, *_ANY, f"{_AWS}/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
    ),
    "aws:dynamodb/table:Table": NameRule(
        3, 255, *_DOTTED, f"{_AWS}/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html"
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": NameRule(
        3, 128, *_TEMPLATE, f"{_AWS}/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html"
    ),
    "aws:ec2/securityGroup:SecurityGroup": NameRule(
        1, 255, *_GROUP, f"{_AWS}/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html"
    ),
    "aws:ecs/cluster:Cluster": NameRule(1, 255, *_WORD, f"{_AWS}/AmazonECS/latest/APIReference/API_CreateCluster.html"),
    "aws:eks/cluster:Cluster": NameRule(
        1,
        100,
        _form(r"[0-9A-Za-z][\w-]*"),
        "letters, digits, '-' and '_', beginning with a letter or digit",
        f"{_AWS}/eks/latest/APIReference/API_CreateCluster.html",
        0,
    ),
    "aws:eks/nodeGroup:NodeGroup": NameRule(1, 63, *_WORD, f"{_AWS}/eks/latest/APIReference/API_CreateNodegroup.html"),
    "aws:glue/catalogDatabase:CatalogDatabase": NameRule(
        1, 255, *_SNAKE, f"{_AWS}/athena/latest/ug/tables-databases-columns-names.html", 0
    ),
    "aws:glue/catalogTable:CatalogTable": NameRule(
        1, 255, *_SNAKE, f"{_AWS}/athena/latest/ug/tables-databases-columns-names.html", 0
    ),
    "aws:iam/policy:Policy": NameRule(1, 128, *_IAM, f"{_AWS}/IAM/latest/APIReference/API_CreatePolicy.html"),
    "aws:iam/role:Role": NameRule(1, 64, *_IAM, f"{_AWS}/IAM/latest/APIReference/API_CreateRole.html"),
    "aws:iot/provisioningTemplate:ProvisioningTemplate": NameRule(
        1, 36, *_WORD, f"{_AWS}/iot/latest/apireference/API_CreateProvisioningTemplate.html"
    ),
    "aws:iot/roleAlias:RoleAlias": NameRule(
        1,
        128,
        _form(r"[\w=,@-]+"),
        "letters, digits and _ = , @ -",
        f"{_AWS}/iot/latest/apireference/API_CreateRoleAlias.html",
        0,
    ),
    "aws:iot/thingGroup:ThingGroup": NameRule(
        1,
        128,
        _form(r"[a-zA-Z0-9:_-]+"),
        "letters, digits, ':', '_' and '-'",
        f"{_AWS}/iot/latest/apireference/API_CreateThingGroup.html",
    ),
    "aws:iot/topicRule:TopicRule": NameRule(
        1,
        128,
        _form(r"\w+"),
        "letters, digits and '_'",
        f"{_AWS}/iot/latest/apireference/API_CreateTopicRule.html",
        0,
    ),
    "aws:kinesis/stream:Stream": NameRule(
        1, 128, *_DOTTED, f"{_AWS}/kinesis/latest/APIReference/API_CreateStream.html"
    ),
    "aws:kms/alias:Alias": NameRule(
        1,
        250,  # 256 with the "alias/" that comes first
        _form(r"[\w/-]+"),
        "letters, digits, '/', '_' and '-'",
        f"{_AWS}/kms/latest/APIReference/API_CreateAlias.html",
    ),
    "aws:lambda/function:Function": NameRule(1, 64, *_WORD, f"{_AWS}/lambda/latest/api/API_CreateFunction.html"),
    "aws:rds/instance:Instance": NameRule(
        1,
        63,
        _form(r"[a-z](-?[a-z0-9])*"),
        "lower-case letters, digits and single hyphens, beginning with a letter",
        f"{_AWS}/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",
    ),
    "aws:rds/cluster:Cluster": NameRule(
        1, 63, *_DATABASE, f"{_AWS}/AmazonRDS/latest/APIReference/API_CreateDBCluster.html"
    ),
    "aws:rds/globalCluster:GlobalCluster": NameRule(
        1, 63, *_DATABASE, f"{_AWS}/AmazonRDS/latest/APIReference/API_CreateGlobalCluster.html", 0
    ),
    "aws:route53/resolverEndpoint:ResolverEndpoint": NameRule(
        1, 64, *_WORD, f"{_AWS}/Route53/latest/APIReference/API_route53resolver_CreateResolverEndpoint.html"
    ),
    "aws:route53/resolverRule:ResolverRule": NameRule(
        1, 64, *_WORD, f"{_AWS}/Route53/latest/APIReference/API_route53resolver_CreateResolverRule.html"
    ),
    "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup": NameRule(
        1, 64, *_WORD, f"{_AWS}/Route53/latest/APIReference/API_route53resolver_CreateFirewallRuleGroup.html"
    ),
    "aws:s3/bucket:Bucket": NameRule(3, 63, *_BUCKET, f"{_AWS}/AmazonS3/latest/userguide/bucketnamingrules.html"),
    "aws:scheduler/schedule:Schedule": NameRule(
        1, 64, *_DOTTED, f"{_AWS}/scheduler/latest/APIReference/API_CreateSchedule.html"
    ),
    "aws:scheduler/scheduleGroup:ScheduleGroup": NameRule(
        1, 64, *_DOTTED, f"{_AWS}/scheduler/latest/APIReference/API_CreateScheduleGroup.html"
    ),
    "aws:sfn/stateMachine:StateMachine": NameRule(
        1, 80, *_WORD, f"{_AWS}/step-functions/latest/apireference/API_CreateStateMachine.html"
    ),
    "aws:signer/signingProfile:SigningProfile": NameRule(
        2,
        64,
        _form(r"\w+"),
        "letters, digits and '_'",
        f"{_AWS}/signer/latest/api/API_PutSigningProfile.html",
        26,  # what the provider adds to a prefix
    ),
    "aws:sns/topic:Topic": NameRule(1, 256, *_WORD, f"{_AWS}/sns/latest/api/API_CreateTopic.html"),
    "aws:sqs/queue:Queue": NameRule(
        1, 80, *_WORD, f"{_AWS}/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html"
    ),
    "azure-native:dnsresolver:DnsForwardingRuleset": NameRule(1, 80, *_AZURE_WORD, _AZURE),
    "azure-native:dnsresolver:DnsResolver": NameRule(1, 80, *_AZURE_WORD, _AZURE),
    "azure-native:dnsresolver:DnsResolverPolicy": NameRule(1, 80, *_AZURE_WORD, _AZURE),
    "azure-native:dnsresolver:DnsSecurityRule": NameRule(1, 80, *_AZURE_WORD, _AZURE, 0),
    "azure-native:dnsresolver:ForwardingRule": NameRule(1, 80, *_AZURE_WORD, _AZURE, 0),
    "azure-native:keyvault:Vault": NameRule(3, 24, *_AZURE_VAULT, _AZURE),
    "azure-native:managedidentity:UserAssignedIdentity": NameRule(3, 128, *_AZURE_WORD, _AZURE),
    "azure-native:network:LocalNetworkGateway": NameRule(1, 80, *_AZURE_NETWORK, _AZURE),
    "azure-native:network:NatGateway": NameRule(1, 80, *_AZURE_NETWORK, _AZURE),
    "azure-native:network:NetworkSecurityGroup": NameRule(1, 80, *_AZURE_NETWORK, _AZURE),
    "azure-native:network:PrivateEndpoint": NameRule(2, 64, *_AZURE_NETWORK, _AZURE),
    "azure-native:network:PublicIPAddress": NameRule(1, 80, *_AZURE_NETWORK, _AZURE),
    "azure-native:network:RouteTable": NameRule(1, 80, *_AZURE_NETWORK, _AZURE),
    "azure-native:network:Subnet": NameRule(1, 80, *_AZURE_NETWORK, _AZURE, 0),
    "azure-native:network:VirtualNetwork": NameRule(2, 64, *_AZURE_NETWORK, _AZURE),
    "azure-native:network:VirtualNetworkGateway": NameRule(1, 80, *_AZURE_NETWORK, _AZURE, 0),
    "azure-native:network:VirtualNetworkGatewayConnection": NameRule(1, 80, *_AZURE_NETWORK, _AZURE),
    "azure-native:privatedns:VirtualNetworkLink": NameRule(1, 80, *_AZURE_NETWORK, _AZURE, 0),
    "azure-native:resources:ResourceGroup": NameRule(1, 90, *_AZURE_GROUP, _AZURE),
    "azure-native:storage:StorageAccount": NameRule(
        3, 24, _form(r"[a-z0-9]+"), "lower-case letters and digits", _AZURE
    ),
    "gcp:compute/externalVpnGateway:ExternalVpnGateway": NameRule(1, 63, *_DNS_LABEL, _GCP),
    "gcp:compute/haVpnGateway:HaVpnGateway": NameRule(1, 63, *_DNS_LABEL, _GCP),
    "gcp:compute/network:Network": NameRule(1, 63, *_DNS_LABEL, _GCP),
    "gcp:compute/router:Router": NameRule(1, 63, *_DNS_LABEL, _GCP),
    "gcp:compute/routerInterface:RouterInterface": NameRule(1, 63, *_DNS_LABEL, _GCP),
    "gcp:compute/routerPeer:RouterPeer": NameRule(1, 63, *_DNS_LABEL, _GCP),
    "gcp:compute/subnetwork:Subnetwork": NameRule(1, 63, *_DNS_LABEL, _GCP),
    "gcp:compute/vPNTunnel:VPNTunnel": NameRule(1, 63, *_DNS_LABEL, _GCP),
    "gcp:compute/address:Address": NameRule(1, 63, *_DNS_LABEL, _GCP),
    "gcp:compute/networkFirewallPolicy:NetworkFirewallPolicy": NameRule(1, 63, *_DNS_LABEL, _GCP),
    "gcp:compute/networkFirewallPolicyAssociation:NetworkFirewallPolicyAssociation": NameRule(1, 63, *_DNS_LABEL, _GCP),
    "gcp:compute/route:Route": NameRule(1, 63, *_DNS_LABEL, _GCP),
    "gcp:compute/routerNat:RouterNat": NameRule(1, 63, *_DNS_LABEL, _GCP),
    "gcp:dns/managedZone:ManagedZone": NameRule(
        1, 63, *_DNS_LABEL, "https://cloud.google.com/dns/docs/reference/rest/v1/managedZones"
    ),
    "gcp:dns/policy:Policy": NameRule(
        1, 63, *_DNS_LABEL, "https://cloud.google.com/dns/docs/reference/rest/v1/policies"
    ),
    "gcp:serviceaccount/account:Account": NameRule(6, 30, *_DNS_LABEL, _GCP_ACCOUNT, 0),
    "gcp:storage/bucket:Bucket": NameRule(3, 63, *_GCP_BUCKET, "https://cloud.google.com/storage/docs/buckets#naming"),
}
