"""Flow logs of the network: into a storage account, its own or a given one, and from there into a workspace.

Nothing writes with a key of the account: the flow log has an identity of its own, which may write blobs and nothing
else (https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-managed-identity). The account is closed to the
internet; trusted services of Azure, Network Watcher among them, still get in
(https://learn.microsoft.com/azure/storage/common/storage-network-security#exceptions).
"""

import hashlib
from collections.abc import Mapping
from typing import Final

import pulumi
from pulumi_azure_native import authorization, managedidentity, network, storage

from platform_lib.components.vpc.arguments.account import AzureNetworkArgs
from platform_lib.components.vpc.arguments.flow_logs import FlowLogDestination, FlowLogsArgs
from platform_lib.components.vpc.azure.endpoints import PrivateNames, make_endpoint
from platform_lib.components.vpc.azure.network import AzureNetwork
from platform_lib.components.vpc.azure.services import STORE_PART
from platform_lib.components.vpc.azure.stores import redundancy, store_subnet
from platform_lib.components.vpc.planning.model import FlowLogPlan
from platform_lib.components.vpc.room import Site

_BLOB_WRITER: Final = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
"""Storage Blob Data Contributor (https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/storage)."""

_WATCHER_GROUP: Final = "NetworkWatcherRG"
_SOFT_DELETE_DAYS: Final = 7


def make_flow_log(
    site: Site, made: AzureNetwork, names: PrivateNames, subnets: Mapping[str, network.Subnet]
) -> pulumi.Input[str]:
    """The flow log; gives the id of where it goes, empty where flow logs are off."""
    plan, asked = site.plan.flow_log, site.args.flow_logs or FlowLogsArgs()
    if plan is None:
        return ""
    azure = site.args.azure or AzureNetworkArgs()
    store: pulumi.Input[str] = asked.store_id or _make_store(site, made, names, subnets, plan, asked)
    name = site.name("flow-logs-identity")
    identity = managedidentity.UserAssignedIdentity(
        name, resource_group_name=made.group, location=site.region, tags=site.tags, opts=site.options(name)
    )
    name = site.name("flow-logs-writer")
    writer = authorization.RoleAssignment(
        name,
        scope=store,
        principal_id=identity.principal_id,
        principal_type=authorization.PrincipalType.SERVICE_PRINCIPAL,
        role_definition_id=made.vnet.id.apply(_role_of_subscription),
        opts=site.options(name),
    )
    name = site.name("flow-log")
    network.FlowLog(
        name,
        network_watcher_name=azure.network_watcher_name or f"NetworkWatcher_{site.region}",
        resource_group_name=azure.network_watcher_group or _WATCHER_GROUP,
        # All networks of the region and subscription share the watcher, so that its logs are called like them.
        flow_log_name=made.vnet.name,
        location=site.region,
        target_resource_id=made.vnet.id,
        storage_id=store,
        enabled=True,
        format=network.FlowLogFormatParametersArgs(type=network.FlowLogFormatType.JSON, version=2),
        identity=network.ManagedServiceIdentityArgs(
            type=network.ResourceIdentityType.USER_ASSIGNED, user_assigned_identities=[identity.id]
        ),
        flow_analytics_configuration=_analytics(plan, asked),
        tags=site.tags,
        opts=site.options(name, depends_on=[writer]),
    )
    return asked.workspace_id or "" if plan.destination is FlowLogDestination.LOG_SERVICE else store


def _analytics(plan: FlowLogPlan, asked: FlowLogsArgs) -> network.TrafficAnalyticsPropertiesArgs | None:
    """Traffic analytics, which reads the records of the account into a workspace."""
    if plan.destination is not FlowLogDestination.LOG_SERVICE:
        return None
    return network.TrafficAnalyticsPropertiesArgs(
        network_watcher_flow_analytics_configuration=network.TrafficAnalyticsConfigurationPropertiesArgs(
            enabled=True,
            workspace_resource_id=asked.workspace_id,
            traffic_analytics_interval=plan.aggregation_seconds // 60,
        )
    )


