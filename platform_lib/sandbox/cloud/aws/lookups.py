"""The look-ups of AWS that a program needs before it makes anything: who and where it is, zones, images, services."""

import hashlib
import re
from typing import Final

from platform_lib.core.errors import near
from platform_lib.core.values import Properties, Secret, plain
from platform_lib.sandbox.cloud.aws.default_vpc import default_vpc
from platform_lib.sandbox.cloud.aws.endpoint import prefix_list
from platform_lib.sandbox.cloud.aws.region import OPT_IN_NOT_REQUIRED, REGIONS, dns_suffix, partition, zones
from platform_lib.sandbox.cloud.aws.storage import HOSTED_ZONES
from platform_lib.sandbox.cloud.model import refuse
from platform_lib.sandbox.cloud.package import Look, LookUp

ELB_ACCOUNTS: Final = {
    "us-east-1": "127311923021",
    "us-east-2": "033677994240",
    "us-west-1": "027434742980",
    "us-west-2": "797873946194",
    "af-south-1": "098369216593",
    "ap-east-1": "754344448648",
    "ap-northeast-1": "582318560864",
    "ap-northeast-2": "600734575887",
    "ap-northeast-3": "383597477331",
    "ap-south-1": "718504428378",
    "ap-southeast-1": "114774131450",
    "ap-southeast-2": "783225319266",
    "ap-southeast-3": "589379963580",
    "ca-central-1": "985666609251",
    "eu-central-1": "054676820928",
    "eu-north-1": "897822967062",
    "eu-south-1": "635631232127",
    "eu-west-1": "156460612806",
    "eu-west-2": "652711504416",
    "eu-west-3": "009996457667",
    "me-south-1": "076674570225",
    "sa-east-1": "507241528517",
}
"""Accounts of Elastic Load Balancing that write access logs (ELB user guide, enable access logs)."""

EKS_VERSIONS: Final = ("1.35", "1.34", "1.33", "1.32", "1.31", "1.30")
"""Kubernetes versions of EKS, newest first: an assumption of this release (EKS user guide, platform versions)."""


_IMAGE_PARAMETER: Final = re.compile(r"(/image_id|/ami-id|/aws/service/ami-[\w-]+/[^/]+)$")
"""Public parameters that hold an image id (Systems Manager user guide, calling AMI public parameters)."""


def _digest(text: str, digits: int) -> str:
    return hashlib.blake2b(text.encode(), digest_size=32).hexdigest()[:digits]


def _caller(look: Look) -> Properties:
    account, part = look.session.scope, look.session.partition
    return {
        "accountId": account,
        "arn": f"arn:{part}:sts::{account}:assumed-role/sandbox/platform",
        "id": account,
        "userId": f"AROA{_digest(account, 17).upper()}:platform",
    }


def _region(look: Look) -> Properties:
    wanted = look.args.get("endpoint") or look.args.get("name") or look.region
    name = next((key for key in REGIONS if wanted in (key, f"ec2.{key}.{dns_suffix(partition(key))}")), None)
    if name is None:
        raise refuse(f"no Region found matching '{wanted}'; {near(str(wanted), REGIONS)}")
    return {
        "id": name,
        "name": name,
        "region": name,
        "description": REGIONS[name].description,
        "endpoint": f"ec2.{name}.{dns_suffix(partition(name))}",
    }


def _regions(look: Look) -> Properties:
    names = [name for name in REGIONS if partition(name) == look.session.partition]
    if not look.args.get("allRegions"):
        names = [name for name in names if name in OPT_IN_NOT_REQUIRED or look.session.partition != "aws"]
    return {**look.args, "id": look.session.partition, "names": sorted(names)}


def _partition(look: Look) -> Properties:
    part = look.session.partition
    return {
        "id": part,
        "partition": part,
        "dnsSuffix": dns_suffix(part),
        "reverseDnsPrefix": ".".join(reversed(dns_suffix(part).split("."))),
    }


def _zones(look: Look) -> Properties:
    found = zones(look.region)
    names, ids = look.args.get("excludeNames", []), look.args.get("excludeZoneIds", [])
    if look.args.get("state") in ("information", "impaired", "unavailable", "constrained"):
        found = []
    for item in look.args.get("filters", []):
        name, values = item["name"], item["values"]
        keys = {"zone-name": 0, "zone-id": 1}
        if name in keys:
            found = [zone for zone in found if zone[keys[name]] in values]
        elif name == "region-name":
            found = found if look.region in values else []
        elif (name == "zone-type" and "availability-zone" not in values) or (
            name == "opt-in-status" and "opt-in-not-required" not in values
        ):
            found = []
    found = [zone for zone in found if zone[0] not in names and zone[1] not in ids]
    return {
        **look.args,
        "id": look.region,
        "region": look.region,
        "names": [name for name, _ in found],
        "zoneIds": [id_ for _, id_ in found],
        "groupNames": [f"{look.region}-zg-1"] if found else [],
    }


