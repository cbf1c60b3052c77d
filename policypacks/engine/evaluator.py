"""The evaluator: packs, configuration, waivers and rules put together for one run over one stack."""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platform_lib.core.errors import PolicyError
from platform_lib.core.values import Properties
from policypacks.engine.configuration import Configuration, configure
from policypacks.engine.evaluation import RuleIndex, merged, run, subjects
from policypacks.engine.finding import Finding, citation, message_of
from policypacks.engine.graph import Stack
from policypacks.engine.ledger import SOURCE, Blocks, read_blocks
from policypacks.engine.pack import LEVELS, Level, Pack, load_pack
from policypacks.engine.registry import Rule, load_rules
from policypacks.engine.remedy import may_remediate, mended
from policypacks.engine.resource import STACK_TYPE, Facts, ResourceLike, Setting
from policypacks.engine.token import canonical
from policypacks.engine.verdict import Answer, Verdict
from policypacks.engine.waiver import Waivers, read_waivers
from policypacks.engine.watchdog import Watchdog

if TYPE_CHECKING:
    from policypacks.report.model import Report

_SILENT = frozenset({Answer.PASS, Answer.NOT_APPLICABLE})
"""The answers that make no finding."""

_STRICTNESS: Mapping[Level, int] = {"disabled": 0, "advisory": 1, "remediate": 2, "mandatory": 3}


