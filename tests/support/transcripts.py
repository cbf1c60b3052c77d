"""Replays transcripts of the stock engine on the sandbox engine and compares what both did.

    python -m support.transcripts FOLDER

replays every transcript of a folder, prints `equal` or the differences of each, and ends with a total. What the
transcripts do not guarantee is compared loosely: the order of independent resources (multisets, order per resource, and
that each comes after what it depends on), and what was still started after a first failure. The engine's deliberate
differences are those of `platform_lib.sandbox.engine.support.DIFFERENCES`.
"""

import argparse
import json
import re
import shlex
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platform_lib.core.values import Archive, Asset, ResourceReference, Secret
from platform_lib.sandbox import wire
from platform_lib.sandbox.engine.engine import Engine
from platform_lib.sandbox.engine.event import DiagnosticEvent, PreludeEvent, StepEvent, SummaryEvent
from platform_lib.sandbox.engine.snapshot import read_trigger
from platform_lib.sandbox.engine.state import ResourceState, Snapshot
from platform_lib.sandbox.engine.target import ConfigValue, ImportSpec, Options, Program, Target
from support.sim_cloud import SimCloud, SimProviders, shown

FOLDER = Path(__file__).parent.parent / "sandbox" / "engine" / "transcripts"
PACKAGES = Path(__file__).parent / "packages"
PROJECT = "tx"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
AUTONAME = re.compile(r"\b([a-z]+)-[0-9a-f]{6,8}\b")
UNREADABLE = re.compile(
    r"""(?:unmarshal properties: failed to compute (?:asset|archive) hash for|property) ["'](\w+)["']: .*"""
    r"""(?:failed to open|couldn't read|neither a recogni|is a directory|cannot be read|is a folder).*"""
)
EXACT = 2**53  # up to where every whole number is a double
BOOKKEEPING = {"Handshake", "Attach", "GetPluginInfo"}  # difference `no-plugin-messages`


@dataclass
class Step:
    """One operation of a scenario, as recorded or as replayed, in comparable form."""

    exit: int
    events: list[dict[str, Any]] = field(default_factory=list)
    diagnostics: list[tuple[str, str, str]] = field(default_factory=list)
    summary: dict[str, int] = field(default_factory=dict)
    config: dict[str, str] = field(default_factory=dict)
    calls: list[dict[str, Any]] = field(default_factory=list)
    monitor: list[dict[str, Any]] = field(default_factory=list)
    resources: list[dict[str, Any]] = field(default_factory=list)
    pending: list[dict[str, Any]] = field(default_factory=list)
    cloud: list[dict[str, Any]] = field(default_factory=list)


