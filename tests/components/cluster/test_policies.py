"""A cluster with all its parts under the packs: nothing of tier 1 or 2 is found, at the levels of any environment."""

import json

import pulumi
import pulumi_aws
import pytest

from platform_lib.components.cluster import KubernetesCluster, KubernetesClusterArgs
from platform_lib.components.vpc import VpcArgs, VpcComponent
from platform_lib.testing import run_program
from platform_lib.testing.policies import evaluate
from support.clusters import ADMINS
from support.component_findings import failing
from support.contexts import context

READS = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::menus/*"]}
READERS = {
    "name": "readers",
    "principal_arn": "arn:aws:iam::111122223333:role/readers",
    "policy": "view",
    "namespaces": ["apps"],
}
WHOLE = {
    "node_groups": [
        {"name": "system"},
        {"name": "batch", "capacity": "spot", "image": "bottlerocket-arm", "taints": [{"key": "dedicated"}]},
    ],
    "pod_identities": [
        {
            "name": "app",
            "namespace": "apps",
            "service_account": "app",
            "policy": json.dumps({"Version": "2012-10-17", "Statement": [READS]}),
        }
    ],
    "access": [ADMINS, READERS],
}


def graph(mode="update", **more):
    def program():
        provider = pulumi_aws.Provider("aws", region="eu-west-1")
        account = pulumi_aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(provider=provider))
        made_for, opts = context("prod", compliance_scope=["hipaa", "pci"]), pulumi.ResourceOptions(provider=provider)
        network = VpcComponent("net", VpcArgs(context=made_for, region="eu-west-1", cidr="10.20.0.0/16"), opts)
        args = {"context": made_for, "network": network.reference, "account_id": account.account_id, **WHOLE, **more}
        pulumi.export("provider", KubernetesCluster("main", KubernetesClusterArgs(**args), opts).provider.urn)

    return run_program(program, mode=mode)


@pytest.fixture(scope="module")
def deployed():
    return graph()


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_nothing_is_found_after_an_update(deployed, environment):
    found = evaluate(deployed, "baseline", environment=environment)
    assert failing(found, 2) == set()
    assert not any("::main" in urn for urns in found.undetermined.values() for urn in urns)


def test_nothing_is_found_in_a_preview():
    assert failing(evaluate(graph("preview"), "baseline", environment="prod"), 2) == set()


def test_of_the_hints_only_the_masking_of_logs_is_left(deployed):
    assert failing(evaluate(deployed, "baseline", environment="prod"), 3) == {
        ("aws-cloudwatch-log-data-protection", "main-control-plane-logs")
    }


def test_a_public_endpoint_is_found():
    public = {"public_enabled": True, "public_cidrs": ["203.0.113.0/24"]}
    found = failing(evaluate(graph(endpoint=public), "baseline", environment="prod"), 2)
    assert found == {("aws-eks-cluster-endpoint-not-public", "main-cluster")}
