"""What a run works on and how: the stack with its configuration, the options of the operation, the program."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platform_lib.core.errors import EngineError
from platform_lib.core.values import Properties

StackOutputs = Callable[[str], Properties | None]
"""The outputs of another stack by its reference name (``organization/project/stack``, or what the program wrote);
secrets are marked. None: there is no such stack."""


@dataclass(frozen=True, slots=True)
class ConfigValue:
    """One configuration value of a stack.

    Attributes:
        value: plain text, as ``PULUMI_CONFIG`` would hold it; JSON text where ``is_object``.
        secret: encrypted in the stack file; programs read it with ``Config.require_secret`` and providers as a secret.
        is_object: the stack file holds a list or a mapping.
    """

    value: str
    secret: bool = False
    is_object: bool = False

    def __repr__(self) -> str:
        shown = "[secret]" if self.secret else self.value
        return f"ConfigValue({shown!r}, secret={self.secret}, is_object={self.is_object})"


@dataclass(frozen=True, slots=True)
class Target:
    """The stack that a run works on.

    Attributes:
        project: name of the project.
        stack: name of the stack, without organization and project.
        organization: ``organization`` for backends without organizations, as in the stock engine's file backend.
        config: values by fully qualified key (``namespace:key``).
        root: folder of ``Pulumi.yaml``; empty for the current folder.
    """

    project: str
    stack: str
    organization: str = "organization"
    config: Mapping[str, ConfigValue] = field(default_factory=dict)
    root: str = ""


@dataclass(frozen=True, slots=True)
class ImportSpec:
    """One resource of an import operation (``pulumi import``).

    Attributes:
        type: type token.
        name: logical name.
        id: what the provider imports; empty for a component.
        parent: URN of the parent; empty for the stack.
        provider: ``urn::id`` or URN of an explicit provider of the stack; empty for the default provider.
        version: version of the package; empty for the newest.
        properties: inputs to keep; empty for all.
        component: the resource is a component and has no id.
        remote: the component is made by a provider; refused.
    """

    type: str
    name: str
    id: str = ""
    parent: str = ""
    provider: str = ""
    version: str = ""
    properties: Sequence[str] = ()
    component: bool = False
    remote: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """How an operation is done; the names are those of the stock commands' options.

    Attributes:
        parallel: what programs read as the degree of parallelism; the engine itself does one step at a time.
        targets: URNs that the operation is limited to; ``*`` stands for any text without a colon, ``**`` for any.
        target_dependents: targets include what depends on them.
        excludes: URNs that the operation leaves alone.
        exclude_dependents: excludes include what depends on them.
        replace: URNs that are replaced whatever their diff says (``--replace``).
        refresh: refresh the state before the operation (``--refresh``).
        continue_on_error: go on with what does not depend on a failed step.
        run_program: run the program on refresh and destroy too (``--run-program``).
        exclude_protected: destroy all but what is protected and what that depends on (``--exclude-protected``).
        clear_pending_creates: a refresh forgets creations that were interrupted (``--clear-pending-creates``).
        imports: what an import operation imports.
        import_protect: imported resources are protected (the stock default).
        show_secrets: secrets are shown in messages that would redact them.
        log_grpc: file that receives the monitor and provider traffic as JSON lines; None for no log.
        seed: makes automatic names; equal seeds and an equal state give equal names, so the ``up`` after a preview
            uses the previewed names. Give a new one per generation of the stack (its state version).
        arguments: ``sys.argv[1:]`` of the program.
    """

    parallel: int = 16
    targets: Sequence[str] = ()
    target_dependents: bool = False
    excludes: Sequence[str] = ()
    exclude_dependents: bool = False
    replace: Sequence[str] = ()
    refresh: bool = False
    continue_on_error: bool = False
    run_program: bool = False
    exclude_protected: bool = False
    clear_pending_creates: bool = False
    imports: Sequence[ImportSpec] = ()
    import_protect: bool = True
    show_secrets: bool = False
    log_grpc: Path | None = None
    seed: bytes = b""
    arguments: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.targets and self.excludes:
            raise EngineError("options: targets and excludes cannot be combined; give one of them")
        if self.target_dependents and not self.targets:
            raise EngineError("options: target_dependents has no effect without targets; give targets")
        if self.exclude_dependents and not self.excludes:
            raise EngineError("options: exclude_dependents has no effect without excludes; give excludes")


@dataclass(frozen=True, slots=True)
class Program:
    """The user's program: a file or folder run as ``__main__``, or a callable.

    Attributes:
        main: a file, or a folder that holds ``__main__.py``; run as the stock language host runs it: a folder stands
            first on ``sys.path``, that of a file does not. Modules imported from there are forgotten afterwards.
        function: called instead; may be a coroutine function. Nothing is changed on ``sys.path`` for it.
        directory: working folder during the run; None for the folder of ``main``, and the current one for callables.
    """

    main: Path | None = None
    function: Callable[[], Any] | None = None
    directory: Path | None = None

    def __post_init__(self) -> None:
        if (self.main is None) == (self.function is None):
            raise EngineError("program: give either a main file or a function")

    @classmethod
    def of(cls, source: "str | os.PathLike[str] | Callable[[], Any] | Program") -> "Program":
        """The program for a path or a callable; a ``Program`` stays as it is.

        Raises:
            EngineError: the path does not exist.
        """
        if isinstance(source, Program):
            return source
        if callable(source):
            return cls(function=source)
        path = Path(source)
        if not path.exists():
            raise EngineError(f"program: {path}: no such file or folder; give the path of __main__.py or its folder")
        return cls(main=path)
