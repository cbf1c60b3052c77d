"""The base of every component: type token, options of children, protection, and common outputs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pulumi

from platform_lib.core import naming
from platform_lib.core.context import Context
from platform_lib.core.errors import ArgsError
from platform_lib.core.reporting import CostDriver, Evidence
from platform_lib.core.run_errors import run_errors

PACKAGE = "platform-lib"
"""The package part of every component's type token."""


class PlatformComponent(pulumi.ComponentResource):
    """Base of the components.

    A subclass takes ``(name, args, opts=None)`` and nothing else. Its ``__init__`` first parses the arguments and
    computes the plan inside ``planning()``, so that a bad argument registers nothing; then calls this ``__init__``,
    makes its children and calls ``finish``. It declares its outputs as annotations of the class: ``finish`` sets and
    registers them.
    """

    cost_drivers: pulumi.Output[list[CostDriver]]
    """Quantities that a price table can price."""

    evidence: pulumi.Output[list[Evidence]]
    """Which child serves which control."""

    _tags: Mapping[str, Any]
    """Tags of all children; a component whose children have some sets them before it makes the first."""

    def __init__(self, name: str, context: Context, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(self.type_token(), name, None, opts)
        self._name_of_component = name
        self._context = context
        # A caller's explicit word wins, be it True or False: the SDK hands it on to every child.
        self._protects = context.protects if opts is None or opts.protect is None else opts.protect

    @classmethod
    def type_token(cls) -> str:
        """The type token: ``platform-lib:index:<Class>``."""
        return f"{PACKAGE}:index:{cls.__name__}"

    @classmethod
    def subject(cls, name: str) -> str:
        """How messages call an instance: ``VpcComponent 'main'``."""
        return f"{cls.__name__} {name!r}"

    @classmethod
    @contextmanager
    def planning(cls, name: str) -> Iterator[str]:
        """Checks the component's name, and makes Pulumi show errors of the block as their text, without a traceback.

        Yields:
            The subject for messages.
        """
        with run_errors():
            if findings := naming.check_component(name):
                raise ArgsError(cls.subject(name), findings)
            yield cls.subject(name)

    def child_name(self, role: str, key: str = "") -> str:
        """The logical name of a child."""
        return naming.logical(self._name_of_component, role, key)

    def tags_of(self, logical_name: str) -> Mapping[str, Any]:
        """The tags of a child: those of all children, and its own name."""
        return {**self._tags, "Name": logical_name}

    def child_options(self, *, stateful: bool = False, **more: Any) -> pulumi.ResourceOptions:
        """Options of a child: this component as its parent, and what the child needs on top.

        Args:
            stateful: the child holds data, an address or an identity that others rely on; it is protected from deletion
                unless the environment is ``dev`` or the component's own options say otherwise.
            more: further options (``depends_on``, ``aliases``, ``provider``, ...).
        """
        if stateful and self._protects:
            more.setdefault("protect", True)
        return pulumi.ResourceOptions(parent=self, **more)

    def finish(
        self, outputs: Mapping[str, Any], *, cost_drivers: Sequence[CostDriver], evidence: Sequence[Evidence]
    ) -> None:
        """Sets and registers the outputs; the last thing that a component does."""
        resolved = {**outputs, "cost_drivers": list(cost_drivers), "evidence": list(evidence)}
        for name, value in resolved.items():
            setattr(self, name, pulumi.Output.from_input(value))
        self.register_outputs({name: getattr(self, name) for name in resolved})
