"""The configuration that the servers read: JSON, the same on all nodes. Pure.

What differs by node comes from its environment: id, address for clients, address for other servers.
Parameters: https://openbao.org/docs/configuration and https://developer.hashicorp.com/vault/docs/configuration.
"""

from collections.abc import Mapping
from typing import Any

from platform_lib.components.vault.kind import VaultEngine, VaultSealKind
from platform_lib.components.vault.planning.model import API_PORT, CLUSTER_PORT, SealPlan, VaultPlan

DRILL_NODE = "drill"


def server(plan: VaultPlan, seal_key: Any) -> dict[str, Any]:
    """The configuration of a server.

    Args:
        plan: of the servers.
        seal_key: ARN of the key of KMS, which may be an Output.
    """
    folders = plan.folders
    listener: dict[str, Any] = {
        "address": f"0.0.0.0:{API_PORT}",
        "cluster_address": f"0.0.0.0:{CLUSTER_PORT}",
        "tls_cert_file": f"{folders.tls}/tls.crt",
        "tls_key_file": f"{folders.tls}/tls.key",
        "tls_min_version": "tls12",
        "telemetry": {"unauthenticated_metrics_access": bool(plan.telemetry and plan.telemetry.scraper_namespace)},
    }
    if plan.reloads_certificates:
        listener["tls_auto_reload"] = True
    found: dict[str, Any] = {
        "cluster_name": plan.node_name,
        "ui": False,
        "log_format": "json",
        "log_level": "info",
        "pid_file": folders.pid_file,
        "listener": [{"tcp": listener}],
        "storage": {
            "raft": {
                "path": folders.data,
                "performance_multiplier": 1,
                "retry_join": [
                    {
                        "leader_api_addr": node.address,
                        "leader_tls_servername": plan.host,
                        "leader_ca_cert_file": folders.ca_file,
                    }
                    for node in plan.nodes
                ],
            }
        },
        **seal(plan, seal_key),
    }
    if plan.telemetry is not None:
        hours = plan.telemetry.retention_hours
        found["telemetry"] = {"prometheus_retention_time": f"{hours}h", "disable_hostname": True}
    if plan.engine is VaultEngine.VAULT:
        # Required with integrated storage, whose files mlock would double in memory
        # (https://developer.hashicorp.com/vault/docs/configuration#disable_mlock); OpenBao has no mlock.
        found["disable_mlock"] = True
    else:
        found["audit"] = [
            {"file": {device.path: {"description": device.description, "options": {"file_path": device.file_path}}}}
            for device in plan.audit.devices
        ]
    return found


def seal(plan: VaultPlan, seal_key: Any) -> dict[str, Any]:
    """The stanza of the seal, and that of its plugin where it has one."""
    folders, asked = plan.folders, plan.seal
    if asked.kind is VaultSealKind.STATIC:
        # A key that changes gets a new name: the secret's, which tells one from another.
        key = {"current_key_id": asked.static_secret, "current_key": f"file://{folders.seal}/key"}
        return {"seal": [{"static": key}]}
    if asked.kind is VaultSealKind.TRANSIT and asked.transit is not None:
        transit = {
            "address": asked.transit.address,
            "key_name": asked.transit.key_name,
            "mount_path": f"{asked.transit.mount_path}/",
            "tls_ca_cert": f"{folders.seal}/ca.crt" if asked.transit.ca_secret else folders.ca_file,
        }
        return {"seal": [{"transit": transit}]}
    found = {"seal": [{"awskms": {"region": plan.region, "kms_key_id": seal_key}}]}
    return {**found, **_plugin(asked, plan.folders.plugins)}


def _plugin(asked: SealPlan, folder: str) -> dict[str, Any]:
    plugin = asked.plugin
    if plugin is None:
        return {}
    source: Mapping[str, Any] = {"image": plugin.image} if plugin.image else {"command": plugin.command}
    declared = {**source, "version": plugin.version, "sha256sum": plugin.sha256}
    found: dict[str, Any] = {"plugin_directory": folder, "plugin": [{"kms": {"awskms": declared}}]}
    if plugin.image:
        found["plugin_auto_download"] = True
    return found


def drill(plan: VaultPlan, seal_key: Any) -> dict[str, Any]:
    """The configuration of the server that a snapshot is restored into: the same, alone, and heard in its pod only.

    It has the audit devices of the others, which the snapshot names.
    """
    found = server(plan, seal_key)
    api, internal = f"127.0.0.1:{API_PORT}", f"127.0.0.1:{CLUSTER_PORT}"
    heard = {**found["listener"][0]["tcp"], "address": api, "cluster_address": internal}
    return {
        **found,
        "listener": [{"tcp": heard}],
        "storage": {"raft": {"path": plan.folders.data, "node_id": DRILL_NODE}},
        "api_addr": f"https://{api}",
        "cluster_addr": f"https://{internal}",
    }
