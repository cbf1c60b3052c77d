"""A mesh with all its parts under the packs: nothing of tier 1 or 2 is found, at the levels of any environment."""

import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from platform_lib.testing import run_program
from platform_lib.testing.policies import evaluate
from support.contexts import context
from support.mesh_stack import mesh
from support.pages import own_rules


def graph(environment="prod", mode="update", **more):
    def program():
        opts = pulumi.ResourceOptions(provider=kubernetes.Provider("cluster", cluster_identifier="main"))
        made_for = context(environment, compliance_scope=["hipaa", "pci", "soc2"], data_classification="restricted")
        pulumi.export("tags", mesh(environment, **{"context": made_for, **more})(None, opts).tags)

    return run_program(program, mode=mode)


def failing(found, most_tier):
    rules = own_rules()
    return {
        (rule, urn.rsplit("::", 1)[-1])
        for rule, urns in found.failing.items()
        for urn in urns
        if rules[rule].record.tier <= most_tier and "::ns-" not in urn  # namespaces of others
    }


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_nothing_is_found_after_an_update(environment):
    found = evaluate(graph(environment), "baseline", environment=environment)
    assert failing(found, 2) == set()
    assert not any("::main" in urn for urns in found.undetermined.values() for urn in urns)


def test_nothing_is_found_in_a_preview():
    found = evaluate(graph(mode="preview"), "baseline", environment="prod")
    assert failing(found, 2) == set()


def test_of_the_hints_only_quotas_are_left():
    found = evaluate(graph(), "baseline", environment="prod")
    assert {rule for rule, _ in failing(found, 3)} == {"k8s-namespace-quota"}


def test_a_mesh_that_takes_plain_text_is_found():
    found = failing(
        evaluate(
            graph(mtls={"mode": "permissive", "until": "2027-01-31"}),
            "baseline",
            environment="prod",
        ),
        2,
    )
    assert "k8s-mesh-mtls-strict" in {rule for rule, _ in found}
