"""The cases of the rules for EKS and ECR."""

import pytest

from support.aws_examples import KEY_ARN, allow, policy
from support.policies import PASS, REMOVE, Case, R, Trial, add, resource, trials

REPOSITORY = resource(
    "aws:ecr/repository:Repository",
    {
        "imageScanningConfiguration": {"scanOnPush": True},
        "imageTagMutability": "IMMUTABLE",
        "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": KEY_ARN}],
    },
)
REGISTRY = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"
LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
CLUSTER = resource(
    "aws:eks/cluster:Cluster",
    {
        "vpcConfig": {"subnetIds": ["s"], "endpointPublicAccess": False, "endpointPrivateAccess": True},
        "encryptionConfig": {"provider": {"keyArn": KEY_ARN}, "resources": ["secrets"]},
        "enabledClusterLogTypes": LOGS,
        "version": "1.34",
    },
)
PUBLIC = resource(
    CLUSTER.type,
    {
        **CLUSTER.properties,
        "vpcConfig": {"endpointPublicAccess": True, "publicAccessCidrs": ["192.0.2.0/24"]},
    },
)
FOUND = [{"scanFrequency": "CONTINUOUS_SCAN", "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}]}]
SSH = "remoteAccess.sourceSecurityGroupIds"


CASES = [
    Case("aws-ecr-repository-scan-on-push", REPOSITORY, bad={"imageScanningConfiguration.scanOnPush": False}),
    Case("aws-ecr-repository-immutable-tags", REPOSITORY, bad={"imageTagMutability": "MUTABLE"}),
    Case(
        "aws-ecr-repository-uses-kms",
        REPOSITORY,
        bad=[{"encryptionConfigurations[].encryptionType": "AES256"}, {"encryptionConfigurations[].kmsKey": ""}],
        unknown={"encryptionConfigurations[].kmsKey": PASS},
    ),
    Case(
        "aws-ecr-repository-policy-not-public",
        resource(
            "aws:ecr/repositoryPolicy:RepositoryPolicy",
            {"policy": policy(allow({"AWS": "arn:aws:iam::111122223333:root"}, "ecr:BatchGetImage"))},
        ),
        bad={"policy": policy(allow("*", "ecr:BatchGetImage"))},
    ),
    Case(
        "aws-eks-cluster-endpoint-not-public",
        CLUSTER,
        bad=[{"vpcConfig.endpointPublicAccess": True}, {"vpcConfig.endpointPrivateAccess": False}],
    ),
    Case(
        "aws-eks-cluster-public-cidrs-restricted",
        PUBLIC,
        bad=[{"vpcConfig.publicAccessCidrs": ["0.0.0.0/0"]}, {"vpcConfig.publicAccessCidrs": []}],
        unrelated={"vpcConfig.endpointPublicAccess": False},
    ),
    Case(
        "aws-eks-cluster-secrets-encrypted",
        CLUSTER,
        bad=[{"encryptionConfig.provider.keyArn": ""}, {"encryptionConfig.resources": ["configmaps"]}],
        unknown={"encryptionConfig.provider.keyArn": PASS},
    ),
    Case(
        "aws-eks-cluster-control-plane-logs",
        CLUSTER,
        bad=[{"enabledClusterLogTypes": [item for item in LOGS if item != kind]} for kind in LOGS],
    ),
    Case(
        "aws-eks-cluster-supported-version",
        CLUSTER,
        bad=[{"version": "1.24"}, {"version": "latest"}],
        also_good=[{"version": "1.40"}, {"version": "2.0"}],
    ),
    Case(
        "aws-eks-node-group-no-ssh",
        resource(
            "aws:eks/nodeGroup:NodeGroup",
            {"remoteAccess": {"ec2SshKey": "k", "sourceSecurityGroupIds": ["sg-1"]}},
        ),
        bad={SSH: []},
        also_good=[{"remoteAccess": REMOVE}, {"remoteAccess.ec2SshKey": REMOVE, SSH: REMOVE}],
        guards=["remoteAccess"],
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


def test_the_registry_may_scan_for_its_repositories() -> None:
    plain = R("it", REPOSITORY.type, {"imageScanningConfiguration": {"scanOnPush": False}})
    narrow = [{**FOUND[0], "repositoryFilters": [{"filter": "team/*", "filterType": "WILDCARD"}]}]
    manual = [{**FOUND[0], "scanFrequency": "MANUAL"}]
    case = Case(
        "aws-ecr-repository-scan-on-push",
        plain,
        bad=[add(R("registry", REGISTRY, {"rules": rules})) for rules in (narrow, manual)],
        also_good=add(R("registry", REGISTRY, {"rules": FOUND})),
        guards=[],
    )
    tried = [trial for trial in trials([case]) if ": bad" in trial.name or "still good" in trial.name]
    for trial in tried:
        trial.run()
    assert len(tried) == 3
