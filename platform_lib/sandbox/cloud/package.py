"""What differs from package to package: configuration, names, places, ids, texts; one subclass each."""

# ruff: noqa: ARG002 - the protocol and the base class give every argument; not every provider or package needs each

import contextlib
import importlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from platform_lib.core.errors import EngineError, near
from platform_lib.core.values import UNKNOWN, Properties, plain
from platform_lib.sandbox.cloud.difference import Habits
from platform_lib.sandbox.cloud.model import NO_RULES, Request, Session, TypeRules
from platform_lib.sandbox.cloud.naming import DEFAULTS, fill_bridged
from platform_lib.sandbox.cloud.store import Store
from platform_lib.sandbox.protocol import Autonaming, CheckFailure
from platform_lib.sandbox.schema.model import ResourceSchema

LookUp = Callable[["Look"], Properties | None]
"""Answers a look-up, or None where it does not know; raises ``ProviderError`` where the real one would fail."""


class Look:
    """A look-up as its function sees it.

    Args:
        session: the provider instance.
        args: its arguments, plain.
        store: the cloud's memory.
        stamp: time by the cloud's clock.
    """

    def __init__(self, session: Session, args: Properties, store: Any, stamp: str) -> None:
        self.session = session
        self.args = args
        self.store = store
        self.stamp = stamp

    @property
    def region(self) -> str:
        """The region asked about: the argument, else the provider's."""
        return str(self.args.get("region") or self.session.region)


