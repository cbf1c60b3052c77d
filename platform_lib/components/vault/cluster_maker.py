"""What Vault servers have on their Kubernetes cluster."""

import json
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from platform_lib.components.vault.kind import VaultExposure
from platform_lib.components.vault.planning import configuration, network, pods
from platform_lib.components.vault.planning.initialisation import initialise
from platform_lib.components.vault.planning.model import BackupPlan, VaultPlan
from platform_lib.core.component import PlatformComponent

SCRIPTS = "platform_lib.runtime"
FOLDER = "vault"
MIN_READY_SECONDS = 15
"""How long a server that restarted has to be well before the next one restarts; an assumption: time for it to catch up
with the others."""

REVIEWER = "system:auth-delegator"
"""Cluster role that may review tokens (https://openbao.org/docs/auth/kubernetes/#configuring-kubernetes)."""


def script(name: str) -> str:
    """A script that containers run."""
    return resources.files(SCRIPTS).joinpath(FOLDER, f"{name}.sh").read_text(encoding="utf-8")


class ClusterMaker:
    """Makes the objects of one component on its cluster."""

    def __init__(self, component: PlatformComponent, plan: VaultPlan, labels: Mapping[str, str]) -> None:
        self._component = component
        self._plan = plan
        self._labels = {
            **labels,
            "app.kubernetes.io/name": plan.engine.value,
            "app.kubernetes.io/instance": plan.name,
            "app.kubernetes.io/managed-by": "pulumi",
        }
        self._ready: list[pulumi.Resource] = []

    def selector(self, part: str) -> dict[str, str]:
        """The labels by which the pods of a part are known; they never change."""
        return {
            "app.kubernetes.io/name": self._plan.engine.value,
            "app.kubernetes.io/instance": self._plan.name,
            "app.kubernetes.io/component": part,
        }

    def make_namespace(self) -> None:
        """The namespace, closed to everybody, with a quota."""
        plan = self._plan
        name = self._component.child_name("namespace")
        self._namespace = kubernetes.core.v1.Namespace(
            name,
            metadata=_words(
                {
                    "name": plan.namespace,
                    "labels": {**self._labels, "pod-security.kubernetes.io/enforce": "restricted"},
                }
            ),
            opts=self._component.child_options(stateful=True),
        )
        self._ready += [
            kubernetes.networking.v1.NetworkPolicy(
                self._component.child_name("deny"),
                metadata=self._metadata(),
                spec=_words(network.nothing()),
                opts=self._inside(),
            ),
            kubernetes.core.v1.ResourceQuota(
                self._component.child_name("quota"),
                metadata=self._metadata(),
                spec=_words(
                    {
                        "hard": {
                            "pods": str(2 * len(plan.nodes) + 6),  # all servers at a roll-out, and jobs with retries
                            "persistentvolumeclaims": str(2 * len(plan.nodes)),
                            "services.nodeports": "0" if plan.listener.exposure is VaultExposure.CLUSTER else "2",
                        }
                    }
                ),
                opts=self._inside(),
            ),
            kubernetes.core.v1.LimitRange(
                self._component.child_name("limits"),
                metadata=self._metadata(),
                spec=_words(
                    {
                        "limits": [
                            {
                                "type": "Container",
                                "default": dict(pods.SMALL["limits"]),
                                "defaultRequest": dict(pods.SMALL["requests"]),
                            }
                        ]
                    }
                ),
                opts=self._inside(),
            ),
        ]

    def make_accounts(self, roles: Sequence[str]) -> None:
        """Service accounts of servers and jobs; the servers may review tokens."""
        plan = self._plan
        names = {"server": plan.server_account, "backup": plan.backup_account, "drill": plan.drill_account}
        for role in roles:
            account = kubernetes.core.v1.ServiceAccount(
                self._component.child_name("account", role),
                metadata=self._metadata(names[role]),
                automount_service_account_token=False,
                opts=self._inside(),
            )
            self._ready.append(account)
        subject = {"kind": "ServiceAccount", "name": plan.server_account, "namespace": plan.namespace}
        self._ready.append(
            kubernetes.rbac.v1.ClusterRoleBinding(
                self._component.child_name("reviewer"),
                metadata=_words({"labels": self._labels}),
                role_ref=_words({"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": REVIEWER}),
                subjects=_words([subject]),
                opts=self._component.child_options(),
            )
        )

    def make_configuration(
        self,
        seal_key: pulumi.Input[str] | None,
        ca_certificate: pulumi.Input[str],
        certificate: pulumi.Input[str] | None,
        private_key: pulumi.Input[str] | None,
    ) -> None:
        """What containers read. Each change makes an object with a new name, which rolls the pods that read it."""
        plan = self._plan
        data: dict[str, pulumi.Input[str]] = {"server.json": _json(configuration.server(plan, seal_key))}
        if plan.initialises_itself:
            data["initialise.json"] = _json(initialise(plan))
        names = ["start", "rotate", *(["snapshot", "upload"] if plan.backups is not None else [])]
        drilled = plan.backups is not None and bool(plan.backups.drill_schedule)
        if drilled:
            names += ["fetch", "drill"]
        tls: Any = plan.tls_secret
        if plan.own_tls_secret:
            tls = self._make_secret(certificate, private_key)
        self._names = pods.Names(
            config=self._make_config_map("config", data),
            scripts=self._make_config_map("scripts", {f"{name}.sh": script(name) for name in names}),
            authority=self._make_config_map("authority", {"ca.crt": ca_certificate}),
            tls=tls,
            drill=self._make_config_map("drill-config", {"drill.json": _json(configuration.drill(plan, seal_key))})
            if drilled
            else None,
        )

    def _make_config_map(self, role: str, data: Mapping[str, pulumi.Input[str]]) -> pulumi.Output[str]:
        made = kubernetes.core.v1.ConfigMap(
            self._component.child_name(role), metadata=self._metadata(), data=data, opts=self._inside()
        )
        return _name_of(made.metadata)

    def _make_secret(
        self, certificate: pulumi.Input[str] | None, private_key: pulumi.Input[str] | None
    ) -> pulumi.Output[str]:
        # The plan refuses one without the other.
        made = kubernetes.core.v1.Secret(
            self._component.child_name("tls"),
            metadata=self._metadata(),
            type="kubernetes.io/tls",
            string_data={
                "tls.crt": pulumi.Output.secret(certificate or ""),
                "tls.key": pulumi.Output.secret(private_key or ""),
            },
            opts=self._inside(),
        )
        return _name_of(made.metadata)

    def make_network(self) -> kubernetes.core.v1.Service:
        """Who reaches whom, and the services; answers the one that clients call."""
        plan = self._plan
        servers, jobs = self.selector("server"), self.selector("backup")
        rules = {"servers": network.servers(plan, servers, jobs)}
        if plan.backups is not None:
            rules["backups"] = network.backups(plan, servers, jobs)
            if plan.backups.drill_schedule:
                rules["drills"] = network.drills(plan, self.selector("drill"))
        for role, rule in rules.items():
            policy = kubernetes.networking.v1.NetworkPolicy(
                self._component.child_name("network", role),
                metadata=self._metadata(),
                spec=_words(rule),
                opts=self._inside(),
            )
            self._ready.append(policy)
        internal = kubernetes.core.v1.Service(
            self._component.child_name("internal"),
            metadata=self._metadata(plan.internal, annotations=network.WITHOUT_WAITING),
            spec=_words(network.internal_service(servers)),
            opts=self._inside(),
        )
        self._ready.append(internal)
        exposed = plan.listener.exposure is VaultExposure.NETWORK
        annotations = {**network.WITHOUT_WAITING, **(network.BALANCER if exposed else {})}
        return kubernetes.core.v1.Service(
            self._component.child_name("service"),
            metadata=self._metadata(plan.name, annotations=annotations),
            spec=_words(network.client_service(plan, servers)),
            opts=self._inside(),
        )

    def make_servers(self, storage_key: pulumi.Input[str] | None, after: Sequence[pulumi.Resource]) -> None:
        """The servers themselves.

        Args:
            storage_key: key of the volumes; None for the account's default one.
            after: what has to be there before one starts.
        """
        plan = self._plan
        selector = self.selector("server")
        storage = plan.storage.class_name or self._make_storage_class(storage_key)
        if len(plan.nodes) > 1:
            kubernetes.policy.v1.PodDisruptionBudget(
                self._component.child_name("budget"),
                metadata=self._metadata(),
                spec=_words({"maxUnavailable": len(plan.nodes) - plan.quorum, "selector": {"matchLabels": selector}}),
                opts=self._inside(),
            )
        # Servers of an engine that somebody has to initialise are not ready before that.
        annotations = {} if plan.initialises_itself else network.WITHOUT_WAITING
        kept = "Retain" if plan.storage.kept else "Delete"
        spec = {
            "serviceName": plan.internal,
            "replicas": len(plan.nodes),
            # All at once: after an outage of all, one alone is not ready before it finds a quorum.
            "podManagementPolicy": "Parallel",
            "updateStrategy": {"type": "RollingUpdate"},
            "minReadySeconds": MIN_READY_SECONDS,
            "selector": {"matchLabels": selector},
            # A server that was taken out of the quorum must come back empty; its volume stays where its class says so.
            "persistentVolumeClaimRetentionPolicy": {"whenDeleted": kept, "whenScaled": "Delete"},
            "volumeClaimTemplates": [
                self._claim("data", plan.storage.data_gib, storage),
                self._claim("audit", plan.storage.audit_gib, storage),
            ],
            "template": {
                "metadata": {"labels": {**self._labels, **selector}},
                "spec": pods.server_pod(plan, self._names, selector),
            },
        }
        kubernetes.apps.v1.StatefulSet(
            self._component.child_name("servers"),
            metadata=self._metadata(plan.name, part="server", annotations=annotations),
            spec=_words(spec),
            opts=self._inside(*self._ready, *after, stateful=True, delete_before_replace=True),
        )

    def _claim(self, name: str, gib: int, storage_class: Any) -> dict[str, Any]:
        return {
            "metadata": {"name": name, "labels": self.selector("server")},
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": storage_class,
                "resources": {"requests": {"storage": f"{gib}Gi"}},
            },
        }

    def _make_storage_class(self, key: pulumi.Input[str] | None) -> pulumi.Output[str]:
        """Volumes of EBS (https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md)."""
        parameters: dict[str, pulumi.Input[str]] = {"type": "gp3", "encrypted": "true"}
        if key is not None:
            parameters["kmsKeyId"] = key
        made = kubernetes.storage.v1.StorageClass(
            self._component.child_name("volumes"),
            metadata=_words({"labels": self._labels}),
            provisioner="ebs.csi.aws.com",
            parameters=parameters,
            volume_binding_mode="WaitForFirstConsumer",
            allow_volume_expansion=True,
            reclaim_policy="Retain" if self._plan.storage.kept else "Delete",
            opts=self._component.child_options(),
        )
        return _name_of(made.metadata)

    def make_backups(self, backups: BackupPlan, bucket: pulumi.Input[str], after: Sequence[pulumi.Resource]) -> None:
        """The jobs of snapshots and drills."""
        plan = self._plan
        pod = pods.backup_pod(plan, self._names, bucket, backups.upload_image)
        self._make_job("backup", backups.schedule, pod, after)
        if backups.drill_schedule:
            pod = pods.drill_pod(plan, self._names, bucket, backups.upload_image, backups.oldest_hours)
            self._make_job("drill", backups.drill_schedule, pod, after)

    def _make_job(self, part: str, schedule: str, pod: Mapping[str, Any], after: Sequence[pulumi.Resource]) -> None:
        spec = {
            "schedule": schedule,
            "timeZone": "Etc/UTC",
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": 600,
            "successfulJobsHistoryLimit": 3,
            "failedJobsHistoryLimit": 3,
            "jobTemplate": {
                "metadata": {"labels": {**self._labels, **self.selector(part)}},
                "spec": {
                    "backoffLimit": 2,
                    "activeDeadlineSeconds": pods.JOB_SECONDS,
                    "template": {"metadata": {"labels": {**self._labels, **self.selector(part)}}, "spec": pod},
                },
            },
        }
        kubernetes.batch.v1.CronJob(
            self._component.child_name(part),
            metadata=self._metadata(f"{self._plan.name}-{part}", part=part),
            spec=_words(spec),
            opts=self._inside(*self._ready, *after),
        )

    def _metadata(
        self, name: str | None = None, *, part: str = "", annotations: Mapping[str, str] | None = None
    ) -> Any:
        """Metadata in the namespace; without a name Pulumi makes one."""
        labels = {**self._labels, **(self.selector(part) if part else {})}
        found: dict[str, Any] = {"namespace": self._plan.namespace, "labels": labels}
        if name is not None:
            found["name"] = name
        if annotations:
            found["annotations"] = dict(annotations)
        return found

    def _inside(self, *after: pulumi.Resource, **more: Any) -> pulumi.ResourceOptions:
        """Options of an object in the namespace, which has to be there first."""
        return self._component.child_options(depends_on=[self._namespace, *after], **more)


def _words(value: Any) -> Any:
    """An object in the words of the API: the types that the SDK has for them cost a type checker minutes."""
    return value


def _name_of(metadata: Any) -> pulumi.Output[str]:
    """The name that an object got, which mocks may leave out."""
    name: pulumi.Output[str] = metadata.apply(lambda found: getattr(found, "name", None) or "")
    return name


def _json(document: Mapping[str, Any]) -> pulumi.Output[str]:
    """The text of a configuration; what it holds may be an Output."""
    return pulumi.Output.from_input(document).apply(lambda known: json.dumps(known, indent=2))
