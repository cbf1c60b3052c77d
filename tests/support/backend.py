"""States with every form of value, and where the files made by the stock CLI lie."""

from pathlib import Path

from platform_lib.core.values import UNKNOWN, Archive, Asset, ResourceReference, Secret
from platform_lib.sandbox.engine.state import PendingOperation, ResourceState, Snapshot

VECTORS = Path(__file__).parents[1] / "sandbox" / "engine" / "backend" / "vectors"
PASSPHRASE = "correct horse"
SALT = "v1:BDBjNwCayAk=:v1:0OgOAH4qRo0VOuny:SG/dImOr8nS3KeDnkdilQfG5t/uwcw=="

STACK = "urn:pulumi:dev::vectors::pulumi:pulumi:Stack::vectors-dev"
PROVIDER = "urn:pulumi:dev::vectors::pulumi:providers:sim::default"


def urn(name: str, kind: str = "sim:index:Thing") -> str:
    """The URN of a resource of the stack."""
    return f"urn:pulumi:dev::vectors::{kind}::{name}"


def thing(name: str, **fields: object) -> ResourceState:
    """A resource of the ``sim`` package."""
    values = {"id": f"{name}-1", "parent": STACK, "provider": f"{PROVIDER}::4f1b", **fields}
    return ResourceState(urn=urn(name), type="sim:index:Thing", custom=True, **values)


def full_snapshot() -> Snapshot:
    """A state that uses every field of a resource that needs no feature flag, and every form of value."""
    values = {
        "text": "a <b> & 'c' ü \u2028 \n",
        "empty": "",
        "null": None,
        "flag": True,
        "whole": 42,
        "fraction": 1.5,
        "tiny": 1.5e-9,
        "big": 10**20,
        "huge": 1e21,
        "infinite": float("inf"),
        "list": [1, [], {}, None, "x"],
        "object": {"z": 1, "a": {"b": [True]}},
        "asset": Asset(hash="ab", text="hello"),
        "file": Asset(hash="cd", path="./x"),
        "archive": Archive(hash="ef", assets={"m": Asset(hash="ab", text="m"), "n": Archive(hash="0a", path="./n")}),
        "reference": ResourceReference(urn("a"), "a-1", "1.0.0"),
        "component": ResourceReference(STACK),
    }
    secrets = {
        "password": Secret("hunter2 <&> ü"),
        "structure": Secret({"b": [1, 1e-9, None], "a": Secret("inner")}),
        "within": {"list": [Secret(True), Secret(None), Secret("")]},
    }
    first = thing("a", inputs=values, outputs={**values, "more": 0})
    second = thing(
        "b",
        inputs=secrets,
        outputs=secrets,
        protect=True,
        dependencies=[urn("a")],
        property_dependencies={"password": [urn("a")], "none": []},
        init_errors=["not ready"],
        additional_secret_outputs=["structure"],
        custom_timeouts={"create": 300, "delete": 1.5},
        import_id="b-1",
        retain_on_delete=True,
        deleted_with=urn("a"),
        created="2026-01-02T03:04:05.123456Z",
        modified="2026-01-02T03:04:06Z",
        source_position="project:///__main__.py#3",
        ignore_changes=["password"],
        replace_on_changes=["structure.a"],
        hide_diff=["within.list[0]"],
        extra={"stackTrace": [{"sourcePosition": "project:///__main__.py#3"}]},
    )
    old = thing("a", delete=True)
    old.id = "a-0"
    waiting = thing("c", pending_replacement=True)
    read = thing("d", external=True)
    return Snapshot(
        [
            ResourceState(STACK, "pulumi:pulumi:Stack", custom=False, outputs={"out": Secret("s"), "plain": 1}),
            ResourceState(PROVIDER, "pulumi:providers:sim", custom=True, id="4f1b"),
            first,
            second,
            old,
            waiting,
            read,
        ],
        [PendingOperation("creating", thing("e", id="", inputs={"later": UNKNOWN}))],
    )
