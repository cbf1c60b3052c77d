"""S3: buckets and their settings, objects; EFS file systems; ECR repositories.

Bucket names after https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; every setting of a
bucket is a
resource of its own whose id is the bucket's name, and setting it twice overwrites it (S3 API reference, Put...
actions).
"""

import hashlib
import re
from collections.abc import Iterable
from typing import Final

from platform_lib.core.values import Properties, plain
from platform_lib.sandbox.cloud.aws.region import dns_suffix
from platform_lib.sandbox.cloud.aws.shared import BUCKET, error, group_of, json_texts, key_of, subnet_of
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules, refuse
from platform_lib.sandbox.protocol import CheckFailure

_NAME: Final = re.compile(r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
_IP: Final = re.compile(r"^\d+\.\d+\.\d+\.\d+$")
HOSTED_ZONES: Final = {
    "us-east-1": "Z3AQBSTGFYJSTF",
    "us-east-2": "Z2O1EMRO9K5GLX",
    "us-west-1": "Z2F56UZL2M1ACD",
    "us-west-2": "Z3BJ6K6RIION7M",
    "eu-west-1": "Z1BKCTXD74EZPE",
    "eu-central-1": "Z21DNDUVLTQW6Q",
    "eu-west-2": "Z3GKZC51ZF0DB4",
    "ap-southeast-1": "Z3O0J2DXBE1FTB",
    "ap-southeast-2": "Z1WCIGYICN2BYD",
    "ap-northeast-1": "Z2M4EHUR26P7ZW",
}
"""S3 website hosted zones (AWS General Reference, Amazon S3 endpoints and quotas)."""


def _s3(action: str, code: str, text: str) -> str:
    return error("S3", action, code, text)


def _check_bucket(inputs: Properties) -> Iterable[CheckFailure]:
    name = inputs.get("bucket")
    if not isinstance(name, str):
        return
    if (
        not _NAME.match(name)
        or ".." in name
        or _IP.match(name)
        or name.startswith(("xn--", "sthree-", "amzn-s3-demo-"))
        or name.endswith(("-s3alias", "--ol-s3"))
    ):
        yield CheckFailure(
            "bucket",
            f"invalid bucket name '{name}': 3 to 63 lower-case letters, digits, dots and hyphens, starting and "
            f"ending with a "
            "letter or digit",
        )


def _bucket_name(request: Request) -> str:
    return str(request.get("bucket") or f"{request.get('bucketPrefix', request.name)}{request.digits(26)}")


def _bucket_outputs(request: Request) -> Properties:
    suffix, name = dns_suffix(request.session.partition), request.id
    found: Properties = {
        "bucket": name,
        "bucketPrefix": request.get("bucketPrefix", ""),
        "bucketRegion": request.region,
        "bucketDomainName": f"{name}.s3.{suffix}",
        "bucketRegionalDomainName": f"{name}.s3.{request.region}.{suffix}",
        "hostedZoneId": HOSTED_ZONES.get(request.region, f"Z{request.hex(13, 'zone').upper()}"),
        "requestPayer": request.get("requestPayer", "BucketOwner"),
        "accelerationStatus": request.get("accelerationStatus", ""),
        "objectLockEnabled": bool(request.get("objectLockEnabled", False)),
        "grants": request.get("grants")
        or [{"id": request.hex(64, "owner"), "permissions": ["FULL_CONTROL"], "type": "CanonicalUser", "uri": ""}],
        "serverSideEncryptionConfiguration": request.get("serverSideEncryptionConfiguration")
        or {"rule": {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}, "bucketKeyEnabled": False}},
        "versioning": request.get("versioning") or {"enabled": False, "mfaDelete": False},
    }
    if request.get("website"):
        found["websiteEndpoint"] = f"{name}.s3-website-{request.region}.{suffix}"
        found["websiteDomain"] = f"s3-website-{request.region}.{suffix}"
    else:
        found |= {"websiteEndpoint": "", "websiteDomain": ""}
    for key in ("logging", "objectLockConfiguration", "replicationConfiguration", "website", "acl", "policy"):
        found.setdefault(key, request.get(key))
    return {key: value for key, value in found.items() if value is not None}


def _deleting_bucket(request: Request) -> None:
    """Objects keep a bucket, unless it was made with ``forceDestroy``."""
    if plain(request.inputs.get("forceDestroy")) is True:
        return
    for row, path in request.store.linked(request.id):
        if path == "bucket" and row.type in _OBJECTS:
            raise refuse(
                _s3(
                    "DeleteBucket",
                    "BucketNotEmpty",
                    f"The bucket you tried to delete is not empty (bucket {request.id}, object "
                    f"{row.inputs.get('key', row.id)})",
                )
            )


