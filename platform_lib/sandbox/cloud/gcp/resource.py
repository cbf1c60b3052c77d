"""Projects, service accounts, IAM, buckets, KMS (Resource Manager, IAM and Cloud Storage API references)."""

import re
from collections.abc import Iterable
from typing import Final

from platform_lib.core.values import Properties, plain
from platform_lib.sandbox.cloud.gcp.network import api
from platform_lib.sandbox.cloud.gcp.package import Gcp, number
from platform_lib.sandbox.cloud.model import Check, Reference, Request, TypeRules, refuse
from platform_lib.sandbox.protocol import CheckFailure

BUCKET: Final = ("gcp:storage/bucket:Bucket",)
_HELP: Final = Gcp()
_BUCKET_NAME: Final = re.compile(r"^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$")
_PROJECT_ID: Final = re.compile(r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$")
_ACCOUNT_ID: Final = re.compile(r"^[a-z]([-a-z0-9]{4,28}[a-z0-9])$")


def _check(key: str, pattern: re.Pattern[str], rule: str) -> Check:
    def check(inputs: Properties) -> Iterable[CheckFailure]:
        name = inputs.get(key)
        if isinstance(name, str) and not pattern.fullmatch(name):
            yield CheckFailure(key, f"{rule}, got '{name}'")

    return check


def _check_bucket(inputs: Properties) -> Iterable[CheckFailure]:
    name = inputs.get("name")
    if isinstance(name, str) and (
        not _BUCKET_NAME.match(name)
        or name.startswith("goog")
        or "google" in name
        or (len(name) > 63 and "." not in name)
    ):
        yield CheckFailure(
            "name",
            f'"name" name value can only contain lowercase letters, numeric characters, dashes, underscores and '
            f"dots, 3 to 63 characters, without 'google', got '{name}'",
        )


def _bucket_outputs(request: Request) -> Properties:
    return {
        "url": f"gs://{request.id}",
        "selfLink": f"https://www.googleapis.com/storage/v1/b/{request.id}",
        "location": str(request.get("location", "US")).upper(),
        "projectNumber": int(number(_HELP.project(request))),
        "timeCreated": request.outputs.get("timeCreated") or request.stamp,
        "updated": request.stamp,
        "publicAccessPrevention": request.get("publicAccessPrevention", "inherited"),
        "uniformBucketLevelAccess": bool(request.get("uniformBucketLevelAccess", False)),
        "rpo": request.get("rpo", ""),
        "softDeletePolicy": request.get("softDeletePolicy")
        or {"effectiveTime": request.stamp, "retentionDurationSeconds": 604800},
        "versioning": request.get("versioning") or {"enabled": False},
        "website": request.get("website") or {},
    }


def _deleting_bucket(request: Request) -> None:
    if plain(request.inputs.get("forceDestroy")) is True:
        return
    if any(path == "bucket" and row.type.endswith(":BucketObject") for row, path in request.store.linked(request.id)):
        raise refuse(
            f"Error trying to delete bucket {request.id} containing objects without `forceDestroy` set to true"
        )


def _project_outputs(request: Request) -> Properties:
    return {"number": number(str(request.get("projectId"))), "name": request.get("name") or request.get("projectId")}


def _deleting_project(request: Request) -> None:
    if request.get("deletionPolicy", "PREVENT") == "PREVENT":
        raise refuse(f"Cannot destroy project as deletionPolicy is set to PREVENT ({request.id})")


def _account_outputs(request: Request) -> Properties:
    email = f"{request.get('accountId')}@{_HELP.project(request)}.iam.gserviceaccount.com"
    return {
        "email": email,
        "member": f"serviceAccount:{email}",
        "name": f"projects/{_HELP.project(request)}/serviceAccounts/{email}",
        "uniqueId": request.outputs.get("uniqueId") or request.digits(21, "unique"),
    }


def _sink_outputs(request: Request) -> Properties:
    """Who writes what a sink exports (https://cloud.google.com/logging/docs/export/configure_export_v2)."""
    if request.get("customWriterIdentity"):
        return {"writerIdentity": request.get("customWriterIdentity")}
    if request.get("uniqueWriterIdentity") is False:
        return {"writerIdentity": "serviceAccount:cloud-logs@system.gserviceaccount.com"}
    account = f"service-{number(_HELP.project(request))}@gcp-sa-logging.iam.gserviceaccount.com"
    return {"writerIdentity": f"serviceAccount:{account}"}


def _check_member(inputs: Properties) -> Iterable[CheckFailure]:
    member = inputs.get("member")
    if isinstance(member, str) and ":" not in member and member not in ("allUsers", "allAuthenticatedUsers"):
        yield CheckFailure(
            "member", f"must have a type in front (user:, group:, serviceAccount:, domain:, principal:), got '{member}'"
        )
    role = inputs.get("role")
    if isinstance(role, str) and not re.match(r"^(roles/|projects/[^/]+/roles/|organizations/\d+/roles/)", role):
        yield CheckFailure("role", f"must be roles/... or a custom role by its full name, got '{role}'")


_OF_BUCKET: Final = Reference("bucket", BUCKET, api(404, "The specified bucket does not exist ({value}).", "notFound"))
_MEMBER: Final = TypeRules(
    check=_check_member, id="{project}/{role}/{member}", adopts=True, defaults={"etag": "BwY{hex10}="}
)

RULES: Final[dict[str, TypeRules]] = {
    "gcp:organizations/project:Project": TypeRules(
        source="Resource Manager: project ids are unique for ever",
        input_defaults={"deletionPolicy": "PREVENT", "autoCreateNetwork": True},
        id="projects/{projectId}",
        unique="gcp-project:{projectId}",
        check=_check(
            "projectId", _PROJECT_ID, "6 to 30 lower-case letters, digits and hyphens, beginning with a letter"
        ),
        compute=_project_outputs,
        deleting=_deleting_project,
        exists=api(409, "Requested entity already exists", "alreadyExists") + " (project {projectId})",
    ),
    "gcp:projects/service:Service": TypeRules(
        input_defaults={"disableOnDestroy": False},
        id=lambda request: f"{_HELP.project(request)}/{request.get('service')}",
        adopts=True,
    ),
    "gcp:logging/projectSink:ProjectSink": TypeRules(
        input_defaults={"uniqueWriterIdentity": True}, compute=_sink_outputs
    ),
    "gcp:projects/iAMMember:IAMMember": _MEMBER,
    "gcp:storage/bucketIAMMember:BucketIAMMember": TypeRules(
        references=(_OF_BUCKET,),
        check=_check_member,
        id="b/{bucket}/{role}/{member}",
        adopts=True,
        defaults={"etag": "CAE="},
    ),
    "gcp:serviceaccount/account:Account": TypeRules(
        input_defaults={"createIgnoreAlreadyExists": False, "disabled": False},
        check=_check(
            "accountId", _ACCOUNT_ID, "6 to 30 lower-case letters, digits and hyphens, beginning with a letter"
        ),
        compute=_account_outputs,
        id=lambda request: (
            f"projects/{_HELP.project(request)}/serviceAccounts/{request.get('accountId')}@{_HELP.project(request)}.iam.gserviceaccount.com"
        ),
        exists=api(409, "Service account {accountId} already exists within project", "alreadyExists"),
    ),
    "gcp:serviceaccount/key:Key": TypeRules(
        references=(
            Reference(
                "serviceAccountId",
                ("gcp:serviceaccount/account:Account",),
                api(404, "Service account {value} does not exist.", "notFound"),
            ),
        ),
        input_defaults={
            "keyAlgorithm": "KEY_ALG_RSA_2048",
            "privateKeyType": "TYPE_GOOGLE_CREDENTIALS_FILE",
            "publicKeyType": "TYPE_X509_PEM_FILE",
        },
        id="{serviceAccountId}/keys/{hex40}",
        compute=lambda request: {
            "name": request.id,
            "privateKey": request.hex(64, "private"),
            "publicKey": request.hex(64, "public"),
            "validAfter": request.stamp,
            "validBefore": "9999-12-31T23:59:59Z",
        },
    ),
    "gcp:storage/bucket:Bucket": TypeRules(
        source="Cloud Storage: bucket names are global",
        input_defaults={"forceDestroy": False, "storageClass": "STANDARD"},
        id="{name}",
        unique="gcs:{name}",
        check=_check_bucket,
        compute=_bucket_outputs,
        deleting=_deleting_bucket,
        exists="googleapi: Error 409: The requested bucket name is not available. The bucket namespace is shared "
        "by all users of the system. Please select a different name and try again., conflict",
    ),
    "gcp:storage/bucketObject:BucketObject": TypeRules(
        references=(_OF_BUCKET,),
        id="{bucket}-{name}",
        adopts=True,
        compute=lambda request: {
            "outputName": request.get("name"),
            "selfLink": f"https://www.googleapis.com/storage/v1/b/{request.get('bucket')}/o/{request.get('name')}",
            "mediaLink": f"https://storage.googleapis.com/download/storage/v1/b/{request.get('bucket')}/o/{request.get('name')}?alt=media",
        },
    ),
    "gcp:kms/keyRing:KeyRing": TypeRules(
        source="Cloud KMS: key rings cannot be deleted; the provider drops them from the state",
    ),
    "gcp:kms/cryptoKey:CryptoKey": TypeRules(
        references=(
            Reference("keyRing", ("gcp:kms/keyRing:KeyRing",), api(404, "KeyRing {value} not found.", "notFound")),
        ),
        input_defaults={"purpose": "ENCRYPT_DECRYPT", "skipInitialVersionCreation": False},
        id="{keyRing}/cryptoKeys/{name}",
        compute=lambda request: {
            "primaries": [{"name": f"{request.id}/cryptoKeyVersions/1", "state": "ENABLED"}],
            "destroyScheduledDuration": request.get("destroyScheduledDuration", "2592000s"),
        },
    ),
}