class Evaluator:
    """Evaluates the rules of one or more packs over one stack, in one run.

    It satisfies the sandbox engine's ``PolicyEvaluator``, serves the analyzer server, and keeps what it saw for the
    report. Calls from several threads are serialised. Make a new one for every run.

    Attributes:
        packs: the packs, in the order in which they were named.
        environment: the environment whose levels hold.
        rules: the rules that run (not disabled), by id.
        waivers: the waivers used.
        preview: whether values may still become known.
        project: name of the project; empty where not known.
        stack: name of the stack; empty where not known.
        seconds: how long it has worked so far.
    """

    def __init__(
        self,
        packs: Sequence[Pack],
        *,
        today: date,
        environment: str | None = None,
        configuration: Configuration | None = None,
        waivers: Waivers | None = None,
        ledger: Blocks | None = None,
        preview: bool = False,
        project: str = "",
        stack: str = "",
    ) -> None:
        if not packs:
            raise PolicyError("policy evaluation: no pack was named; name one, for example baseline")
        self.packs = tuple(packs)
        self.configuration = configuration or Configuration()
        self.environment = packs[0].environment(self.configuration.pack["environment"] or environment)
        self.waivers = waivers or Waivers()
        self._ledger = ledger or {}
        self.today = today
        self.preview = preview
        self.project = project
        self.stack = stack
        self._levels = self._all_levels()
        self.rules = {rule.id: rule for rule in self._known().values() if self._levels[rule.id] != "disabled"}
        self._settings = {rule.id: self._rule_settings(rule) for rule in self.rules.values()}
        self._setting = Setting(self.environment, today, preview)
        self._mends = any(self._levels[rule_id] == "remediate" for rule_id in self.rules)
        self._resource_rules = RuleIndex(rule for rule in self.rules.values() if not rule.whole_stack)
        self._stack_rules = [rule for rule in self.rules.values() if rule.whole_stack]
        self._citations: dict[str, str] = {}
        self._watchdog = Watchdog(self.configuration.pack["rule_seconds"])
        self._lock = threading.RLock()
        self._depth = 0
        self.seconds = 0.0
        self._facts: dict[str, Facts] = {}
        self._verdicts: dict[str, list[tuple[Rule, Verdict]]] = {}
        self._stack_verdicts: dict[str, list[tuple[Rule, Verdict]]] = {}
        self._whole: tuple[Facts, ...] = ()
        self._remedied: list[tuple[str, str]] = []
        self._made: dict[tuple[str, str], tuple[Verdict, Finding]] = {}

    @property
    def closed(self) -> bool:
        """Whether what is undetermined counts as failed: in production, once values cannot become known any more."""
        return self.environment == "prod" and not self.preview

    def level(self, rule_id: str) -> Level:
        """How strictly a rule of the packs holds in this run."""
        return self._levels[rule_id]

    def settings(self, rule_id: str) -> Mapping[str, Any]:
        """The settings of a rule in this run."""
        return self._settings[rule_id]

    def remediate(self, resource: ResourceLike) -> Properties | None:
        """The inputs as rules of level ``remediate`` mend them; None where nothing is changed."""
        if not self._mends:
            return None
        with self._working():
            changed = [properties for _, properties in self.remediations(self._decoded(resource, resource.properties))]
            return changed[-1] if changed else None

    def remediations(self, facts: Facts) -> Sequence[tuple[Rule, Properties]]:
        """Every rule of level ``remediate`` that mends the resource, each with all inputs as they are after it."""
        by_replacement = bool(self.configuration.pack["remediate_by_replacement"])
        changed: list[tuple[Rule, Properties]] = []
        with self._working():
            for rule in self._resource_rules.rules(facts.type):
                if self._levels[rule.id] != "remediate" or facts.external:
                    continue
                if not may_remediate(rule.record, by_replacement=by_replacement):
                    continue
                repaired = self._mended(rule, facts)
                if repaired is not None:
                    facts = replace(facts, properties=repaired)
                    changed.append((rule, repaired))
                    self._remedied.append((rule.id, facts.urn))
        return changed

    def _mended(self, rule: Rule, facts: Facts) -> Properties | None:
        if self._run(rule, facts).answer is not Answer.FAIL or self.waivers.covering(rule.id, facts.urn):
            return None
        repaired = mended(rule.record, facts.kind, facts.properties, self._settings[rule.id])
        if repaired is None or self._run(rule, replace(facts, properties=repaired)).answer is not Answer.PASS:
            return None
        return repaired

    def analyze(self, resource: ResourceLike) -> Sequence[Finding]:
        """Findings about one resource, by the rules of resource scope. Excused ones are left out."""
        with self._working():
            return self._analyzed(self._decoded(resource, resource.properties))

    def analyze_facts(self, facts: Facts) -> Sequence[Finding]:
        """The same for a resource that is decoded already."""
        with self._working():
            return self._analyzed(facts)

    def _analyzed(self, facts: Facts) -> Sequence[Finding]:
        self._facts[facts.urn] = facts
        rules = () if facts.external else self._resource_rules.rules(facts.type)
        settings, setting, watchdog = self._settings, self._setting, self._watchdog
        verdicts = [(rule, run(rule, facts, settings[rule.id], setting, None, watchdog)) for rule in rules]
        self._verdicts[facts.urn] = verdicts
        return self._told(facts, verdicts)

    def analyze_stack(self, resources: Sequence[ResourceLike]) -> Sequence[Finding]:
        """Findings about the stack, by the rules of stack scope, and what is wrong with the waivers.

        Rules see outputs; an input that was seen by ``analyze`` stands in where outputs lack it or do not know it yet.
        """
        with self._working():
            return self.analyze_graph(
                self._decoded(resource, self._completed(resource.urn, resource.properties)) for resource in resources
            )

    def completed(self, facts: Facts) -> Facts:
        """A resource of the whole stack, with the inputs that ``analyze`` saw where its outputs lack them."""
        return replace(facts, properties=self._completed(facts.urn, facts.properties))

    def _completed(self, urn: str, outputs: Properties) -> Properties:
        seen = self._facts.get(urn)
        return outputs if seen is None else merged(seen.properties, outputs)

    def not_applicable(self, urn: str) -> Sequence[str]:
        """The rules of resource scope that had nothing to say about a resource."""
        return [rule.id for rule, verdict in self._verdicts.get(urn, ()) if verdict.answer is Answer.NOT_APPLICABLE]

    def analyze_graph(self, resources: Iterable[Facts]) -> Sequence[Finding]:
        """The same for resources that are decoded already."""
        with self._working():
            graph = Stack(resources)
            self._whole = tuple(graph.facts)
            for facts in graph.facts:
                self._facts.setdefault(facts.urn, facts)
            self._stack_verdicts = {}
            found: list[Finding] = []
            for rule in self._stack_rules:
                for facts in subjects(rule, graph):
                    verdict = self._run(rule, facts, graph)
                    self._stack_verdicts.setdefault(facts.urn, []).append((rule, verdict))
                    found += self._told(facts, [(rule, verdict)])
            return [*found, *self.waiver_findings()]

    def waiver_findings(self) -> Sequence[Finding]:
        """What is wrong with the waivers, as findings about the stack; ask when everything was analysed."""
        root = next((urn for urn, facts in self._facts.items() if facts.type == STACK_TYPE), "")
        found = [
            self._about_waiver(root, problem.kind, problem.message)
            for problem in self.waivers.problems
            if not problem.rule or problem.rule in self.rules or problem.kind in ("malformed", "too-broad")
        ]
        if not self.waivers.valid:
            return found
        used = {id(finding.waiver) for finding in self.findings(waived=True) if finding.waiver is not None}
        for waiver in self.waivers.valid:
            if id(waiver) in used or waiver.rule not in self.rules or not waiver.concerns(self.project, self.stack):
                continue
            text = f"{self.waivers.path} line {waiver.line}: excuses nothing in this stack; remove it"
            found.append(self._about_waiver(root, "unmatched", text))
        return found

    def rules_for(self, token: str) -> Sequence[Rule]:
        """The rules of resource scope that look at resources of a type."""
        return self._resource_rules.rules(token)

    def examine(self, rule: Rule, facts: Facts) -> Finding | None:
        """What one rule finds about one resource that no waiver excuses, without keeping it for the report."""
        with self._lock:
            return next(iter(self._told(facts, [(rule, self._run(rule, facts))])), None)

    def examine_stack(self, rule: Rule, graph: Stack) -> Sequence[Finding]:
        """The same for a rule of stack scope: one finding at most for each resource that it is called with."""
        with self._lock:
            return [
                finding
                for facts in subjects(rule, graph)
                for finding in self._told(facts, [(rule, self._run(rule, facts, graph))])
            ]

    def findings(self, *, waived: bool = False) -> Sequence[Finding]:
        """All findings about resources so far; with those that a waiver excuses, if asked."""
        found: list[Finding] = []
        for verdicts in (self._verdicts, self._stack_verdicts):
            for urn, pairs in verdicts.items():
                facts = self._facts.get(urn) or Facts(STACK_TYPE, STACK_TYPE, urn, "", {})
                found += (
                    self.finding(rule, facts, verdict) for rule, verdict in pairs if verdict.answer not in _SILENT
                )
        return found if waived else [finding for finding in found if finding.waiver is None]

    def outcomes(self) -> Iterable[tuple[Rule, Facts, Verdict]]:
        """Every answer so far: rule, resource, verdict."""
        for verdicts in (self._verdicts, self._stack_verdicts):
            for urn, pairs in verdicts.items():
                facts = self._facts.get(urn) or Facts(STACK_TYPE, STACK_TYPE, urn, "", {})
                for rule, verdict in pairs:
                    yield rule, facts, verdict

    def seen(self) -> Iterable[str]:
        """The URNs of all resources so far."""
        return self._facts.keys()

    def facts(self) -> Sequence[Facts]:
        """Every resource so far as it was first seen: its inputs, where the resource itself was analysed."""
        return tuple(self._facts.values())

    def whole(self) -> Sequence[Facts]:
        """The resources with their outputs, as they were analysed at the end of the run; empty where it ended early."""
        return self._whole

    def remedied(self) -> Sequence[tuple[str, str]]:
        """Rule and URN of every remediation so far."""
        return tuple(self._remedied)

    def report(self) -> "Report":
        """All that was evaluated, for renderers and evidence."""
        from policypacks.report.model import report_of

        with self._lock:
            return report_of(self)

    @contextmanager
    def _working(self) -> Iterator[None]:
        """Lets one thread at a time work, and counts how long that takes."""
        with self._lock:
            start = time.perf_counter()
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if not self._depth:
                    self.seconds += time.perf_counter() - start

    def _known(self) -> Mapping[str, Rule]:
        return {rule_id: rule for pack in self.packs for rule_id, rule in pack.rules.items()}

    def _all_levels(self) -> dict[str, Level]:
        configured = self.configuration
        levels: dict[str, Level] = {}
        for pack in self.packs:
            for rule in pack.rules.values():
                own = configured.levels.get(rule.id) or configured.everywhere
                level = own or pack.level(rule, self.environment)
                if _STRICTNESS[level] >= _STRICTNESS[levels.get(rule.id, "disabled")]:
                    levels[rule.id] = level
        return levels

    def _rule_settings(self, rule: Rule) -> Mapping[str, Any]:
        settings = rule.defaults()
        settings |= {name: self._ledger for name, schema in rule.config.items() if schema.get("reviewed") == SOURCE}
        for pack in self.packs:
            if rule.id in pack.overrides:
                settings |= pack.overrides[rule.id].config
        return {**settings, **self.configuration.settings.get(rule.id, {})}

    def _run(self, rule: Rule, facts: Facts, graph: Stack | None = None) -> Verdict:
        return run(rule, facts, self._settings[rule.id], self._setting, graph, self._watchdog)

    def _decoded(self, resource: ResourceLike, properties: Properties) -> Facts:
        provider = resource.provider
        return Facts(
            type=resource.type,
            kind=canonical(resource.type),
            urn=resource.urn,
            name=resource.name,
            properties=properties,
            options=resource.options,
            provider=None if provider is None else provider.properties,
            provider_name="" if provider is None else provider.name,
            parent=resource.parent,
            dependencies=resource.dependencies,
            property_dependencies=resource.property_dependencies,
            external=bool(getattr(resource, "external", False)),
            source=str(getattr(resource, "source_position", "")),
        )

    def _told(self, facts: Facts, verdicts: Iterable[tuple[Rule, Verdict]]) -> list[Finding]:
        found: list[Finding] = []
        for rule, verdict in verdicts:
            if verdict.answer not in _SILENT:
                finding = self.finding(rule, facts, verdict)
                if finding.waiver is None:
                    found.append(finding)
        return found

    def finding(self, rule: Rule, facts: Facts, verdict: Verdict) -> Finding:
        """The finding that an answer other than pass or not applicable makes."""
        key = (rule.id, facts.urn)
        made = self._made.get(key)
        if made is None or made[0] is not verdict:
            made = self._made[key] = (verdict, self._finding(rule, facts, verdict))
        return made[1]

    def _finding(self, rule: Rule, facts: Facts, verdict: Verdict) -> Finding:
        level = self._levels[rule.id]
        closed = self.closed
        decided = verdict.answer is not Answer.UNDETERMINED or closed
        return Finding(
            rule=rule.id,
            urn=facts.urn,
            message=message_of(verdict, facts, self._cited(rule), closed=closed),
            mandatory=decided and level in ("mandatory", "remediate"),
            answer=verdict.answer,
            level=level,
            severity=rule.record.severity,
            title=rule.title,
            faults=verdict.faults,
            unknown=verdict.unknown,
            controls=rule.record.controls,
            resource_type=facts.type,
            resource_name=facts.name,
            source=facts.source,
            waiver=self.waivers.covering(rule.id, facts.urn),
        )

    def _cited(self, rule: Rule) -> str:
        found = self._citations.get(rule.id)
        if found is None:
            found = self._citations[rule.id] = citation(rule.record.controls)
        return found

    def _about_waiver(self, urn: str, kind: str, message: str) -> Finding:
        honoured = kind in ("expired", "unmatched")
        level: Level = "advisory" if honoured or self.environment == "dev" else "mandatory"
        return Finding(
            rule=f"waiver-{kind}",
            urn=urn,
            message=message,
            mandatory=level == "mandatory",
            answer=Answer.FAIL,
            level=level,
            severity="medium",
            title=WAIVER_TITLES[kind],
            resource_type=STACK_TYPE,
        )


