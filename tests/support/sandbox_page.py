"""The generated part of the sandbox's page: what the engine supports, and which types the cloud knows more of."""

from collections.abc import Iterator

from platform_lib.sandbox.cloud.model import TypeRules
from platform_lib.sandbox.cloud.package import package
from platform_lib.sandbox.engine.support import DIFFERENCES, SUPPORT
from platform_lib.sandbox.schema import packages

MARK = "<!-- generated:"


def tables() -> str:
    """All of it, as Markdown."""
    return "\n".join([*_differences(), *_support(), *_types()]) + "\n"


def _differences() -> Iterator[str]:
    yield "## Where the engine differs on purpose"
    yield ""
    yield "| what is different | why |"
    yield "|---|---|"
    for item in DIFFERENCES:
        yield f"| {_cell(item.what)} | {_cell(item.reason)} |"
    yield ""


def _support() -> Iterator[str]:
    yield "## Operations and options"
    yield ""
    yield "What is refused is refused by name, with what to do instead."
    yield ""
    yield "| kind | name | | note |"
    yield "|---|---|---|---|"
    for item in SUPPORT:
        answer = "supported" if item.supported else "**refused**"
        yield f"| {item.kind} | {_cell(item.name)} | {answer} | {_cell(item.note)} |"
    yield ""


def _types() -> Iterator[str]:
    yield "## Types with a behaviour of their own"
    yield ""
    yield (
        "Every type of the installed SDKs can be created, updated, replaced, read, imported and deleted, by its "
        "schema. Of these types the cloud knows more:"
    )
    yield ""
    yield "| type | the cloud knows | refers to |"
    yield "|---|---|---|"
    for known in packages():
        for token, rules in sorted(package(known.name).all_rules().items()):
            yield f"| `{token}` | {', '.join(_behaviour(rules))} | {_referred(rules)} |"


def _behaviour(rules: TypeRules) -> Iterator[str]:
    """What the rules of a type say, in words."""
    if rules.id or rules.arn:
        yield "its id" if not rules.arn else "its arn" if not rules.id else "its id and arn"
    if rules.unique:
        yield "that its name may exist once"
    if rules.input_defaults or rules.defaults:
        yield "its defaults"
    if rules.check is not None:
        yield "what inputs it refuses"
    if rules.admit is not None:
        yield "when it cannot be made"
    if rules.compute is not None or rules.computed:
        yield "its outputs"
    if rules.created is not None:
        yield "what comes with it"
    if rules.deleting is not None:
        yield "when it cannot be deleted"
    if rules.held is not None:
        yield "how long its name stays taken after a delete"
    for later in rules.later:
        yield f"that `{later.property}` becomes `{later.then}` by itself"
    if rules.adopts:
        yield "that making it again overwrites it"
    if rules.equal:
        yield "what of it has no order"
    if rules.conditions:
        yield "on what a replacement depends"


def _referred(rules: TypeRules) -> str:
    return ", ".join(f"`{path}`" for path in sorted({reference.path for reference in rules.references}))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
