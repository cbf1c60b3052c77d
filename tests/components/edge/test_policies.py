"""A fleet with all its parts under the packs: nothing of tier 1 or 2 is found, at the levels of any environment."""

import pulumi
import pulumi_aws
import pytest

from platform_lib.components.edge import EdgeFleet, EdgeFleetArgs
from platform_lib.testing import run_program
from platform_lib.testing.policies import evaluate
from support.component_findings import failing
from support.contexts import context
from support.fleets import fleet_args, surroundings


def graph(mode="update", **more):
    def program():
        provider = pulumi_aws.Provider("aws", region="eu-west-1")
        account = pulumi_aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(provider=provider))
        made_for, opts = context("prod", compliance_scope=["hipaa", "pci"]), pulumi.ResourceOptions(provider=provider)
        args = {**fleet_args(account_id=account.account_id, **surroundings(opts)), "context": made_for, **more}
        pulumi.export("fleet", EdgeFleet("main", EdgeFleetArgs(**args), opts).artifact_bucket)

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


def test_of_the_hints_three_are_left(deployed):
    """Masking of logs, and deletion with a second factor, which only the root user of an account can turn on."""
    assert failing(evaluate(deployed, "baseline", environment="prod"), 3) == {
        ("aws-cloudwatch-log-data-protection", "main-undelivered"),
        ("aws-s3-versioning-mfa-delete", "main-artifacts-versioning"),
        ("aws-s3-versioning-mfa-delete", "main-telemetry-versioning"),
    }


def test_a_fleet_without_copies_is_found():
    copies = {"aws-backup-covers-data-stores", "aws-s3-bucket-replication"}
    found = failing(evaluate(graph(context=context("dev"), copies=None), "baseline", environment="prod"), 2)
    assert {rule for rule, _ in found} == copies
