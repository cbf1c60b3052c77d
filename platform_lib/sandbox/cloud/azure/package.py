"""Azure Resource Manager: subscriptions, resource ids, locations from the resource group, refusals of ARM.

Resource ids: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules and the REST
reference of
each type; the location of a resource without one is that of its resource group, as the provider does it.
"""

# ruff: noqa: ARG002 - the protocol and the base class give every argument; not every provider or package needs each

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Final

from platform_lib.core.values import UNKNOWN, Properties, plain
from platform_lib.sandbox.cloud import path as paths
from platform_lib.sandbox.cloud.azure.namespace import NAMESPACES, PATHS
from platform_lib.sandbox.cloud.azure.resource import GROUP, identity
from platform_lib.sandbox.cloud.difference import Habits, compare
from platform_lib.sandbox.cloud.model import Request, Session, refuse
from platform_lib.sandbox.cloud.naming import RANDOM_NAME, fill_azure
from platform_lib.sandbox.cloud.package import Package, known
from platform_lib.sandbox.cloud.store import Store
from platform_lib.sandbox.protocol import Autonaming, CheckFailure
from platform_lib.sandbox.schema.model import ResourceSchema

DEFAULT_SUBSCRIPTION: Final = "00000000-0000-0000-0000-000000000000"
"""The subscription of a configuration without one."""

_CHANGEABLE: Final[Mapping[tuple[str, str], Callable[[Request, str], bool]]] = {
    # "Some of the settings cannot be changed once VM is provisioned": those that the machine was made with.
    ("azure-native:compute:VirtualMachine", "osProfile"): lambda _, path: (
        path not in {f"osProfile.{name}" for name in ("adminUsername", "adminPassword", "computerName", "customData")}
    ),
    # "It cannot be changed for the premium block blobs storage account type."
    ("azure-native:storage:StorageAccount", "accessTier"): lambda request, _: request.get("kind") != "BlockBlobStorage",
}
"""What of a property can be changed although its documentation says that it (or some of it) cannot."""

_SUBSCRIPTION: Final = re.compile(r"^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$", re.IGNORECASE)


