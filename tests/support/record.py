"""Records transcripts with the stock engine, in the form that `support.transcripts` replays.

    python -m support.record FILE...

runs the steps of each scenario with the `pulumi` of PATH on the fake package `sim`, and writes what it did into the
file: the engine's events, the calls of the provider and of the program, the state, the cloud and the exit code. A new
scenario is a file with `name`, `doc`, `programs` (file to source) and `steps`; a step needs `op`, `program` and `cmd`,
and may have `stack`, `config`, `cloud` (edits) and `control` (faults), as in the transcripts that are there.
"""

import asyncio
import contextlib
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from platform_lib.sandbox import wire
from platform_lib.sandbox.provider.server import ProviderServer
from support.sim_cloud import SimCloud, SimProviders
from support.transcripts import PACKAGES, PROJECT, UUID

_TIMES: Final = ("created", "modified", "sourcePosition", "stackTrace")
"""What of a state is different every time."""
_PHASES: Final = {"resourcePreEvent": "pre", "resOutputsEvent": "outputs", "resOpFailedEvent": "failed"}
_SHOWN: Final = ("custom", "id", "parent", "provider", "protect", "retainOnDelete", "initErrors", "delete", "external")
"""What is kept of the records in events, beside inputs and outputs."""
_STYLE: Final = re.compile(r"<\{%[^%]*%\}>")


