"""What a rule of the cloud is made of: the session, the request, and the facts and functions of a resource type."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from platform_lib.core.values import Properties
from platform_lib.sandbox.cloud.eventual import Held, Later
from platform_lib.sandbox.protocol import CheckFailure, ProviderError

if TYPE_CHECKING:
    from platform_lib.sandbox.cloud.store import Row, Store
    from platform_lib.sandbox.schema.model import ResourceSchema

NOT_CHECKED = ""


def _nothing(_value: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Session:
    """A configured provider instance.

    Attributes:
        package: name of the package.
        scope: account, subscription, project, cluster or Vault namespace that it works in.
        region: region or location of what does not name its own; empty where the package has none.
        partition: of AWS (``aws``, ``aws-cn``, ``aws-us-gov``).
        tags: default tags or labels, by key.
        config: the whole configuration, JSON strings decoded, secrets unwrapped.
    """

    package: str
    scope: str
    region: str
    partition: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Request:
    """One call about one resource, as rules see it: secrets are unwrapped, unknowns stay in a preview.

    Attributes:
        session: the provider instance.
        store: the cloud's memory, inside the call's transaction.
        schema: of the type.
        urn: of the resource.
        inputs: checked inputs, plain.
        region: where the resource is; empty for what is global.
        stamp: time of the call by the cloud's clock.
        id: the id; empty until it is made.
        outputs: outputs so far, plain.
        old: the stored resource, for update and delete.
        seed: what ids and other made-up values derive from: the same for the same sequence of calls.
        preview: whether nothing may be made.
        scope: where the resource is, if not where the provider works (another project, a namespace of Vault).
        knows: whether a fixture speaks of a value, so that it counts as there.
    """

    session: Session
    store: "Store"
    schema: "ResourceSchema"
    urn: str
    inputs: Properties
    region: str
    stamp: str
    id: str = ""
    outputs: Properties = field(default_factory=dict)
    old: "Row | None" = None
    seed: str = ""
    preview: bool = False
    scope: str = ""
    knows: Callable[[str], bool] = _nothing

    @property
    def name(self) -> str:
        """The logical name: the last part of the URN."""
        return self.urn.rpartition("::")[2]

    @property
    def account(self) -> str:
        """Account, subscription, project, cluster or namespace."""
        return self.scope or self.session.scope

    @property
    def kind(self) -> str:
        """The class name of the type (``Vpc``)."""
        return self.schema.token.rpartition(":")[2]

    def get(self, key: str, default: Any = None) -> Any:
        """An input by wire name."""
        return self.inputs.get(key, default)

    def hex(self, digits: int, salt: str = "") -> str:
        """Made-up lower-case hex digits, the same for the same seed and salt."""
        text = hashlib.blake2b(f"{self.seed}|{salt}".encode(), digest_size=32).hexdigest()
        while len(text) < digits:
            text += hashlib.blake2b(text.encode(), digest_size=32).hexdigest()
        return text[:digits]

    def digits(self, count: int, salt: str = "") -> str:
        """Made-up decimal digits, the first one not zero."""
        number = int(self.hex(2 * count, salt), 16)
        return str(10 ** (count - 1) + number % (9 * 10 ** (count - 1)))

    def uuid(self, salt: str = "uuid") -> str:
        """A made-up random UUID (version 4)."""
        text = self.hex(32, salt)
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:32]}"

    def arn(self, service: str, resource: str) -> str:
        """An arn of AWS in the account and region of the resource."""
        return f"arn:{self.session.partition}:{service}:{self.region}:{self.account}:{resource}"

    def format(self, template: str) -> str:
        """The template filled in.

        Words: ``{id} {account} {region} {partition} {logical} {kind} {stamp} {uuid} {hex16} {digits26}``, and inputs
        and outputs by name.
        """
        return template.format_map(_Words(self))


class _Words(dict[str, Any]):
    """Words of a template, looked up when asked for."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self._request = request

    def __missing__(self, key: str) -> Any:
        request = self._request
        if key == "logical":
            return request.name
        if key in {"id", "account", "region", "kind", "stamp"}:
            return getattr(request, key)
        if key == "partition":
            return request.session.partition
        if key == "uuid":
            return request.uuid()
        if key.startswith("hex") and key[3:].isdigit():
            return request.hex(int(key[3:]))
        if key.startswith("digits") and key[6:].isdigit():
            return request.digits(int(key[6:]))
        if key in request.inputs:
            return request.inputs[key]
        return request.outputs.get(key, request.name if key == "name" else "")