def _zone(look: Look) -> Properties:
    for name, id_ in zones(look.region):
        if look.args.get("name") in (None, name) and look.args.get("zoneId") in (None, id_):
            suffix = name[len(look.region) :]
            return {
                **look.args,
                "id": name,
                "name": name,
                "zoneId": id_,
                "region": look.region,
                "nameSuffix": suffix,
                "groupName": f"{look.region}-zg-1",
                "groupLongName": REGIONS[look.region].description,
                "networkBorderGroup": look.region,
                "optInStatus": "opt-in-not-required",
                "state": "available",
                "zoneType": "availability-zone",
                "parentZoneId": "",
                "parentZoneName": "",
            }
    raise refuse(
        f"no matching EC2 Availability Zone found in {look.region}: {look.args.get('name') or look.args.get('zoneId')}"
    )


def _image(look: Look) -> Properties:
    """A made-up but steady image for the same question: by owner, name pattern and filters."""
    wanted = {item["name"]: item["values"] for item in look.args.get("filters", [])}
    names = wanted.get("name", [look.args.get("nameRegex") or "image"])
    name = re.sub(r"[*?^$\\]", "", str(names[0])) or "image"
    architecture = (wanted.get("architecture") or ["arm64" if "arm64" in name or "aarch64" in name else "x86_64"])[0]
    owner = str((look.args.get("owners") or ["amazon"])[0])
    id_ = f"ami-0{_digest(f'{look.region}|{owner}|{sorted(wanted.items())}|{names}', 16)}"
    device = {
        "deviceName": "/dev/xvda",
        "ebs": {"volume_size": "8", "volume_type": "gp3"},
        "noDevice": "",
        "virtualName": "",
    }
    return {
        **look.args,
        "id": id_,
        "imageId": id_,
        "name": name,
        "architecture": architecture,
        "imageType": "machine",
        "arn": f"arn:{look.session.partition}:ec2:{look.region}::image/{id_}",
        "blockDeviceMappings": [device],
        "creationDate": "2026-01-01T00:00:00.000Z",
        "deprecationTime": "2028-01-01T00:00:00.000Z",
        "description": name,
        "enaSupport": True,
        "hypervisor": "xen",
        "imageLocation": f"{owner}/{name}",
        "imageOwnerAlias": owner,
        "ownerId": owner if owner.isdigit() else "137112412989",
        "platform": "",
        "platformDetails": "Linux/UNIX",
        "productCodes": [],
        "public": True,
        "ramdiskId": "",
        "kernelId": "",
        "rootDeviceName": "/dev/xvda",
        "rootDeviceType": "ebs",
        "rootSnapshotId": f"snap-0{_digest(id_, 16)}",
        "sriovNetSupport": "simple",
        "state": "available",
        "stateReason": {"code": "UNSET", "message": "UNSET"},
        "tags": {},
        "tpmSupport": "",
        "bootMode": "uefi-preferred",
        "imdsSupport": "v2.0",
        "usageOperation": "RunInstances",
        "lastLaunchedTime": "",
        "virtualizationType": (wanted.get("virtualization-type") or ["hvm"])[0],
        "region": look.region,
    }


def _service_principal(look: Look) -> Properties:
    service = str(look.args["serviceName"])
    suffix = (
        "amazonaws.com.cn"
        if look.session.partition == "aws-cn" and service in ("ec2", "elasticmapreduce")
        else "amazonaws.com"
    )
    return {
        "id": f"{service}.{look.region}",
        "name": f"{service}.{suffix}",
        "region": look.region,
        "serviceName": service,
        "suffix": suffix,
    }


def _service(look: Look) -> Properties:
    dns = look.args.get("dnsName") or look.args.get("reverseDnsName", "")
    parts = [part for part in str(dns).split(".") if part not in ("com", "cn", "amazonaws")]
    service = look.args.get("serviceId") or (parts[-1] if parts else "")
    suffix = dns_suffix(look.session.partition)
    reverse = f"{'.'.join(reversed(suffix.split('.')))}.{look.region}.{service}"
    return {
        **look.args,
        "id": reverse,
        "dnsName": f"{service}.{look.region}.{suffix}",
        "partition": look.session.partition,
        "region": look.region,
        "reverseDnsName": reverse,
        "reverseDnsPrefix": ".".join(reversed(suffix.split("."))),
        "serviceId": service,
        "supported": True,
    }


