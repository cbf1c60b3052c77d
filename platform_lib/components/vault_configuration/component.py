"""``VaultConfiguration``: the resources of a planned configuration."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_vault as vault

from platform_lib.components.vault_configuration import report
from platform_lib.components.vault_configuration.args import VaultConfigurationArgs
from platform_lib.components.vault_configuration.auth_maker import AuthMaker
from platform_lib.components.vault_configuration.engine_maker import EngineMaker
from platform_lib.components.vault_configuration.people_maker import PeopleMaker
from platform_lib.components.vault_configuration.plan import plan_configuration
from platform_lib.components.vault_configuration.planning.consumer import settings
from platform_lib.components.vault_configuration.planning.ledger import LedgerEntry
from platform_lib.components.vault_configuration.refs import RotationEntry, VaultConfigurationReference
from platform_lib.core.component import PlatformComponent
from platform_lib.core.tagging import tags


class VaultConfiguration(PlatformComponent):
    """What lies in Vault servers: policies, auth methods, groups, secrets engines, consumers, break-glass access.

    It takes a provider of ``pulumi_vault`` through its options and never makes servers: it does not stand in the
    program that makes them, whose state would otherwise hold the way into them. What the software of the servers
    (OpenBao or Vault, by ``vault.engine`` and ``vault.engine_version``) does not ship is refused by name.

    Creates a policy for each of ``policies``, for each consumer and for break-glass access; for each method its mount,
    its settings and its roles; for each group of people a group of the engine with an alias; for each engine its mount
    and what it holds. With ``break_glass.alert.log_group`` also a metric filter and an alarm on AWS, for which the
    options need a provider of AWS too.

    No secret of an application goes through the state: values are written to the servers by those who have them. What
    has to go through (client secrets, first passwords of databases, a reviewer's token) is a secret in the state,
    whatever was given, and stands in the rotation ledger.

    Secrets engines, keys of transit and authorities are stateful: they are protected unless the environment is ``dev``.
    Taking an engine out deletes all that it holds, and so does another path. Another kind of a transit key replaces the
    key, and another common name the authority's. A policy with another name is another policy: the new one is there
    before the roles that name it, and the old one goes last.

    Names that are a contract: paths, policies, roles, keys, connections and groups are called as the arguments call
    them; consumers' policies ``consumer-<name>``, those of break-glass access ``break-glass`` and
    ``break-glass-approve``.
    """

    policies: pulumi.Output[list[str]]
    """Names of the policies."""

    auth_paths: pulumi.Output[dict[str, str]]
    """Kind of each auth method by its path."""

    engine_paths: pulumi.Output[dict[str, str]]
    """Kind of each secrets engine by its path."""

    certificate_requests: pulumi.Output[dict[str, str]]
    """Request of each authority (PEM), by the path of its engine, for the offline root to sign."""

    ssh_public_keys: pulumi.Output[dict[str, str]]
    """Public key of each authority for SSH, by the path of its engine: what machines trust."""

    consumers: pulumi.Output[dict[str, Any]]
    """Settings of each consumer by its name: annotations, a ``SecretProviderClass``, or custom resources."""

    approval: pulumi.Output[str]
    """How several people are made necessary for break-glass access: ``control-group``, ``split-credential``, or empty
    without it."""

    alert_path: pulumi.Output[str]
    """Path that the audit log holds whenever break-glass access is used; empty without it."""

    rotation: pulumi.Output[list[RotationEntry]]
    """The rotation ledger, which ``platform secrets due`` reads."""

    def __init__(self, name: str, args: VaultConfigurationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        with self.planning(name) as subject:
            args = VaultConfigurationArgs.parse(subject, args)
            plan = plan_configuration(name, args, subject=subject)
            self._tags = tags(args.context, args.tags, subject=subject)
        super().__init__(name, args.context, opts)
        self._plan = plan
        self._args = args

        policies = self._make_policies()
        auth = AuthMaker(self, policies, (args.vault.kubernetes_host, args.vault.kubernetes_ca_certificate))
        auth.make(args.auth, plan.methods)
        for consumer, asked in zip(plan.consumers, args.consumers or (), strict=True):
            auth.make_consumer(consumer, asked.token)
        self._engines = EngineMaker(self, plan.engine, args.vault.address)
        self._engines.make(args.engines, plan.engines)
        people = PeopleMaker(self, policies, auth)
        if plan.break_glass is not None and args.break_glass is not None:
            people.make_break_glass(plan.break_glass, args.break_glass.alert, self._tags, name)
        people.make_groups(plan.groups)
        self.finish(self._outputs(), cost_drivers=report.cost_drivers(plan), evidence=report.evidence(plan))

    @property
    def reference(self) -> VaultConfigurationReference:
        """The configuration as other components take it."""
        return VaultConfigurationReference(
            auth_paths={method.path: method.kind for method in self._plan.methods},
            engine_paths={engine.path: engine.kind for engine in self._plan.engines},
            policies=[policy.name for policy in self._plan.policies],
            consumers=self.consumers,
            ssh_public_keys=self.ssh_public_keys,
        )

    def _make_policies(self) -> dict[str, vault.Policy]:
        return {
            policy.name: vault.Policy(
                self.child_name("policy", policy.name),
                name=policy.name,
                policy=policy.hcl,
                opts=self.child_options(),
            )
            for policy in self._plan.policies
        }

    def _outputs(self) -> Mapping[str, Any]:
        plan = self._plan
        return {
            "policies": [policy.name for policy in plan.policies],
            "auth_paths": {method.path: method.kind for method in plan.methods},
            "engine_paths": {engine.path: engine.kind for engine in plan.engines},
            "certificate_requests": self._engines.certificate_requests,
            "ssh_public_keys": self._engines.ssh_keys,
            "consumers": {consumer.name: settings(consumer, plan.engine) for consumer in plan.consumers},
            "approval": plan.break_glass.approval.value if plan.break_glass else "",
            "alert_path": plan.break_glass.alert_path if plan.break_glass else "",
            "rotation": [_entry(entry) for entry in plan.ledger],
        }


def _entry(entry: LedgerEntry) -> RotationEntry:
    return RotationEntry(
        name=entry.name,
        kind=entry.kind.value,
        path=entry.path,
        owner=entry.owner,
        maximum_age_days=entry.maximum_days,
        last_rotated=entry.last_rotated,
        rotated_by=entry.rotated_by.value,
    )
