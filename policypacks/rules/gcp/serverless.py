"""Cloud Run, Cloud Functions and Artifact Registry: who may call, what images may be, where secrets stand."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Pattern,
    Resource,
    Verdict,
    all_of,
    each,
    fail,
    forbid_in,
    require_equal,
    require_in,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.common.gcp import forbid_public_members
from policypacks.rules.common.tags import CLASSIFICATION, tag

SECRET_NAME = Pattern(r"(?:password|passwd|secret|token|api_?key|private_?key|credential)", ignore_case=True)
INVOKER = "roles/run.invoker"
SERVICES = ("gcp:cloudrun/service:Service", "gcp:cloudrunv2/service:Service")
RUN_GRANTS = (
    "gcp:cloudrun/iamMember:IamMember",
    "gcp:cloudrun/iamBinding:IamBinding",
    "gcp:cloudrunv2/serviceIamMember:ServiceIamMember",
    "gcp:cloudrunv2/serviceIamBinding:ServiceIamBinding",
)


@rule("gcp-artifact-registry-repository-protected")
def repository_protected(repository: Resource) -> Verdict:
    """Repositories keep tags as they are, scan what comes in and are encrypted under a key of one's own.

    A tag that can be moved runs other code than was reviewed. Tags are a matter of Docker repositories.
    """
    docker = str(repository.get("format", "")).upper() == "DOCKER"
    return all_of(
        require_true(repository, "dockerConfig.immutableTags") if docker else NOT_APPLICABLE,
        forbid_in(repository, "vulnerabilityScanningConfig.enablementConfig", ("DISABLED",), absent=PASS),
        require_set(repository, "kmsKeyName"),
    )


@rule("gcp-artifact-registry-not-public")
def registry_not_public(grant: Resource) -> Verdict:
    """No repository is opened to everyone.

    Images hold code and configuration; whoever may write there runs code wherever they are used.
    """
    return forbid_public_members(grant)


@rule("gcp-cloudrun-not-public", subject=RUN_GRANTS)
def run_not_public(grant: Resource) -> Verdict:
    """Cloud Run services are called by named identities, save those labelled as public.

    A service that everyone may invoke has nothing but its own code to guard it.
    """
    if grant.get("role") != INVOKER:
        return NOT_APPLICABLE
    by = "service" if grant.type.startswith("gcp:cloudrun/") else "name"
    services = grant.stack.target(grant, by, *SERVICES)
    if services.sure and all(tag(service, CLASSIFICATION) == "public" for service in services.sure):
        return PASS
    return forbid_public_members(grant)


@rule("gcp-cloudrun-no-plain-secrets")
def no_plain_secrets(subject: Resource) -> Verdict:
    """Environment variables that are named like secrets come from Secret Manager.

    A value in the definition is read by everyone who may view the service, in every revision for ever.
    """
    job = subject.type == "gcp:cloudrunv2/job:Job"
    path = "template.template.containers[].envs" if job else "template.containers[].envs"

    def check(entry: Node) -> Verdict:
        if SECRET_NAME.find(str(entry.get("name"))) is None or not entry.present("value"):
            return PASS
        return fail(f"{entry.path}.value", "holds a secret in the clear", "set valueSource.secretKeyRef instead")

    return each(subject, path, check)


@rule("gcp-cloudfunctions-not-public")
def functions_not_public(grant: Resource) -> Verdict:
    """Cloud Functions are called by named identities.

    A function that everyone may invoke has nothing but its own code to guard it.
    """
    return forbid_public_members(grant)


@rule("gcp-cloudfunctions-restricted-ingress")
def functions_restricted(function: Resource) -> Verdict:
    """Cloud Functions are reached from inside or by a load balancer, and reach out through the network.

    Traffic that bypasses the network bypasses its rules and logs.
    """
    first = function.type == "gcp:cloudfunctions/function:Function"
    if first and not function.get("triggerHttp", False):
        return require_set(function, "vpcConnector")
    prefix = "" if first else "serviceConfig."
    return all_of(
        require_in(function, f"{prefix}ingressSettings", ("ALLOW_INTERNAL_ONLY", "ALLOW_INTERNAL_AND_GCLB")),
        require_set(function, f"{prefix}vpcConnector"),
    )


@rule("gcp-cloudfunctions-https-always")
def functions_https(function: Resource) -> Verdict:
    """Cloud Functions answer HTTPS alone.

    Otherwise requests, tokens included, may come in the clear. Only functions with an HTTP trigger have an address.
    """
    if not function.get("triggerHttp", False):
        return NOT_APPLICABLE
    return require_equal(function, "httpsTriggerSecurityLevel", "SECURE_ALWAYS")
