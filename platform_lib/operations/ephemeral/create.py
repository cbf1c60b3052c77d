"""Makes an ephemeral environment: a stack file from another stack's, with a mark and a date, and an up."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from platform_lib.core.errors import PlatformError, near
from platform_lib.operations.duration import duration_text
from platform_lib.operations.engines import EngineStack
from platform_lib.operations.ephemeral.guard import refuse_by_name, refuse_production
from platform_lib.operations.ephemeral.model import LONGEST, Mark
from platform_lib.operations.ephemeral.place import Place
from platform_lib.operations.errors import InputError, RefusedError, UnknownNameError
from platform_lib.operations.gate.preview import preview
from platform_lib.operations.pulumi_stack import PulumiStack
from platform_lib.operations.record import Record
from platform_lib.operations.run import Policies

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_SHORTEST: Final = timedelta(minutes=5)


@dataclass(frozen=True)
class Created:
    """An environment that was made.

    Attributes:
        name: of its stack.
        mark: that makes it ephemeral.
        file: its stack file.
        record: what the up did.
    """

    name: str
    mark: Mark
    file: Path
    record: Record


def create(
    place: Place,
    name: str,
    source: str,
    ttl: timedelta,
    *,
    now: datetime,
    owner: str = "",
    values: Mapping[str, Any] | None = None,
    policies: Policies | None = None,
    up: bool = True,
    told: Callable[[str], object] = str,
) -> Created:
    """Makes an environment.

    Args:
        place: the project on an engine.
        name: of the new stack: up to 40 lower-case letters, digits and hyphens.
        source: the stack whose configuration it takes.
        ttl: how long it lives, 5 minutes to 30 days.
        now: the time.
        owner: who asked for it.
        values: configuration keys that are set anew, by full key and path; None leaves one out.
        policies: that the preview is judged by; None for none.
        up: bring it up; otherwise only its file is made.
        told: hears of each part of the work before it begins.

    Raises:
        InputError: the name or the time is not right, or there is such a stack already.
        UnknownNameError: there is no source.
        RefusedError: name or configuration is production's, or a policy refuses the preview; nothing is left behind.
        PlatformError: the up failed; what was made stays, marked, for ``env destroy``.
    """
    _check(place, name, source, ttl)
    mark = Mark(source=source, created=now, expires=now + ttl, owner=owner)
    refuse_production(source, place.stack(source).environment())
    told(f"writing the stack file from that of {source}")
    made = _write(place, name, source, mark, values or {})
    stack = place.stack(name)
    record = Record()
    if not up:
        return Created(name, mark, made, record)
    try:
        # The values may have changed what the source was.
        refuse_by_name(name, stack.environment(), place.directory)
        if policies is not None and policies.packs:
            told("previewing, with policies")
            _judge(stack, policies)
    except BaseException:  # an interrupt too must leave nothing behind
        place.forget(name)
        raise
    told("bringing it up")
    code = stack.run("up", sink=record)
    if code != 0:
        errors = [item.message.strip() for item in record.diagnostics if item.severity == "error"]
        way = f"mend what is wrong, take it down with `platform env destroy {name}`, and create it again"
        raise PlatformError("\n".join([*errors, f"env: stack '{name}': the up failed with code {code}; {way}"]))
    return Created(name, mark, made, record)


def _check(place: Place, name: str, source: str, ttl: timedelta) -> None:
    if not _NAME.fullmatch(name):
        raise InputError(
            f"env: name: is not one of an ephemeral environment, got '{name}'; "
            "use up to 40 lower-case letters, digits and hyphens, such as pr-123"
        )
    if not _SHORTEST <= ttl <= LONGEST:
        raise InputError(
            f"env: --ttl: must be {duration_text(_SHORTEST)} to {duration_text(LONGEST)}, got {duration_text(ttl)}; "
            "what lives longer needs a stack file of its own"
        )
    known = place.project.stacks()
    if source not in known:
        hint = near(source, known) or f"there are {', '.join(known) or 'none'}"
        raise UnknownNameError(f"env: --from: there is no Pulumi.{source}.yaml, got '{source}'; {hint}")
    # The name is judged before it is looked for: a message about production is what its name deserves.
    refuse_by_name(name, place.stack(source).environment(), place.directory)
    if place.file(name).is_file() or name in place.states():
        raise InputError(
            f"env: stack '{name}': is there already; choose another name, or take it down: platform env destroy {name}"
        )


def _write(place: Place, name: str, source: str, mark: Mark, values: Mapping[str, Any]) -> Path:
    stack = place.stack(name)
    text = place.file(source).read_text(encoding="utf-8")
    if isinstance(stack, PulumiStack):
        copied = source in place.states()
        # The CLI seals secrets anew where every stack has a key of its own; only then is the source's stack needed.
        stack.call("stack", "init", name, *(["--copy-config-from", source] if copied else []), stack=False)
        own = place.file(name)
        if copied and own.is_file():
            text = own.read_text(encoding="utf-8")
        elif own.is_file() and "encryptionsalt:" not in text:
            text = own.read_text(encoding="utf-8") + text
    return place.write_file(name, mark, text, values)


def _judge(stack: EngineStack, policies: Policies) -> None:
    seen = preview(stack, policies)
    refused = [item for item in seen.evaluator.findings() if item.mandatory]
    if refused:
        texts = [f"  {item.rule}: {item.resource_name}: {item.message.splitlines()[0]}" for item in refused]
        raise RefusedError("\n".join([f"env: stack '{stack.name}': policies refuse it:", *texts]))
    if seen.failed:
        raise PlatformError(
            "\n".join(item.message.strip() for item in seen.errors) or f"env: stack '{stack.name}': the preview failed"
        )