class Azure(Package):
    """The azure-native provider, version 3."""

    name: ClassVar[str] = "azure-native"
    habits: ClassVar[Habits] = Habits()
    scoped_ids: ClassVar[bool] = False

    def modules(self) -> Sequence[str]:
        """Rules by service area, and the look-ups."""
        areas = ("resource", "network", "egress", "names", "watcher", "gateway", "data", "cluster", "lookups")
        return [f"platform_lib.sandbox.cloud.azure.{area}" for area in areas]

    def check_config(self, config: Mapping[str, Any]) -> Sequence[CheckFailure]:
        """Refuses a subscription that is no id."""
        subscription = known(config, "subscriptionId")
        if isinstance(subscription, str) and not _SUBSCRIPTION.match(subscription):
            return [CheckFailure("subscriptionId", f"is not a subscription id (a UUID), got '{subscription}'")]
        return ()

    def session(self, config: Mapping[str, Any]) -> Session:
        """Subscription and default location of a configuration."""
        return Session(
            self.name,
            str(known(config, "subscriptionId") or DEFAULT_SUBSCRIPTION),
            str(known(config, "location") or ""),
            config=config,
        )

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
        """The automatic name, and the location of the configuration or the resource group."""
        for key, default in self.rules(schema.token).input_defaults.items():
            news.setdefault(key, default)
        if "location" in schema.inputs and news.get("location") is None:
            location = session.region or plain(olds.get("location")) or self._group_location(session, store, news)
            if location:
                news["location"] = location
        if schema.autoname is None:
            return ()
        failure = fill_azure(schema.autoname, urn, olds, news, seed, autonaming)
        return () if failure is None else (failure,)

    @staticmethod
    def _group_location(session: Session, store: Store, news: Properties) -> str:
        group = plain(news.get("resourceGroupName"))
        if not isinstance(group, str):
            return ""
        row = store.find(GROUP, f"/subscriptions/{session.scope}/resourceGroups/{group}")
        return str(plain(row.outputs.get("location", ""))) if row is not None else ""

    def place(self, session: Session, schema: ResourceSchema, inputs: Mapping[str, Any]) -> tuple[str, str]:
        """The subscription, and the location as ARM writes it (``West Europe`` is ``westeurope``)."""
        location = inputs.get("location")
        text = location if isinstance(location, str) else session.region
        return session.scope, text.replace(" ", "").lower()

    def common(self, request: Request) -> Properties:
        """The location as ARM answers it; the name where it is known."""
        found: Properties = {}
        if "location" in request.schema.outputs and request.region and request.get("location") is not UNKNOWN:
            found["location"] = request.region
        rule = request.schema.autoname
        if rule is not None and "name" in request.schema.outputs and request.get(rule.property) is not None:
            found["name"] = request.inputs[rule.property]
        if "identity" in request.schema.outputs:
            found |= identity(request)
        return found

    # Ids

    def path(self, request: Request) -> str:
        """The part of the id behind ``/providers/``, with type and names."""
        known_path = PATHS.get(request.schema.token)
        if known_path is not None:
            return request.format(known_path)
        module, kind = request.schema.token.split(":")[1:]
        namespace = f"Microsoft.{NAMESPACES.get(module, module[:1].upper() + module[1:])}"
        own = request.schema.autoname.property if request.schema.autoname is not None else ""
        parts = [namespace]
        for key in self.parents(request.schema):
            parts += [plural(key.removesuffix("Name")), str(request.get(key, "-"))]
        name = request.get(own) if own else None
        return "/".join([*parts, plural(kind[0].lower() + kind[1:]), str(name or "default")])

    @staticmethod
    def parents(schema: ResourceSchema) -> list[str]:
        """Path parameters between the resource group and the own name: those that replace, in the order of the SDK."""
        own = schema.autoname.property if schema.autoname is not None else ""
        paths = {rule.path for rule in schema.replace if rule.certainty == "certain"}
        return [
            key
            for key, item in schema.inputs.items()
            if key in paths and item.required and key.endswith("Name") and key not in (own, "resourceGroupName")
        ]

    def identify(self, request: Request) -> str:
        """``/subscriptions/../resourceGroups/../providers/..``, or below the scope that the resource names."""
        if request.schema.token == GROUP:
            return f"/subscriptions/{request.account}/resourceGroups/{request.get('resourceGroupName')}"
        scope = request.get("scope") or request.get("resourceUri") or request.get("resourceScope")
        if isinstance(scope, str) and scope.startswith("/"):
            return f"{scope.rstrip('/')}/providers/{self.path(request)}"
        group = request.get("resourceGroupName")
        middle = f"/resourceGroups/{group}" if group else ""
        return f"/subscriptions/{request.account}{middle}/providers/{self.path(request)}"

    def arm_type(self, request: Request) -> str:
        """The ARM type of the resource (``Microsoft.Network/virtualNetworks/subnets``)."""
        if request.schema.token == GROUP:
            return "Microsoft.Resources/resourceGroups"
        namespace, *rest = request.id.rpartition("/providers/")[2].split("/")
        return "/".join([namespace, *rest[::2]])

    # Life

    def admit(self, request: Request) -> None:
        """The resource group has to be there, and a parent too."""
        group = request.get("resourceGroupName")
        if request.schema.token == GROUP or not isinstance(group, str):
            return
        id_ = f"/subscriptions/{request.account}/resourceGroups/{group}"
        if request.store.find(GROUP, id_) is None and not request.knows(id_):
            raise refuse(f'Code="ResourceGroupNotFound" Message="Resource group \'{group}\' could not be found."')
        own = self.identify(request)
        namespace_and_names = own.rpartition("/providers/")[2].split("/")[1:]
        parent = own.rpartition("/")[0].rpartition("/")[0]
        if len(namespace_and_names) > 2 and request.schema.token in PATHS:
            while parent.endswith("/default"):  # services of a storage account are always there
                parent = parent.rpartition("/")[0].rpartition("/")[0]
            if not request.store.by_id(parent) and not request.knows(parent):
                name = "/".join(parent.rpartition("/providers/")[2].split("/")[1:])
                raise refuse(
                    'Code="ParentResourceNotFound" Message="Failed to perform \'write\' on resource(s) of type '
                    f"'{request.schema.token}', because the parent resource '{name}' could not be found.\""
                )

    def revise(self, request: Request) -> None:
        """Refuses, as ARM does, to change what by the documentation cannot be changed; leaving it out changes nothing.

        The provider asks for the update and does not replace the resource; a preview shows that update. Source: the
        property texts of the SDK, as far as they speak of the whole value.
        """
        if not request.schema.immutable or request.old is None:
            return
        old = request.old
        found = compare(request.schema, plain(old.inputs), request.inputs, plain(old.outputs), self.habits, {})
        for path, change in (found.detailed or {}).items():
            if change.kind != "delete" and self._fixed(request, path):
                raise refuse(
                    f'Code="PropertyChangeNotAllowed" Message="Changing property \'{path}\' is not allowed." '
                    "(the SDK says that it cannot be changed once set; undo the change, or replace the resource with "
                    "the option replace_on_changes)"
                )

    @staticmethod
    def _fixed(request: Request, path: str) -> bool:
        parts = paths.parse(path)
        if not any(paths.covers(paths.parse(name), parts) for name in request.schema.immutable):
            return False
        changeable = _CHANGEABLE.get((request.schema.token, str(parts[0])))
        return changeable is None or not changeable(request, path)

    def release(self, request: Request) -> None:
        """What lies below an id goes with it: a resource group takes all that it holds."""
        below = request.id + "/"
        for row in request.store.rows("id > ? AND id < ?", (below, request.id + "0")):
            request.store.remove(row.row)

    def adopts(self, schema: ResourceSchema) -> bool:
        """The provider looks before it creates and refuses what is there; settings without a name are taken over."""
        return schema.autoname is None

    def exists(self, request: Request) -> str:
        """The provider's own words."""
        return f"cannot create already existing resource '{request.id}'"

    def not_found(self, schema: ResourceSchema, id_: str) -> str:
        """ARM's refusal."""
        return f'Code="ResourceNotFound" Message="The Resource \'{id_}\' was not found."'

    def delete_before_replace(self, schema: ResourceSchema, old: Properties, new: Properties) -> bool:
        """Always, unless the provider had made the old name at random."""
        return plain(old.get(RANDOM_NAME)) is not True


def plural(word: str) -> str:
    """The plural of an ARM type."""
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if re.search(r"(s|x|ch|sh)$", word) and not word.endswith("ss") else f"{word}s"