class Recorder:
    """Runs the steps of one scenario.

    Args:
        scenario: as its file has it.
        folder: an empty folder for project, state and logs.
        cloud: the fake cloud that the served provider acts on.
        environment: what the stock CLI needs to find that provider.
    """

    def __init__(self, scenario: dict[str, Any], folder: Path, cloud: SimCloud, environment: dict[str, str]) -> None:
        self._scenario = scenario
        self._folder = folder
        self._project = folder / "project"
        self._cloud = cloud
        self._stacks: set[str] = set()
        self._ids: dict[str, str] = {}
        self._environment = {
            **os.environ,
            **environment,
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "x",
            "PULUMI_DEBUG_COMMANDS": "true",  # offers --event-log
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PYTHONPATH": str(PACKAGES),
        }
        for name in ("project", "home", "state"):
            (folder / name).mkdir()
        (self._project / "Pulumi.yaml").write_text(
            f"name: {PROJECT}\nruntime:\n  name: python\n  options:\n    virtualenv: {sys.prefix}\n"
        )

    def step(self, step: dict[str, Any], number: int) -> dict[str, Any]:
        """Runs one step; the step with what was recorded."""
        stack = step.get("stack", "dev")
        if stack not in self._stacks:
            self._ran("stack", "init", stack)
            self._stacks.add(stack)
        for edit in step.get("cloud") or ():
            self._cloud.edit(edit)
        if step.get("control") is not None:
            self._cloud.faults = step["control"].get("fail", {})
        for key, value in (step.get("config") or {}).items():
            kind, text = ("--secret", value[1]) if isinstance(value, list) else ("--plaintext", value)
            text = text if isinstance(text, str) else json.dumps(text)
            self._ran("config", "set", "--stack", stack, kind, key, text)
        (self._project / "__main__.py").write_text(self._scenario["programs"][step["program"]])
        self._cloud.calls = []
        events, traffic = self._folder / f"{number}.events", self._folder / f"{number}.traffic"
        done = self._run(
            *shlex.split(step["cmd"])[1:],
            *("--stack", stack, "--non-interactive", "--event-log", str(events)),
            PULUMI_DEBUG_GRPC=str(traffic),
        )
        deployment = json.loads(self._ran("stack", "export", "--stack", stack, "--show-secrets"))["deployment"]
        pending = [
            {"resource": _state(item["resource"]), "type": item["type"]}
            for item in deployment.get("pending_operations") or ()
        ]
        recorded = {
            "exit": done.returncode,
            "events": [shown for line in _lines(events) if (shown := _event(line))],
            "provider_calls": self._cloud.calls,
            "monitor": _monitor(traffic),
            "state": {
                "resources": [_state(item) for item in deployment.get("resources") or ()],
                "pending_operations": pending or None,
            },
            "cloud_after": self._cloud.alive(),
            "stdout": done.stdout.splitlines(),
            "stderr": done.stderr.splitlines(),
        }
        return {**step, **self._named(recorded)}

    def _run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", *words],
            cwd=self._project,
            env={**self._environment, **more},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    def _ran(self, *words: str) -> str:
        done = self._run(*words)
        if done.returncode:
            raise RuntimeError(f"pulumi {' '.join(words)}: {done.stderr}")
        return done.stdout

    def _named(self, value: Any) -> Any:
        """The recording without what is different every time: random ids by number, unknowns by name, no paths."""
        if isinstance(value, dict):
            return {key: self._named(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._named(item) for item in value]
        if not isinstance(value, str):
            return value
        value = value.replace(wire.UNKNOWN_SENTINEL, "<unknown>").replace(str(self._project), "WORK")
        value = value.replace(str(self._folder), "WORK").replace(sys.prefix, "SITE").replace(sys.base_prefix, "PYTHON")
        value = re.sub(r"[\w./-]+/pulumi-language-python-exec", "BIN/pulumi-language-python-exec", value)
        return UUID.sub(lambda found: self._ids.setdefault(found[0], f"<uuid:{len(self._ids) + 1}>"), value)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _event(line: dict[str, Any]) -> dict[str, Any] | None:
    """An event of the engine in short; None for one that is not kept."""
    for name, phase in _PHASES.items():
        if name in line:
            step = line[name]["metadata"]
            found = {"e": phase, "op": step["op"], "urn": step["urn"]}
            found |= {key: step[key] for key in ("keys", "diffs", "logical") if step.get(key)}
            if step.get("detailedDiff"):
                found["detailedDiff"] = {
                    path: {key: item[key] for key in ("diffKind", "inputDiff")}
                    for path, item in step["detailedDiff"].items()
                }
            return found | {side: _record(step[side]) for side in ("old", "new") if step.get(side) is not None}
    if "diagnosticEvent" in line and line["diagnosticEvent"]["severity"] != "debug":
        item = line["diagnosticEvent"]
        found = {"e": "diag", "severity": item["severity"], "message": _STYLE.sub("", item["message"])}
        return found | ({"urn": item["urn"]} if item.get("urn") else {})
    if "summaryEvent" in line:
        item = line["summaryEvent"]
        return {"e": "summary", "changes": item.get("resourceChanges") or {}, "maybeCorrupt": item["maybeCorrupt"]}
    if "preludeEvent" in line:
        return {"e": "prelude", "config": line["preludeEvent"].get("config") or {}}
    return {"e": "cancel"} if "cancelEvent" in line else None


def _record(state: dict[str, Any]) -> dict[str, Any]:
    kept = {key: state[key] for key in _SHOWN if state.get(key)}
    return kept | {key: state.get(key) or {} for key in ("inputs", "outputs")}


def _state(state: dict[str, Any]) -> dict[str, Any]:
    return {key: _plain(value) for key, value in state.items() if key not in _TIMES}


def _plain(value: Any) -> Any:
    """A value of the exported state; of a secret its plain text, with keys in order."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get(wire.SIGNATURE_KEY) == wire.SECRET_SIGNATURE:
        text = json.dumps(_plain(json.loads(value["plaintext"])), separators=(",", ":"), sort_keys=True)
        return {wire.SIGNATURE_KEY: wire.SECRET_SIGNATURE, "plaintext": text}
    return {key: _plain(item) for key, item in value.items()}


def _monitor(path: Path) -> list[dict[str, Any]]:
    """The calls of the program in the order of their start; `done` is the rank of their answer."""
    calls: list[dict[str, Any]] = []
    answers = 0
    for line in _lines(path):
        if not line["method"].startswith("/pulumirpc.ResourceMonitor/"):
            continue
        request = {key: value for key, value in (line.get("request") or {}).items() if key not in _TIMES}
        method = line["method"].rpartition("/")[2]
        if line["progress"] == "request_started":
            calls.append({"m": method, "req": request})
            continue
        call = next(item for item in calls if (item["m"], item["req"]) == (method, request) and "done" not in item)
        answers += 1
        call["done"] = answers
        call |= {"error": line["errors"][0]} if line.get("errors") else {"resp": line.get("response")}
    return calls


@contextlib.contextmanager
def _served(cloud: SimCloud) -> Iterator[dict[str, str]]:
    """Serves the fake cloud from a thread while the block runs; the environment for the stock CLI."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = ProviderServer(SimProviders(cloud), {"sim": "1.0.0"})
    try:
        asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result()
        yield server.environment
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def record(scenario: dict[str, Any]) -> dict[str, Any]:
    """Runs a scenario on the stock engine; the scenario with what was recorded in its steps."""
    cloud = SimCloud()
    with tempfile.TemporaryDirectory() as folder, _served(cloud) as environment:
        recorder = Recorder(scenario, Path(folder), cloud, environment)
        return {**scenario, "steps": [recorder.step(step, number) for number, step in enumerate(scenario["steps"])]}


def main(paths: list[str]) -> None:
    """Records every file in place."""
    for path in map(Path, paths):
        made = record(json.loads(path.read_text()))
        path.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n")
        print(f"{path.stem}: exit codes {[step['exit'] for step in made['steps']]}")


if __name__ == "__main__":
    main(sys.argv[1:])
