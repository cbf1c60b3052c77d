"""The cases of the rules for Cloud Run, Cloud Functions and Artifact Registry."""

from typing import Any

import pytest

from support.policies import PASS, REMOVE, Case, R, Ref, Trial, drop, on, resource, trials

GROUP = "group:callers@example.org"
LABELLED = {"labels": {"data-classification": "public"}}
SECRET_REF = {"valueSource": {"secretKeyRef": {"secret": "db", "version": "latest"}}}


def envs(name: str, **more: Any) -> list[dict[str, Any]]:
    return [{"name": "LOG_LEVEL", "value": "info"}, {"name": name, **more}]


def service(environment: list[dict[str, Any]]) -> dict[str, Any]:
    return {"template": {"containers": [{"image": "i", "envs": environment}]}}


FIRST = "gcp:cloudfunctions/function:Function"
FUNCTION = {"triggerHttp": True, "httpsTriggerSecurityLevel": "SECURE_ALWAYS"}
INSIDE = {"ingressSettings": "ALLOW_INTERNAL_ONLY", "vpcConnector": "c"}

CASES = [
    Case(
        "gcp-artifact-registry-repository-protected",
        resource(
            "gcp:artifactregistry/repository:Repository",
            {"format": "DOCKER", "kmsKeyName": "k", "dockerConfig": {"immutableTags": True}},
        ),
        bad=[
            {"kmsKeyName": ""},
            {"dockerConfig.immutableTags": False},
            {"vulnerabilityScanningConfig.enablementConfig": "DISABLED"},
        ],
        also_good=[{"format": "PYTHON", "dockerConfig": REMOVE}],
        absent={"vulnerabilityScanningConfig.enablementConfig": PASS},
        unknown={"kmsKeyName": PASS},
    ),
    Case(
        "gcp-artifact-registry-not-public",
        [
            R("member", "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember", {"member": GROUP}),
            R("binding", "gcp:artifactregistry/repositoryIamBinding:RepositoryIamBinding", {"members": [GROUP]}),
        ],
        bad=[{"member": "allUsers"}, on("binding", {"members": [GROUP, "allUsers"]})],
    ),
    Case(
        "gcp-cloudrun-not-public",
        [
            R(
                "member",
                "gcp:cloudrunv2/serviceIamMember:ServiceIamMember",
                {"name": Ref("web"), "role": "roles/run.invoker", "member": "allUsers"},
            ),
            R("web", "gcp:cloudrunv2/service:Service", LABELLED),
            R(
                "old",
                "gcp:cloudrun/iamBinding:IamBinding",
                {"service": "x", "role": "roles/run.invoker", "members": [GROUP]},
            ),
        ],
        bad=[drop("web"), on("web", {"labels": REMOVE}), on("old", {"members": ["allAuthenticatedUsers"]})],
        also_good=on("old", {"role": "roles/run.viewer"}),
        guards=[],
    ),
    Case(
        "gcp-cloudrun-no-plain-secrets",
        [
            R("service", "gcp:cloudrunv2/service:Service", service(envs("DB_PASSWORD", **SECRET_REF))),
            R("job", "gcp:cloudrunv2/job:Job", {"template": service(envs("API_KEY", **SECRET_REF))}),
        ],
        bad=[
            {"template.containers[].envs": envs("DB_PASSWORD", value="correct-horse")},
            on("job", {"template.template.containers[].envs": envs("API_KEY", value="correct-horse")}),
        ],
    ),
    Case(
        "gcp-cloudfunctions-not-public",
        [
            R("one", "gcp:cloudfunctions/functionIamMember:FunctionIamMember", {"member": GROUP}),
            R("two", "gcp:cloudfunctionsv2/functionIamBinding:FunctionIamBinding", {"members": [GROUP]}),
        ],
        bad=[{"member": "allUsers"}, on("two", {"members": ["allAuthenticatedUsers"]})],
    ),
    Case(
        "gcp-cloudfunctions-restricted-ingress",
        [
            R("second", "gcp:cloudfunctionsv2/function:Function", {"serviceConfig": INSIDE}),
            R("first", FIRST, {**FUNCTION, **INSIDE}),
        ],
        bad=[
            {"serviceConfig.ingressSettings": "ALLOW_ALL"},
            {"serviceConfig.vpcConnector": ""},
            on("first", {"ingressSettings": "ALLOW_ALL"}),
        ],
        also_good=on("first", {"triggerHttp": False, "ingressSettings": REMOVE}),
        unknown={"serviceConfig.vpcConnector": PASS},
    ),
    Case(
        "gcp-cloudfunctions-https-always",
        resource(FIRST, {**FUNCTION, **INSIDE}),
        bad={"httpsTriggerSecurityLevel": "SECURE_OPTIONAL"},
        unrelated={"triggerHttp": REMOVE},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
