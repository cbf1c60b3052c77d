"""Every stack file and overlay of a project, checked at once: by model and ``Pulumi.yaml``, and for what is unused."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from platform_lib.core.errors import Finding, FindingsError, SettingsError, near
from platform_lib.core.layers import Layer, overlay_files, read_overlay
from platform_lib.core.settings import Settings
from platform_lib.core.stack_file import holds_secret
from platform_lib.operations.changes import flat
from platform_lib.operations.gate.leaks.canary import stand_ins
from platform_lib.operations.gate.leaks.forms import known_form
from platform_lib.sandbox.project import Project
from platform_lib.sandbox.stack_config import StackFile, read_stack_file, stack_config

PULUMI_KEYS: Final = ("disable-default-providers", "autonaming", "tags", "template")
"""Keys of the namespace ``pulumi`` that the stock CLI knows (3.260: ``sdk/go/common``, ``pkg``)."""

_NO_DEFAULTS: Final = "pulumi:disable-default-providers"


@dataclass(frozen=True)
class CheckedStack:
    """One stack file.

    Attributes:
        stack: name of the stack.
        settings: what it is set to; None where that cannot be said.
        findings: what is wrong with the file.
    """

    stack: str
    settings: Settings | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class CheckedProject:
    """Every stack file and overlay of a project.

    Attributes:
        stacks: by file.
        findings: about overlays.
    """

    stacks: tuple[CheckedStack, ...]
    findings: tuple[Finding, ...] = field(default=())

    @property
    def everything(self) -> list[tuple[str, Finding]]:
        """Every finding with its subject."""
        found = [(f"stack '{checked.stack}'", finding) for checked in self.stacks for finding in checked.findings]
        return [*found, *(("overlays", finding) for finding in self.findings)]


def check_project(project: Project, model: type[Settings] | None) -> CheckedProject:
    """Checks every stack file of a project, and its overlays.

    Args:
        project: its ``Pulumi.yaml``.
        model: the settings of its stacks; None where it names none, which leaves the checks of the other keys.
    """
    stacks = tuple(_stack(project, model, name) for name in project.stacks())
    return CheckedProject(stacks, tuple(_overlays(project, model, stacks)) if model is not None else ())


def _stack(project: Project, model: type[Settings] | None, name: str) -> CheckedStack:
    try:
        file = read_stack_file(project, name)
    except SettingsError as error:
        return CheckedStack(name, None, error.findings)
    settings, findings = _settings(project, model, name)
    told = {finding.path.rpartition(" ")[2].partition(".")[0] for finding in findings}
    findings += [item for item in _declared(project, file) if _key(project, item.path) not in told]
    findings += [*_namespaces(project, file), *_credentials(file), *_salt(file)]
    return CheckedStack(name, settings, tuple(findings))


def _settings(project: Project, model: type[Settings] | None, name: str) -> tuple[Settings | None, list[Finding]]:
    if model is None:
        return None, []
    try:
        return model.from_file(project.stack_file(name), project.name), []
    except FindingsError as error:
        return None, list(error.findings)


def _key(project: Project, path: str) -> str:
    """The key of the project in ``Pulumi.dev.yaml:3: config.platform:owner``; empty for one of another namespace."""
    written = path.rpartition(": ")[2].removeprefix("config.")
    namespace, _, key = written.rpartition(":")
    return key if namespace in ("", project.name) else ""


class _Unopened:
    """A crypter for secrets whose value does not matter."""

    def encrypt(self, text: str) -> str:
        """Seals nothing."""
        return text

    def decrypt(self, sealed: str) -> str:
        """What any secret that has to be true or false is taken for."""
        del sealed
        return "true"


def _declared(project: Project, file: StackFile) -> Sequence[Finding]:
    """What ``Pulumi.yaml`` declares and the file does not keep; secrets are not opened for it."""
    try:
        stack_config(project, file, _Unopened(), stand_ins=stand_ins(project, file)[0])
    except SettingsError as error:
        return error.findings
    return ()


def _namespaces(project: Project, file: StackFile) -> Iterator[Finding]:
    """Keys that nothing reads: of packages that are not there or are turned off, and misspelt ones."""
    from platform_lib.sandbox import schema

    packages = [package.name for package in schema.packages()]
    off = file.config.get(_NO_DEFAULTS)
    for key in file.config:
        namespace, _, name = key.partition(":")
        where = file.where(key)
        if namespace == project.name:
            continue
        if namespace == "pulumi":
            if name not in PULUMI_KEYS:
                yield Finding(where, "is not known", near(name, PULUMI_KEYS) or f"known: {', '.join(PULUMI_KEYS)}")
        elif namespace not in packages:
            hint = near(namespace, [*packages, project.name, "pulumi"])
            yield Finding(where, f"is not read: no provider called '{namespace}' is installed", hint or "remove it")
        elif isinstance(off, list) and ("*" in off or namespace in off):
            yield Finding(where, f"is not read: the default provider of {namespace} is turned off", "remove it")
        else:
            known = schema.config_keys(namespace)
            if name not in known:
                yield Finding(where, f"is not known to the provider {namespace}", near(name, known) or "remove it")


def _credentials(file: StackFile) -> Iterator[Finding]:
    for key, value in file.config.items():
        for path, text in _texts(value):
            kind = known_form(text)
            if kind is not None:
                where = f"{file.where(key)}{path}"
                yield Finding(where, f"holds {kind} in plain text", "encrypt it, and change it: the file was readable")


def _texts(value: Any) -> Iterator[tuple[str, str]]:
    """The plain texts of a value with their paths below it; what is encrypted is none."""
    for path, leaf in flat(value):
        if isinstance(leaf, str) and not path.endswith("secure"):
            yield f".{path}" if path and not path.startswith("[") else path, leaf


def _salt(file: StackFile) -> Iterator[Finding]:
    if file.salt and file.source is not None and not any(holds_secret(value) for value in file.config.values()):
        where = file.source.where("encryptionsalt")
        yield Finding(where, "is not used: the file holds no secret", "remove it: it locks others out")


def _overlays(project: Project, model: type[Settings], stacks: Sequence[CheckedStack]) -> Iterator[Finding]:
    """Overlays that no stack chooses, values in them that no stack takes, and what is wrong with unused ones."""
    known = [checked for checked in stacks if checked.settings is not None]
    complete = len(known) == len(stacks)
    for key, value, path in overlay_files(project.root, model.OVERLAY_KEYS):
        name = path.relative_to(project.root).as_posix()
        users = [checked for checked in known if str(getattr(checked.settings, key, "")) == value]
        try:
            layer = read_overlay(project.root, path, (*model.OVERLAY_KEYS, model.ENVIRONMENT_KEY))
        except SettingsError as error:
            if not users and complete:
                yield from error.findings
            continue
        if key not in model.model_fields:
            yield Finding(name, f"is not used: the settings have no field '{key}'", "remove it, or add the field")
        elif not users and complete:
            yield Finding(name, f"is not used: no stack has the {key} '{value}'", "remove it, or have a stack set it")
        else:
            yield from _not_taken(layer, users, complete=complete)


def _not_taken(layer: Layer, users: Sequence[CheckedStack], *, complete: bool) -> Iterator[Finding]:
    if not (users and complete):
        return
    for path in _leaves(layer.values):
        taken = any(
            checked.settings is not None and checked.settings.origin(path).file == layer.file for checked in users
        )
        if not taken:
            where = f"{layer.file}:{layer.lines.get(path, 0)}: {path}"
            yield Finding(where, "is not used: every stack with this overlay sets its own", "remove it")


def _leaves(values: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in values.items():
        path = f"{prefix}.{key}" if prefix else key
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, path)
        else:
            yield path
