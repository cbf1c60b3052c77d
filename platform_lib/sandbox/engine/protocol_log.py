"""Writes the traffic of program, engine and providers as JSON lines, like the stock engine's ``PULUMI_DEBUG_GRPC``."""

import json
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

MONITOR = "/pulumirpc.ResourceMonitor/"
PROVIDER = "/pulumirpc.ResourceProvider/"


class ProtocolLog:
    """Appends one line when a call starts and one when it is answered.

    Lines have the stock engine's keys: ``method``, ``request``, ``response`` or ``errors``, ``metadata``, ``progress``
    (``request_started`` or ``response_completed``), ``timestamp`` (RFC 3339, UTC) and, once answered, ``duration``
    (nanoseconds).

    Args:
        path: the file; it is replaced.
    """

    def __init__(self, path: Path) -> None:
        self._file: IO[str] = path.open("w", encoding="utf-8")
        self._lock = threading.Lock()

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def started(self, method: str, request: Any, metadata: Mapping[str, str]) -> "LoggedCall":
        """A call starts; what is returned takes its answer.

        Args:
            method: its full name.
            request: a message, or one as JSON data.
            metadata: who calls: ``mode`` is ``server`` for calls of the program and ``client`` for those of the engine.
        """
        call = LoggedCall(self, {"method": method, "request": plain(request)}, dict(metadata))
        self.write({**call.head, "metadata": call.metadata, "progress": "request_started", "timestamp": _now()})
        return call

    def write(self, entry: dict[str, Any]) -> None:
        """Appends a line."""
        line = json.dumps(entry, separators=(",", ":"), ensure_ascii=False)
        with self._lock:
            self._file.write(line + "\n")
            self._file.flush()


class LoggedCall:
    """A call that is under way.

    Args:
        log: receives the line about its answer.
        head: method and request.
        metadata: who calls.
    """

    def __init__(self, log: ProtocolLog, head: dict[str, Any], metadata: dict[str, str]) -> None:
        self._log = log
        self._began = time.perf_counter_ns()
        self.head = head
        self.metadata = metadata

    def completed(self, response: Any) -> None:
        """It is answered."""
        self._answered({"response": plain(response)})

    def failed(self, error: str) -> None:
        """It failed."""
        self._answered({"errors": [error]})

    def _answered(self, answer: dict[str, Any]) -> None:
        taken = time.perf_counter_ns() - self._began
        entry = {**self.head, **answer, "metadata": self.metadata, "progress": "response_completed"}
        self._log.write({**entry, "timestamp": _now(), "duration": taken})


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def plain(message: Any) -> Any:
    """A message as JSON data: fields by their JSON names, absent ones left out."""
    return _whole(MessageToDict(message)) if isinstance(message, Message) else message


def _whole(value: Any) -> Any:
    """JSON data in which whole numbers have no fraction, as the stock engine writes them."""
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
