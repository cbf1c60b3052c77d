"""What differs between state and cloud: a preview computes from the state, so on a drifted stack it is a guess."""

from platform_lib.operations.drift.look import find_drift
from platform_lib.operations.drift.model import Meaning, Nature, ResourceDrift
from platform_lib.operations.drift.noise import noise_rules
from platform_lib.operations.gate.check import GateInput, Looked, count
from platform_lib.operations.gate.verdict import Effect, GateFinding, Severity

_SEVERITIES = {
    Meaning.SECURITY: Severity.CRITICAL,
    Meaning.LOSS: Severity.CRITICAL,
    Meaning.GONE: Severity.HIGH,
    Meaning.CHANGED: Severity.MEDIUM,
}


def look(given: GateInput) -> Looked:
    """Refuses a change over real drift; values that only the cloud computes are told, noise is left out."""
    if not given.deployed.resources:
        return Looked("the stack is not deployed", skipped=True)
    found = find_drift(given.stack, given.policies, noise_rules(given.directory))
    findings = [_of(given, item) for item in found.open]
    quiet = len(found.resources) - len(found.open)
    summary = f"{len(found.open) or 'none'} of {count(found.looked_at, 'resource')} differ, {quiet} with noise only"
    return Looked(summary, findings)


def _of(given: GateInput, item: ResourceDrift) -> GateFinding:
    paths = [change.path for change in item.properties if change.nature is item.nature]
    moved = "is gone from the cloud" if item.gone else f"differs in the cloud: {', '.join(paths)}"
    rules = f"; now fails {', '.join(rule.rule for rule in item.rules)}" if item.rules else ""
    real = item.nature is Nature.REAL
    return GateFinding(
        check=f"drift-{item.meaning}",
        effect=given.strict if real else Effect.NOTE,
        severity=_SEVERITIES.get(item.meaning, Severity.LOW),
        subject=item.urn,
        problem=moved + rules,
        remedy=f"settle it first: `platform drift --stack {given.stack.name}`, then --revert or --accept",
        path=paths[0] if paths else "",
        controls={framework: list(ids) for rule in item.rules for framework, ids in rule.controls.items()},
    )
