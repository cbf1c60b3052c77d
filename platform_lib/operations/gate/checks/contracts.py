"""Whether the planned outputs still are what others read: the project's own typed outputs, and every consumer."""

import importlib
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from platform_lib.core.errors import Finding, SettingsError
from platform_lib.core.validation import findings_of, kind_of
from platform_lib.core.values import UNKNOWN, Properties, Value, has_unknown, plain
from platform_lib.operations.gate.check import GateInput, Looked, count
from platform_lib.operations.gate.consumers import FILE, Consumer, declared, referring
from platform_lib.operations.gate.verdict import Effect, GateFinding, Severity
from platform_lib.operations.project import find_project

if TYPE_CHECKING:
    from platform_lib.core.references import StackOutputs

OWN: Final = "contract-broken"
CONSUMER: Final = "consumer-broken"
REMOVED: Final = "output-removed"

_VERSION: Final = "version"
_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "list": (list,),
    "map": (dict,),
}


def look(given: GateInput) -> Looked:
    """Refuses outputs that break a typed contract, or that a consumer needs and would no longer find."""
    planned, before = given.preview.outputs, given.deployed.outputs
    consumers = declared(given.directory, given.stack.project, given.stack.name.rpartition("/")[2])
    holders = referring(given.stack) if before else {}
    contracts = contracts_of(given)
    findings = [
        *(finding for contract in contracts for finding in _own(contract, planned)),
        *(finding for consumer in consumers for finding in _declared(consumer, planned)),
        *_removed(given, consumers, holders),
    ]
    unique = {(finding.check, finding.subject, finding.path, finding.problem): finding for finding in findings}
    readers = len({consumer.consumer for consumer in consumers} | set(holders))
    return Looked(
        f"{count(len(planned), 'output')}, {count(len(contracts), 'typed contract')}, {count(readers, 'consumer')}",
        list(unique.values()),
    )


def contracts_of(given: GateInput) -> "Sequence[type[StackOutputs]]":
    """The typed outputs of the project: the classes in the module that ``[tool.platform] contracts`` names.

    Raises:
        SettingsError: the module cannot be imported.
    """
    from platform_lib.core.references import StackOutputs

    project = find_project(given.directory)
    if not project.contracts:
        return ()
    if str(project.directory) not in sys.path:
        sys.path.insert(0, str(project.directory))
    try:
        module = importlib.import_module(project.contracts)
    except ImportError as error:
        problem = f"cannot be imported, got '{project.contracts}' ({error})"
        raise SettingsError("pyproject.toml", [Finding("tool.platform.contracts", problem)]) from error
    found = [item for item in vars(module).values() if isinstance(item, type) and issubclass(item, StackOutputs)]
    return [item for item in dict.fromkeys(found) if item is not StackOutputs]


def _own(contract: "type[StackOutputs]", planned: Properties) -> Iterator[GateFinding]:
    value = plain(planned.get(contract.output_name))
    if contract.output_name not in planned or value is UNKNOWN:
        return  # not this stack's, or known only at up
    if not isinstance(value, dict):
        yield _broken(contract.output_name, "", f"must be a map of its fields, got {kind_of(value)}", contract.__name__)
        return
    if value.get(_VERSION) != contract.version:
        text = f"must be {contract.version}, got {value.get(_VERSION)!r}"
        yield _broken(contract.output_name, _VERSION, text, contract.__name__)
    unknown = {name for name, item in value.items() if has_unknown(item)}
    try:
        contract.model_validate({name: item for name, item in value.items() if name != _VERSION})
    except ValidationError as error:
        for finding in findings_of(error, contract):
            if finding.path.partition(".")[0].partition("[")[0] not in unknown:
                yield _broken(contract.output_name, finding.path, finding.problem, contract.__name__)


def _broken(output: str, path: str, problem: str, contract: str) -> GateFinding:
    return GateFinding(
        check=OWN,
        effect=Effect.REFUSE,
        severity=Severity.HIGH,
        subject=output,
        problem=f"does not fit {contract}: {problem}",
        remedy="export it by the model, and raise its version where consumers of the old one would break",
        path=path,
    )


def _declared(consumer: Consumer, planned: Properties) -> Iterator[GateFinding]:
    value = plain(planned.get(consumer.output))
    if value is UNKNOWN:
        return
    problems: Iterable[tuple[str, str]]
    if consumer.output not in planned:
        problems = [("", "is not exported any more")]
    elif consumer.version is not None and _version(value) != consumer.version:
        problems = [(_VERSION, f"is version {_version(value)}, and it reads version {consumer.version}")]
    else:
        problems = _field_problems(value, consumer.fields)
    for path, problem in problems:
        yield GateFinding(
            check=CONSUMER,
            effect=Effect.REFUSE,
            severity=Severity.HIGH,
            subject=consumer.output,
            problem=f"{problem}; {consumer.consumer} needs it, as {FILE} says",
            remedy=f"keep it until {consumer.consumer} is deployed without it and its entry is gone",
            path=path,
        )


def _version(value: Value) -> Any:
    return value.get(_VERSION) if isinstance(value, dict) else None


def _field_problems(value: Value, fields: Mapping[str, str]) -> list[tuple[str, str]]:
    if fields and not isinstance(value, dict):
        return [("", f"is {kind_of(value)}, and not a map of fields")]
    found = []
    for name, kind in fields.items():
        if name not in value:
            found.append((name, "is not exported any more"))
        elif value[name] is not UNKNOWN and not _is(value[name], kind):
            found.append((name, f"is {kind_of(value[name])}, and not a {kind}"))
    return found


def _is(value: Value, kind: str) -> bool:
    return isinstance(value, _KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _removed(
    given: GateInput, consumers: Sequence[Consumer], holders: Mapping[str, Sequence[str]]
) -> Iterator[GateFinding]:
    """What is exported now and would no longer be; a stack that holds a reference and declares nothing may read it."""
    silent = sorted(set(holders) - {consumer.consumer for consumer in consumers})
    planned = given.preview.outputs
    for name, value in given.deployed.outputs.items():
        after = planned.get(name, None)
        if name in planned and plain(after) is UNKNOWN:
            continue
        for path, problem in _losses(plain(value), plain(after), present=name in planned):
            reader = f"; {', '.join(silent)} holds a reference to this stack and may read it" if silent else ""
            yield GateFinding(
                check=REMOVED,
                effect=Effect.REFUSE if silent else Effect.ADVISE,
                severity=Severity.HIGH if silent else Severity.LOW,
                subject=name,
                problem=problem + reader,
                remedy=f"keep it for a release; what a consumer reads is declared in {FILE}",
                path=path,
            )


def _losses(before: Value, after: Value, *, present: bool) -> list[tuple[str, str]]:
    if not present:
        return [("", "is exported now and would not be any more")]
    if UNKNOWN in (before, after) or before is None:
        return []
    if kind_of(before) != kind_of(after):
        return [("", f"is {kind_of(before)} now and would be {kind_of(after)}")]
    if not isinstance(before, dict) or _VERSION not in before:
        return []
    found = [(name, "is exported now and would not be any more") for name in before if name not in after]
    if before[_VERSION] != after.get(_VERSION, before[_VERSION]):
        found.append((_VERSION, f"is {before[_VERSION]} now and would be {after[_VERSION]}"))
    return found