_OBJECTS: Final = (
    "aws:s3/bucketObject:BucketObject",
    "aws:s3/bucketObjectv2:BucketObjectv2",
    "aws:s3/objectCopy:ObjectCopy",
)


def _of(action: str, path: str = "bucket") -> Reference:
    return Reference(path, BUCKET, _s3(action, "NoSuchBucket", "The specified bucket does not exist ({value})"))


def _setting(action: str, **more: object) -> TypeRules:
    """A setting of a bucket: its id is the bucket's name, a second one overwrites the first."""
    references = (_of(action), *more.pop("references", ()))  # type: ignore[misc]  # a tuple of references
    return TypeRules(references=references, id="{bucket}", adopts=True, source=f"S3 API reference, {action}", **more)  # type: ignore[arg-type]  # names of fields


def _admit_policy(request: Request) -> None:
    """A public policy is refused where the bucket blocks public policies."""
    text = request.get("policy")
    if (
        not isinstance(text, str)
        or '"Principal":"*"' not in "".join(text.split()).replace('{"AWS":"*"}', '"*"')
        or '"Condition"' in text
    ):
        return
    if '"Effect":"Deny"' in "".join(text.split()) and '"Effect":"Allow"' not in "".join(text.split()):
        return
    block = request.store.find("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", str(request.get("bucket")))
    if block is not None and plain(block.inputs.get("blockPublicPolicy")) is True:
        raise refuse(
            _s3(
                "PutBucketPolicy",
                "AccessDenied",
                "Access Denied because public policies are blocked by the BlockPublicPolicy block public access "
                "setting",
            )
        )


def _admit_acl(request: Request) -> None:
    """ACLs need an ownership setting that allows them (the default since April 2023 does not)."""
    controls = request.store.find("aws:s3/bucketOwnershipControls:BucketOwnershipControls", str(request.get("bucket")))
    rule = plain(controls.inputs.get("rule", {})) if controls is not None else {}
    if rule.get("objectOwnership", "BucketOwnerEnforced") == "BucketOwnerEnforced":
        raise refuse(_s3("PutBucketAcl", "AccessControlListNotSupported", "The bucket does not allow ACLs"))


def _admit_lifecycle(request: Request) -> None:
    """Rule ids are unique, and a rule does something."""
    rules = [rule for rule in request.get("rules", []) if isinstance(rule, dict)]
    ids = [rule.get("id") for rule in rules]
    for id_ in {id_ for id_ in ids if id_ is not None and ids.count(id_) > 1}:
        raise refuse(
            _s3(
                "PutBucketLifecycleConfiguration",
                "InvalidArgument",
                f"Rule ID must be unique. Found same ID for more than one rule: {id_}",
            )
        )
    actions = {
        "abortIncompleteMultipartUpload",
        "expiration",
        "noncurrentVersionExpiration",
        "noncurrentVersionTransitions",
        "transitions",
    }
    for rule in rules:
        if not rule.keys() & actions:
            raise refuse(
                _s3(
                    "PutBucketLifecycleConfiguration",
                    "InvalidRequest",
                    f"At least one action needs to be specified in a rule ({rule.get('id')})",
                )
            )


def _object_outputs(request: Request) -> Properties:
    body = str(request.get("content") or request.get("contentBase64") or request.get("source") or "")
    etag = hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
    bucket, key = request.get("bucket"), request.get("key") or request.name
    return {
        "etag": request.get("etag") or etag,
        "versionId": "",
        "key": key,
        "contentType": request.get("contentType", "application/octet-stream"),
        "arn": f"arn:{request.session.partition}:s3:::{bucket}/{key}",
        "storageClass": request.get("storageClass", "STANDARD"),
        "serverSideEncryption": request.get("serverSideEncryption", "AES256"),
    }


def _repository_outputs(request: Request) -> Properties:
    host = f"{request.account}.dkr.ecr.{request.region}.{dns_suffix(request.session.partition)}"
    return {"repositoryUrl": f"{host}/{request.id}", "registryId": request.account}


def _efs_outputs(request: Request) -> Properties:
    return {
        "dnsName": f"{request.id}.efs.{request.region}.{dns_suffix(request.session.partition)}",
        "ownerId": request.account,
        "creationToken": request.get("creationToken") or f"terraform-{request.digits(26)}",
        "numberOfMountTargets": 0,
        "availabilityZoneId": "",
        "name": (request.get("tags") or {}).get("Name", ""),
        "performanceMode": request.get("performanceMode", "generalPurpose"),
        "encrypted": bool(request.get("encrypted", False)),
        "kmsKeyId": request.get("kmsKeyId", ""),
        "sizeInBytes": [{"value": 6144, "valueInIa": 0, "valueInStandard": 6144}],
    }


