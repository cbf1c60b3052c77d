"""Vault servers with all their parts under the packs: nothing of tier 1 or 2, at the levels of any environment."""

from functools import partial

import pulumi
import pulumi_aws
import pytest

from platform_lib.testing import run_program
from platform_lib.testing.policies import evaluate
from support import component_findings
from support.vaults import deployed

NETWORK = {"exposure": "network", "client_cidrs": ["10.0.0.0/8"], "client_namespaces": ["apps"]}
MATERIAL = {"ca_certificate": "CA", "certificate": "CERTIFICATE", "private_key": "PRIVATE"}


def graph(mode="update", environment="prod", **more):
    def program():
        provider = pulumi_aws.Provider("aws", region="eu-west-1")
        account = pulumi_aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(provider=provider))
        deployed(environment=environment, **more)(account.account_id, pulumi.ResourceOptions(provider=provider))

    return run_program(program, mode=mode)


@pytest.fixture(scope="module", params=["least", "whole"])
def made(request):
    return graph() if request.param == "least" else graph(listener=NETWORK, tls=MATERIAL)


failing = partial(component_findings.failing, part="::vault-")


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_nothing_is_found_after_an_update(made, environment):
    found = evaluate(made, "baseline", environment=environment)
    assert failing(found, 2) == set()
    assert not any("::vault-" in urn for urns in found.undetermined.values() for urn in urns)


def test_nothing_is_found_of_dev_itself():
    made = graph(environment="dev", nodes=1, backups=None)
    assert failing(evaluate(made, "baseline", environment="dev"), 2) == set()


def test_nothing_is_found_in_a_preview():
    assert failing(evaluate(graph("preview"), "baseline", environment="prod"), 2) == set()


def test_of_the_hints_only_the_second_factor_for_deletion_is_left(made):
    assert failing(evaluate(made, "baseline", environment="prod"), 3) == {
        ("aws-s3-versioning-mfa-delete", "vault-snapshots-versioning")
    }
