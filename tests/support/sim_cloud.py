"""The fake package `sim` that the transcripts were recorded with: a cloud in memory and a provider in front of it."""

# ruff: noqa: A002 - the provider protocol gives the names of arguments

import json
from dataclasses import dataclass, field
from typing import Any

from platform_lib.core.errors import EngineError
from platform_lib.core.values import UNKNOWN, Archive, Asset, Secret, has_secret, has_unknown, plain
from platform_lib.sandbox import wire
from platform_lib.sandbox.protocol import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    InitializationError,
    InvokeResult,
    PropertyDiff,
    ProviderError,
    ReadResult,
)

REPLACING = {"Thing": {"replaceMe"}, "Named": {"physicalName"}, "Flaky": {"replaceMe"}}


@dataclass
class SimCloud:
    """Objects by id, how many were ever made, injected faults, and every call that a provider got."""

    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    made: dict[tuple[str, str], int] = field(default_factory=dict)
    faults: dict[str, list[str]] = field(default_factory=dict)
    calls: list[dict[str, Any]] = field(default_factory=list)

    def edit(self, edit: list[Any]) -> None:
        """`delete id`, `set id {inputs}`, `put type id {inputs}`."""
        what = edit[0]
        if what == "delete":
            self.objects.pop(edit[1], None)
        elif what == "set":
            self.objects[edit[1]]["inputs"] |= edit[2]
        elif what == "put":
            self.objects[edit[2]] = {"id": edit[2], "type": edit[1], "inputs": dict(edit[3])}
        else:
            raise ValueError(f"unknown edit {what}")

    def alive(self) -> list[dict[str, Any]]:
        return [dict(item, inputs=shown(item["inputs"])) for item in self.objects.values()]


class SimProviders:
    """Hands out instances of the `sim` provider."""

    def __init__(self, cloud: SimCloud | None = None) -> None:
        self.cloud = cloud if cloud is not None else SimCloud()

    def open(self, package: str, version: str) -> "SimProvider":
        if package != "sim":
            raise EngineError(f"package '{package}': the tests have only 'sim'")
        return SimProvider(self.cloud)


def shown(value: Any) -> Any:
    """A value as the recorder shows it: wire form, whole numbers as doubles, unknowns by name."""
    return _floats(wire.to_json(value))


