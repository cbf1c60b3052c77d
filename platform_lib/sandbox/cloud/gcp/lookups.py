"""Look-ups of Google Cloud: client, project, zones, images, IAM policies, versions of GKE."""

import hashlib
import json
from typing import Final

from platform_lib.core.values import Properties, Secret, plain
from platform_lib.sandbox.cloud.gcp.cluster import DEFAULT_VERSION
from platform_lib.sandbox.cloud.gcp.package import number
from platform_lib.sandbox.cloud.model import refuse
from platform_lib.sandbox.cloud.package import Look, LookUp

ZONES: Final = {"us-east1": "bcd", "us-central1": "abcf", "europe-west1": "bcd"}
"""Zone letters of regions that do not have a, b, c (Compute Engine documentation, regions and zones)."""


def _project_of(look: Look) -> str:
    return str(look.args.get("project") or look.session.scope)


def _client(look: Look) -> Properties:
    token = hashlib.blake2b(look.session.scope.encode(), digest_size=16).hexdigest()
    zone = look.session.config.get("zone") or f"{look.session.region}-a"
    return {
        "project": look.session.scope,
        "region": look.session.region,
        "zone": zone,
        "accessToken": Secret(f"sandbox-{token}"),
        "defaultLabels": dict(look.session.tags),
        "id": f"projects/{look.session.scope}/regions/{look.session.region}/zones/{zone}",
    }


def _project(look: Look) -> Properties:
    project = str(look.args.get("projectId") or look.session.scope).removeprefix("projects/")
    row = look.store.find("gcp:organizations/project:Project", f"projects/{project}")
    if row is None and project != look.session.scope:
        raise refuse(f"googleapi: Error 404: project: {project} not found, notFound")
    outputs = plain(row.outputs) if row is not None else {}
    return {
        "projectId": project,
        "number": number(project),
        "name": outputs.get("name", project),
        "id": f"projects/{project}",
        "labels": outputs.get("labels", {}),
        "effectiveLabels": outputs.get("effectiveLabels", {}),
        "pulumiLabels": outputs.get("pulumiLabels", {}),
        "orgId": outputs.get("orgId", ""),
        "folderId": outputs.get("folderId", ""),
        "billingAccount": outputs.get("billingAccount", ""),
        "autoCreateNetwork": True,
        "deletionPolicy": outputs.get("deletionPolicy", "PREVENT"),
        "tags": {},
    }


def _zones(look: Look) -> Properties:
    region = str(look.args.get("region") or look.session.region)
    return {
        **look.args,
        "id": f"projects/{_project_of(look)}/regions/{region}",
        "region": region,
        "project": _project_of(look),
        "names": [f"{region}-{letter}" for letter in ZONES.get(region, "abc")],
    }


def _policy(look: Look) -> Properties:
    """The policy as JSON text: bindings of a role merged and sorted, as the provider renders them."""
    merged: dict[str, dict[str, object]] = {}
    for binding in look.args.get("bindings", []):
        condition = binding.get("condition")
        key = json.dumps([binding["role"], condition], sort_keys=True)
        held = merged.setdefault(
            key, {"members": [], "role": binding["role"], **({"condition": condition} if condition else {})}
        )
        held["members"] = sorted({*held["members"], *binding["members"]})  # type: ignore[misc]  # a list of texts
    policy: dict[str, object] = {"bindings": [merged[key] for key in sorted(merged)]} if merged else {}
    if look.args.get("auditConfigs"):
        policy["auditConfigs"] = look.args["auditConfigs"]
    text = json.dumps(policy, separators=(",", ":"))
    return {**look.args, "policyData": text, "id": hashlib.blake2b(text.encode(), digest_size=4).hexdigest()}


def _image(look: Look) -> Properties:
    project, family = str(look.args.get("project") or look.session.scope), look.args.get("family")
    name = str(look.args.get("name") or f"{family}-v20260101")
    link = f"https://www.googleapis.com/compute/v1/projects/{project}/global/images/{name}"
    digest = hashlib.blake2b(link.encode(), digest_size=8).hexdigest()
    return {
        **look.args,
        "id": f"projects/{project}/global/images/{name}",
        "name": name,
        "family": family or "",
        "project": project,
        "selfLink": link,
        "archiveSizeBytes": 0,
        "creationTimestamp": "2026-01-01T00:00:00.000-08:00",
        "description": "",
        "diskSizeGb": 10,
        "imageEncryptionKeySha256": "",
        "imageId": str(int(digest, 16)),
        "labelFingerprint": digest,
        "labels": {},
        "licenses": [],
        "sourceDisk": "",
        "sourceDiskEncryptionKeySha256": "",
        "sourceDiskId": "",
        "sourceImageId": "",
        "status": "READY",
        "filter": look.args.get("filter", ""),
        "mostRecent": bool(look.args.get("mostRecent", False)),
    }


def _versions(look: Look) -> Properties:
    place = str(look.args.get("location") or look.session.region)
    minors = [f"1.{minor}.1-gke.1000000" for minor in (34, 33, 32, 31)]
    prefix = look.args.get("versionPrefix")
    found = [version for version in minors if not prefix or version.startswith(str(prefix))]
    latest = found[0] if found else ""
    return {
        **look.args,
        "id": place,
        "defaultClusterVersion": DEFAULT_VERSION,
        "latestMasterVersion": latest,
        "latestNodeVersion": latest,
        "validMasterVersions": found,
        "validNodeVersions": found,
        "releaseChannelDefaultVersion": {"REGULAR": DEFAULT_VERSION, "STABLE": minors[1], "RAPID": minors[0]},
        "releaseChannelLatestVersion": {"REGULAR": minors[0], "STABLE": minors[1], "RAPID": minors[0]},
        "releaseChannelUpgradeTargetVersion": {},
    }


def _storage_account(look: Look) -> Properties:
    email = f"service-{number(_project_of(look))}@gs-project-accounts.iam.gserviceaccount.com"
    return {
        **look.args,
        "emailAddress": email,
        "member": f"serviceAccount:{email}",
        "id": email,
        "project": _project_of(look),
    }


def _default_account(look: Look) -> Properties:
    email = f"{number(_project_of(look))}-compute@developer.gserviceaccount.com"
    return {
        "email": email,
        "member": f"serviceAccount:{email}",
        "displayName": "Compute Engine default service account",
        "id": f"projects/{_project_of(look)}/serviceAccounts/{email}",
        "name": f"projects/{_project_of(look)}/serviceAccounts/{email}",
        "project": _project_of(look),
        "uniqueId": number(email),
    }


LOOK_UPS: Final[dict[str, LookUp]] = {
    "gcp:organizations/getClientConfig:getClientConfig": _client,
    "gcp:organizations/getProject:getProject": _project,
    "gcp:organizations/getIAMPolicy:getIAMPolicy": _policy,
    "gcp:compute/getZones:getZones": _zones,
    "gcp:compute/getImage:getImage": _image,
    "gcp:compute/getDefaultServiceAccount:getDefaultServiceAccount": _default_account,
    "gcp:container/getEngineVersions:getEngineVersions": _versions,
    "gcp:storage/getProjectServiceAccount:getProjectServiceAccount": _storage_account,
}
