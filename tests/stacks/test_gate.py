"""The reference platform passes its own gate."""

from pathlib import Path

import pytest

from platform_lib.operations.engines import SandboxStack
from platform_lib.operations.gate.gate import Gate, judge
from platform_lib.operations.gate.verdict import Outcome, Status
from platform_lib.operations.run import Policies
from support.gates import NOW
from support.reference_platform import ReferencePlatform


@pytest.mark.slow
@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_first_deployment_is_accepted(tmp_path: Path, stack: str) -> None:
    platform = ReferencePlatform.copy(tmp_path)
    workspace = platform.workspace
    policies = Policies(("baseline",), waivers=tmp_path / "governance" / "waivers.yaml", today=NOW)
    verdict = judge(Gate(SandboxStack(workspace.stack(stack)), workspace, tmp_path, policies, now=NOW)).verdict
    assert verdict.verdict is Outcome.ACCEPTED, [item for item in verdict.findings if item.effect == "refuse"]
    statuses = {phase.name: phase.status for phase in verdict.phases}
    assert statuses["secrets"] is Status.PASSED, [item for item in verdict.findings if item.check.startswith("secret")]
    contracts = verdict.phase("contracts")
    assert contracts is not None
    assert "10 typed contracts" in contracts.summary
    assert verdict.cost is not None
    # Keys, addresses and the control plane have a price that holds everywhere; NAT gateways of this region have none.
    assert {item.item for item in verdict.cost.items} == {
        "aws:kms-keys",
        "aws:public-ipv4-hours",
        "aws:eks-cluster-hours",
    }
    assert "aws:nat-gateway-hours in eu-central-1" in verdict.cost.not_priced