class Names:
    """Gives ids of providers, which are random, names by their URN and order."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._counts: Counter[str] = Counter()

    def learn(self, events: list[dict[str, Any]]) -> None:
        for event in events:
            for side in ("old", "new"):
                identifier = (event.get(side) or {}).get("id", "")
                if identifier == wire.UNKNOWN_SENTINEL:
                    continue
                random = identifier.startswith("<uuid") or UUID.fullmatch(identifier)
                if random and identifier not in self._names:
                    urn = event["urn"]
                    self._counts[urn] += 1
                    self._names[identifier] = f"<id {self._counts[urn]} of {urn.replace('::', '|')}>"

    def apply(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self.apply(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.apply(item) for item in value]
        if isinstance(value, tuple):
            return tuple(self.apply(item) for item in value)
        if isinstance(value, str):
            if value.endswith(wire.UNKNOWN_SENTINEL):
                value = value.removesuffix(wire.UNKNOWN_SENTINEL) + "<unknown>"
            for identifier, name in self._names.items():
                if identifier in value:
                    value = value.replace(identifier, name)
        return value


# -- the recorded side -------------------------------------------------------------------------------------------------


def recorded(step: dict[str, Any], names: Names) -> Step:
    events = [event for event in step["events"] if event["e"] in {"pre", "outputs", "failed"}]
    names.learn(events)
    result = Step(step["exit"])
    for event in step["events"]:
        if event["e"] == "diag":
            text = event["message"].rstrip("\n")
            result.diagnostics.append((event["severity"], event.get("urn", ""), text))
        elif event["e"] == "summary":
            result.summary = event["changes"]
        elif event["e"] == "prelude":
            result.config = event["config"]
    for line in step["stderr"]:
        if line.startswith("error: "):
            result.diagnostics.append(("error", "", line.removeprefix("error: ")))
    result.events = names.apply([_event(event) for event in events])
    result.calls = names.apply(step["provider_calls"])
    result.monitor = names.apply(step["monitor"])
    result.resources = names.apply(step["state"]["resources"])
    result.pending = names.apply(step["state"]["pending_operations"] or [])
    result.cloud = step["cloud_after"]
    return result


def _event(event: dict[str, Any]) -> dict[str, Any]:
    event = dict(event)
    for key in ("keys", "diffs"):
        event[key] = sorted(event.get(key, ()))
    event["logical"] = event.get("logical", False)
    return event


# -- the replayed side -------------------------------------------------------------------------------------------------


class Replayer:
    """Runs the steps of a scenario, one after the other, on the sandbox engine."""

    def __init__(self, scenario: dict[str, Any], folder: Path) -> None:
        self.scenario = scenario
        self.folder = folder
        self.cloud = SimCloud()
        self.snapshots: dict[str, Snapshot] = {}
        self.config: dict[str, dict[str, ConfigValue]] = defaultdict(dict)
        self.names = Names()

    def run(self, step: dict[str, Any], number: int) -> Step:
        stack = step.get("stack", "dev")
        for edit in step.get("cloud") or ():
            self.cloud.edit(edit)
        if "control" in step and step["control"] is not None:
            self.cloud.faults = step["control"].get("fail", {})
        for key, value in (step.get("config") or {}).items():
            name = key if ":" in key else f"{PROJECT}:{key}"
            secret = isinstance(value, list)
            text = value[1] if secret else value
            if not isinstance(text, str):
                text = json.dumps(text)
            self.config[stack][name] = ConfigValue(text, secret=secret)
        self.cloud.calls = []
        events: list[Any] = []
        log = self.folder / f"{number}.jsonl"
        options, operation = _options(step, log)
        target = Target(PROJECT, stack, config=dict(self.config[stack]))
        engine = Engine(
            target,
            SimProviders(self.cloud),
            self.snapshots.get(stack, Snapshot()),
            sink=events.append,
            stack_outputs=self._outputs,
        )
        result = engine.run(operation, self._program(step, number), options)
        self.snapshots[stack] = engine.snapshot
        return self._step(result.exit_code, events, engine.snapshot, log)

    def _program(self, step: dict[str, Any], number: int) -> Program:
        folder = self.folder / str(number)
        folder.mkdir()
        (folder / "__main__.py").write_text(self.scenario["programs"][step["program"]])
        return Program(main=folder)

    def _outputs(self, name: str) -> Any:
        snapshot = self.snapshots.get(name.rsplit("/", 1)[-1])
        for state in snapshot.resources if snapshot else ():
            if state.type == "pulumi:pulumi:Stack":
                return state.outputs
        return None if snapshot is None else {}

    def _step(self, exit_code: int, events: list[Any], snapshot: Snapshot, log: Path) -> Step:
        result = Step(exit_code)
        found: list[dict[str, Any]] = []
        for event in events:
            if isinstance(event, StepEvent):
                found.append(_shown_event(event))
            elif isinstance(event, DiagnosticEvent):
                result.diagnostics.append((event.severity, event.urn, event.message.rstrip("\n")))
            elif isinstance(event, SummaryEvent):
                result.summary = dict(event.changes)
            elif isinstance(event, PreludeEvent):
                result.config = dict(event.config)
        self.names.learn(found)
        result.events = self.names.apply(found)
        result.calls = self.names.apply(self.cloud.calls)
        result.monitor = self.names.apply(list(_monitor(log)))
        result.resources = self.names.apply([_shown_state(state) for state in snapshot.resources])
        result.pending = self.names.apply(
            [{"resource": _shown_state(item.resource), "type": item.type} for item in snapshot.pending]
        )
        result.cloud = self.cloud.alive()
        return result


def _options(step: dict[str, Any], log: Path) -> tuple[Options, Any]:
    words = shlex.split(step["cmd"])
    parser = argparse.ArgumentParser(exit_on_error=False)
    for name in ("target", "target-replace", "replace", "exclude"):
        parser.add_argument(f"--{name}", action="append", default=[])
    for name in ("target-dependents", "exclude-dependents", "refresh", "continue-on-error", "run-program"):
        parser.add_argument(f"--{name}", action="store_true")
    for name in ("clear-pending-creates", "exclude-protected"):
        parser.add_argument(f"--{name}", action="store_true")
    parser.add_argument("--parallel", type=int, default=16)
    parser.add_argument("--protect", default="true")
    args, rest = parser.parse_known_args(words[2:])
    imports = []
    if step["op"] == "import":
        plain = [word for word in rest if not word.startswith("-")]
        imports = [ImportSpec(plain[0], plain[1], plain[2])]
    options = Options(
        parallel=args.parallel,
        targets=[*args.target, *args.target_replace],
        target_dependents=args.target_dependents,
        excludes=args.exclude,
        exclude_dependents=args.exclude_dependents,
        replace=[*args.replace, *args.target_replace],
        refresh=args.refresh,
        continue_on_error=args.continue_on_error,
        run_program=args.run_program,
        clear_pending_creates=args.clear_pending_creates,
        exclude_protected=args.exclude_protected,
        imports=imports,
        import_protect=args.protect != "false",
        log_grpc=log,
    )
    return options, step["op"]


def _monitor(log: Path) -> Iterator[dict[str, Any]]:
    """The calls of the program in the protocol log, in the order of their start."""
    calls: list[dict[str, Any]] = []
    for line in log.read_text().splitlines():
        entry = json.loads(line)
        if not entry["method"].startswith("/pulumirpc.ResourceMonitor/"):
            continue
        method = entry["method"].rsplit("/", 1)[-1]
        request = entry["request"]
        request = {key: value for key, value in request.items() if key not in {"sourcePosition", "stackTrace"}}
        if entry["progress"] == "request_started":
            calls.append({"m": method, "req": request})
            continue
        for call in calls:
            if call["m"] == method and call["req"] == request and "done" not in call:
                call["done"] = True
                if "errors" in entry:
                    call["error"] = entry["errors"][0]
                else:
                    call["resp"] = entry["response"]
                break
    yield from calls


def _shown_event(event: StepEvent) -> dict[str, Any]:
    found: dict[str, Any] = {
        "e": event.phase,
        "op": event.op,
        "urn": event.urn,
        "logical": event.logical,
        "keys": sorted(event.keys),
        "diffs": sorted(event.diffs),
    }
    if event.detailed_diff:
        found["detailedDiff"] = {
            path: {"diffKind": item.kind, "inputDiff": item.input_diff} for path, item in event.detailed_diff.items()
        }
    for side, state in (("old", event.old), ("new", event.new)):
        if state is None:
            continue
        shown_state: dict[str, Any] = {"inputs": _blanked(state.inputs), "outputs": _blanked(state.outputs)}
        for key, value in (
            ("custom", state.custom),
            ("id", state.id),
            ("parent", state.parent),
            ("provider", state.provider),
            ("protect", state.protect),
            ("retainOnDelete", state.retain_on_delete),
            ("initErrors", list(state.init_errors)),
            ("delete", state.delete),
            ("external", state.external),
        ):
            if value:
                shown_state[key] = value
        found[side] = shown_state
    return found


def _blanked(value: Any) -> Any:
    """Properties as the event log shows them: secrets and texts of assets left out."""
    if isinstance(value, Secret):
        return {wire.SIGNATURE_KEY: wire.SECRET_SIGNATURE, "ciphertext": "[secret]"}
    if isinstance(value, dict):
        return {key: _blanked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_blanked(item) for item in value]
    if isinstance(value, Asset) and value.text is not None:
        return {**wire.to_json(value), "text": "<contents elided>"}
    if isinstance(value, Archive) and value.assets is not None:
        return {**wire.to_json(value), "assets": {key: _blanked(item) for key, item in value.assets.items()}}
    shown_value = _stored(value)
    return "<unknown>" if shown_value == wire.UNKNOWN_SENTINEL else shown_value


def _stored(value: Any) -> Any:
    """A scalar or marker as states and events write it: unlike on the wire, a reference has no name, but a version."""
    written = wire.to_json(value)
    if isinstance(value, ResourceReference):
        return {"packageVersion": "", **{key: item for key, item in written.items() if key not in {"name", "type"}}}
    return written


def _shown_state(state: ResourceState) -> dict[str, Any]:
    """A record as `stack export --show-secrets` shows it, without times and source positions."""
    found: dict[str, Any] = {"urn": state.urn, "custom": state.custom, "type": state.type}
    timeouts = {key: value for key, value in state.custom_timeouts.items() if value}
    for key, value in (
        ("delete", state.delete),
        ("id", state.id),
        ("inputs", _plain_secrets(state.inputs)),
        ("outputs", _plain_secrets(state.outputs)),
        ("parent", state.parent),
        ("protect", state.protect),
        ("taint", state.tainted),
        ("external", state.external),
        ("dependencies", list(state.dependencies)),
        ("initErrors", list(state.init_errors)),
        ("provider", state.provider),
        ("propertyDependencies", dict(state.property_dependencies)),
        ("pendingReplacement", state.pending_replacement),
        ("additionalSecretOutputs", list(state.additional_secret_outputs)),
        ("aliases", list(state.aliases)),
        ("customTimeouts", timeouts),
        ("importID", state.import_id),
        ("retainOnDelete", state.retain_on_delete),
        ("deletedWith", state.deleted_with),
        ("replaceWith", list(state.replace_with)),
        ("ignoreChanges", list(state.ignore_changes)),
        ("hideDiff", list(state.hide_diff)),
        ("replaceOnChanges", list(state.replace_on_changes)),
        ("replacementTrigger", _plain_secrets(read_trigger(state.replacement_trigger))),
        ("resourceHooks", dict(state.hooks)),
    ):
        if value:
            found[key] = value
    return found


def _plain_secrets(value: Any) -> Any:
    if isinstance(value, Secret):
        text = json.dumps(_plain_secrets(value.value), separators=(",", ":"), sort_keys=True)
        return {wire.SIGNATURE_KEY: wire.SECRET_SIGNATURE, "plaintext": text}
    if isinstance(value, dict):
        return {key: _plain_secrets(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain_secrets(item) for item in value]
    return _stored(value)


# -- the comparison ----------------------------------------------------------------------------------------------------


def compare(want: Step, got: Step, before: list[dict[str, Any]], *, lenient: bool) -> Iterator[str]:
    """Differences of a step; `lenient` for one that failed, where what was still started is not guaranteed."""
    if want.exit != got.exit:
        yield f"exit: {want.exit} became {got.exit}"
    ignored = _uncertain(want, got) if lenient else set()
    if not lenient:
        yield from _mapping("summary", want.summary, got.summary)
    yield from _mapping("prelude", want.config, got.config)
    yield from _events(want, got, ignored)
    known = set(_order(want, before))
    yield from (text for text in dict.fromkeys(_order(got, before)) if text not in known)
    yield from _diagnostics(want, got, lenient=lenient)
    yield from _calls(want, got, ignored)
    yield from _monitors(want, got, ignored, lenient=lenient)
    yield from _states(want, got, ignored)
    if not ignored:
        yield from _multiset("cloud", want.cloud, got.cloud)


def _uncertain(want: Step, got: Step) -> set[str]:
    """Resources that only one of the two engines started before it stopped."""
    started = [{event["urn"] for event in side.events} for side in (want, got)]
    return started[0] ^ started[1]


def _text(value: Any) -> str:
    return json.dumps(_whole(value), sort_keys=True, ensure_ascii=False)


def _whole(value: Any) -> Any:
    """The value with whole numbers as ints: one side writes 1, the other 1.0."""
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > EXACT:
        return float(value)
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) <= EXACT else value


def _multiset(what: str, want: list[Any], got: list[Any]) -> Iterator[str]:
    wanted, found = Counter(map(_text, want)), Counter(map(_text, got))
    for text, count in (wanted - found).items():
        yield f"{what}: missing{f' {count}x' if count > 1 else ''}: {text}"
    for text, count in (found - wanted).items():
        yield f"{what}: added{f' {count}x' if count > 1 else ''}: {text}"


def _mapping(what: str, want: Any, got: Any) -> Iterator[str]:
    if _text(want) != _text(got):
        yield f"{what}: {_text(want)} became {_text(got)}"


def _is_stack_outputs(event: dict[str, Any]) -> bool:
    return event["e"] == "outputs" and "pulumi:pulumi:Stack::" in event["urn"]


def _events(want: Step, got: Step, ignored: set[str]) -> Iterator[str]:
    sides = []
    for side in (want, got):
        by_urn: dict[str, list[Any]] = defaultdict(list)
        for event in side.events:
            if event["urn"] not in ignored:
                by_urn[event["urn"]].append(event)
        for events in by_urn.values():
            events.sort(key=_is_stack_outputs)
        sides.append(by_urn)
    for urn in dict.fromkeys([*sides[0], *sides[1]]):
        ones, others = sides[0].get(urn, []), sides[1].get(urn, [])
        if "pulumi:pulumi:Stack::" in urn and want.exit and got.exit:
            # Difference `failed-registration-raises`: what the stack exports until a failure, and whether at all.
            ones, others = [[e for e in side if not _is_stack_outputs(e)] for side in (ones, others)]
        if [_text(item) for item in ones] == [_text(item) for item in others]:
            continue
        shapes = [[(item["e"], item["op"]) for item in side] for side in (ones, others)]
        if shapes[0] != shapes[1]:
            yield f"events of {urn}: {shapes[0]} became {shapes[1]}"
            continue
        for one, other in zip(ones, others, strict=True):
            if _text(one) != _text(other):
                yield f"event {one['e']} {one['op']} of {urn}:\n      want {_text(one)}\n      got  {_text(other)}"


def _order(got: Step, before: list[dict[str, Any]]) -> Iterator[str]:
    """Everything starts after what it depends on, and goes after what depends on it."""
    first: dict[str, int] = {}
    deleted: dict[tuple[str, str], int] = {}
    for position, event in enumerate(got.events):
        if event["e"] != "pre":
            continue
        if event["op"] in {"delete", "delete-replaced", "discard", "discard-replaced"}:
            deleted.setdefault((event["urn"], event["old"].get("id", "")), position)
        elif event["op"] != "refresh":
            first.setdefault(event["urn"], position)
    for state in got.resources:
        if state.get("delete") or state["urn"] not in first:
            continue
        for urn in _needs(state):
            if urn in first and first[urn] > first[state["urn"]]:
                yield f"order: {state['urn']} before {urn}, which it depends on"
    by_urn = {state["urn"]: state for state in before if not state.get("delete")}
    for state in before:
        mine = deleted.get((state["urn"], state.get("id", "")))
        if mine is None or state.get("delete"):
            continue
        for urn in _needs(state):
            other = by_urn.get(urn)
            theirs = deleted.get((urn, other.get("id", ""))) if other else None
            if theirs is not None and theirs < mine:
                yield f"order: {urn} deleted before {state['urn']}, which depends on it"
    seen: set[str] = set()
    for state in got.resources:
        for urn in _needs(state):
            if urn not in seen:
                yield f"state order: {state['urn']} stands before {urn}"
        seen.add(state["urn"])


def _needs(state: dict[str, Any]) -> Iterator[str]:
    if state.get("parent"):
        yield state["parent"]
    yield from state.get("dependencies", ())
    for urns in state.get("propertyDependencies", {}).values():
        yield from urns
    if state.get("provider"):
        yield state["provider"].rsplit("::", 1)[0]


def _diagnostics(want: Step, got: Step, *, lenient: bool) -> Iterator[str]:
    def shape(items: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
        found = []
        for severity, urn, text in items:
            if severity == "info#err":
                continue  # difference `failed-registration-raises`: the traceback of the interrupted program
            lines = [line for line in text.split("\n") if line]
            if len(lines) > 2 and lines[1].startswith("Traceback"):
                text = f"{lines[0]} ... {re.sub(UUID, 'UUID', _last(lines))}"
            if severity == "info" and "{" in text:
                text = "".join(sorted(text))  # what programs print of a map comes in any order
            text = re.sub(r"<uuid:\d+>", "UUID", UUID.sub("UUID", text))
            if text.startswith("resource plugin ") and "is expected to have version" in text:
                continue  # difference `no-plugin-messages`
            text = UNREADABLE.sub(r"property \1: cannot be read", text)  # difference `unreadable-assets`
            found.append((severity, urn, text))
        return found

    differences = list(_multiset("diagnostic", shape(want.diagnostics), shape(got.diagnostics)))
    if lenient and len([item for item in want.diagnostics if item[0] == "error"]) > 2:
        return  # several independent failures: which is reported is not guaranteed
    yield from differences


def _last(lines: list[str]) -> str:
    """The line of a traceback that names the exception."""
    for line in reversed(lines):
        if re.match(r"[\w.]+(Error|Exception|Interrupt)?(:|$)", line) and not line.startswith(" "):
            return line
    return lines[-1]


def _calls(want: Step, got: Step, ignored: set[str]) -> Iterator[str]:
    sides = []
    for side in (want, got):
        by_urn: dict[str, list[str]] = defaultdict(list)
        for call in side.calls:
            if call["m"] in BOOKKEEPING or call.get("urn") in ignored:
                continue
            call = {key: value for key, value in call.items() if not (call["m"] == "Invoke" and key == "preview")}
            if call["m"] == "Diff":
                call = {**call, "diff": sorted(call["diff"]), "replaces": sorted(call["replaces"])}
            by_urn[call.get("urn", call["m"])].append(_text(call))
        sides.append(by_urn)
    for urn in dict.fromkeys([*sides[0], *sides[1]]):
        ones, others = sides[0].get(urn, []), sides[1].get(urn, [])
        if ones != others and not (urn == "Invoke" and Counter(ones) == Counter(others)):
            found = list(_multiset(f"call {urn}", ones, others))
            yield from found or [f"calls of {urn}: order {ones} became {others}"]


def _monitors(want: Step, got: Step, ignored: set[str], *, lenient: bool) -> Iterator[str]:
    def shape(call: dict[str, Any]) -> str:
        request = dict(call["req"])
        if "dependencies" in request:
            request["dependencies"] = sorted(request["dependencies"])
        if call["m"].startswith("Register") and ("callback" in request or "token" in request):
            request = {key: value for key, value in request.items() if key not in {"callback", "token", "target"}}
        request.pop("transforms", None)
        for item in request.get("propertyDependencies", {}).values():
            item.get("urns", []).sort()
        response = {} if "error" in call else call.get("resp")
        if call["m"] == "GetDeploymentInfo":
            response = {key: value for key, value in response.items() if key != "parallel"}
        if isinstance(response, dict) and response.get("result") == 2:
            response = {**response, "result": "SKIP"}  # the SDK's protocol does not know this value
        shown_call = {"m": call["m"], "req": request, "resp": response}
        return _text(shown_call)

    def counts(call: dict[str, Any]) -> bool:
        if call["m"] == "Invoke" and "tok" not in call["req"]:
            return False  # a callback of the program, which is no call of the monitor
        if (call.get("resp") or {}).get("urn") in ignored:
            return False
        return "done" in call and not (want.exit and call["m"] == "SignalAndWaitForShutdown")

    wanted = [shape(call) for call in want.monitor if counts(call)]
    found = [shape(call) for call in got.monitor if counts(call)]
    for text in _multiset("monitor", wanted, found):
        if lenient and ": added" in text:
            continue  # difference `failed-registration-raises`: calls are answered that were not before
        if lenient and '"RegisterResource\\"' in text and _unanswered(text) in found:
            continue  # the same: an import is answered before the comparison that then fails it
        if lenient and '"RegisterResourceOutputs\\"' in text:
            continue
        yield text


def _unanswered(difference: str) -> str:
    """The call of a difference as it looks when it is answered with an error."""
    call = json.loads(json.loads(difference.split(": ", 2)[2]))
    return _text({**call, "resp": {}})


def _states(want: Step, got: Step, ignored: set[str]) -> Iterator[str]:
    sides = []
    for side in (want, got):
        by_key: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for state in side.resources:
            if state["urn"] in ignored:
                continue
            state = dict(state)
            if "pulumi:pulumi:Stack" in state["type"] and want.exit and got.exit:
                state.pop("outputs", None)
            for key in ("dependencies", "replaceWith"):
                if key in state:
                    state[key] = sorted(state[key])
            if "propertyDependencies" in state:
                state["propertyDependencies"] = {
                    key: sorted(urns) for key, urns in state["propertyDependencies"].items()
                }
            by_key[state["urn"]].append(state)
        sides.append(by_key)
    for urn in dict.fromkeys([*sides[0], *sides[1]]):
        ones = sorted(map(_text, sides[0].get(urn, [])))
        others = sorted(map(_text, sides[1].get(urn, [])))
        if ones != others:
            yield f"state of {urn}:\n      want {ones}\n      got  {others}"
    yield from _multiset("pending", [item.get("type") for item in want.pending], [item["type"] for item in got.pending])


def replay(scenario: dict[str, Any]) -> list[str]:
    """Replays a scenario; the differences of all its steps."""
    if str(PACKAGES) not in sys.path:
        sys.path.append(str(PACKAGES))
    names = Names()
    found: list[str] = []
    automatic = any("Auto(" in text for text in scenario["programs"].values())
    with tempfile.TemporaryDirectory() as folder:
        replayer = Replayer(scenario, Path(folder))
        before: dict[str, list[dict[str, Any]]] = {}
        for number, item in enumerate(scenario["steps"]):
            want = recorded(item, names)
            got = replayer.run(item, number)
            stack = item.get("stack", "dev")
            lenient = bool(item["exit"]) and "--continue-on-error" not in item["cmd"]
            if automatic:
                want, got = _without_names(want), _without_names(got)
            for text in compare(want, got, before.get(stack, []), lenient=lenient):
                found.append(f"step {number} {item['op']} {item['program']}: {text}")
            before[stack] = got.resources
    return found


def _without_names(step: Step) -> Step:
    """Difference `stable-automatic-names`: names that depend on random seeds are compared by their form only."""
    fields = {key: json.loads(AUTONAME.sub(r"\1-NAME", json.dumps(value))) for key, value in vars(step).items()}
    fields["diagnostics"] = [tuple(item) for item in fields["diagnostics"]]
    return Step(**fields)


def main(arguments: list[str]) -> int:
    """Replays every transcript of a folder; 1 if there are differences."""
    folder = Path(arguments[0]) if arguments else FOLDER
    total = equal = 0
    for path in sorted(folder.glob("*.json")):
        total += 1
        scenario = json.loads(path.read_text())
        differences = replay(scenario)
        if not differences:
            equal += 1
            print(f"{path.stem}: equal")
            continue
        print(f"{path.stem}: {len(differences)} differences")
        for text in differences:
            print(f"    {text}")
    print(f"{equal} of {total} transcripts equal")
    return 0 if total and equal == total else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))


__all__ = ["FOLDER", "compare", "recorded", "replay", "shown"]
