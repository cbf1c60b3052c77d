"""Small stacks and events, made by hand, for the tests of the operations and of the commands."""

from collections.abc import Sequence
from typing import Any

from platform_lib.sandbox.engine.event import StateView, StepEvent
from platform_lib.sandbox.engine.state import ResourceState

STACK_URN = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev"


def urn(token: str, name: str, parents: str = "") -> str:
    return f"urn:pulumi:dev::shop::{parents}{token}::{name}"


def resource(
    token: str,
    name: str,
    *,
    parent: str = STACK_URN,
    custom: bool = True,
    uses: Sequence[str] = (),
    protect: bool = False,
    inputs: dict[str, Any] | None = None,
    outputs: dict[str, Any] | None = None,
) -> ResourceState:
    return ResourceState(
        urn=urn(token, name),
        type=token,
        custom=custom,
        id=f"{name}-1" if custom else "",
        inputs=inputs or {},
        outputs=outputs or {},
        parent=parent,
        protect=protect,
        dependencies=list(uses),
    )


def small_stack() -> list[ResourceState]:
    """A stack with a network of two subnets and an audit trail that uses its key; one loose topic."""
    network = resource("platform-lib:index:VpcComponent", "main", custom=False)
    vpc = resource("aws:ec2/vpc:Vpc", "main-vpc", parent=network.urn, protect=True)
    subnets = [
        resource("aws:ec2/subnet:Subnet", f"main-{key}", parent=network.urn, uses=[vpc.urn])
        for key in ("private-a", "private-b")
    ]
    logs = resource("platform-lib:index:LogArchive", "archive", custom=False)
    key = resource("aws:kms/key:Key", "archive-key", parent=logs.urn, protect=True)
    bucket = resource("aws:s3/bucket:Bucket", "archive-bucket", parent=logs.urn, uses=[key.urn])
    flow = resource("aws:ec2/flowLog:FlowLog", "main-flow-log", parent=network.urn, uses=[vpc.urn, bucket.urn])
    topic = resource("aws:sns/topic:Topic", "alerts", uses=[key.urn])
    provider = resource("pulumi:providers:aws", "default_7_51_1", parent="")
    stack = ResourceState(urn=STACK_URN, type="pulumi:pulumi:Stack", custom=False)
    return [stack, provider, network, vpc, *subnets, logs, key, bucket, flow, topic]


def view(
    token: str, name: str, *, inputs: dict[str, Any] | None = None, outputs: dict[str, Any] | None = None, **fields: Any
) -> StateView:
    fields.setdefault("parent", STACK_URN)
    return StateView(
        type=token,
        urn=urn(token, name),
        custom=fields.pop("custom", True),
        id=fields.pop("id", f"{name}-1"),
        inputs=inputs or {},
        outputs=outputs or {},
        **fields,
    )


def step(
    op: str, old: StateView | None = None, new: StateView | None = None, *, phase: Any = "outputs", **fields: Any
) -> StepEvent:
    """A step event; the resource is the one that the views show."""
    shown = new or old
    assert shown is not None
    return StepEvent(phase=phase, op=op, urn=shown.urn, type=shown.type, old=old, new=new, **fields)
