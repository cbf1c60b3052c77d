"""The networks of a project's stacks, from their settings alone: no program runs and no cloud is asked.

The project names in its ``pyproject.toml`` a function that turns the settings of a stack into the arguments of its
networks: ``[tool.platform] network = "module:function"``, a function ``(settings) -> {component name: VpcArgs}``.
"""

import importlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from platform_lib.components.vpc.addresses import network_intent
from platform_lib.components.vpc.addressing.intent import NetworkId
from platform_lib.components.vpc.addressing.ledger import entry_for
from platform_lib.components.vpc.addressing.ledger_file import DEFAULT_PATH, LedgerFile, read_ledger
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.capability.report import CapabilityReport, OnGap
from platform_lib.components.vpc.gaps import capability_of
from platform_lib.components.vpc.ledger_args import LedgerArgs, network_id
from platform_lib.components.vpc.plan import plan_vpc, settled
from platform_lib.components.vpc.planned_graph import require_assertions
from platform_lib.components.vpc.planning.model import VpcPlan
from platform_lib.components.vpc.rooms import require_made
from platform_lib.core.errors import ArgsError, Finding, PlanError, SettingsError, near
from platform_lib.core.settings import Settings, settings_class
from platform_lib.operations.errors import InputError, UnknownNameError
from platform_lib.operations.network.plan import NetworkPlan, plan
from platform_lib.operations.project import Project
from platform_lib.sandbox.project import read_project

ALL = "all"
"""Stands for every stack that has a file."""


class NetworkFunction(Protocol):
    """What a project names in ``[tool.platform]`` as ``network``."""

    def __call__(self, settings: Settings, /) -> Mapping[str, VpcArgs]:
        """The networks of a stack by the name of their component."""


@dataclass(frozen=True)
class StackNetwork:
    """One network of one stack.

    Attributes:
        stack: name of the stack.
        name: of the component.
        args: its arguments, with its entry of the address ledger where that has one.
    """

    stack: str
    name: str
    args: VpcArgs

    @property
    def id(self) -> NetworkId:
        """Its key in the address ledger."""
        return network_id(self.name, self.args.context, self.args.region, self.args.on)

    @property
    def capability(self) -> CapabilityReport:
        """What it asks of its cloud, and what the cloud gives."""
        return capability_of(self.args)

    @property
    def refused_gaps(self) -> bool:
        """Whether a preview fails for what the cloud cannot give."""
        return bool(self.capability.gaps) and self.args.on_gap is not OnGap.WARN

    @property
    def subject(self) -> str:
        """How messages call it."""
        return f"stack {self.stack!r}: VpcComponent {self.name!r}"

    def planned(self, file: LedgerFile) -> VpcPlan:
        """The network as its program plans it.

        Raises:
            PlanError: as the component, with an entry that the ledger lacks among the reasons.
        """
        entry_for(file.ledger, self.id, subject=self.subject)
        return plan_vpc(self.name, self.args, subject=self.subject)


def project_ledger_file(project: Project) -> LedgerFile:
    """The address ledger of a project; a file that does not exist is an empty one.

    Raises:
        SettingsError: it is not usable.
    """
    return read_ledger(project.directory / DEFAULT_PATH)


def stack_networks(project: Project, file: LedgerFile, stack: str = ALL, name: str = "") -> tuple[StackNetwork, ...]:
    """The networks of a project.

    Args:
        project: the project.
        file: its address ledger.
        stack: one stack, or ``all``.
        name: of a component; empty for every one.

    Returns:
        The networks, by stack and name.

    Raises:
        UnknownNameError: no such stack, or no network of that name in it.
        InputError: the project names no function for its networks.
        SettingsError: the function cannot be imported, or the settings of a stack are not usable.
        ArgsError: the function makes arguments that do not fit.
    """
    function = _function(project)
    model, project_name = settings_class(project.directory), read_project(project.directory).name
    found = [
        StackNetwork(one, component, _with_entry(component, args, file))
        for one in _stacks(project, stack)
        for component, args in sorted(_networks(function, model, project, one, project_name).items())
    ]
    chosen = tuple(network for network in found if not name or network.name == name)
    if name and not chosen:
        known = dict.fromkeys(network.name for network in found)
        hint = near(name, known) or f"there are {', '.join(known) or 'none'}"
        raise UnknownNameError(f"network {name!r}: no stack has it; {hint}")
    return chosen


def _stacks(project: Project, stack: str) -> list[str]:
    names = sorted(
        path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in project.directory.glob("Pulumi.*.yaml")
    )
    if stack == ALL:
        return names
    if stack not in names:
        hint = near(stack, names) or f"there are {', '.join(names) or 'none'}"
        raise UnknownNameError(f"stack {stack!r}: there is no such stack; {hint}")
    return [stack]


def _function(project: Project) -> NetworkFunction:
    if not project.network:
        raise InputError(
            "network: the project names no function for its networks; "
            'add [tool.platform] network = "module:function" to pyproject.toml'
        )
    settings_class(project.directory)  # puts the project's folder on the path
    module, _, attribute = project.network.partition(":")
    problem = ""
    try:
        function = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        problem = f"cannot be imported, got {project.network!r} ({error})"
    else:
        if callable(function):
            made: NetworkFunction = function
            return made
        problem = f"must name a function, got {project.network!r}"
    raise SettingsError(str(project.directory / "pyproject.toml"), [Finding("tool.platform.network", problem)])


def _networks(
    function: NetworkFunction, model: type[Settings], project: Project, stack: str, project_name: str
) -> Mapping[str, VpcArgs]:
    settings = model.from_file(Path(project.directory, f"Pulumi.{stack}.yaml"), project_name)
    try:
        return function(settings)
    except ArgsError as error:
        raise ArgsError(f"stack {stack!r}: {error.subject}", error.findings) from error


def _with_entry(name: str, args: VpcArgs, file: LedgerFile) -> VpcArgs:
    entry = file.ledger.networks.get(str(network_id(name, args.context, args.region, args.on)))
    return args.model_copy(update={"ledger": LedgerArgs.of(entry)}) if entry is not None else args


def plan_stacks(file: LedgerFile, networks: Iterable[StackNetwork]) -> NetworkPlan:
    """What the networks of stacks mean for the address ledger.

    Raises:
        PlanError: everything that is wrong, over all of them.
    """
    return plan(file, [network_intent(one.name, one.args, subject=one.subject) for one in networks])


def abandoned(file: LedgerFile, networks: Sequence[StackNetwork]) -> tuple[str, ...]:
    """Networks of the ledger with blocks in use that are not among those of all stacks."""
    known = {str(network.id) for network in networks}
    return tuple(key for key, entry in file.ledger.networks.items() if key not in known and entry.blocks)


def check_stacks(file: LedgerFile, networks: Iterable[StackNetwork]) -> tuple[VpcPlan, ...]:
    """Plan every network as its program does and prove what is asserted of it, against the ledger as it is.

    Raises:
        PlanError: everything that is wrong, over all of them: what a preview would fail with.
    """
    plans, findings = [], []
    for network in networks:
        try:
            made = network.planned(file)
            require_made(made, settled(network.args, subject=network.subject), subject=network.subject)
            require_assertions(made, network.args.assertions or (), subject=network.subject)
        except PlanError as error:
            findings += [
                Finding(f"{network.subject}: {found.path}", found.problem, found.remedy) for found in error.findings
            ]
        else:
            plans.append(made)
    if findings:
        raise PlanError("network check", findings)
    return tuple(plans)
