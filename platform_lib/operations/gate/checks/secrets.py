"""Secrets in plain text: in the plan, in names, in outputs, in messages, in the configuration."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

from platform_lib.core.errors import PlatformError
from platform_lib.core.values import Properties, Secret, Value
from platform_lib.operations.changes import SECRET_TEXT, flat
from platform_lib.operations.gate.check import GateInput, Looked, count
from platform_lib.operations.gate.leaks.canary import Planted, plant
from platform_lib.operations.gate.leaks.forms import known_form, looks_random, random_in
from platform_lib.operations.gate.leaks.values import SecretValues, configured_texts, of_configuration, of_properties
from platform_lib.operations.gate.verdict import Effect, GateFinding, Severity
from platform_lib.operations.record import STACK_TYPE, urn_name
from platform_lib.sandbox.engine.event import DiagnosticEvent

KNOWN: Final = "secret-in-plain"
FORM: Final = "secret-form"
RANDOM: Final = "secret-random"
CANARY: Final = "secret-canary"
UNTRIED: Final = "secret-canary-untried"
MASKED: Final = "secret-in-message"
CONFIGURATION: Final = "secret-in-configuration"

_SAME_RULE: Final = "platform-no-plaintext-credential-anywhere"
"""The policy that looks for known forms in the inputs of resources: where it spoke, the gate does not repeat it."""

_MESSAGES: Final = "the program's messages"
_OUTPUT: Final = "output "
"""How the subject of an output of the stack begins; its path follows."""

_SEAL: Final = "pulumi config set --secret"


@dataclass(frozen=True, slots=True)
class _Place:
    """A text that anybody may read.

    Attributes:
        subject: URN of its resource, ``output <name>``, or the messages.
        path: of the property; empty for names and messages.
        text: that is read there.
        told: it is an input, an output of the stack or a message: what the program itself wrote.
    """

    subject: str
    path: str
    text: str
    told: bool

    @property
    def name(self) -> str:
        """Path of the property or output that holds the text, empty for names and messages."""
        return self.subject.removeprefix(_OUTPUT) if self.subject.startswith(_OUTPUT) else self.path


@dataclass(frozen=True, slots=True)
class _Told:
    """A resource as the engine's events tell it."""

    urn: str
    type: str
    properties: Properties


def look(given: GateInput) -> Looked:
    """Refuses secrets that stand open; advises on texts that look like one."""
    preview = given.preview
    evaluator = preview.evaluator
    # A run that ended early was not analysed as a whole: then the engine's own events tell the outputs.
    told = [_Told(view.urn, view.type, view.outputs) for view in preview.planned.values()]
    whole: Sequence[_Shown] = evaluator.whole() or told
    places = list(_places([*evaluator.facts(), *whole], preview.record.diagnostics))
    known = of_configuration(preview.config, preview.secret_keys) | marked(given, only_random=True)
    planted, untried = _plant(given)
    findings = [
        *_known(given, places, known),
        *_forms(given, places),
        *_masked(preview.record.diagnostics),
        *_configuration(preview.config, preview.secret_keys),
        *(_canaries(planted) if planted else ()),
        *untried,
    ]
    tried = count(len(planted.keys), "canary", "canaries") if planted else "no secret configuration"
    return Looked(f"{len(places)} texts of plan, outputs and messages; {tried}", _once(findings))


def marked(given: GateInput, *, only_random: bool) -> SecretValues:
    """What policies and the state saw marked as secret."""
    evaluator = given.preview.evaluator
    values: list[Value] = [facts.properties for facts in (*evaluator.facts(), *evaluator.whole())]
    values += [part for resource in given.deployed.resources for part in (resource.inputs, resource.outputs)]
    return of_properties(values, only_random=only_random)


class _Shown(Protocol):
    """A resource as policies are shown it; the engine masks secrets in its events, and not there."""

    @property
    def urn(self) -> str:
        """Its URN."""

    @property
    def type(self) -> str:
        """Its type token."""

    @property
    def properties(self) -> Properties:
        """Its inputs, or its outputs at the end of the run."""


def _places(resources: Iterable[_Shown], diagnostics: Iterable[DiagnosticEvent]) -> Iterator[_Place]:
    """Every text that anybody may read: first what the program wrote (inputs), then what follows from it (outputs)."""
    known: dict[str, dict[str, str]] = {}
    for resource in resources:
        before = known.setdefault(resource.urn, {})
        if not before:
            yield _Place(resource.urn, "", urn_name(resource.urn), told=True)
        whole = resource.type == STACK_TYPE
        first = not before
        for path, text in _texts(resource.properties):
            if before.get(path) != text:
                before[path] = text
                yield _Place(
                    f"{_OUTPUT}{path}" if whole else resource.urn, "" if whole else path, text, told=whole or first
                )
        before.setdefault("", "")
    for diagnostic in diagnostics:
        yield _Place(diagnostic.urn or _MESSAGES, "", diagnostic.message, told=True)


