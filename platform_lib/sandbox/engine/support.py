"""What the sandbox engine supports and what it refuses by name, as data: the documentation's table is made from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from platform_lib.core.errors import EngineError


@dataclass(frozen=True, slots=True)
class Support:
    """One feature of the stock engine.

    Attributes:
        kind: what it is part of.
        name: as users know it.
        supported: whether the sandbox engine has it.
        note: how it differs, or what to do instead.
    """

    kind: Literal["operation", "command option", "resource option", "program", "provider"]
    name: str
    supported: bool = True
    note: str = ""


SUPPORT: Final[Sequence[Support]] = (
    Support("operation", "preview"),
    Support("operation", "up"),
    Support("operation", "refresh"),
    Support("operation", "refresh --preview-only"),
    Support("operation", "destroy"),
    Support("operation", "destroy --preview-only"),
    Support("operation", "import", note="no code is generated for the imported resources"),
    Support("operation", "watch", False, "run `up` again"),
    Support("operation", "state migrations", False, "run them on the stock engine"),
    Support("command option", "--target"),
    Support("command option", "--target-dependents"),
    Support("command option", "--exclude"),
    Support("command option", "--exclude-dependents"),
    Support("command option", "--replace"),
    Support("command option", "--target-replace", note="a target and a replacement"),
    Support("command option", "--refresh"),
    Support("command option", "--run-program"),
    Support("command option", "--continue-on-error"),
    Support("command option", "--exclude-protected"),
    Support("command option", "--clear-pending-creates"),
    Support("command option", "--parallel", note="told to programs; the engine itself does one step at a time"),
    Support("command option", "--policy-pack"),
    Support("command option", "--save-plan, --plan", False, "a preview and the next up make the same names anyway"),
    Support("command option", "--import-pending-creates", False, "import the resources, or clear the pending creates"),
    Support("resource option", "additional_secret_outputs"),
    Support("resource option", "aliases", note="name, type, parent, project, stack, URN; inherited from parents"),
    Support("resource option", "custom_timeouts"),
    Support("resource option", "delete_before_replace"),
    Support("resource option", "deleted_with"),
    Support("resource option", "depends_on"),
    Support("resource option", "env_var_mappings", False, "set the provider's inputs instead"),
    Support("resource option", "hide_diffs"),
    Support("resource option", "hooks", note="before and after create, update, delete; on_error"),
    Support("resource option", "id", note="`Resource.get`"),
    Support("resource option", "ignore_changes"),
    Support("resource option", "import_"),
    Support("resource option", "parent"),
    Support("resource option", "plugin_download_url", note="kept in the state; nothing is downloaded"),
    Support("resource option", "protect"),
    Support("resource option", "provider, providers"),
    Support("resource option", "replace_on_changes"),
    Support("resource option", "replace_with"),
    Support(
        "resource option",
        "replacement_trigger",
        note="as in the stock engine 3.260, secrets in it are null once the state was read",
    ),
    Support("resource option", "retain_on_delete"),
    Support("resource option", "state_migrations", False, "run them on the stock engine"),
    Support("resource option", "transformations"),
    Support("resource option", "transforms"),
    Support("resource option", "version"),
    Support("program", "stack outputs"),
    Support("program", "configuration, secrets"),
    Support("program", "look-ups (invokes), plain and output form"),
    Support("program", "invoke transforms"),
    Support("program", "stack references"),
    Support("program", "stashes"),
    Support("program", "assets and archives"),
    Support("program", "resource references"),
    Support("program", "pulumi:autonaming", note="names differ from the stock engine's for the same pattern"),
    Support("program", "pulumi:disable-default-providers"),
    Support("program", "remote component", False, "use the component's Python class"),
    Support("program", "method call", False, "call the component's Python method"),
    Support("program", "parameterized package", False, "use a package of its own"),
    Support("program", "exists check", False, "use `Resource.get` and handle its error"),
    Support("provider", "default and explicit providers, changes of their configuration"),
    Support("provider", "dynamic provider", False, "give the sandbox a provider for the package"),
    Support("provider", "resource views", False, "no provider of the sandbox has them"),
)
"""Every operation and option of the stock engine, with what the sandbox does about it."""

UNSUPPORTED: Final = {item.name: item.note for item in SUPPORT if not item.supported}
"""What is refused, and what to do instead."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A deliberate difference from the stock engine.

    Attributes:
        name: identifies it.
        what: what is different.
        reason: why that is better.
    """

    name: str
    what: str
    reason: str


DIFFERENCES: Final[Sequence[Difference]] = (
    Difference(
        "failed-registration-raises",
        "a failed registration raises in the program; no KeyboardInterrupt traceback is shown, calls that would never "
        "be answered fail, and the program may send its stack outputs before it ends",
        "the stock engine interrupts the program's process, which shares nothing with the engine; in one process the "
        "error itself can be handed over",
    ),
    Difference(
        "stable-automatic-names",
        "the random seed of a preview is that of the update that follows it",
        "what was previewed is what is made",
    ),
    Difference(
        "one-step-at-a-time",
        "steps never overlap, so of independent failures one is reported",
        "the stock engine gives no order either; a fixed one makes runs repeatable",
    ),
    Difference(
        "no-plugin-messages",
        "no plugin is started, found or downloaded, so nothing is said of it, and the calls that only introduce a "
        "plugin (Handshake, Attach, GetPluginInfo) are not made",
        "providers are objects in the same process",
    ),
    Difference(
        "values-of-nested-properties",
        "a message about an input that a provider refuses shows the value where it names a path within it",
        "the stock engine looks for a property of that name, and shows {<nil>}",
    ),
    Difference(
        "unreadable-assets",
        "the message about an asset or archive that cannot be read says what to give instead",
        "the stock engine passes on what its operating system calls said",
    ),
    Difference(
        "excluded-creations",
        "with --exclude, a resource that depends on one that is excluded and does not exist yet is refused, as with "
        "--target",
        "the stock engine 3.260 makes it, and then refuses the state that it wrote",
    ),
    Difference(
        "aliased-dependencies-of-others",
        "with --target or --exclude, what a resource that is left alone depends on is found under its new name too",
        "the stock engine 3.260 lists a renamed resource twice, and then refuses the state that it wrote",
    ),
)
"""Where the sandbox engine differs on purpose; whoever compares the two engines takes these into account."""


class UnsupportedError(EngineError):
    """A feature of the stock engine that the sandbox engine does not have."""


def refuse(name: str, subject: str) -> UnsupportedError:
    """The error for a feature that is not supported.

    Args:
        name: as ``UNSUPPORTED`` has it.
        subject: what asked for it.
    """
    return UnsupportedError(f"{subject}: {name} is not supported by the sandbox engine; {UNSUPPORTED[name]}")
