"""A recovery of every kind of source under the packs: nothing of tier 1 or 2 is found, at the levels of any
environment."""

import pulumi
import pulumi_aws
import pytest

from platform_lib.components.dr import DrReplica, DrReplicaArgs
from platform_lib.testing import run_program
from platform_lib.testing.policies import evaluate
from support.component_findings import failing
from support.contexts import context
from support.replicas import Around, replica_args


def graph(mode="update", **more):
    def program():
        provider = pulumi_aws.Provider("aws", region="eu-central-1")
        account = pulumi_aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(provider=provider))
        made_for, opts = context("prod", compliance_scope=["hipaa", "pci"]), pulumi.ResourceOptions(provider=provider)
        around = Around(opts).arguments
        args = {**replica_args(account_id=account.account_id, **around), "context": made_for, **more}
        pulumi.export("key", DrReplica("main", DrReplicaArgs(**args), opts).key_arn)

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


def test_of_the_hints_few_are_left(deployed):
    """What only the root user, the owner of the source or a paid service can do, and reports, which nobody reads."""
    assert {rule for rule, _ in failing(evaluate(deployed, "baseline", environment="prod"), 3)} == {
        "aws-backup-plan-copies-off-region",  # of the plan for the copies themselves
        "aws-backup-report-plan-exists",
        "aws-rds-instance-uses-tls-parameter-group",
        "aws-rds-non-default-port",
        "aws-rds-storage-autoscaling",
        "aws-s3-versioning-mfa-delete",
        "aws-sns-data-protection-policy",
        "aws-sns-topic-delivery-logging",
    }
