"""Runs a program against stock mocks and records what it registers: types, parents, inputs, options, outputs."""

import asyncio
import contextvars
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime import mocks, rpc

ACCOUNT_ID = "123456789012"
PROJECT = "platform"
STACK = "test"


@dataclass(frozen=True)
class Registration:
    """One registered resource, as the engine would be told of it."""

    urn: str
    type: str
    name: str
    parent: str
    inputs: dict[str, Any]
    protect: bool
    custom: bool
    depends_on: tuple[str, ...]


@dataclass
class Recording:
    """What a program registered, in order, and the outputs that its components registered, by URN."""

    registrations: list[Registration] = field(default_factory=list)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    result: Any = None

    def of_type(self, token: str) -> list[Registration]:
        return [item for item in self.registrations if item.type == token]

    def named(self, name: str) -> Registration:
        (found,) = (item for item in self.registrations if item.name == name)
        return found

    def tree(self) -> Iterator[str]:
        """A line a resource, the URN of its parent first: what a golden file holds."""
        for item in sorted(self.registrations, key=lambda item: item.urn):
            yield f"{item.urn}  <-  {item.parent.rsplit('::', 1)[-1]}"


class _Monitor(mocks.MockMonitor):
    def __init__(self, recording: Recording) -> None:
        super().__init__(_Mocks())
        self.recording = recording

    def RegisterResource(self, request: Any) -> Any:
        with _loop_of_thread():
            response = super().RegisterResource(request)
        if request.type != "pulumi:pulumi:Stack":
            self.recording.registrations.append(
                Registration(
                    urn=response.urn,
                    type=request.type,
                    name=request.name,
                    parent=request.parent,
                    inputs=rpc.deserialize_properties(request.object, keep_unknowns=True),
                    protect=request.protect,
                    custom=request.custom,
                    depends_on=tuple(request.dependencies),
                )
            )
        return response

    def ReadResource(self, request: Any) -> Any:
        with _loop_of_thread():
            return super().ReadResource(request)

    def RegisterResourceOutputs(self, request: Any) -> Any:
        self.recording.outputs[request.urn] = rpc.deserialize_properties(request.outputs, keep_unknowns=True)
        return super().RegisterResourceOutputs(request)


@contextmanager
def _loop_of_thread() -> Iterator[None]:
    """An event loop for a thread of the executor: the mocks would make one and leave it open."""
    if threading.current_thread() is threading.main_thread():
        yield
        return
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def _identity(inputs: dict[str, Any]) -> dict[str, Any]:
    """Identities of a resource of Azure, which are ids on the way in and a map by id on the way out."""
    given = inputs.get("identity")
    users = given.get("userAssignedIdentities") if isinstance(given, dict) else None
    if not isinstance(users, list):
        return {}
    return {"identity": {**given, "userAssignedIdentities": {str(one): {} for one in users}}}


class _Mocks(mocks.Mocks):
    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if not args.custom:
            return None, {}
        computed = {
            "arn": f"arn:aws:mock:::{args.name}",
            "ownerId": ACCOUNT_ID,
            "publicIp": "198.51.100.1",
            "bucket": args.name,
            "name": args.name,
        }
        return f"{args.name}-id", {**computed, **args.inputs, **_identity(args.inputs)}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:
        raise AssertionError(f"the program looks up {args.token}: components call no cloud API")


def record(program: Callable[[], Any], *, preview: bool = False) -> Recording:
    """Runs a program to its end in a context of its own; what the program returns is awaited and kept as ``result``."""
    recording = Recording()

    def run() -> None:
        pulumi.runtime.set_mocks(_Mocks(), project=PROJECT, stack=STACK, preview=preview, monitor=_Monitor(recording))

        def keeping() -> pulumi.Output[None]:
            return pulumi.Output.from_input(program()).apply(lambda value: setattr(recording, "result", value))

        pulumi.runtime.test(keeping)()

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        contextvars.Context().run(run)
    finally:
        asyncio.set_event_loop(None)
        loop.close()
    return recording