@dataclass(frozen=True, slots=True)
class Reference:
    """A property that names another resource.

    Attributes:
        path: where it stands in the inputs; ``[*]`` for every element.
        types: the types that it may name.
        missing: refusal of a value that names nothing (``{value}``); empty where the cloud does not look.
        in_use: refusal when the named resource is deleted while this one is there (``{id}`` is the named one's); empty
            where it may go.
        any_region: what is named may be in another region (a replica's source).
    """

    path: str
    types: tuple[str, ...]
    missing: str = NOT_CHECKED
    in_use: str = NOT_CHECKED
    any_region: bool = False


Check = Callable[[Properties], Iterable[CheckFailure]]
"""Findings on inputs alone; unknowns and missing ones are let pass."""

Hook = Callable[[Request], None]
"""Looks at a request and refuses it by raising ``ProviderError``, or clears what goes with it."""

Words = str | Callable[[Request], str]
"""A template, or a function for what a template cannot say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeRules:
    """How one resource type behaves beyond its schema.

    Attributes:
        source: vendor page or provider source of these facts.
        input_defaults: defaults of the provider itself, filled in by Check.
        references: properties that name other resources.
        id: form of the id; empty for the generic one.
        arn: form of the arn; empty for the generic one.
        unique: physical identity that may exist once (templates start with the service); empty for none.
        exists: refusal when the identity is taken.
        defaults: outputs that the cloud fills in where no input sets them; text values are templates.
        computed: paths within given objects, or objects of given lists, that only the cloud knows: the SDK types them
            as optional, like all of AWS's and Google's nested ones, so that a preview cannot tell them by the schema.
        renewed: outputs that every update changes, so that a preview does not know them; a function where that depends
            on the inputs.
        adopts: a create on an id that is there already overwrites it (a setting of another resource).
        check: findings on inputs alone, unknowns allowed; runs in previews too.
        admit: refuses a create or update by raising ``ProviderError``.
        compute: further outputs, for create and update.
        created: makes what comes and goes with the resource.
        deleting: refuses a delete by raising ``ProviderError``.
        equal: properties whose elements have no order.
        conditions: for conditional replacement, by path: whether old and new value force it.
        later: outputs that the service changes by itself after a while.
        held: how the name stays taken after a delete (needs ``unique``); None where it is free at once.
        import_ids: what an import names it by, from its inputs, where the provider takes that in place of the id.
    """

    source: str = ""
    input_defaults: Mapping[str, Any] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
    id: Words = ""
    arn: str = ""
    unique: Words = ""
    exists: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    computed: tuple[str, ...] = ()
    renewed: tuple[str, ...] | Callable[[Request], tuple[str, ...]] = ()
    adopts: bool = False
    check: Check | None = None
    admit: Hook | None = None
    compute: Callable[[Request], Properties] | None = None
    created: Callable[[Request, "Row"], None] | None = None
    deleting: Hook | None = None
    equal: frozenset[str] = frozenset()
    conditions: Mapping[str, Callable[[Any, Any], bool]] = field(default_factory=dict)
    later: tuple[Later, ...] = ()
    held: Held | None = None
    import_ids: Callable[[Properties], str] | None = None


NO_RULES = TypeRules()


def words(value: Words, request: Request) -> str:
    """The text of a template or function."""
    return value(request) if callable(value) else request.format(value)


def refuse(text: str) -> ProviderError:
    """The sandbox's refusal; the text is that of the real service, marked."""
    return ProviderError(f"sandbox: {text}")
