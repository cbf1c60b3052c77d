"""Kubernetes: clusters by kubeconfig, objects with metadata as the API server fills it, its refusals.

API conventions: https://kubernetes.io/docs/reference/using-api/ and
/docs/concepts/overview/working-with-objects/names/.
"""

# ruff: noqa: ARG002 - the protocol and the base class give every argument; not every provider or package needs each

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

from platform_lib.core.values import UNKNOWN, Properties, plain
from platform_lib.sandbox.cloud.difference import Habits
from platform_lib.sandbox.cloud.kubernetes.charts import brings
from platform_lib.sandbox.cloud.kubernetes.workload import BUILT_IN_NAMESPACES, CLUSTER_SCOPED, rules_of
from platform_lib.sandbox.cloud.model import Request, Session, TypeRules, refuse
from platform_lib.sandbox.cloud.naming import fill_bridged, fill_kubernetes, is_autonamed
from platform_lib.sandbox.cloud.package import Package, known
from platform_lib.sandbox.cloud.store import Row, Store
from platform_lib.sandbox.protocol import Autonaming, CheckFailure
from platform_lib.sandbox.schema.model import ResourceSchema

DEFAULT_CLUSTER: Final = "sandbox"
"""The cluster of a configuration without a kubeconfig."""

NAMESPACE: Final = "kubernetes:core/v1:Namespace"
DEFINITION: Final = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
RELEASE: Final = "kubernetes:helm.sh/v3:Release"
_IDENTITY: Final = ("kubeconfig", "context", "cluster")