WAIVER_TITLES: Mapping[str, str] = {
    "malformed": "Waivers state all that makes them reviewable",
    "expired": "Waivers have not expired",
    "unmatched": "Waivers excuse something that exists",
    "too-broad": "Waivers name a rule and a resource",
    "self-approved": "Waivers are approved by someone else than their owner",
}
"""What a waiver file must be like; the findings are called ``waiver-<key>``."""


def load(
    packs: Sequence[str | Path],
    *,
    today: date,
    environment: str | None = None,
    config: Mapping[str, Any] | str | Path | None = None,
    waivers: str | Path | None = None,
    ledger: str | Path | None = None,
    preview: bool = False,
    project: str = "",
    stack: str = "",
) -> Evaluator:
    """An evaluator for one run.

    Args:
        packs: names of built-in packs (``baseline``, ``hipaa``, ``pci``, ``soc2``) or folders with a ``pack.json``.
            Several are evaluated as one: each rule once, at its strictest level.
        today: the day against which expiry is measured.
        environment: ``dev``, ``staging``, ``prod``; None or one that the packs do not know means ``prod``.
        config: policy configuration, or the path of its JSON file; see ``configure``.
        waivers: path of the waiver file; None for none.
        ledger: path of the address ledger; None for none.
        preview: whether values may still become known. Otherwise, in production, undetermined counts as failed.
        project: the project of the stack, to tell which waivers concern it.
        stack: the name of the stack, likewise.

    Raises:
        PolicyError: a pack, rule, level, setting or file is not there or not right.
    """
    loaded = [load_pack(pack) for pack in packs]
    return Evaluator(
        loaded,
        today=today,
        environment=environment,
        configuration=configure(config, load_rules()),
        waivers=read_waivers(waivers, today=today, known=load_rules()),
        ledger=read_blocks(ledger),
        preview=preview,
        project=project,
        stack=stack,
    )


__all__ = ["LEVELS", "WAIVER_TITLES", "Evaluator", "load"]