def _floats(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _floats(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_floats(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return "<unknown>" if value == wire.UNKNOWN_SENTINEL else value


def kind_of(urn: str) -> str:
    return urn.split("::")[2].split("$")[-1].split(":")[-1]


def name_of(urn: str) -> str:
    return urn.split("::")[3]


class SimProvider:
    """One instance."""

    def __init__(self, cloud: SimCloud) -> None:
        self.cloud = cloud
        self.region = "us-test-1"

    def _log(self, method: str, **details: Any) -> None:
        self.cloud.calls.append({"m": method, **details})

    def _fault(self, operation: str, urn: str) -> None:
        if name_of(urn) in self.cloud.faults.get(operation, ()):
            raise ProviderError(f"injected: {operation} of {name_of(urn)} failed")

    def check_config(self, urn, olds, news):
        self._log("CheckConfig", urn=urn, news=shown(plain(news)))
        return CheckResult(news)

    def diff_config(self, urn, id, old_inputs, old_outputs, news, ignore_changes):
        found: list[tuple[str, str]] = []
        sides = [{key: value for key, value in plain(side).items() if key != "version"} for side in (old_inputs, news)]
        _compare("", *sides, found)
        changed = [path for path, _ in found]
        self._log("DiffConfig", urn=urn, changed=changed)
        replaces = [path for path in changed if _top(path) == "region"]
        return DiffResult("some" if changed else "none", replaces=replaces, diffs=changed)

    def configure(self, urn, id, inputs):
        variables = {}
        for key, value in inputs.items():
            if key != "version":
                bare = plain(value)
                text = bare if isinstance(bare, str) else json.dumps(bare, separators=(",", ":"))
                variables[f"sim:config:{key}"] = text
        identifier = "<unknown>" if id == wire.UNKNOWN_SENTINEL else id
        args = shown(plain(inputs))
        self._log("Configure", urn=urn, id=identifier, args=args, variables=variables, accept=[True] * 4)
        self.region = plain(inputs).get("region", "us-test-1")

    def check(self, urn, olds, news, random_seed, autonaming):
        proposed = None
        if autonaming is not None:
            modes = {"propose": 0, "enforce": 1, "disable": 2}
            proposed = [autonaming.proposed, modes[autonaming.mode]]
        self._log("Check", urn=urn, olds=shown(olds), news=shown(news), autonaming=proposed)
        inputs = dict(news)
        if kind_of(urn) == "Auto" and "name" not in inputs:
            if "name" in olds:
                inputs["name"] = olds["name"]
            elif autonaming is not None:
                inputs["name"] = autonaming.proposed
            else:
                inputs["name"] = f"{name_of(urn)}-{random_seed.hex()[:7]}"
        failures = [CheckFailure(key, f"{key} is invalid") for key in news if key.startswith("bad")]
        return CheckResult(inputs, failures)

    def diff(self, urn, id, old_inputs, old_outputs, news, ignore_changes):
        kind = kind_of(urn)
        found: list[tuple[str, str]] = []
        _compare("", _objects(plain(old_inputs)), _objects(plain(news)), found)
        forcing = REPLACING.get(kind, set())
        top = {path: _top(path) for path, _ in found}
        replaces = sorted({top[path] for path, _ in found} & forcing)
        logged = [[path, what] for path, what in found]
        self._log(
            "Diff",
            urn=urn,
            id=id,
            old_inputs=shown(plain(old_inputs)),
            news=shown(plain(news)),
            diff=logged,
            replaces=replaces,
            ignore=list(ignore_changes),
        )
        if kind == "DiffUnknown":
            return DiffResult("unknown")
        changes = "some" if found else "none"
        if kind == "DiffLegacy":
            return DiffResult(changes, replaces=replaces)
        detailed = {
            path: PropertyDiff(f"{what.lower()}-replace" if top[path] in forcing else what.lower())
            for path, what in found
        }
        return DiffResult(
            changes,
            replaces=replaces,
            diffs=sorted(set(top.values())),
            detailed=detailed,
            delete_before_replace=kind == "Named" and bool(replaces),
        )

    def _outputs(self, urn, inputs, *, computed=None, stable=None):
        kind, name = kind_of(urn), name_of(urn)
        value = inputs.get("value")
        bare = plain(value)
        text = UNKNOWN if has_unknown(bare) else f"{name}:{json.dumps(shown(bare))}"
        outputs = {
            "computed": computed if computed is not None else text,
            "stable": stable if stable is not None else f"stable-{name}",
        }
        if kind != "NoEcho":
            outputs |= {"echo": value if value is not None else "", "region": self.region}
            outputs = {**inputs, **outputs}
        if kind == "Secretive":
            outputs["password"] = Secret(f"pw-{name}")
        if has_secret(value):
            for key in ("echo", "computed"):
                if key in outputs and not isinstance(outputs[key], Secret):
                    outputs[key] = Secret(plain(outputs[key]))
        for key in inputs:
            if key in outputs and has_secret(inputs[key]):
                outputs[key] = Secret(plain(outputs[key]))
        return outputs

    def create(self, urn, inputs, timeout, *, preview):
        kind, name = kind_of(urn), name_of(urn)
        type_ = f"sim:index:{kind}"
        identifier = ""
        if not preview:
            number = self.cloud.made.get((type_, name), 0) + 1
            identifier = f"{name}-{number}"
        self._log("Create", urn=urn, preview=preview, props=shown(inputs), id=identifier, timeout=float(timeout))
        if preview:
            outputs = self._outputs(urn, inputs, computed=UNKNOWN, stable=UNKNOWN)
            if kind == "Secretive":
                outputs["password"] = Secret(UNKNOWN)
            return CreateResult("", outputs)
        self._fault("create", urn)
        bare = plain(inputs)
        if kind == "Flaky" and bare.get("failCreate"):
            raise ProviderError(f"failCreate is set on {name}")
        self.cloud.made[type_, name] = number
        self.cloud.objects[identifier] = {"id": identifier, "type": type_, "inputs": bare}
        outputs = self._outputs(urn, inputs)
        if kind == "Flaky" and bare.get("partialCreate"):
            reason = f"{name} was created but did not become ready"
            raise InitializationError(reason, id=identifier, outputs=outputs, inputs=inputs, reasons=[reason])
        return CreateResult(identifier, outputs)

    def read(self, urn, id, inputs, state):
        item = self.cloud.objects.get(id)
        self._log("Read", urn=urn, id=id, found=item is not None, props=shown(state), inputs=shown(inputs))
        self._fault("read", urn)
        if item is None:
            return ReadResult("")
        found = {key: Secret(value) if has_secret(inputs.get(key)) else value for key, value in item["inputs"].items()}
        return ReadResult(id, found, self._outputs(urn, found))

    def update(self, urn, id, old_inputs, old_outputs, news, timeout, ignore_changes, *, preview):
        name = name_of(urn)
        self._log(
            "Update",
            urn=urn,
            id=id,
            preview=preview,
            news=shown(news),
            olds=shown(old_outputs),
            ignore=list(ignore_changes),
            old_inputs=shown(old_inputs),
        )
        bare = plain(news)
        if preview:
            before = plain(old_inputs)
            changed = any(before.get(key) != value or has_unknown(value) for key, value in bare.items())
            return self._outputs(urn, news, computed=UNKNOWN if changed else None)
        self._fault("update", urn)
        if kind_of(urn) == "Flaky" and bare.get("failUpdate"):
            raise ProviderError(f"failUpdate is set on {name}")
        self.cloud.objects[id]["inputs"] = bare
        return self._outputs(urn, news)

    def delete(self, urn, id, old_inputs, old_outputs, timeout):
        self._log("Delete", urn=urn, id=id, props=shown(old_outputs), old_inputs=shown(old_inputs))
        self._fault("delete", urn)
        if kind_of(urn) == "Flaky" and plain(old_inputs).get("failDelete"):
            raise ProviderError(f"failDelete is set on {name_of(urn)}")
        self.cloud.objects.pop(id, None)

    def invoke(self, token, args):
        self._log("Invoke", tok=token, args=shown(args), peer_region=self.region)
        if token == "sim:index:echo":
            value = args.get("value")
            return InvokeResult({"value": value, "reversed": str(value)[::-1]})
        if token == "sim:index:fail":
            return InvokeResult({}, [CheckFailure("value", "value is not acceptable")])
        raise ProviderError(f"no answer for {token}; add a fixture")

    def cancel(self):
        self._log("Cancel")


def _top(path: str) -> str:
    return path.split(".")[0].split("[")[0]


def _objects(value: Any) -> Any:
    """The value with assets and archives as the objects that they are on the wire."""
    if isinstance(value, dict):
        return {key: _objects(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_objects(item) for item in value]
    return wire.to_json(value) if isinstance(value, (Asset, Archive)) else value


def _compare(prefix: str, old: Any, new: Any, found: list[tuple[str, str]]) -> None:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            path = _joined(prefix, key)
            if key not in new:
                found.append((path, "DELETE"))
            elif key not in old:
                found.append((path, "ADD"))
            else:
                _compare(path, old[key], new[key], found)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            path = f"{prefix}[{index}]"
            if index >= len(new):
                found.append((path, "DELETE"))
            elif index >= len(old):
                found.append((path, "ADD"))
            else:
                _compare(path, old[index], new[index], found)
    elif new is UNKNOWN or old is UNKNOWN or isinstance(old, bool) != isinstance(new, bool) or old != new:
        found.append((prefix, "UPDATE"))


def _joined(prefix: str, key: str) -> str:
    return f"{prefix}.{key}" if prefix else key
