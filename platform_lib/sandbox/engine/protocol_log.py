"""Writes the traffic of program, engine and providers as JSON lines, like the stock engine's ``PULUMI_DEBUG_GRPC``."""

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

MONITOR = "/pulumirpc.ResourceMonitor/"
PROVIDER = "/pulumirpc.ResourceProvider/"


class ProtocolLog:
    """Appends one line when a call starts and one when it is answered.

    Lines have the stock engine's keys: ``method``, ``request``, ``response``, ``errors``, ``metadata``, ``progress``
    (``request_started`` or ``response_completed``).

    Args:
        path: the file; it is replaced.
    """

    def __init__(self, path: Path) -> None:
        self._file: IO[str] = path.open("w", encoding="utf-8")
        self._lock = threading.Lock()

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def _write(self, entry: dict[str, Any]) -> None:
        line = json.dumps(entry, separators=(",", ":"), ensure_ascii=False)
        with self._lock:
            self._file.write(line + "\n")
            self._file.flush()

    def started(self, method: str, request: Any, metadata: Mapping[str, str]) -> None:
        """A call starts.

        Args:
            method: its full name.
            request: a message, or one as JSON data.
            metadata: who calls: ``mode`` is ``server`` for calls of the program and ``client`` for those of the engine.
        """
        entry = {"method": method, "request": plain(request), "metadata": dict(metadata)}
        self._write({**entry, "progress": "request_started"})

    def completed(self, method: str, request: Any, response: Any, metadata: Mapping[str, str]) -> None:
        """A call is answered."""
        entry = {"method": method, "request": plain(request), "response": plain(response), "metadata": dict(metadata)}
        self._write({**entry, "progress": "response_completed"})

    def failed(self, method: str, request: Any, error: str, metadata: Mapping[str, str]) -> None:
        """A call failed."""
        entry = {"method": method, "request": plain(request), "errors": [error], "metadata": dict(metadata)}
        self._write({**entry, "progress": "response_completed"})


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