def _texts(properties: Value) -> Iterator[tuple[str, str]]:
    """Path and text of every plain text; the names of properties are texts too, as part of the path."""
    for path, value in flat(properties):
        if isinstance(value, str):
            yield path, value
        elif not isinstance(value, Secret):
            yield path, ""


def _known(given: GateInput, places: Sequence[_Place], known: SecretValues) -> Iterator[GateFinding]:
    if not known:
        return
    for place in places:
        if known.within(place.text) or known.within(place.path):
            yield GateFinding(
                check=KNOWN,
                effect=Effect.REFUSE,
                severity=Severity.CRITICAL,
                subject=place.subject,
                problem="holds in plain text what is secret elsewhere in the stack",
                remedy="hand the secret on as an Output, and keep it out of names, tags and messages",
                path=place.path,
                source=given.source(place.subject),
            )


def _forms(given: GateInput, places: Sequence[_Place]) -> Iterator[GateFinding]:
    spoken = {finding.urn for finding in given.preview.evaluator.findings(waived=True) if finding.rule == _SAME_RULE}
    for place in places:
        kind = _form(place.text)
        if kind is not None and place.subject not in spoken:
            yield _seems(given, place, FORM, Effect.REFUSE, Severity.HIGH, f"holds {kind} in plain text")
        elif kind is None and place.told and _random(place.text, place.name):
            text = "holds a text that looks random, as keys and tokens do"
            yield _seems(given, place, RANDOM, Effect.ADVISE, Severity.MEDIUM, text)


def _masked(diagnostics: Iterable[DiagnosticEvent]) -> Iterator[GateFinding]:
    """Messages in which the engine masked a secret of the configuration: it masks no other form of one."""
    for item in diagnostics:
        if SECRET_TEXT in item.message:
            yield GateFinding(
                check=MASKED,
                effect=Effect.ADVISE,
                severity=Severity.MEDIUM,
                subject=item.urn or _MESSAGES,
                problem="the program writes a secret into a message, which the engine masks in this form only",
                remedy="leave it out of messages",
            )


_form = lru_cache(maxsize=65536)(known_form)
_random = lru_cache(maxsize=65536)(random_in)


def _seems(
    given: GateInput, place: _Place, check: str, effect: Effect, severity: Severity, problem: str
) -> GateFinding:
    return GateFinding(
        check=check,
        effect=effect,
        severity=severity,
        subject=place.subject,
        problem=problem,
        remedy="make it a secret of the configuration, or of a secret store; change it if it was ever shared",
        path=place.path,
        source=given.source(place.subject),
    )


def _configuration(config: Mapping[str, str], secret_keys: frozenset[str]) -> Iterator[GateFinding]:
    for key, text in config.items():
        if key in secret_keys:
            continue
        kind = known_form(text)
        if kind is None and not any(map(looks_random, configured_texts(text))):
            continue
        yield GateFinding(
            check=CONFIGURATION,
            effect=Effect.REFUSE if kind else Effect.ADVISE,
            severity=Severity.CRITICAL if kind else Severity.MEDIUM,
            subject=f"configuration {key}",
            problem=f"holds {kind} in plain text" if kind else "holds a text that looks random, as keys and tokens do",
            remedy=f"encrypt it: {_SEAL} {key}; change it, since the file was readable",
        )


def _plant(given: GateInput) -> tuple[Planted | None, list[GateFinding]]:
    """The preview with canaries; a finding instead where the program does not take them."""
    try:
        planted = plant(given.workspace, given.stack.name.rpartition("/")[2])
    except PlatformError as error:
        planted, reason = None, str(error).splitlines()[0]
    else:
        reason = planted.failed if planted else ""
    if not reason:
        return planted, []
    values = SecretValues(planted.keys if planted else ())
    finding = GateFinding(
        check=UNTRIED,
        effect=Effect.ADVISE,
        severity=Severity.MEDIUM,
        subject="configuration",
        problem=f"no canary could be tried for its secrets, got: {values.redacted(reason)}",
        remedy="let the program take any text for a secret, and answer its look-ups in fixtures.yaml of the sandbox",
    )
    return None, [finding]


def _canaries(planted: Planted) -> Iterator[GateFinding]:
    everything = SecretValues(planted.keys)
    for place in _places(planted.resources, planted.messages):
        if not (everything.within(place.text) or everything.within(place.path)):
            continue
        for canary, key in planted.keys.items():
            value = SecretValues([canary])
            if value.within(place.text) or value.within(place.path):
                yield GateFinding(
                    check=CANARY,
                    effect=Effect.REFUSE,
                    severity=Severity.CRITICAL,
                    subject=everything.redacted(place.subject),
                    problem=f"the secret configuration {key} ends up here in plain text",
                    remedy="read it with require_secret, hand it on as an Output, keep it out of names and messages",
                    path=everything.redacted(place.path),
                )


def _once(findings: Iterable[GateFinding]) -> list[GateFinding]:
    """Each finding once by check, subject and path."""
    return list({(item.check, item.subject, item.path): item for item in findings}.values())
