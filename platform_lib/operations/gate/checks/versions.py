"""Steps between versions that the cloud refuses or cannot undo, from the old and the new inputs of a step.

Kubernetes control planes go up one minor version at a time, and never down:
https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html,
https://learn.microsoft.com/azure/aks/upgrade-aks-cluster,
https://cloud.google.com/kubernetes-engine/docs/how-to/upgrading-a-cluster.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from platform_lib.core.values import Value, plain
from platform_lib.operations.gate.check import GateInput, Looked, count
from platform_lib.operations.gate.verdict import Effect, GateFinding, Severity
from platform_lib.sandbox.engine.event import StateView

SKIP = "kubernetes-minors-skipped"
DOWN = "kubernetes-version-down"

CONTROL_PLANES: Final[Mapping[str, str]] = {
    "aws:eks/cluster:Cluster": "version",
    "azure-native:containerservice:ManagedCluster": "kubernetesVersion",
    "gcp:container/cluster:Cluster": "minMasterVersion",
}
"""Type of a managed control plane to the input that holds its version."""

_MINOR: Final = re.compile(r"v?(\d+)\.(\d+)(?:[.+-].*)?\Z")


def look(given: GateInput) -> Looked:
    """Refuses that a control plane goes up by more than one minor version, or down."""
    steps = [step for step in given.preview.steps if step.type in CONTROL_PLANES and step.old and step.new]
    planned = [view for view in given.preview.planned.values() if view.type in CONTROL_PLANES]
    if not planned:
        return Looked("the stack has no Kubernetes control plane", skipped=True)
    findings = [
        finding
        for step in steps
        if step.old is not None and step.new is not None
        for finding in _step(given, step.old, step.new)
    ]
    unique = {(finding.check, finding.subject): finding for finding in findings}
    return Looked(f"{count(len(planned), 'control plane')}", list(unique.values()))


def _step(given: GateInput, old: StateView, new: StateView) -> Iterator[GateFinding]:
    path = CONTROL_PLANES[new.type]
    # The cloud moves a cluster on by itself: what it runs (output) counts where the program did not say.
    before, after = minor(old.outputs.get(path, old.inputs.get(path))), minor(new.inputs.get(path))
    if before is None or after is None or before == after:
        return
    had, wants = f"{before[0]}.{before[1]}", f"{after[0]}.{after[1]}"
    if after < before:
        check, problem, remedy = (
            DOWN,
            f"would go down from {had} to {wants}",
            f"a control plane only goes up: keep {had}",
        )
    elif after[0] != before[0] or after[1] - before[1] > 1:
        check = SKIP
        problem = f"would go from {had} to {wants} at once"
        remedy = f"go one minor version at a time: {before[0]}.{before[1] + 1} first, nodes after it, then the next"
    else:
        return
    yield GateFinding(
        check=check,
        effect=Effect.REFUSE,
        severity=Severity.HIGH,
        subject=new.urn,
        problem=problem,
        remedy=remedy,
        path=path,
        source=given.source(new.urn),
    )


def minor(version: Value) -> tuple[int, int] | None:
    """Major and minor number of a version (``1.33``, ``v1.33.2-eks-1``); None where it is none or not known."""
    text = plain(version)
    match = _MINOR.match(text) if isinstance(text, str) else None
    return (int(match[1]), int(match[2])) if match else None
