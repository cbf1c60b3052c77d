"""ARM namespaces by module of the type token, and the resource paths of common types (Azure REST API reference).

A module that is not listed is written with a capital: an assumption, since the SDK holds no namespaces.
"""

from typing import Final

_NAMES: Final = (
    "AAD ApiManagement App AppConfiguration AppPlatform Attestation Authorization Automation AzureStackHCI Batch "
    "Billing "
    "BotService Cache Cdn CertificateRegistration CognitiveServices Communication Compute Confluent Consumption "
    "ContainerInstance ContainerRegistry ContainerService CostManagement CustomProviders Dashboard DataBox DataCatalog "
    "DataFactory DataLakeStore DataMigration DataProtection DataShare Databricks Datadog DBforMariaDB DBforMySQL "
    "DBforPostgreSQL DesktopVirtualization DevCenter DevTestLab Devices DigitalTwins DocumentDB DomainRegistration "
    "Elastic "
    "ElasticSan EventGrid EventHub ExtendedLocation Fabric Features FluidRelay GuestConfiguration HDInsight HealthBot "
    "HealthcareApis HybridCompute HybridConnectivity HybridContainerService HybridNetwork Insights IoTCentral KeyVault "
    "Kubernetes KubernetesConfiguration Kusto LabServices LoadTestService Logic MachineLearning "
    "MachineLearningServices "
    "Maintenance ManagedIdentity ManagedNetwork ManagedServices Management Maps Marketplace Media Migrate MixedReality "
    "MobileNetwork NetApp Network NetworkCloud NetworkFunction NotificationHubs OffAzure OperationalInsights "
    "OperationsManagement Orbital Peering PolicyInsights Portal PowerBIDedicated Purview Quantum RecoveryServices "
    "RedHatOpenShift Relay ResourceGraph Resources Search Security SecurityInsights ServiceBus ServiceFabric "
    "ServiceLinker ServiceNetworking SignalRService Solutions Sql SqlVirtualMachine StandbyPool Storage StorageCache "
    "StorageMover StoragePool StorageSync StreamAnalytics Subscription Synapse VideoIndexer VirtualMachineImages "
    "Web Workloads"
)

NAMESPACES: Final = {name.lower(): name for name in _NAMES.split()} | {
    "aadiam": "aadiam",
    "redis": "Cache",
    "redisenterprise": "Cache",
    "cosmosdb": "DocumentDB",
    "monitor": "Insights",
    "applicationinsights": "Insights",
    "privatedns": "Network",
    "dns": "Network",
    "dnsresolver": "Network",
    "frontdoor": "Network",
    "trafficmanager": "Network",
    "iothub": "Devices",
    "deviceprovisioningservices": "Devices",
    "blueprint": "Blueprint",
    "webpubsub": "SignalRService",
    "visualstudio": "VisualStudio",
}
"""Module -> namespace behind ``Microsoft.``."""

_NET: Final = "Microsoft.Network/"
_BLOB: Final = "Microsoft.Storage/storageAccounts/{accountName}/"
_IDENTITY: Final = "Microsoft.ManagedIdentity/userAssignedIdentities/"
_CLUSTER: Final = "Microsoft.ContainerService/managedClusters/"

