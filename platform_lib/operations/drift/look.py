"""Looks for drift: a refresh that changes nothing, each difference classed and ranked."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from platform_lib.core.errors import PlatformError
from platform_lib.operations.changes import SECRET_TEXT, PropertyChange, compared, property_changes
from platform_lib.operations.drift.model import BrokenRule, Drift, Meaning, Nature, PropertyDrift, ResourceDrift
from platform_lib.operations.drift.noise import NoiseRule
from platform_lib.operations.engines import EngineStack
from platform_lib.operations.record import STACK_TYPE, Record, is_provider, urn_name
from platform_lib.operations.run import Policies
from platform_lib.operations.stateful import stateful
from platform_lib.sandbox.engine.backend.values import Codec
from platform_lib.sandbox.engine.event import Event, StepEvent

if TYPE_CHECKING:
    from policypacks.engine.evaluator import Evaluator
    from policypacks.engine.finding import Finding

_IGNORED: Final = "the program ignores changes of it (ignore_changes)"
_COMPUTED: Final = "the cloud computes it, and no rule of governance/drift.yaml speaks of it"
_MEANINGS: Final = tuple(Meaning)
_SEVERITIES: Final = ("critical", "high", "medium", "low")


def find_drift(
    stack: EngineStack, policies: Policies, noise: Sequence[NoiseRule] = (), *, now: datetime | None = None
) -> Drift:
    """What differs between the state and the cloud. Neither is changed.

    Args:
        stack: on either engine.
        policies: that rank the differences: what held in the state and fails in the cloud is a security matter.
        noise: rules about what means nothing.
        now: time of the look; the clock's where None.

    Raises:
        PlatformError: the stack has no state, or a resource could not be read.
    """
    if not stack.exists():
        raise PlatformError(f"drift: stack '{stack.name}': has no state on engine {stack.engine}; deploy it first")
    record, steps = Record(), list[StepEvent]()

    def hear(event: Event) -> None:
        record(event)
        if isinstance(event, StepEvent) and event.phase == "outputs" and event.type != STACK_TYPE:
            steps.append(event)

    code = stack.run("refresh-preview", sink=hear)
    if code != 0:
        errors = [item.message.strip() for item in record.diagnostics if item.severity == "error"]
        raise PlatformError("\n".join(errors) or f"drift: stack '{stack.name}': the refresh failed with code {code}")
    before = stack.export()
    entries = {
        item["urn"]: item for item in before.get("deployment", {}).get("resources") or () if not item.get("delete")
    }
    drifted = {step.urn: step for step in steps if _moved(step)}
    evaluator, broken = _broken(stack, policies, before, drifted) if drifted else (None, {})
    found = [_resource(step, entries.get(urn, {}), noise, broken.get(urn, ())) for urn, step in drifted.items()]
    return Drift(
        engine=stack.engine,
        project=stack.project,
        stack=stack.name,
        environment=stack.environment(),
        checked=now or datetime.now(UTC),
        drifted=any(item.nature is not Nature.NOISE for item in found),
        packs=tuple(f"{pack.name} {pack.version}" for pack in evaluator.packs) if evaluator else (),
        looked_at=sum(step.old is not None and step.old.custom and not is_provider(step.type) for step in steps),
        resources=tuple(sorted(found, key=_weight)),
        stack_rules=tuple(_ordered(item for urn, rules in broken.items() if urn not in drifted for item in rules)),
    )


def _moved(step: StepEvent) -> bool:
    if step.new is None or step.op == "delete":
        return True
    old, new = step.old, step.new
    return old is not None and (bool(step.detailed_diff) or old.inputs != new.inputs or old.outputs != new.outputs)


def _resource(
    step: StepEvent, entry: Mapping[str, Any], noise: Sequence[NoiseRule], rules: Sequence[BrokenRule]
) -> ResourceDrift:
    gone = step.new is None or step.op == "delete"
    properties = () if gone else tuple(_properties(step, entry.get("ignoreChanges") or (), noise))
    natures = {item.nature for item in properties}
    if gone or rules or Nature.REAL in natures:
        nature = Nature.REAL
    else:
        nature = Nature.UNKNOWN if Nature.UNKNOWN in natures else Nature.NOISE
    holds = stateful(step.type) if gone else ""
    view = step.new or step.old
    return ResourceDrift(
        urn=step.urn,
        type=step.type,
        name=urn_name(step.urn),
        id=view.id if view else "",
        nature=nature,
        meaning=_meaning(nature, gone=gone, holds=holds, rules=rules),
        gone=gone,
        stateful=holds,
        rules=tuple(_ordered(rules)),
        properties=properties,
    )


def _meaning(nature: Nature, *, gone: bool, holds: str, rules: Sequence[BrokenRule]) -> Meaning:
    if rules:
        return Meaning.SECURITY
    if gone:
        return Meaning.LOSS if holds else Meaning.GONE
    return {Nature.REAL: Meaning.CHANGED, Nature.UNKNOWN: Meaning.UNKNOWN, Nature.NOISE: Meaning.NOISE}[nature]


def _properties(step: StepEvent, ignored: Sequence[str], noise: Sequence[NoiseRule]) -> list[PropertyDrift]:
    """What the program decides (inputs) first; then what only the cloud knows, where no input tells it already."""
    old, new = step.old, step.new
    if old is None or new is None:
        return []
    inputs = {change.path: change for change in compared(old.inputs, new.inputs)}
    if not inputs:
        # A secret that moved shows no difference in what the stock engine tells; its own answer does.
        inputs = {change.path: change for change in property_changes(step)} if step.detailed_diff else {}
    found = [
        _property(change, step.type, ignored, noise, computed=False) for change in inputs.values() if _told(change)
    ]
    decided = {_top(path) for path in inputs}
    found += [
        _property(change, step.type, ignored, noise, computed=True)
        for change in compared(old.outputs, new.outputs)
        if _told(change) and _top(change.path) not in decided
    ]
    return found


def _top(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def _told(change: PropertyChange) -> bool:
    return not change.path.startswith("__")  # the providers' own notes


def _property(
    change: PropertyChange, token: str, ignored: Sequence[str], noise: Sequence[NoiseRule], *, computed: bool
) -> PropertyDrift:
    nature, reason = (Nature.UNKNOWN, _COMPUTED) if computed else (Nature.REAL, "")
    rule = next((rule for rule in noise if rule.covers(token, change.path)), None)
    if rule is not None:
        nature, reason = Nature.NOISE, rule.reason
    elif any(NoiseRule(type="*", path=path, reason=_IGNORED).covers(token, change.path) for path in ignored):
        nature, reason = Nature.NOISE, _IGNORED
    return PropertyDrift(
        path=change.path, kind=change.kind, old=change.old, new=change.new, nature=nature, reason=reason
    )


def _broken(
    stack: EngineStack, policies: Policies, before: Mapping[str, Any], drifted: Mapping[str, StepEvent]
) -> "tuple[Evaluator | None, dict[str, list[BrokenRule]]]":
    """The rules that held in the state and fail in the cloud, by URN."""
    if not policies.packs:
        return None, {}
    inner = before["deployment"]
    resources = [_as_seen(item, drifted.get(item["urn"])) for item in inner.get("resources") or ()]
    after = {**before, "deployment": {**inner, "resources": [item for item in resources if item is not None]}}
    _, held = _evaluated(stack, policies, before)
    evaluator, now = _evaluated(stack, policies, after)
    known = {(item.rule, item.urn) for item in held}
    broken: dict[str, list[BrokenRule]] = {}
    for item in now:
        if (item.rule, item.urn) not in known:
            broken.setdefault(item.urn, []).append(
                BrokenRule(
                    rule=item.rule,
                    severity=item.severity,
                    mandatory=item.mandatory,
                    problem=item.faults[0].problem if item.faults else item.title,
                    controls={framework: list(ids) for framework, ids in item.controls.items()},
                )
            )
    return evaluator, broken


def _as_seen(entry: Mapping[str, Any], step: StepEvent | None) -> Mapping[str, Any] | None:
    """A resource of the state as the cloud has it; None where it is gone."""
    if step is None or entry.get("delete"):
        return entry
    if step.new is None or step.op == "delete":
        return None
    codec = Codec(None)
    return {
        **entry,
        "inputs": _opened(codec.properties(step.new.inputs), entry.get("inputs")),
        "outputs": _opened(codec.properties(step.new.outputs), entry.get("outputs")),
    }


def _opened(seen: Any, known: Any) -> Any:
    """What was read, with the state's own value where an engine tells only that something is secret.

    Else a rule would judge the words ``[secret]`` and find that something broke.
    """
    if seen == SECRET_TEXT and known is not None:
        return known
    if isinstance(seen, dict) and isinstance(known, Mapping):
        return {key: _opened(item, known.get(key)) for key, item in seen.items()}
    if isinstance(seen, list) and isinstance(known, list):
        return [_opened(item, known[index] if index < len(known) else None) for index, item in enumerate(seen)]
    return seen


def _evaluated(
    stack: EngineStack, policies: Policies, deployment: Mapping[str, Any]
) -> "tuple[Evaluator, list[Finding]]":
    from policypacks import evaluate_state, load
    from policypacks.engine.verdict import Answer

    evaluator = load(
        policies.packs,
        today=policies.today.date(),
        environment=stack.environment(),
        config=policies.config,
        waivers=policies.waivers,
        ledger=policies.ledger,
        project=stack.project,
        stack=stack.name,
    )
    findings = evaluate_state(evaluator, deployment)
    return evaluator, [item for item in findings if item.answer is not Answer.UNDETERMINED]


def _ordered(rules: Any) -> list[BrokenRule]:
    return sorted(rules, key=lambda item: (_SEVERITIES.index(item.severity), not item.mandatory, item.rule))


def _weight(item: ResourceDrift) -> tuple[int, int, str]:
    severity = _SEVERITIES.index(item.rules[0].severity) if item.rules else len(_SEVERITIES)
    return (_MEANINGS.index(item.meaning), severity, item.urn)
