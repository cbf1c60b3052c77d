"""Consumers: what pods read, how they log in, and what their agent, CSI volume or operator has to be told. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from platform_lib.components.vault_configuration.arguments.use import ConsumerArgs
from platform_lib.components.vault_configuration.capability import CONSUMERS, OPENBAO, EngineFacts, refused
from platform_lib.components.vault_configuration.kind import ConsumerKind
from platform_lib.components.vault_configuration.planning.auth import AUDIENCE, MethodPlan, check_token
from platform_lib.components.vault_configuration.planning.engine import EnginePlan
from platform_lib.components.vault_configuration.planning.policy import PolicyPlan, RulePlan
from platform_lib.core.errors import Finding, near

TOKEN_VOLUME: Final = "vault-token"  # noqa: S105 - the name of a volume
TOKEN_VOLUME_SECONDS: Final = 600
"""The shortest that Kubernetes allows
(https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken)."""

_DYNAMIC: Final = {"database": "creds", "aws": "sts"}
"""The part of a path below which each read makes new credentials with a lease of their own."""


@dataclass(frozen=True)
class ReadPlan:
    """Something that a consumer reads.

    Attributes:
        name: by which its settings call it.
        mount: path of the engine.
        path: below the engine, as the API has it.
        kind: of the engine.
        dynamic: each read makes new credentials, which live as long as their lease.
    """

    name: str
    mount: str
    path: str
    kind: str
    dynamic: bool

    @property
    def api_path(self) -> str:
        """The whole path, as policies have it."""
        return f"{self.mount}/{self.path}"


@dataclass(frozen=True)
class ConsumerPlan:
    """A consumer: its role is called as it is, its policy ``consumer-<name>``."""

    name: str
    kind: ConsumerKind
    auth: str
    namespace: str
    service_accounts: tuple[str, ...]
    audience: str
    reads: tuple[ReadPlan, ...]

    @property
    def policy(self) -> PolicyPlan:
        """What it may read, and nothing else."""
        return PolicyPlan(f"consumer-{self.name}", tuple(RulePlan(read.api_path, ("read",)) for read in self.reads))


def plan_consumers(
    consumers: Sequence[ConsumerArgs], methods: Sequence[MethodPlan], engines: Sequence[EnginePlan], facts: EngineFacts
) -> tuple[tuple[ConsumerPlan, ...], list[Finding]]:
    """The consumers, and what is wrong with them.

    Args:
        consumers: their arguments.
        methods: auth methods that there are.
        engines: secrets engines that there are.
        facts: the software that the servers run.
    """
    plans: list[ConsumerPlan] = []
    findings: list[Finding] = []
    clusters = {method.path: method for method in methods if method.kind == "kubernetes"}
    by_path = {engine.path: engine for engine in engines}
    for index, one in enumerate(consumers):
        where = f"consumers[{index}]"
        findings += refused(f"{one.kind.value} for consumers", CONSUMERS[one.kind], facts, f"{where}.kind")
        findings += check_token(one.token, f"{where}.token")
        path = one.auth or (next(iter(clusters)) if len(clusters) == 1 else "")
        method = clusters.get(path)
        if method is None:
            findings.append(_no_method(one, list(clusters), where))
        elif one.name in [role.name for role in method.roles]:
            problem = f"is the name of a role of {path!r} already, got {one.name!r}"
            findings.append(Finding(f"{where}.name", problem, "give the consumer another name"))
        reads = []
        for number, secret in enumerate(one.secrets):
            read, wrong = _read(secret, by_path, one.kind, f"{where}.secrets[{number}]")
            findings += wrong
            reads += [] if read is None else [read]
        plans.append(
            ConsumerPlan(
                name=one.name,
                kind=one.kind,
                auth=path,
                namespace=one.namespace,
                service_accounts=tuple(one.service_accounts),
                audience=one.audience or AUDIENCE,
                reads=tuple(reads),
            )
        )
    return tuple(plans), findings


def _no_method(one: ConsumerArgs, known: Sequence[str], where: str) -> Finding:
    if one.auth is None:
        problem = "is required, since there are several" if known else "is missing: no cluster can log in"
        return Finding(f"{where}.auth", problem, f"there are {', '.join(known)}" if known else "add auth.kubernetes")
    problem = f"is no Kubernetes method of this configuration, got {one.auth!r}"
    return Finding(f"{where}.auth", problem, near(one.auth, known) or f"there are {', '.join(known) or 'none'}")


def _read(
    secret: str, engines: Mapping[str, EnginePlan], kind: ConsumerKind, where: str
) -> tuple[ReadPlan | None, list[Finding]]:
    mount, _, rest = secret.partition("/")
    name = secret.replace("/", "-").replace(".", "-").replace("_", "-").lower()
    engine = engines.get(mount)
    if engine is None:
        hint = near(mount, engines) or f"there are {', '.join(engines) or 'none'}"
        return None, [Finding(where, f"begins with no engine of this configuration, got {secret!r}", hint)]
    if engine.kind == "kv":
        if rest.startswith(("data/", "metadata/")):
            problem = f"holds the part of the API, got {secret!r}"
            return None, [Finding(where, problem, f"write it as '{mount}/{rest.partition('/')[2]}'")]
        return ReadPlan(name, mount, f"data/{rest}", "kv", dynamic=False), []
    part, _, role = rest.partition("/")
    dynamic = part == _DYNAMIC.get(engine.kind)
    fixed = engine.kind == "database" and part == "static-creds"
    if not dynamic and not fixed:
        problem = f"is nothing that pods read of an engine {engine.kind!r}, got {secret!r}"
        forms = {"database": f"'{mount}/creds/<role>'", "aws": f"'{mount}/sts/<role>'"}.get(engine.kind, "")
        return None, [Finding(where, problem, f"use {forms}" if forms else "grant it by a policy and a role")]
    roles = engine.static_roles if fixed else [name for name in engine.roles if name not in engine.static_roles]
    if role not in roles:
        hint = near(role, roles) or f"there are {', '.join(roles) or 'none'}"
        return None, [Finding(where, f"names no role of the engine, got {secret!r}", hint)]
    if dynamic and kind is ConsumerKind.CSI:
        problem = (
            f"is a dynamic credential, which CSI makes anew at each poll and never renews, got {secret!r} "
            "(https://openbao.org/docs/platform/k8s/injector-csi/)"
        )
        return None, [Finding(where, problem, "use kind 'agent', or a static role")]
    return ReadPlan(name, mount, rest, engine.kind, dynamic=dynamic), []


def settings(plan: ConsumerPlan, facts: EngineFacts) -> dict[str, Any]:
    """What the consumer's pods or their cluster have to be given, as plain data."""
    base: dict[str, Any] = {"role": plan.name, "auth_path": f"auth/{plan.auth}", "audience": plan.audience}
    if plan.kind is ConsumerKind.AGENT:
        return {**base, **_agent(plan, facts)}
    if plan.kind is ConsumerKind.CSI:
        return {**base, "secret_provider_class": _provider_class(plan, facts)}
    return {**base, "custom_resources": _custom_resources(plan)}


