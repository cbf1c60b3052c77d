"""Findings: what an evaluation tells about one rule and one resource."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from policypacks.engine.pack import Level
from policypacks.engine.record import FRAMEWORKS, Severity
from policypacks.engine.resource import STACK_TYPE, Facts
from policypacks.engine.verdict import Answer, Fault, Verdict
from policypacks.engine.waiver import Waiver


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that a resource fails, that cannot be decided yet, or that broke.

    Attributes:
        rule: the rule's id; ``waiver-expired`` and the like for what is wrong with the waiver file.
        urn: the resource; the stack for what concerns the stack as a whole.
        message: what is wrong and what to do, one line for each fault; never a secret.
        mandatory: whether it stops the operation.
        answer: ``fail``, ``undetermined`` or ``error``.
        level: the rule's level in this run.
        severity: how bad it is.
        title: what a compliant resource is like.
        faults: what is wrong, with property path and remedy; empty when undetermined.
        unknown: the property paths that are not known yet, when undetermined.
        controls: framework to control ids.
        resource_type: type token as registered.
        resource_name: logical name.
        source: where the program made the resource (``project:///main.py#12,3``); empty where not known.
        waiver: the waiver that excuses it, None for none. Excused findings appear only in reports.
    """

    rule: str
    urn: str
    message: str
    mandatory: bool
    answer: Answer
    level: Level
    severity: Severity
    title: str
    faults: tuple[Fault, ...] = ()
    unknown: tuple[str, ...] = ()
    controls: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    resource_type: str = ""
    resource_name: str = ""
    source: str = ""
    waiver: Waiver | None = None

    @property
    def path(self) -> str:
        """The property path of the first fault, or of the first unknown; empty for the resource as a whole."""
        if self.faults:
            return self.faults[0].path
        return self.unknown[0] if self.unknown else ""

    @property
    def remedy(self) -> str:
        """What to do about the first fault."""
        return self.faults[0].remedy if self.faults else ""


def label(facts: Facts) -> str:
    """How messages name a resource: ``Bucket 'logs'``."""
    return "the stack" if facts.type == STACK_TYPE else f"{facts.type.rsplit(':', 1)[-1]} '{facts.name}'"


def citation(controls: Mapping[str, tuple[str, ...]]) -> str:
    """Control ids as messages show them: ``HIPAA 164.312(b); PCI DSS 10.2.1; SOC 2 CC7.2``."""
    return "; ".join(
        f"{title} {', '.join(controls[framework])}"
        for framework, title in FRAMEWORKS.items()
        if controls.get(framework)
    )


def message_of(verdict: Verdict, facts: Facts, cited: str, *, closed: bool) -> str:
    """The message of a finding: one line for each fault, control ids at the end.

    Args:
        verdict: what the rule answered.
        facts: the resource.
        cited: control ids, from ``citation``.
        closed: whether an undetermined answer counts as failed.
    """
    subject = label(facts)
    if verdict.answer is Answer.UNDETERMINED:
        paths = ", ".join(path or "the resource" for path in verdict.unknown)
        tail = "counts as failed in production" if closed else "decided when it is known"
        lines = [f"{subject}: {paths}: not known yet; {tail}"]
    else:
        lines = [f"{subject}: {fault}" for fault in verdict.faults]
    text = "\n".join(lines)
    return f"{text} ({cited})" if cited else text
