"""What policy packs find in a graph, without running the program again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from platform_lib.core.errors import near
from platform_lib.testing.errors import ExpectationError
from platform_lib.testing.graph import Graph
from platform_lib.testing.resource import Resource
from policypacks import load
from policypacks.engine.finding import Finding
from policypacks.engine.verdict import Answer


@dataclass(frozen=True)
class PolicyResults:
    """What the rules of some packs answered about a graph.

    Attributes:
        packs: the packs, as they were named.
        environment: whose levels hold.
        findings: everything that is not right, waived findings left out.
        passed: URNs that pass, by rule.
        rules: ids of all rules that ran.
    """

    packs: tuple[str, ...]
    environment: str
    findings: tuple[Finding, ...]
    passed: Mapping[str, frozenset[str]] = field(repr=False)
    rules: frozenset[str] = field(repr=False)

    @property
    def failing(self) -> Mapping[str, tuple[str, ...]]:
        """URNs that fail, by rule; a rule that broke is among them."""
        found: dict[str, list[str]] = {}
        for finding in self.findings:
            if finding.answer is not Answer.UNDETERMINED:
                found.setdefault(finding.rule, []).append(finding.urn)
        return {rule: tuple(dict.fromkeys(urns)) for rule, urns in found.items()}

    @property
    def undetermined(self) -> Mapping[str, tuple[str, ...]]:
        """URNs about which a rule cannot say anything yet, by rule."""
        found: dict[str, list[str]] = {}
        for finding in self.findings:
            if finding.answer is Answer.UNDETERMINED:
                found.setdefault(finding.rule, []).append(finding.urn)
        return {rule: tuple(dict.fromkeys(urns)) for rule, urns in found.items()}

    def _check(self, rule: str) -> None:
        if rule not in self.rules and not rule.startswith("waiver-"):
            hint = near(rule, self.rules) or "list them with `platform policy list`"
            raise ExpectationError(f"rule '{rule}': does not run in {', '.join(self.packs)}; {hint}")

    def assert_fails(self, rule: str, resource: Resource | None = None) -> None:
        """Fails unless a rule fails, on a resource where one is given.

        Raises:
            ExpectationError: it does not; or the packs have no such rule.
        """
        self._check(rule)
        urns = self.failing.get(rule, ())
        if not urns or (resource is not None and resource.urn not in urns):
            where = f" on {resource.label}" if resource is not None else ""
            raise ExpectationError(
                f"rule '{rule}': was expected to fail{where}; it fails on {', '.join(urns) or 'nothing'}"
            )

    def assert_passes(self, rule: str, resource: Resource | None = None) -> None:
        """Fails unless a rule passes: on the resource given, else on every one that it looks at, of which there is one.

        Raises:
            ExpectationError: it fails, cannot tell yet, or looked at nothing; or the packs have no such rule.
        """
        self._check(rule)
        found = [finding for finding in self.findings if finding.rule == rule]
        wrong = [finding for finding in found if resource is None or finding.urn == resource.urn]
        if wrong:
            raise ExpectationError("\n".join(f"rule '{rule}': {finding.message}" for finding in wrong))
        passed = self.passed.get(rule, frozenset())
        if not passed or (resource is not None and resource.urn not in passed):
            where = resource.label if resource is not None else "anything in the graph"
            raise ExpectationError(f"rule '{rule}': does not apply to {where}, so nothing is tested")

    def assert_none(self, *, ignore: Sequence[str] = ()) -> None:
        """Fails if anything fails or cannot be told, advisory rules included.

        Args:
            ignore: rules whose findings are meant to be there; each has to have one.

        Raises:
            ExpectationError: with every other finding.
        """
        for rule in ignore:
            self._check(rule)
            if not any(finding.rule == rule for finding in self.findings):
                raise ExpectationError(f"rule '{rule}': finds nothing; take it out of ignore")
        found = [finding for finding in self.findings if finding.rule not in ignore]
        if found:
            raise ExpectationError("\n".join(f"{finding.rule}: {finding.message}" for finding in found))


def evaluate(
    graph: Graph,
    *packs: str | Path,
    environment: str = "prod",
    config: Mapping[str, Any] | str | Path | None = None,
    waivers: str | Path | None = None,
    ledger: str | Path | None = None,
    today: date | None = None,
) -> PolicyResults:
    """Evaluates policy packs on a graph: every resource as it was registered, then the stack as a whole.

    Args:
        graph: of a run that ended well; that of a preview leaves undetermined what is not known yet.
        packs: names of built-in packs (``baseline``, ``hipaa``, ``pci``, ``soc2``) or folders with a ``pack.json``.
        environment: ``dev``, ``staging``, ``prod``; the strictest where not given.
        config: policy configuration, or its file.
        waivers: waiver file.
        ledger: address ledger that networks are compared with.
        today: against which expiry is measured; None for the current day (UTC).

    Raises:
        PolicyError: a pack, rule, level, setting or file is not there or not right.
        ExpectationError: no pack was named.
    """
    if not packs:
        raise ExpectationError("policies: no pack was named; name one, for example 'baseline'")
    if not any(graph.seen):
        raise ExpectationError(
            f"policies: {graph!r} was run with stock mocks, which show policies nothing; use run_program"
        )
    evaluator = load(
        packs,
        today=today or datetime.now(UTC).date(),
        environment=environment,
        config=config,
        waivers=waivers,
        ledger=ledger,
        preview=graph.mode == "preview",
        project=graph.project,
        stack=graph.stack,
    )
    registered, whole = graph.seen
    for resource in registered:
        evaluator.analyze(resource)
    about_stack = evaluator.analyze_stack(whole)
    findings = [*evaluator.findings(), *(item for item in about_stack if item.rule.startswith("waiver-"))]
    passed: dict[str, set[str]] = {}
    for rule, facts, verdict in evaluator.outcomes():
        if verdict.answer is Answer.PASS:
            passed.setdefault(rule.id, set()).add(facts.urn)
    return PolicyResults(
        tuple(str(pack) for pack in packs),
        evaluator.environment,
        tuple(findings),
        {rule: frozenset(urns) for rule, urns in passed.items()},
        frozenset(evaluator.rules),
    )
