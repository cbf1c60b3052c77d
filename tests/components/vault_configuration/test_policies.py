"""A configuration with all its parts under the packs: nothing of tier 1 or 2 is found, at any environment's levels."""

import pulumi
import pulumi_aws
import pulumi_vault
import pytest

from platform_lib.components.vault_configuration import VaultConfiguration, VaultConfigurationArgs
from platform_lib.testing import run_program
from platform_lib.testing.policies import evaluate
from support.component_findings import failing
from support.contexts import context
from support.vault_configurations import configuration_args, enterprise_args, vault_args

ALARM = {"log_group": "audit", "region": "eu-west-1", "topic_arn": "arn:aws:sns:eu-west-1:111122223333:alarms"}

MAKERS = {"openbao": configuration_args, "vault": vault_args, "enterprise": enterprise_args}


def graph(make=configuration_args, mode="update", **more):
    def program():
        providers = [
            pulumi_vault.Provider("vault", address="https://vault.example.org:8200"),
            pulumi_aws.Provider("aws", region="eu-west-1"),
        ]
        logs = pulumi_aws.cloudwatch.LogGroup(
            "audit", name="audit", retention_in_days=365, opts=pulumi.ResourceOptions(provider=providers[1])
        )
        args = make(context=context("prod", compliance_scope=["hipaa", "pci"]), **more)
        args["break_glass"] = {**args["break_glass"], "alert": {**ALARM, "log_group": logs.name}}
        made = VaultConfiguration("main", VaultConfigurationArgs(**args), pulumi.ResourceOptions(providers=providers))
        pulumi.export("policies", made.policies)

    return run_program(program, mode=mode)


@pytest.fixture(scope="module", params=["openbao", "vault", "enterprise"])
def deployed(request):
    return graph(MAKERS[request.param])


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_nothing_is_found_after_an_update(deployed, environment):
    found = evaluate(deployed, "baseline", environment=environment)
    assert failing(found, 2) == set()
    assert not any("::main" in urn for urns in found.undetermined.values() for urn in urns)


def test_nothing_is_found_in_a_preview():
    assert failing(evaluate(graph(mode="preview"), "baseline", environment="prod"), 2) == set()


@pytest.mark.parametrize("make", [configuration_args, vault_args])
def test_of_the_hints_those_are_left_that_need_the_enterprise_edition(make):
    mounts = {("vault-mount-seal-wrap", f"main-engine-{kind}") for kind in ("kv", "pki", "transit")}
    connection = ("vault-database-root-rotated", "main-engine-database-connection-orders")
    assert failing(evaluate(graph(make), "baseline", environment="prod"), 3) == {*mounts, connection}


def test_of_the_hints_none_is_left_with_the_enterprise_edition():
    assert failing(evaluate(graph(enterprise_args), "baseline", environment="prod"), 3) == set()