class Package:
    """The habits of one provider package; the base class has those of a bridged provider without regions.

    Attributes:
        name: of the package.
        habits: how its provider compares.
        id_in_outputs: whether the outputs repeat the id, as those of bridged providers do.
        scoped_ids: whether an id means something only within its scope and region (else it names both itself).
        throttle_retries: how often the provider tries again when it is throttled.
    """

    name: ClassVar[str]
    habits: ClassVar[Habits] = Habits(keeps_computed=True, json_text=True)
    id_in_outputs: ClassVar[bool] = True
    scoped_ids: ClassVar[bool] = True
    throttle_retries: ClassVar[int] = 10

    def __init__(self) -> None:
        self._rules: dict[str, TypeRules] | None = None
        self._look_ups: dict[str, LookUp] | None = None

    # Configuration

    def check_config(self, config: Mapping[str, Any]) -> Sequence[CheckFailure]:
        """What is wrong with a configuration (plain; unknowns possible)."""
        return ()

    def session(self, config: Mapping[str, Any]) -> Session:
        """The instance that a configuration makes."""
        raise NotImplementedError

    def config_replaces(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> Sequence[str]:
        """Keys of the configuration whose change replaces the provider and all that it made."""
        return ()

    # Rules

    def modules(self) -> Sequence[str]:
        """Modules that hold ``RULES`` and ``LOOK_UPS`` of the package."""
        return ()

    def rules(self, token: str) -> TypeRules:
        """The rules of a type; none for most."""
        if self._rules is None:
            loaded = [importlib.import_module(module) for module in self.modules()]
            look_ups: dict[str, LookUp] = {}
            rules: dict[str, TypeRules] = {}
            for module in loaded:
                look_ups.update(getattr(module, "LOOK_UPS", {}))
                rules.update(getattr(module, "RULES", {}))
            self._look_ups, self._rules = look_ups, rules  # whole, since other threads may look already
        return self._rules.get(token, NO_RULES)

    def all_rules(self) -> Mapping[str, TypeRules]:
        """The rules by type, of the types that have any."""
        self.rules("")
        return self._rules or {}

    def look_up(self, token: str) -> LookUp | None:
        """The built-in answer of a look-up, if there is one."""
        self.rules("")
        return (self._look_ups or {}).get(token)

    # Inputs

    def prepare(
        self,
        session: Session,
        store: Store,
        schema: ResourceSchema,
        urn: str,
        olds: Properties,
        news: Properties,
        seed: bytes,
        autonaming: Autonaming | None,
    ) -> Sequence[CheckFailure]:
        """Fills in defaults and the automatic name, in place."""
        defaults = []
        for key, default in self.rules(schema.token).input_defaults.items():
            if key not in news:
                news[key] = default
                defaults.append(key)
        news[DEFAULTS] = defaults
        if schema.autoname is None:
            return ()
        failure = fill_bridged(schema.autoname, urn, olds, news, seed, autonaming)
        return () if failure is None else (failure,)

    def place(self, session: Session, schema: ResourceSchema, inputs: Mapping[str, Any]) -> tuple[str, str]:
        """Scope and region of a resource."""
        return session.scope, ""

    def import_id(self, id_: str, region: str) -> tuple[str, str]:
        """Id and region of what is asked for by an id alone."""
        return id_, region

    def settled(self, session: Session, schema: ResourceSchema, news: Properties, old: Mapping[str, Any]) -> Properties:
        """Inputs that hold although they are not written: what the provider's configuration says (region, project)."""
        return {}

    # Life

    def admit(self, request: Request) -> None:
        """Refuses a create that no resource of the package may make, before the type's own rules."""

    def revise(self, request: Request) -> None:
        """Refuses an update that no resource of the package may go through; ``old`` of the request is what is there."""

    def release(self, request: Request) -> None:
        """Clears what goes with a resource that is about to be deleted, or refuses."""

    # Outputs

    def identify(self, request: Request) -> str:
        """The generic id."""
        raise NotImplementedError

    def arn(self, request: Request) -> str:
        """The generic arn; only AWS has them."""
        return ""

    def common(self, request: Request) -> Properties:
        """Outputs that follow from inputs and configuration alone, so that a preview knows them."""
        return {}

    # Refusals

    def adopts(self, schema: ResourceSchema) -> bool:
        """Whether creating what is there already overwrites it: types without a name of their own are settings."""
        return schema.autoname is None and not ({"name", "names"} & schema.inputs.keys())

    def exists(self, request: Request) -> str:
        """The refusal of an id that is taken."""
        return f"{request.kind} '{request.id}' already exists"

    def not_found(self, schema: ResourceSchema, id_: str) -> str:
        """The refusal of an update of what is gone."""
        return f"{schema.token.rpartition(':')[2]} '{id_}' not found"

    def outside(self, value: str, session: Session) -> bool:
        """Whether a reference leads out of the sandbox (owned by the vendor, or by another account)."""
        return False

    def delete_before_replace(self, schema: ResourceSchema, old: Properties, new: Properties) -> bool:
        """Whether a replacement has to delete first, by the rule of the schema (``delete_first``)."""
        if schema.delete_before_replace or schema.delete_first == "always":
            return True
        rule = schema.autoname
        if rule is None or schema.delete_first != "named":
            return False
        return new.get(rule.property) is not None and rule.property not in plain(new.get(DEFAULTS, []))


def decoded(config: Mapping[str, Any]) -> dict[str, Any]:
    """A provider configuration as values: nested ones arrive as JSON text, flags as ``"true"``."""
    result: dict[str, Any] = {}
    for key, item in config.items():
        value = plain(item)
        if isinstance(value, str) and value[:1] in {"{", "["}:
            with contextlib.suppress(ValueError):  # a text that only looks like JSON (YAML in flow style) stays a text
                value = json.loads(value)
        elif value in ("true", "false"):
            value = value == "true"
        result[key] = value
    return result


def known(config: Mapping[str, Any], key: str) -> Any:
    """A configuration value, None where it is unknown."""
    value = config.get(key)
    return None if value is UNKNOWN else value


_MODULES = {"aws": "aws", "azure-native": "azure", "gcp": "gcp", "kubernetes": "kubernetes", "vault": "vault"}
_LOADED: dict[str, Package] = {}


def package(name: str) -> Package:
    """The habits of a package.

    Raises:
        EngineError: the sandbox has no such package.
    """
    if name not in _LOADED:
        if name not in _MODULES:
            hint = near(name, _MODULES)
            raise EngineError(
                f"sandbox: provider package '{name}' is not simulated; the sandbox cloud has {', '.join(_MODULES)}"
                + (f"; {hint}" if hint else "; plug in a provider of your own for it")
            )
        module = importlib.import_module(f"platform_lib.sandbox.cloud.{_MODULES[name]}")
        _LOADED[name] = module.PACKAGE
    return _LOADED[name]
