"""A store with all its parts under the packs: of tier 1 and 2, one thing is found, and waived with its reason."""

import re
import textwrap
from datetime import date

import pulumi
import pulumi_aws
import pytest

from platform_lib.components.features import FeatureStore, FeatureStoreArgs
from platform_lib.testing import run_program
from platform_lib.testing.policies import evaluate
from support.component_findings import failing
from support.contexts import context
from support.feature_stores import store_args, surroundings
from support.reference_platform import ROOT

WAIVED = {("aws-athena-workgroup-enforced", "main-queries")}
"""Feast makes temporary tables with a location of their own, which Athena refuses where settings are forced."""


def graph(mode="update", **more):
    def program():
        provider = pulumi_aws.Provider("aws", region="eu-west-1")
        account = pulumi_aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(provider=provider))
        made_for, opts = context("prod", compliance_scope=["hipaa", "pci"]), pulumi.ResourceOptions(provider=provider)
        args = {**store_args(account_id=account.account_id, **surroundings(opts)), "context": made_for, **more}
        pulumi.export("store", FeatureStore("main", FeatureStoreArgs(**args), opts).bucket)

    return run_program(program, mode=mode)


@pytest.fixture(scope="module")
def deployed():
    return graph()


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_one_thing_is_found_after_an_update(deployed, environment):
    found = evaluate(deployed, "baseline", environment=environment)
    assert failing(found, 2) == WAIVED
    assert not any("::main" in urn for urns in found.undetermined.values() for urn in urns)


def test_nothing_else_is_found_in_a_preview():
    assert failing(evaluate(graph("preview"), "baseline", environment="prod"), 2) == WAIVED


def test_of_the_hints_these_are_left(deployed):
    assert failing(evaluate(deployed, "baseline", environment="prod"), 3) - WAIVED == {
        ("aws-cloudwatch-log-data-protection", "main-logs"),
        ("aws-s3-versioning-mfa-delete", "main-data-versioning"),
        ("aws-sfn-state-machine-uses-customer-key", "main-apply"),
        ("aws-sfn-state-machine-uses-customer-key", "main-materialise"),
        ("aws-sqs-queue-dead-letter", "main-undelivered"),
    }


RETIRED = "aws-dynamodb-retired-table-kept-until"


@pytest.mark.parametrize(
    "today, released, found",
    [
        (date(2027, 1, 31), False, set()),
        (date(2027, 2, 1), False, {"main-table-old"}),
        (date(2027, 1, 31), True, {"main-table-old"}),
        (date(2027, 2, 1), True, set()),
    ],
)
def test_a_retired_table_is_held_to_its_day(today, released, found):
    view = {"name": "old", "until": "2027-01-31", "data_released": released}
    results = evaluate(graph(retired_views=[view]), "baseline", environment="prod", today=today)
    assert {name for rule, name in failing(results, 2) if rule == RETIRED} == found


def test_the_waiver_of_the_page_is_one(deployed, tmp_path):
    page = (ROOT / "docs" / "components" / "features.md").read_text(encoding="utf-8")
    (entry,) = re.findall(r"```yaml\n(- rule: .*?)```", page, re.DOTALL)
    text = textwrap.indent(entry.replace("shop-queries", "main-queries"), "  ")
    path = tmp_path / "waivers.yaml"
    path.write_text(f"waivers:\n{text}", encoding="utf-8")
    results = evaluate(deployed, "baseline", environment="prod", waivers=path, today=date(2026, 11, 29))
    assert failing(results, 2) == set()
    assert not [rule for rule in results.failing if rule.startswith("waiver-")]