class Kubernetes(Package):
    """The Kubernetes provider, version 4."""

    name: ClassVar[str] = "kubernetes"
    habits: ClassVar[Habits] = Habits()
    id_in_outputs: ClassVar[bool] = False

    def modules(self) -> Sequence[str]:
        """Look-ups; rules go by kind, see ``rules``."""
        return ["platform_lib.sandbox.cloud.kubernetes.lookups"]

    def rules(self, token: str) -> TypeRules:
        """The rules of the kind, whatever its API version."""
        super().rules(token)
        return rules_of(token)

    # Configuration

    def check_config(self, config: Mapping[str, Any]) -> Sequence[CheckFailure]:
        """Refuses a kubeconfig that cannot be read or has no such context."""
        kubeconfig = known(config, "kubeconfig")
        if kubeconfig is None or kubeconfig == "":
            return ()
        parsed = _parsed(kubeconfig)
        if not isinstance(parsed, dict):
            return (
                [CheckFailure("kubeconfig", "is neither a kubeconfig nor the path of one")]
                if "\n" in str(kubeconfig)
                else ()
            )
        context = known(config, "context")
        names = [item.get("name") for item in parsed.get("contexts") or [] if isinstance(item, dict)]
        if context is not None and context not in names:
            return [
                CheckFailure(
                    "context",
                    f"context '{context}' does not exist in the kubeconfig; it has "
                    f"{', '.join(map(str, names)) or 'none'}",
                )
            ]
        return ()

    def session(self, config: Mapping[str, Any]) -> Session:
        """The cluster that the kubeconfig points at, by its server."""
        return Session("kubernetes", _cluster(config), "", config=config)

    def config_replaces(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> Sequence[str]:
        """Another cluster replaces everything; another way to the same cluster does not."""
        return _IDENTITY if _cluster(old) != _cluster(new) else ()

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
        """Name, namespace of the provider, and names by the rules of DNS labels."""
        if schema.token == RELEASE and schema.autoname is not None:
            failure = fill_bridged(schema.autoname, urn, olds, news, seed, autonaming)
            return () if failure is None else (failure,)
        kind = schema.token.rpartition(":")[2]
        namespace = session.config.get("namespace")
        metadata = news.get("metadata")
        if (
            isinstance(namespace, str)
            and namespaced(schema)
            and isinstance(metadata, dict | None)
            and not (metadata or {}).get("namespace")
        ):
            news["metadata"] = {**(metadata or {}), "namespace": namespace}
        if kind.endswith("Patch"):
            name = (news.get("metadata") or {}).get("name") if news.get("metadata") is not UNKNOWN else UNKNOWN
            return (
                ()
                if name is not None
                else (CheckFailure("metadata.name", "the name of the object to patch must be set"),)
            )
        if not _has_object_meta(schema):  # lists and the like have no name
            return ()
        failure = fill_kubernetes(urn, olds, news, seed, autonaming)
        return () if failure is None else (failure,)

    def place(self, session: Session, schema: ResourceSchema, inputs: Mapping[str, Any]) -> tuple[str, str]:
        """The cluster; objects have no region."""
        return session.scope, ""

    # Outputs

    def identify(self, request: Request) -> str:
        """``namespace/name``, or ``name`` for what belongs to the cluster."""
        if request.schema.token == RELEASE:
            namespace = request.get("namespace") or request.session.config.get("namespace") or "default"
            return f"{namespace}/{request.get('name')}"
        metadata = request.get("metadata") or {}
        name = metadata.get("name") or f"{metadata.get('generateName', request.name)}{request.hex(5)}"
        if not _has_object_meta(request.schema):
            return f"{request.kind.lower()}-{request.hex(8)}"
        if not namespaced(request.schema):
            return str(name)
        return f"{metadata.get('namespace') or 'default'}/{name}"

    def common(self, request: Request) -> Properties:
        """Version and kind, and metadata as the API server completes it once the object is there."""
        if "metadata" not in request.schema.inputs and not request.schema.open_properties:
            return {}
        given = request.get("metadata")
        if given is UNKNOWN or (given is not None and not isinstance(given, dict)):
            return {}
        metadata = dict(given or {})
        if not _has_object_meta(request.schema):
            return {"metadata": metadata}
        if namespaced(request.schema):
            metadata.setdefault("namespace", "default")
        if not request.id or request.preview:
            return {"metadata": metadata} if metadata else {}
        old = plain(request.old.outputs.get("metadata") or {}) if request.old is not None else {}
        generation = int(old.get("generation", 0)) + 1
        metadata["name"] = request.id.rpartition("/")[2]
        metadata |= {
            "uid": old.get("uid") or request.uuid("uid"),
            "creationTimestamp": old.get("creationTimestamp") or request.stamp,
            "resourceVersion": request.digits(6, f"version{generation}"),
            "generation": generation,
        }
        if request.schema.token == NAMESPACE:
            metadata["labels"] = {**(metadata.get("labels") or {}), "kubernetes.io/metadata.name": metadata["name"]}
        return {"metadata": metadata}

    # Life

    def admit(self, request: Request) -> None:
        """Namespace and custom resource definition have to be there."""
        if request.schema.token == RELEASE:
            namespace = request.get("namespace")
            if request.get("createNamespace") is True:
                return
        else:
            namespace = (request.get("metadata") or {}).get("namespace") if namespaced(request.schema) else None
        outside = not namespace or namespace in BUILT_IN_NAMESPACES or request.knows(str(namespace))
        if not outside and request.store.find(NAMESPACE, str(namespace), request.account) is None:
            raise refuse(f'namespaces "{namespace}" not found')
        if request.schema.open_properties and not self._defined(request):
            version = request.schema.token.split(":")[1]
            raise refuse(
                f'no matches for kind "{request.kind}" in version "{version}": is its CustomResourceDefinition '
                f"installed?"
            )

    @staticmethod
    def _defined(request: Request) -> bool:
        group, _, version = request.schema.token.split(":")[1].partition("/")
        if request.knows(f"{group}/{version}"):
            return True
        for row in request.store.rows("type = ? AND scope = ?", (DEFINITION, request.account)):
            spec = plain(row.inputs.get("spec") or {})
            served = [item.get("name") for item in spec.get("versions", []) if item.get("served", True)]
            if (
                spec.get("group") == group
                and (spec.get("names") or {}).get("kind") == request.kind
                and version in served
            ):
                return True
        releases = request.store.rows("type = ? AND scope = ?", (RELEASE, request.account))
        return any(brings(plain(row.inputs), f"{group}/{version}", request.kind) for row in releases)

    def release(self, request: Request) -> None:
        """A namespace takes its objects along, a definition its resources."""
        for row in list(self._dependents(request)):
            request.store.remove(row.row)

    @staticmethod
    def _dependents(request: Request) -> Iterator[Row]:
        if request.schema.token == NAMESPACE:
            prefix = f"{request.id}/"
            yield from request.store.rows(
                "package = 'kubernetes' AND scope = ? AND id > ? AND id < ?",
                (request.account, prefix, f"{request.id}0"),
            )
        elif request.schema.token == DEFINITION:
            spec = request.get("spec") or {}
            group, kind = spec.get("group"), (spec.get("names") or {}).get("kind")
            yield from request.store.rows(
                "scope = ? AND type LIKE ?", (request.account, f"kubernetes:{group}/%:{kind}")
            )

    def adopts(self, schema: ResourceSchema) -> bool:
        """A patch changes what is there."""
        return schema.token.endswith("Patch")

    def exists(self, request: Request) -> str:
        """The API server's refusal."""
        name = request.id.rpartition("/")[2]
        if request.schema.token == RELEASE:
            return "cannot re-use a name that is still in use"
        return (
            f'resource "{request.id}" was not successfully created by the Kubernetes API server: '
            f'{resource_name(request.kind)} "{name}" already exists'
        )

    def not_found(self, schema: ResourceSchema, id_: str) -> str:
        """The API server's refusal."""
        return f'{resource_name(schema.token.rpartition(":")[2])} "{id_.rpartition("/")[2]}" not found'

    def delete_before_replace(self, schema: ResourceSchema, old: Properties, new: Properties) -> bool:
        """When the name was set by the user and stays, in the same namespace."""
        was, now = plain(old.get("metadata") or {}), plain(new.get("metadata") or {})
        if not isinstance(was, dict) or not isinstance(now, dict) or is_autonamed(now) or now.get("generateName"):
            return False
        return now.get("name") == was.get("name") and (now.get("namespace") or "default") == (
            was.get("namespace") or "default"
        )


def resource_name(kind: str) -> str:
    """The plural by which the API server calls a kind (``ingresses``, ``networkpolicies``)."""
    word = kind.removesuffix("Patch").lower()
    if word.endswith("y"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch")) else f"{word}s"


def namespaced(schema: ResourceSchema) -> bool:
    """Whether objects of the type lie in a namespace; of custom kinds, all are taken to."""
    return schema.token.rpartition(":")[2].removesuffix("Patch").removesuffix("List") not in CLUSTER_SCOPED


def _has_object_meta(schema: ResourceSchema) -> bool:
    """Whether the metadata are those of an object, with a name; lists have others."""
    metadata = schema.inputs.get("metadata")
    return metadata is None or "ListMeta" not in metadata.type.object_token


def _parsed(kubeconfig: Any) -> Any:
    if isinstance(kubeconfig, dict):
        return kubeconfig
    from ruamel.yaml import YAML  # only where a kubeconfig is given
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(str(kubeconfig))
    except YAMLError:
        return None


def _cluster(config: Mapping[str, Any]) -> str:
    """A name for the cluster: a digest of its server's address, which is the same however one gets there."""
    if config.get("renderYamlToDirectory"):
        return f"yaml:{config['renderYamlToDirectory']}"
    kubeconfig = known(config, "kubeconfig")
    parsed = _parsed(kubeconfig) if kubeconfig else None
    if not isinstance(parsed, dict):
        context = known(config, "context")
        return str(context) if context else (str(kubeconfig) if kubeconfig else DEFAULT_CLUSTER)
    wanted = known(config, "context") or parsed.get("current-context")
    contexts = {
        item.get("name"): item.get("context") or {} for item in parsed.get("contexts") or [] if isinstance(item, dict)
    }
    name = known(config, "cluster") or contexts.get(wanted, {}).get("cluster")
    servers = {
        item.get("name"): (item.get("cluster") or {}).get("server")
        for item in parsed.get("clusters") or []
        if isinstance(item, dict)
    }
    server = servers.get(name)
    return hashlib.blake2b(str(server).encode(), digest_size=6).hexdigest() if server else str(name or DEFAULT_CLUSTER)