def _agent(plan: ConsumerPlan, facts: EngineFacts) -> dict[str, Any]:
    """Annotations of pods, and the volume with their token.

    Sources: https://developer.hashicorp.com/vault/docs/platform/k8s/injector/annotations; the injector of OpenBao
    (openbao/openbao-k8s) has the same ones under a prefix of its own.
    """
    prefix = "openbao.openbao.org" if facts.name == OPENBAO else "vault.hashicorp.com"
    annotations = {
        f"{prefix}/agent-inject": "true",
        f"{prefix}/role": plan.name,
        f"{prefix}/auth-path": f"auth/{plan.auth}",
        f"{prefix}/agent-service-account-token-volume-name": TOKEN_VOLUME,
        **{f"{prefix}/agent-inject-secret-{read.name}": read.api_path for read in plan.reads},
    }
    token = {"path": "token", "audience": plan.audience, "expirationSeconds": TOKEN_VOLUME_SECONDS}
    volume = {"name": TOKEN_VOLUME, "projected": {"sources": [{"serviceAccountToken": token}]}}
    return {"annotations": annotations, "volumes": [volume]}


def _provider_class(plan: ConsumerPlan, facts: EngineFacts) -> dict[str, Any]:
    """Source: https://openbao.org/docs/platform/k8s/csi/configurations/, and the same page of Vault.

    The address of the servers is that of the provider's installation, as both pages recommend.
    """
    word = "bao" if facts.name == OPENBAO else "vault"
    objects = [{"objectName": read.name, "secretPath": read.api_path} for read in plan.reads]
    return {
        "apiVersion": "secrets-store.csi.x-k8s.io/v1",
        "kind": "SecretProviderClass",
        "metadata": {"name": plan.name, "namespace": plan.namespace},
        "spec": {
            "provider": facts.name,
            "parameters": {
                "roleName": plan.name,
                f"{word}AuthMountPath": plan.auth,
                "audience": plan.audience,
                "objects": json.dumps(objects, indent=2),
            },
        },
    }


def _custom_resources(plan: ConsumerPlan) -> list[dict[str, Any]]:
    """Source: https://developer.hashicorp.com/vault/docs/platform/k8s/vso/api-reference."""

    def resource(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
        metadata = {"name": name, "namespace": plan.namespace}
        return {"apiVersion": "secrets.hashicorp.com/v1beta1", "kind": kind, "metadata": metadata, "spec": spec}

    login = {"role": plan.name, "serviceAccount": plan.service_accounts[0], "audiences": [plan.audience]}
    made = [resource("VaultAuth", plan.name, {"method": "kubernetes", "mount": plan.auth, "kubernetes": login})]
    for read in plan.reads:
        spec: dict[str, Any] = {
            "vaultAuthRef": plan.name,
            "mount": read.mount,
            "destination": {"name": read.name, "create": True},
        }
        if read.kind == "kv":
            spec |= {"type": "kv-v2", "path": read.path.removeprefix("data/"), "refreshAfter": "60s"}
            made.append(resource("VaultStaticSecret", read.name, spec))
        else:
            spec |= {"path": read.path, **({} if read.dynamic else {"allowStaticCreds": True})}
            made.append(resource("VaultDynamicSecret", read.name, spec))
    return made