def _endpoint_service(look: Look) -> Properties:
    short = look.args.get("service")
    name = look.args.get("serviceName") or f"com.amazonaws.{look.region}.{short}"
    id_ = f"vpce-svc-0{_digest(str(name), 16)}"
    gateway = look.args.get("serviceType", "Gateway" if short in ("s3", "dynamodb") else "Interface") == "Gateway"
    return {
        **look.args,
        "id": _digest(str(name), 10),
        "serviceName": name,
        "serviceType": "Gateway" if gateway else "Interface",
        "serviceTypes": ["Gateway" if gateway else "Interface"],
        "availabilityZones": [zone for zone, _ in zones(look.region)],
        "acceptanceRequired": False,
        "baseEndpointDnsNames": [f"{short or name}.{look.region}.vpce.amazonaws.com"],
        "managesVpcEndpoints": False,
        "owner": "amazon",
        "privateDnsName": f"{short or name}.{look.region}.amazonaws.com",
        "privateDnsNames": [f"{short or name}.{look.region}.amazonaws.com"],
        "region": look.region,
        "tags": {},
        "serviceId": id_,
        "supportedIpAddressTypes": ["ipv4"],
        "vpcEndpointPolicySupported": True,
        "arn": f"arn:{look.session.partition}:ec2:{look.region}:{look.session.scope}:vpc-endpoint-service/{id_}",
        "serviceRegion": look.region,
    }


def _prefix_list(look: Look) -> Properties:
    name = look.args.get("name") or next(
        (item["values"][0] for item in look.args.get("filters", []) if item["name"] == "prefix-list-name"), None
    )
    id_ = look.args.get("prefixListId") or look.args.get("id")
    service = str(name).rpartition(".")[2] if name else "s3"
    made = prefix_list(look.region, service)
    if id_ is not None:
        service = next((item for item in ("s3", "dynamodb") if prefix_list(look.region, item) == id_), "s3")
        made = str(id_)
    cidrs = ["198.51.100.0/25", "198.51.100.128/25"]  # TEST-NET-2 (RFC 5737) in place of the service's own ranges
    return {
        **look.args,
        "id": made,
        "prefixListId": made,
        "name": f"com.amazonaws.{look.region}.{service}",
        "cidrBlocks": cidrs,
        "region": look.region,
        "addressFamily": "IPv4",
        "entries": [{"cidr": cidr, "description": ""} for cidr in cidrs],
        "maxEntries": 0,
        "ownerId": "AWS",
        "tags": {},
        "version": 1,
        "arn": f"arn:{look.session.partition}:ec2:{look.region}:aws:prefix-list/{made}",
    }


def _parameter(look: Look) -> Properties | None:
    """A parameter of the cloud, or one that AWS publishes for images.

    The value is a secret, as it is with the provider. What else AWS publishes (versions, regions, endpoints) is not
    known here.
    """
    name = str(look.args["name"])
    common = {"id": name, "name": name, "region": look.region, "withDecryption": look.args.get("withDecryption", True)}
    row = look.store.find("aws:ssm/parameter:Parameter", name, look.session.scope, look.region)
    if row is not None:
        outputs = plain(row.outputs)
        kept = {key: outputs.get(key) for key in ("arn", "type", "version", "insecureValue")}
        return {**common, **kept, "value": Secret(outputs.get("value"))}
    if not name.startswith("/aws/service/"):
        raise refuse(f"operation error SSM: GetParameter, ParameterNotFound: {name}")
    if not _IMAGE_PARAMETER.search(name):
        return None
    value = f"ami-0{_digest(f'{look.region}{name}', 16)}"
    arn = f"arn:{look.session.partition}:ssm:{look.region}::parameter{name}"
    return {**common, "arn": arn, "type": "String", "value": Secret(value), "insecureValue": value, "version": 1}


def _cluster_versions(look: Look) -> Properties:
    wanted = look.args.get("clusterVersionsOnlies") or EKS_VERSIONS
    found = [
        {
            "clusterType": look.args.get("clusterType", "eks"),
            "clusterVersion": version,
            "defaultPlatformVersion": "eks.1",
            "defaultVersion": version == EKS_VERSIONS[0],
            "endOfExtendedSupportDate": "",
            "endOfStandardSupportDate": "",
            "kubernetesPatchVersion": f"{version}.0",
            "releaseDate": "",
            "versionStatus": "STANDARD_SUPPORT",
        }
        for version in EKS_VERSIONS
        if version in wanted
    ]
    if look.args.get("defaultOnly"):
        found = found[:1]
    return {**look.args, "id": look.region, "region": look.region, "clusterVersions": found}


def _elb_account(look: Look) -> Properties:
    if look.region not in ELB_ACCOUNTS:
        raise refuse(f"unknown region for ELB service accounts: {look.region}")
    account = ELB_ACCOUNTS[look.region]
    return {"id": account, "arn": f"arn:{look.session.partition}:iam::{account}:root", "region": look.region}


def _canonical_user(look: Look) -> Properties:
    return {"id": _digest(look.session.scope, 64), "displayName": "sandbox"}