def _make_store(
    site: Site,
    made: AzureNetwork,
    names: PrivateNames,
    subnets: Mapping[str, network.Subnet],
    plan: FlowLogPlan,
    asked: FlowLogsArgs,
) -> pulumi.Output[str]:
    """The account, with what keeps deleted records for a while and deletes old ones, and a private way to it."""
    name = site.name("flow-logs")
    account = storage.StorageAccount(
        name,
        # Accounts are called by letters and digits alone, unique in the world: not what automatic naming makes.
        account_name=made.vnet.id.apply(_account_name),
        resource_group_name=made.group,
        location=site.region,
        kind=storage.Kind.STORAGE_V2,
        sku=storage.SkuArgs(name=redundancy(site.args)),
        access_tier=storage.AccessTier.HOT,
        allow_blob_public_access=False,
        allow_cross_tenant_replication=False,
        allow_shared_key_access=False,
        default_to_o_auth_authentication=True,
        enable_https_traffic_only=True,
        is_local_user_enabled=False,
        minimum_tls_version=storage.MinimumTlsVersion.TLS1_2,
        network_rule_set=storage.NetworkRuleSetArgs(
            bypass=storage.Bypass.AZURE_SERVICES, default_action=storage.DefaultAction.DENY
        ),
        public_network_access=storage.PublicNetworkAccess.DISABLED,
        identity=_key_identity(site, asked),
        encryption=_encryption(site, asked),
        tags=site.tags,
        opts=site.options(name, stateful=True),
    )
    name = site.name("flow-logs-recovery")
    kept = storage.DeleteRetentionPolicyArgs(enabled=True, days=_SOFT_DELETE_DAYS)
    storage.BlobServiceProperties(
        name,
        resource_group_name=made.group,
        account_name=account.name,
        blob_services_name="default",  # there is one only
        delete_retention_policy=kept,
        container_delete_retention_policy=kept,
        opts=site.options(name),
    )
    name = site.name("flow-logs-lifecycle")
    storage.ManagementPolicy(
        name,
        resource_group_name=made.group,
        account_name=account.name,
        management_policy_name="default",  # there is one only
        policy=storage.ManagementPolicySchemaArgs(rules=[_delete_after(plan.retention_days)]),
        opts=site.options(name),
    )
    subnet = store_subnet(site.plan, site.args)
    if subnet is not None:
        make_endpoint(site, names, subnets, "flow-logs", STORE_PART, account.id, subnet)
    return account.id


def _delete_after(days: int) -> storage.ManagementPolicyRuleArgs:
    return storage.ManagementPolicyRuleArgs(
        name="delete-old-records",
        enabled=True,
        type=storage.RuleType.LIFECYCLE,
        definition=storage.ManagementPolicyDefinitionArgs(
            filters=storage.ManagementPolicyFilterArgs(blob_types=["blockBlob"]),
            actions=storage.ManagementPolicyActionArgs(
                base_blob=storage.ManagementPolicyBaseBlobArgs(
                    delete=storage.DateAfterModificationArgs(days_after_modification_greater_than=days)
                )
            ),
        ),
    )


def _key_identity(site: Site, asked: FlowLogsArgs) -> storage.IdentityArgs | None:
    identity = (site.args.azure or AzureNetworkArgs()).key_identity_id
    if asked.key_id is None or identity is None:
        return None
    return storage.IdentityArgs(type=storage.IdentityType.USER_ASSIGNED, user_assigned_identities=[identity])


def _encryption(site: Site, asked: FlowLogsArgs) -> storage.EncryptionArgs | None:
    """Under the given key, whose newest version counts where the URI names none."""
    if asked.key_id is None:
        return None
    identity = (site.args.azure or AzureNetworkArgs()).key_identity_id
    return storage.EncryptionArgs(
        key_source=storage.KeySource.MICROSOFT_KEYVAULT,
        key_vault_properties=pulumi.Output.from_input(asked.key_id).apply(_key),
        encryption_identity=storage.EncryptionIdentityArgs(encryption_user_assigned_identity=identity),
    )


def _key(uri: str) -> storage.KeyVaultPropertiesArgs:
    """Vault, name and version of a key, of ``https://VAULT/keys/NAME`` or ``https://VAULT/keys/NAME/VERSION``."""
    vault, keys, rest = uri.partition("/keys/")
    name, _, version = rest.rstrip("/").partition("/")
    if not keys or not name:
        raise pulumi.RunError(f"flow_logs.key_id: is not the URI of a key, got {uri!r}")
    return storage.KeyVaultPropertiesArgs(key_vault_uri=vault, key_name=name, key_version=version or None)


def _account_name(vnet_id: str) -> str:
    """A name that nobody else has: 24 letters and digits of the network's id, which ends in random ones itself."""
    return f"flow{hashlib.sha256(vnet_id.lower().encode()).hexdigest()[:20]}"


def _role_of_subscription(vnet_id: str) -> str:
    subscription = "/".join(vnet_id.split("/")[:3])
    return f"{subscription}/providers/Microsoft.Authorization/roleDefinitions/{_BLOB_WRITER}"
