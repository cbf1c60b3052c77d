"""The stock engine's event log (``--event-log``) as the events that the sandbox engine tells.

One JSON object a line, ``apitype.EngineEvent`` of the Pulumi SDK (sdk/go/common/apitype/events.go). Secrets arrive as
the text ``[secret]``: what was secret cannot be told apart by value, and nothing here can leak it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from platform_lib.sandbox.engine.event import (
    CancelEvent,
    DiagnosticEvent,
    Event,
    PreludeEvent,
    StateView,
    StepEvent,
    SummaryEvent,
)
from platform_lib.sandbox.protocol import PropertyDiff
from policypacks.engine.decode import decode_json

_PHASES: Final = {"resourcePreEvent": "pre", "resOutputsEvent": "outputs", "resOpFailedEvent": "failed"}
_COLOUR: Final = re.compile(r"<\{%.*?%\}>")


def read_events(text: str) -> Iterator[Event]:
    """The events of a log, in order; kinds that nobody here needs are left out, and so is a last line cut short."""
    for line in text.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        event = _event(entry)
        if event is not None:
            yield event


def _event(entry: Mapping[str, Any]) -> Event | None:
    for key, phase in _PHASES.items():
        if key in entry:
            return _step(phase, entry[key]["metadata"])
    if "diagnosticEvent" in entry:
        diagnostic = entry["diagnosticEvent"]
        message = _COLOUR.sub("", str(diagnostic.get("message", "")))
        return DiagnosticEvent(diagnostic.get("severity", "info"), message, diagnostic.get("urn", ""))
    if "preludeEvent" in entry:
        return PreludeEvent(entry["preludeEvent"].get("config") or {})
    if "summaryEvent" in entry:
        summary = entry["summaryEvent"]
        return SummaryEvent(
            summary.get("resourceChanges") or {},
            float(summary.get("durationSeconds") or 0),
            bool(summary.get("maybeCorrupt")),
        )
    return CancelEvent() if "cancelEvent" in entry else None


def _step(phase: Any, meta: Mapping[str, Any]) -> StepEvent:
    detailed = meta.get("detailedDiff")
    return StepEvent(
        phase=phase,
        op=meta["op"],
        urn=meta["urn"],
        type=meta["type"],
        old=_view(meta.get("old")),
        new=_view(meta.get("new")),
        keys=tuple(meta.get("keys") or ()),
        diffs=tuple(meta.get("diffs") or ()),
        detailed_diff=None
        if detailed is None
        else {
            path: PropertyDiff(kind=item["diffKind"], input_diff=bool(item.get("inputDiff")))
            for path, item in detailed.items()
        },
        logical=bool(meta.get("logical")),
    )


def _view(state: Mapping[str, Any] | None) -> StateView | None:
    if state is None:
        return None
    return StateView(
        type=state["type"],
        urn=state["urn"],
        custom=bool(state.get("custom")),
        id=state.get("id") or "",
        inputs=decode_json(state.get("inputs") or {}),
        outputs=decode_json(state.get("outputs") or {}),
        parent=state.get("parent") or "",
        provider=state.get("provider") or "",
        protect=bool(state.get("protect")),
        retain_on_delete=bool(state.get("retainOnDelete")),
        init_errors=tuple(state.get("initErrors") or ()),
        delete=bool(state.get("delete")),
        external=bool(state.get("external")),
    )
