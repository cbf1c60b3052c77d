"""Drives a provider of the sandbox cloud as the engine does, one resource at a time."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from platform_lib.core.values import Properties, plain
from platform_lib.sandbox.cloud import Cloud, open_cloud
from platform_lib.sandbox.protocol import CheckResult, DiffResult, Provider, ReadResult

AWS = "aws:"


def urn(token: str, name: str) -> str:
    return f"urn:pulumi:dev::proj::{token}::{name}"


@dataclass
class Made:
    """A resource as the state would hold it."""

    token: str
    name: str
    id: str
    inputs: Properties
    outputs: Properties

    @property
    def urn(self) -> str:
        return urn(self.token, self.name)

    def __getitem__(self, key: str) -> Any:
        return plain(self.outputs[key])


@dataclass
class Driver:
    """One provider instance of a cloud."""

    cloud: Cloud
    provider: Provider
    runs: int = field(default=0)

    def check(
        self, token: str, name: str, inputs: Properties, olds: Properties | None = None, **more: Any
    ) -> CheckResult:
        self.runs += 1
        seed = hashlib.sha256(str(self.runs).encode()).digest()
        return self.provider.check(urn(token, name), olds or {}, dict(inputs), seed, more.get("autonaming"))

    def reasons(self, token: str, inputs: Properties) -> str:
        """What Check refuses, as one text; empty when it takes the inputs."""
        failures = self.check(token, "it", inputs).failures
        return "\n".join(f"{failure.property}: {failure.reason}" for failure in failures)

    def preview(self, token: str, name: str, inputs: Properties) -> Properties:
        checked = self.check(token, name, inputs)
        assert not checked.failures, checked.failures
        created = self.provider.create(urn(token, name), checked.inputs, 0, preview=True)
        assert created.id == ""
        return created.outputs

    def create(self, token: str, name: str, inputs: Properties | None = None) -> Made:
        checked = self.check(token, name, inputs or {})
        assert not checked.failures, checked.failures
        created = self.provider.create(urn(token, name), checked.inputs, 0, preview=False)
        return Made(token, name, created.id, checked.inputs, created.outputs)

    def diff(self, made: Made, inputs: Properties) -> DiffResult:
        checked = self.check(made.token, made.name, inputs, made.inputs)
        assert not checked.failures, checked.failures
        return self.provider.diff(made.urn, made.id, made.inputs, made.outputs, checked.inputs, [])

    def update(self, made: Made, inputs: Properties, *, preview: bool = False) -> Made:
        checked = self.check(made.token, made.name, inputs, made.inputs)
        assert not checked.failures, checked.failures
        outputs = self.provider.update(
            made.urn, made.id, made.inputs, made.outputs, checked.inputs, 0, [], preview=preview
        )
        return Made(made.token, made.name, made.id, checked.inputs, outputs)

    def read(self, made: Made) -> ReadResult:
        return self.provider.read(made.urn, made.id, made.inputs, made.outputs)

    def delete(self, made: Made) -> None:
        self.provider.delete(made.urn, made.id, made.inputs, made.outputs, 0)

    def look_up(self, token: str, **args: Any) -> Properties:
        answer = self.provider.invoke(token, args)
        assert not answer.failures, answer.failures
        return answer.outputs


def driver(package: str, config: Properties | None = None, cloud: Cloud | None = None) -> Driver:
    """A provider on a new cloud in memory, or on one that is given."""
    cloud = cloud if cloud is not None else open_cloud(None)
    provider = cloud.open(package, "")
    provider.configure(f"urn:pulumi:dev::proj::pulumi:providers:{package}::default", "id", config or {})
    return Driver(cloud, provider)