def _session_context(look: Look) -> Properties:
    arn = str(look.args["arn"])
    match = re.match(r"arn:([\w-]+):sts::(\d+):assumed-role/([^/]+)/(.+)", arn)
    if match is None:
        return {"arn": arn, "id": arn, "issuerArn": arn, "issuerId": "", "issuerName": "", "sessionName": ""}
    part, account, role, session = match.groups()
    return {
        "arn": arn,
        "id": arn,
        "issuerArn": f"arn:{part}:iam::{account}:role/{role}",
        "issuerId": f"AROA{_digest(role, 17).upper()}",
        "issuerName": role,
        "sessionName": session,
    }


def _default_tags(look: Look) -> Properties:
    return {"id": look.session.partition, "tags": dict(look.session.tags)}


def _arn(look: Look) -> Properties:
    parts = str(look.args["arn"]).split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        raise refuse(f'"{look.args["arn"]}" is an invalid ARN: arn: invalid prefix or not enough sections')
    keys = ("partition", "service", "region", "account", "resource")
    return {"arn": look.args["arn"], "id": look.args["arn"], **dict(zip(keys, parts[1:], strict=True))}


def _policy(look: Look) -> Properties:
    """A policy of the cloud, or one that AWS manages, by arn or name; what AWS's say is not known here."""
    arn, name = look.args.get("arn"), look.args.get("name")
    own = look.store.rows("type = 'aws:iam/policy:Policy' AND scope = ?", (look.session.scope,))
    for row in own:
        outputs = plain(row.outputs)
        if arn in (None, outputs["arn"]) and name in (None, outputs.get("name")):
            return {
                **look.args,
                **{
                    key: outputs.get(key)
                    for key in ("arn", "name", "path", "policy", "policyId", "description", "attachmentCount", "tags")
                },
                "id": row.id,
            }
    managed = f"arn:{look.session.partition}:iam::aws:policy/"
    if arn is None and name is not None:
        arn = managed + str(name)
    if not str(arn).startswith(managed):
        raise refuse(f"reading IAM Policy: no IAM Policy found matching criteria (ARN: {arn})")
    short = str(arn).rpartition("/")[2]
    return {
        **look.args,
        "id": arn,
        "arn": arn,
        "name": short,
        "path": "/",
        "policyId": f"ANPA{_digest(short, 17).upper()}",
        "description": "",
        "attachmentCount": 0,
        "tags": {},
    }


def _vpc(look: Look) -> None:
    """Makes sure that the default VPC is there when it is asked for; the look-up itself finds it among the others."""
    if look.args.get("default") or any(
        item.get("name") in ("isDefault", "is-default") for item in look.args.get("filters", [])
    ):
        default_vpc(look.store, look.session, look.region, look.stamp)


def _bucket(look: Look) -> Properties:
    """A bucket by name, with what follows from its name and region."""
    name = str(look.args["bucket"])
    row = look.store.find("aws:s3/bucket:Bucket", name) or look.store.find("aws:s3/bucketV2:BucketV2", name)
    if row is None:
        raise refuse(f"reading S3 Bucket ({name}): couldn't find resource")
    outputs = plain(row.outputs)
    keys = ("arn", "bucketDomainName", "bucketRegion", "bucketRegionalDomainName", "websiteDomain", "websiteEndpoint")
    return {
        "id": name,
        "bucket": name,
        "region": row.region,
        "hostedZoneId": HOSTED_ZONES.get(row.region, ""),
        **{key: outputs.get(key, "") for key in keys},
    }


LOOK_UPS: Final[dict[str, LookUp]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": _caller,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getRegions:getRegions": _regions,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:index/getAvailabilityZone:getAvailabilityZone": _zone,
    "aws:index/getServicePrincipal:getServicePrincipal": _service_principal,
    "aws:index/getService:getService": _service,
    "aws:index/getDefaultTags:getDefaultTags": _default_tags,
    "aws:index/getArn:getArn": _arn,
    "aws:ec2/getAmi:getAmi": _image,
    "aws:ec2/getVpc:getVpc": _vpc,
    "aws:ec2/getVpcEndpointService:getVpcEndpointService": _endpoint_service,
    "aws:ec2/getPrefixList:getPrefixList": _prefix_list,
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": _prefix_list,
    "aws:ssm/getParameter:getParameter": _parameter,
    "aws:eks/getClusterVersions:getClusterVersions": _cluster_versions,
    "aws:elb/getServiceAccount:getServiceAccount": _elb_account,
    "aws:s3/getCanonicalUserId:getCanonicalUserId": _canonical_user,
    "aws:s3/getBucket:getBucket": _bucket,
    "aws:iam/getSessionContext:getSessionContext": _session_context,
    "aws:iam/getPolicy:getPolicy": _policy,
}
