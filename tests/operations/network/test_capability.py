"""What the networks of the reference platform ask of their cloud."""

import pytest

from platform_lib.components.vpc.capability.report import OnGap
from platform_lib.operations.network.stacks import project_ledger_file, stack_networks
from platform_lib.operations.project import find_project
from support.reference_platform import ROOT


def network(stack):
    project = find_project(ROOT)
    (found,) = stack_networks(project, project_ledger_file(project), stack)
    return found


@pytest.mark.golden
@pytest.mark.parametrize("stack", ["dev", "staging", "prod"])
def test_the_reports_of_the_reference_platform_change_only_on_purpose(golden, stack):
    golden(f"network/capability_reference_{stack}.txt", network(stack).capability.as_text())


def test_a_gap_is_refused_unless_it_is_let_pass():
    asked = network("dev")
    assert not asked.refused_gaps
    object.__setattr__(asked, "args", asked.args.model_copy(update={"ddos_plan": True}))
    assert asked.refused_gaps
    object.__setattr__(asked, "args", asked.args.model_copy(update={"on_gap": OnGap.WARN}))
    assert not asked.refused_gaps