PATHS: Final = {
    "azure-native:network:VirtualNetwork": _NET + "virtualNetworks/{virtualNetworkName}",
    "azure-native:network:Subnet": _NET + "virtualNetworks/{virtualNetworkName}/subnets/{subnetName}",
    "azure-native:network:VirtualNetworkPeering": _NET
    + "virtualNetworks/{virtualNetworkName}/virtualNetworkPeerings/{virtualNetworkPeeringName}",
    "azure-native:network:NetworkSecurityGroup": _NET + "networkSecurityGroups/{networkSecurityGroupName}",
    "azure-native:network:SecurityRule": _NET
    + "networkSecurityGroups/{networkSecurityGroupName}/securityRules/{securityRuleName}",
    "azure-native:network:RouteTable": _NET + "routeTables/{routeTableName}",
    "azure-native:network:Route": _NET + "routeTables/{routeTableName}/routes/{routeName}",
    "azure-native:network:PublicIPAddress": _NET + "publicIPAddresses/{publicIpAddressName}",
    "azure-native:network:NatGateway": _NET + "natGateways/{natGatewayName}",
    "azure-native:network:PublicIPPrefix": _NET + "publicIPPrefixes/{publicIpPrefixName}",
    "azure-native:network:FlowLog": _NET + "networkWatchers/{networkWatcherName}/flowLogs/{flowLogName}",
    "azure-native:network:PrivateDnsZoneGroup": _NET
    + "privateEndpoints/{privateEndpointName}/privateDnsZoneGroups/{privateDnsZoneGroupName}",
    "azure-native:network:StaticCidr": _NET
    + "networkManagers/{networkManagerName}/ipamPools/{poolName}/staticCidrs/{staticCidrName}",
    "azure-native:network:NetworkInterface": _NET + "networkInterfaces/{networkInterfaceName}",
    "azure-native:network:PrivateEndpoint": _NET + "privateEndpoints/{privateEndpointName}",
    "azure-native:network:LoadBalancer": _NET + "loadBalancers/{loadBalancerName}",
    "azure-native:network:ApplicationGateway": _NET + "applicationGateways/{applicationGatewayName}",
    "azure-native:privatedns:PrivateZone": _NET + "privateDnsZones/{privateZoneName}",
    "azure-native:privatedns:VirtualNetworkLink": _NET
    + "privateDnsZones/{privateZoneName}/virtualNetworkLinks/{virtualNetworkLinkName}",
    "azure-native:dnsresolver:PrivateResolverVirtualNetworkLink": _NET
    + "dnsForwardingRulesets/{dnsForwardingRulesetName}/virtualNetworkLinks/{virtualNetworkLinkName}",
    "azure-native:dnsresolver:DnsResolverPolicyVirtualNetworkLink": _NET
    + "dnsResolverPolicies/{dnsResolverPolicyName}/virtualNetworkLinks/{dnsResolverPolicyVirtualNetworkLinkName}",
    "azure-native:dns:Zone": _NET + "dnsZones/{zoneName}",
    "azure-native:storage:StorageAccount": "Microsoft.Storage/storageAccounts/{accountName}",
    "azure-native:storage:BlobContainer": _BLOB + "blobServices/default/containers/{containerName}",
    "azure-native:storage:BlobServiceProperties": _BLOB + "blobServices/{blobServicesName}",
    "azure-native:storage:FileShare": _BLOB + "fileServices/default/shares/{shareName}",
    "azure-native:storage:Queue": _BLOB + "queueServices/default/queues/{queueName}",
    "azure-native:storage:Table": _BLOB + "tableServices/default/tables/{tableName}",
    "azure-native:storage:ManagementPolicy": _BLOB + "managementPolicies/default",
    "azure-native:keyvault:Vault": "Microsoft.KeyVault/vaults/{vaultName}",
    "azure-native:keyvault:Key": "Microsoft.KeyVault/vaults/{vaultName}/keys/{keyName}",
    "azure-native:keyvault:Secret": "Microsoft.KeyVault/vaults/{vaultName}/secrets/{secretName}",
    "azure-native:containerservice:ManagedCluster": _CLUSTER + "{resourceName}",
    "azure-native:containerservice:AgentPool": _CLUSTER + "{resourceName}/agentPools/{agentPoolName}",
    "azure-native:containerregistry:Registry": "Microsoft.ContainerRegistry/registries/{registryName}",
    "azure-native:managedidentity:UserAssignedIdentity": _IDENTITY + "{resourceName}",
    "azure-native:authorization:RoleAssignment": "Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
    "azure-native:authorization:RoleDefinition": "Microsoft.Authorization/roleDefinitions/{roleDefinitionId}",
    "azure-native:operationalinsights:Workspace": "Microsoft.OperationalInsights/workspaces/{workspaceName}",
    "azure-native:insights:DiagnosticSetting": "Microsoft.Insights/diagnosticSettings/{name}",
    "azure-native:monitor:DiagnosticSetting": "Microsoft.Insights/diagnosticSettings/{name}",
    "azure-native:sql:Server": "Microsoft.Sql/servers/{serverName}",
    "azure-native:sql:Database": "Microsoft.Sql/servers/{serverName}/databases/{databaseName}",
    "azure-native:dbforpostgresql:Server": "Microsoft.DBforPostgreSQL/flexibleServers/{serverName}",
    "azure-native:web:AppServicePlan": "Microsoft.Web/serverfarms/{name}",
    "azure-native:web:WebApp": "Microsoft.Web/sites/{name}",
}
"""Type -> the part of its id behind ``/providers/``."""
