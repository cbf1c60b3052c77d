"""Previews or brings up many stacks: in order, side by side where they do not depend on each other, resumable."""

import hashlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import ValidationError

from platform_lib.core.errors import EngineError, PlatformError, SettingsError
from platform_lib.operations.engines import EngineName
from platform_lib.operations.ephemeral.guard import permanent
from platform_lib.operations.errors import RefusedError
from platform_lib.operations.output import write_text
from platform_lib.operations.pulumi_stack import PulumiStack
from platform_lib.operations.record import Record
from platform_lib.operations.stacks.closure import import_closure
from platform_lib.operations.stacks.model import Known, StackId, StackRun, StacksRun, Verdict
from platform_lib.operations.stacks.order import levels, overlays_of
from platform_lib.sandbox.project import read_project

Operation = Literal["preview", "up"]
_VERDICTS: Final[Mapping[int, Verdict]] = {0: "done", 3: "refused", 4: "done"}
_COMMAND: Final = "from platform_lib.cli import main; main()"


@dataclass(frozen=True)
class Job:
    """How many stacks are run.

    Attributes:
        operation: what to do with each.
        engine: on which engine.
        sandbox_dir: the sandbox that the projects share; None for each project's own.
        packs: policy packs, where the project's own are not meant.
        progress: file that keeps what is done, for a resumed run.
        jobs: how many at the same time.
        variables: the stock CLI's environment; the process's own where None.
    """

    operation: Operation
    engine: EngineName
    progress: Path
    sandbox_dir: Path | None = None
    packs: Sequence[str] = ()
    jobs: int = 2
    variables: Mapping[str, str] | None = None


def run_many(
    known: Mapping[StackId, Known],
    wanted: Sequence[StackId],
    job: Job,
    *,
    resume: bool = False,
    told: Callable[[StackRun], object] = str,
) -> StacksRun:
    """Runs stacks, each in a process of its own, after those whose outputs it takes.

    A stack whose predecessor did not come to its end is not run and reads ``blocked``. What is done is written down at
    once, so that an interrupted run can be resumed; what changed since (program, settings) is done again.

    Args:
        known: the stacks there are.
        wanted: those to run.
        job: what to do.
        resume: leave out what an earlier run of the same kind has done.
        told: hears of each stack when it is settled.

    Raises:
        RefusedError: real stacks that are deployed with an approval were to be brought up.
        OrderError: stacks take of each other in a circle.
    """
    _refuse_governed(known, wanted, job)
    order = levels(known, wanted)
    prints = {item: fingerprint(known[item]) for item in wanted}
    earlier = _earlier(job) if resume else {}
    done: dict[StackId, StackRun] = {}
    lock = threading.Lock()

    def settle(result: StackRun) -> None:
        with lock:
            done[StackId(result.project, result.stack)] = result
            _keep(job, order, done)
        told(result)

    def one(item: StackId) -> None:
        bad = sorted(str(other) for other in known[item].takes if other in done and done[other].verdict != "done")
        before = earlier.get(str(item))
        if bad:
            settle(_result(item, "blocked", prints[item], errors=[f"waits for {', '.join(bad)}"]))
        elif before is not None and before.verdict == "done" and before.fingerprint == prints[item]:
            settle(before.model_copy(update={"earlier": True}))
        else:
            settle(_run(known[item], job, prints[item]))

    chosen = set(wanted)
    sorter = TopologicalSorter({item: [other for other in known[item].takes if other in chosen] for item in chosen})
    sorter.prepare()
    with ThreadPoolExecutor(max_workers=max(1, job.jobs)) as pool:
        running: dict[Future[None], StackId] = {}
        try:
            while sorter.is_active():
                running |= {pool.submit(one, item): item for item in sorted(sorter.get_ready())}
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    future.result()
                    sorter.done(running.pop(future))
        except KeyboardInterrupt:
            # The processes heard it too: what they finish is still written down.
            for future in running:
                future.cancel()
    for item in wanted:
        if item not in done:
            done[item] = _result(item, "interrupted", prints[item])
    return _report(job, order, done)