_REPOSITORY: Final = Reference(
    "repository",
    ("aws:ecr/repository:Repository",),
    error(
        "ECR",
        "PutLifecyclePolicy",
        "RepositoryNotFoundException",
        "The repository with name '{value}' does not exist in the registry",
    ),
)
_BUCKET_RULES: Final = TypeRules(
    source="S3 user guide, bucket naming rules; names are unique within a partition",
    input_defaults={"forceDestroy": False},
    id=_bucket_name,
    arn="arn:{partition}:s3:::{id}",
    unique=lambda request: f"s3:{request.session.partition}:{_bucket_name(request)}",
    exists=_s3(
        "CreateBucket",
        "BucketAlreadyExists",
        "The requested bucket name is not available: '{bucket}'. The bucket namespace is shared by all users of "
        "the system.",
    ),
    check=_check_bucket,
    compute=_bucket_outputs,
    deleting=_deleting_bucket,
    references=(_of("PutBucketLogging", "logging.targetBucket"),),
)
_KMS = key_of("S3", "PutBucketEncryption", "rules[*].applyServerSideEncryptionByDefault.kmsMasterKeyId")
_LOGGING = _of("PutBucketLogging", "targetBucket")
_CONTENT_OBJECT = TypeRules(
    references=(_of("PutObject"),),
    id="{bucket}/{key}",
    compute=_object_outputs,
    adopts=True,
    source="S3 API reference, PutObject: a second one overwrites",
)

RULES: Final[dict[str, TypeRules]] = {
    "aws:s3/bucket:Bucket": _BUCKET_RULES,
    "aws:s3/bucketV2:BucketV2": _BUCKET_RULES,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _setting(
        "PutPublicAccessBlock",
        input_defaults={
            "blockPublicAcls": False,
            "blockPublicPolicy": False,
            "ignorePublicAcls": False,
            "restrictPublicBuckets": False,
        },
    ),
    "aws:s3/bucketVersioning:BucketVersioning": _setting("PutBucketVersioning"),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _setting(
        "PutBucketEncryption", references=(_KMS,)
    ),
    "aws:s3/bucketPolicy:BucketPolicy": _setting("PutBucketPolicy", check=json_texts("policy"), admit=_admit_policy),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _setting(
        "PutBucketLifecycleConfiguration", admit=_admit_lifecycle
    ),
    "aws:s3/bucketLogging:BucketLogging": _setting("PutBucketLogging", references=(_LOGGING,)),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _setting("PutBucketOwnershipControls"),
    "aws:s3/bucketAcl:BucketAcl": _setting("PutBucketAcl", admit=_admit_acl),
    "aws:s3/bucketNotification:BucketNotification": _setting("PutBucketNotificationConfiguration"),
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": _setting("PutObjectLockConfiguration"),
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": _setting("PutBucketReplication"),
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": _setting("PutBucketCors"),
    "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration": _setting("PutBucketWebsite"),
    "aws:s3/bucketObject:BucketObject": _CONTENT_OBJECT,
    "aws:s3/bucketObjectv2:BucketObjectv2": _CONTENT_OBJECT,
    "aws:ecr/repository:Repository": TypeRules(
        input_defaults={"imageTagMutability": "MUTABLE"},
        id="{name}",
        arn="arn:{partition}:ecr:{region}:{account}:repository/{id}",
        compute=_repository_outputs,
        exists=error(
            "ECR",
            "CreateRepository",
            "RepositoryAlreadyExistsException",
            "The repository with name '{name}' already exists in the registry",
        ),
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": TypeRules(
        references=(_REPOSITORY,),
        id="{repository}",
        adopts=True,
        check=json_texts("policy"),
        defaults={"registryId": "{account}"},
    ),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": TypeRules(
        references=(_REPOSITORY,),
        id="{repository}",
        adopts=True,
        check=json_texts("policy"),
        defaults={"registryId": "{account}"},
    ),
    "aws:efs/fileSystem:FileSystem": TypeRules(
        references=(key_of("EFS", "CreateFileSystem", "kmsKeyId"),),
        id="fs-0{hex16}",
        arn="arn:{partition}:elasticfilesystem:{region}:{account}:file-system/{id}",
        compute=_efs_outputs,
    ),
    "aws:efs/mountTarget:MountTarget": TypeRules(
        references=(
            Reference(
                "fileSystemId",
                ("aws:efs/fileSystem:FileSystem",),
                error("EFS", "CreateMountTarget", "FileSystemNotFound", "File system '{value}' does not exist."),
                error("EFS", "DeleteFileSystem", "FileSystemInUse", "File system '{id}' has mount targets"),
            ),
            subnet_of("CreateMountTarget", "subnetId", service="EFS"),
            group_of("CreateMountTarget", "securityGroups[*]", service="EFS"),
        ),
        id="fsmt-0{hex16}",
    ),
}
