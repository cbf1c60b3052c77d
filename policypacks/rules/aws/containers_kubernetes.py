"""EKS clusters and ECR repositories: who reaches them, what is logged, scanned and encrypted."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_of,
    any_in,
    each,
    fail,
    forbid_open_cidr,
    judge,
    require,
    require_equal,
    require_false,
    require_holds,
    require_in,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.common.aws_policy import forbid_public_principal

REGISTRY_SCAN = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"
LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")


@rule("aws-ecr-repository-scan-on-push")
def scan_on_push(repository: Resource) -> Verdict:
    """Images are scanned for known holes when they are pushed.

    A hole that nobody looked for goes to production. The registry may scan for all its repositories.
    """

    def covers(registry: Resource) -> Verdict:
        for item in registry.items("rules"):
            everything = any(entry.get("filter") == "*" for entry in item.items("repositoryFilters"))
            if everything and item.get("scanFrequency") in ("SCAN_ON_PUSH", "CONTINUOUS_SCAN"):
                return PASS
        return NOT_APPLICABLE

    registries = repository.stack.all(repository, REGISTRY_SCAN)
    own = require_true(repository, "imageScanningConfiguration.scanOnPush")
    return any_in([own, *(judge(covers, registry) for registry in registries)])


@rule("aws-ecr-repository-immutable-tags")
def immutable_tags(repository: Resource) -> Verdict:
    """Tags of images stay what they are.

    A tag that can be moved runs other code than was reviewed.
    """
    return require_equal(repository, "imageTagMutability", "IMMUTABLE")


@rule("aws-ecr-repository-uses-kms")
def repository_kms(repository: Resource) -> Verdict:
    """Repositories are encrypted under a KMS key of one's own.

    Whoever holds the key decides who reads the images.
    """

    def check(configuration: Node) -> Verdict:
        kind = require_in(configuration, "encryptionType", ("KMS", "KMS_DSSE"))
        return all_of(kind, require_set(configuration, "kmsKey"))

    return each(repository, "encryptionConfigurations", check)


@rule("aws-ecr-repository-policy-not-public")
def repository_not_public(policy: Resource) -> Verdict:
    """No policy opens a repository to everyone.

    Images hold code and configuration; whoever may write there runs code wherever they are used.
    """
    return forbid_public_principal(policy, "policy")


@rule("aws-eks-cluster-endpoint-not-public")
def endpoint_not_public(cluster: Resource) -> Verdict:
    """The API of a cluster answers inside the network only.

    Whoever reaches it can try stolen tokens and new holes of the API server.
    """
    return all_of(
        require_false(cluster, "vpcConfig.endpointPublicAccess"),
        require_true(cluster, "vpcConfig.endpointPrivateAccess"),
    )


@rule("aws-eks-cluster-public-cidrs-restricted")
def public_cidrs(cluster: Resource) -> Verdict:
    """A public API of a cluster names the addresses that may reach it.

    Left out, it is every address there is.
    """
    if cluster.get("vpcConfig.endpointPublicAccess", True) in (False, "false"):
        return NOT_APPLICABLE
    path = "vpcConfig.publicAccessCidrs"
    return all_of(require_set(cluster, path), forbid_open_cidr(cluster, path))


@rule("aws-eks-cluster-secrets-encrypted")
def secrets_encrypted(cluster: Resource) -> Verdict:
    """Secrets of a cluster are encrypted under a KMS key of one's own.

    Its use is logged, and can be taken away.
    """
    return all_of(
        require_set(cluster, "encryptionConfig.provider.keyArn"),
        require_holds(cluster, "encryptionConfig.resources", ("secrets",)),
    )


@rule("aws-eks-cluster-control-plane-logs")
def control_plane_logs(cluster: Resource) -> Verdict:
    """Clusters send all five logs of their control plane.

    By default there is none, and who did what cannot be said afterwards.
    """
    return require_holds(cluster, "enabledClusterLogTypes", LOGS)


@rule(
    "aws-eks-cluster-supported-version",
    config={
        "oldest_version": {
            "type": "string",
            "pattern": r"^1\.[0-9]{2}$",
            "default": "1.33",
            "description": "the oldest version of Kubernetes in standard support of EKS",
        }
    },
)
def supported_version(cluster: Resource) -> Verdict:
    """Clusters name a version of Kubernetes that is in standard support.

    Older versions get no patches, or only at a higher price; see
    https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
    """
    oldest = cluster.config["oldest_version"]
    return require(
        cluster,
        "version",
        test=lambda version: _version(version) >= _version(oldest),
        problem=f"is older than {oldest}",
        remedy=f"set {{path}} to {oldest} or newer",
    )


def _version(text: object) -> tuple[int, ...]:
    """A version to compare; below every other where it is none."""
    parts = str(text).split(".")
    return tuple(int(part) for part in parts) if all(part.isdigit() for part in parts) else ()


@rule("aws-eks-node-group-no-ssh")
def nodes_no_ssh(group: Resource) -> Verdict:
    """Nodes take SSH from named security groups, or not at all.

    A key without a group opens port 22 of every node to the internet.
    """
    if not group.present("remoteAccess.ec2SshKey") or group.present("remoteAccess.sourceSecurityGroupIds"):
        return PASS
    path = "remoteAccess.sourceSecurityGroupIds"
    return fail(path, "is not set, so that SSH is open to everyone", f"set {path}, or remove remoteAccess")