def fingerprint(stack: Known) -> str:
    """SHA-256 over program and settings of a stack: what decides what it would make."""
    project = read_project(stack.directory)
    files = [project.path, project.stack_file(stack.id.stack), *overlays_of(stack)]
    try:
        files += sorted(import_closure(project.program, [stack.directory]))
    except SettingsError:
        files += sorted(path for path in stack.directory.iterdir() if path.is_file() and path not in files)
    digest = hashlib.sha256()
    for path in files:
        content = path.read_bytes() if path.is_file() else b""
        digest.update(f"{path.name}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _refuse_governed(known: Mapping[StackId, Known], wanted: Sequence[StackId], job: Job) -> None:
    if job.engine != "pulumi" or job.operation != "up":
        return
    governed = [str(item) for item in wanted if item.stack in permanent(known[item].directory)]
    if governed:
        raise RefusedError(
            f"stacks up: {', '.join(governed)}: deployed with an approval and a record; use `platform deploy`, or "
            "`platform promote`, stack by stack"
        )


def _run(stack: Known, job: Job, mark: str) -> StackRun:
    start = time.monotonic()
    try:
        verdict, summary, errors = (_on_sandbox if job.engine == "sandbox" else _on_pulumi)(stack, job)
    except PlatformError as error:
        verdict, summary, errors = "failed", {}, [str(error)]
    return _result(stack.id, verdict, mark, seconds=time.monotonic() - start, summary=summary, errors=errors)


def _on_sandbox(stack: Known, job: Job) -> tuple[Verdict, dict[str, int], list[str]]:
    """In a process of its own: a program's working folder and modules belong to the process."""
    words = [job.operation, "--stack", stack.id.stack, "--cwd", str(stack.directory), "--json"]
    words += ["--yes"] if job.operation == "up" else []
    words += ["--sandbox-dir", str(job.sandbox_dir)] if job.sandbox_dir else []
    words += [word for pack in job.packs for word in ("--policy-pack", pack)]
    done = subprocess.run(  # noqa: S603  # this interpreter, arguments of our own
        [sys.executable, "-c", _COMMAND, *words], capture_output=True, text=True, check=False
    )
    try:
        outcome: Any = json.loads(done.stdout)
    except ValueError:
        raise EngineError(
            f"stacks: {stack.id}: ended without a word, code {done.returncode}: {done.stderr.strip()}"
        ) from None
    if "error" in outcome:
        return _VERDICTS.get(done.returncode, "failed"), {}, [outcome["error"]["message"]]
    errors = [item["message"].strip() for item in outcome["diagnostics"] if item["severity"] == "error"]
    refusals = [
        f"{item['rule']}: {item['name']}" for item in outcome.get("policy", {}).get("findings", ()) if item["mandatory"]
    ]
    return _VERDICTS.get(done.returncode, outcome["verdict"]), dict(outcome["summary"]), refusals or errors


def _on_pulumi(stack: Known, job: Job) -> tuple[Verdict, dict[str, int], list[str]]:
    record = Record()
    code = PulumiStack(stack.directory, stack.id.stack, job.variables or {}).run(job.operation, sink=record)
    errors = [item.message.strip() for item in record.diagnostics if item.severity == "error"]
    return "done" if code == 0 else "failed", dict(record.counts), errors


def _result(
    item: StackId,
    verdict: Verdict,
    mark: str,
    *,
    seconds: float = 0.0,
    summary: Mapping[str, int] | None = None,
    errors: Sequence[str] = (),
) -> StackRun:
    return StackRun(
        project=item.project,
        stack=item.stack,
        verdict=verdict,
        seconds=round(seconds, 3),
        summary=dict(summary or {}),
        errors=tuple(errors),
        fingerprint=mark,
    )


def _report(job: Job, order: Sequence[Sequence[StackId]], done: Mapping[StackId, StackRun]) -> StacksRun:
    return StacksRun(
        engine=job.engine,
        operation=job.operation,
        order=tuple(tuple(map(str, level)) for level in order),
        stacks=tuple(done[item] for level in order for item in level if item in done),
    )


def _keep(job: Job, order: Sequence[Sequence[StackId]], done: Mapping[StackId, StackRun]) -> None:
    job.progress.parent.mkdir(parents=True, exist_ok=True)
    write_text(job.progress, _report(job, order, done).to_json())


def _earlier(job: Job) -> Mapping[str, StackRun]:
    """What the last run did, where it was of the same kind; a file that is none is told, not guessed at."""
    if not job.progress.is_file():
        return {}
    try:
        last = StacksRun.model_validate_json(job.progress.read_bytes())
    except ValidationError:
        raise PlatformError(
            f"stacks: {job.progress}: is no report of a run; remove it, or leave --resume out"
        ) from None
    if (last.engine, last.operation) != (job.engine, job.operation):
        return {}
    return {f"{item.project}/{item.stack}": item for item in last.stacks}
