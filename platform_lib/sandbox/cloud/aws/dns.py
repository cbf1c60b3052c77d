"""Route 53 zones and records, CloudFront distributions (their API references)."""

from collections.abc import Iterable
from typing import Final

from platform_lib.core.values import Properties, plain
from platform_lib.sandbox.cloud.aws.shared import VPC, error
from platform_lib.sandbox.cloud.eventual import Later
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules, refuse
from platform_lib.sandbox.protocol import CheckFailure

ZONE: Final = ("aws:route53/zone:Zone",)
CLOUDFRONT_ZONE: Final = "Z2FDTNDATAQYW2"
"""The hosted zone of every CloudFront distribution (AWS General Reference)."""


def _route53(action: str, code: str, text: str) -> str:
    return error("Route 53", action, code, text)


def _zone_outputs(request: Request) -> Properties:
    numbers = [int(request.hex(3, f"ns{index}"), 16) % 2048 for index in range(4)]
    servers = [
        f"ns-{number}.awsdns-{number % 64:02d}.{top}"
        for number, top in zip(numbers, ("com", "net", "org", "co.uk"), strict=True)
    ]
    private = bool(request.get("vpcs"))
    return {
        "zoneId": request.id,
        "arn": f"arn:{request.session.partition}:route53:::hostedzone/{request.id}",
        "nameServers": [] if private else servers,
        "primaryNameServer": "" if private else servers[0],
        "name": str(request.get("name")).rstrip("."),
    }


def _deleting_zone(request: Request) -> None:
    if plain(request.inputs.get("forceDestroy")) is True:
        return
    if any(path == "zoneId" and row.type.endswith(":Record") for row, path in request.store.linked(request.id)):
        raise refuse(
            _route53(
                "DeleteHostedZone",
                "HostedZoneNotEmpty",
                "The specified hosted zone contains non-required resource record sets and so cannot be deleted.",
            )
        )


def _check_record(inputs: Properties) -> Iterable[CheckFailure]:
    if inputs.get("aliases") is None:
        for key in ("records", "ttl"):
            if inputs.get(key) is None:
                yield CheckFailure(key, f"{key} is needed unless the record is an alias")
    elif inputs.get("records") is not None:
        yield CheckFailure("records", "conflicts with aliases; set one of them")


def _full_name(request: Request) -> str:
    """The name within the zone's domain, as Route 53 stores it."""
    name = str(request.get("name", "")).rstrip(".")
    zone = next((row for row in request.store.by_id(str(request.get("zoneId"))) if row.type in ZONE), None)
    domain = str(plain(zone.inputs.get("name", ""))).rstrip(".") if zone is not None else ""
    if not domain or name == domain or name.endswith(f".{domain}"):
        return name
    return f"{name}.{domain}" if name else domain


def _record_id(request: Request) -> str:
    tail = f"_{request.get('setIdentifier')}" if request.get("setIdentifier") else ""
    return f"{request.get('zoneId')}_{request.get('name')}_{request.get('type')}{tail}"


def _record_key(request: Request) -> str:
    parts = [request.get("zoneId"), _full_name(request), request.get("type"), request.get("setIdentifier", "")]
    return f"route53:{parts}:{request.uuid() if request.get('allowOverwrite') else ''}"


def _distribution_outputs(request: Request) -> Properties:
    return {
        "domainName": f"d{request.hex(13, 'domain')}.cloudfront.net",
        "hostedZoneId": CLOUDFRONT_ZONE,
        "status": "InProgress" if request.get("waitForDeployment") is False else "Deployed",
        "etag": f"E{request.hex(13, request.stamp).upper()}",
        "callerReference": f"terraform-{request.digits(26)}",
        "inProgressValidationBatches": 0,
        "lastModifiedTime": request.stamp,
        "trustedKeyGroups": [],
        "trustedSigners": [],
    }


RULES: Final[dict[str, TypeRules]] = {
    "aws:route53/zone:Zone": TypeRules(
        input_defaults={"comment": "Managed by Pulumi", "forceDestroy": False},
        references=(
            Reference(
                "vpcs[*].vpcId",
                VPC,
                _route53("CreateHostedZone", "InvalidVPCId", "The VPC: {value} you provided does not exist."),
            ),
        ),
        id=lambda request: f"Z{request.hex(20).upper()}",
        compute=_zone_outputs,
        deleting=_deleting_zone,
    ),
    "aws:route53/record:Record": TypeRules(
        source="Route 53 API reference, ChangeResourceRecordSets",
        references=(
            Reference(
                "zoneId",
                ZONE,
                _route53("ChangeResourceRecordSets", "NoSuchHostedZone", "No hosted zone found with ID: {value}"),
            ),
        ),
        id=_record_id,
        unique=_record_key,
        check=_check_record,
        compute=lambda request: {"fqdn": _full_name(request)},
        exists=_route53(
            "ChangeResourceRecordSets",
            "InvalidChangeBatch",
            "[Tried to create resource record set [name='{name}', type='{type}'] but it already exists]",
        ),
        equal=frozenset({"records"}),
    ),
    "aws:route53/resolverFirewallRule:ResolverFirewallRule": TypeRules(
        source="Route 53 Resolver: a rule is known by its group and its list",
        id="{firewallRuleGroupId}:{firewallDomainListId}",
    ),
    "aws:route53/zoneAssociation:ZoneAssociation": TypeRules(
        references=(
            Reference(
                "zoneId",
                ZONE,
                _route53("AssociateVPCWithHostedZone", "NoSuchHostedZone", "No hosted zone found with ID: {value}"),
            ),
        ),
        id="{zoneId}:{vpcId}",
    ),
    "aws:cloudfront/distribution:Distribution": TypeRules(
        input_defaults={
            "httpVersion": "http2",
            "priceClass": "PriceClass_All",
            "retainOnDelete": False,
            "staging": False,
            "waitForDeployment": True,
        },
        id=lambda request: f"E{request.hex(13).upper()}",
        arn="arn:{partition}:cloudfront::{account}:distribution/{id}",
        compute=_distribution_outputs,
        later=(
            # The time is an assumption: the vendor says that a deployment takes minutes.
            Later("status", "InProgress", "Deployed", 300),
        ),
    ),
    "aws:cloudfront/originAccessControl:OriginAccessControl": TypeRules(
        id=lambda request: f"E{request.hex(13).upper()}",
        arn="arn:{partition}:cloudfront::{account}:origin-access-control/{id}",
        unique="oac:{account}:{name}",
        exists=error(
            "CloudFront",
            "CreateOriginAccessControl",
            "OriginAccessControlAlreadyExists",
            "An origin access control with the same name already exists.",
        ),
        compute=lambda request: {"etag": f"E{request.hex(13, request.stamp).upper()}"},
    ),
}
