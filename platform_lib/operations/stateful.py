"""Which resource types hold what cannot be made again: data, keys, identities that others trust.

The list is a judgement of this project, one line per type, not a vendor's: losing one of these loses something, where
replacing a route table loses a moment. A type that is missing here is only not named in a preview; ``protect`` holds
all the same.
"""

from collections.abc import Mapping
from typing import Final

_DATA: Final = "holds data"
_KEYS: Final = "holds key material"
_SECRETS: Final = "holds secret values"
_LOGS: Final = "holds logs"
_BACKUPS: Final = "holds backups"
_IDENTITIES: Final = "holds identities"
_NAMES: Final = "others resolve names through it"

STATEFUL: Final[Mapping[str, str]] = {
    "aws:acmpca/certificateAuthority:CertificateAuthority": _KEYS,
    "aws:backup/vault:Vault": _BACKUPS,
    "aws:cloudwatch/logGroup:LogGroup": _LOGS,
    "aws:cognito/userPool:UserPool": _IDENTITIES,
    "aws:docdb/cluster:Cluster": _DATA,
    "aws:dynamodb/table:Table": _DATA,
    "aws:dynamodb/tableReplica:TableReplica": _DATA,
    "aws:ebs/snapshot:Snapshot": _BACKUPS,
    "aws:ebs/volume:Volume": _DATA,
    "aws:ecr/repository:Repository": _DATA,
    "aws:efs/fileSystem:FileSystem": _DATA,
    "aws:eks/cluster:Cluster": _DATA,
    "aws:elasticache/replicationGroup:ReplicationGroup": _DATA,
    "aws:fsx/lustreFileSystem:LustreFileSystem": _DATA,
    "aws:fsx/ontapFileSystem:OntapFileSystem": _DATA,
    "aws:fsx/openZfsFileSystem:OpenZfsFileSystem": _DATA,
    "aws:fsx/windowsFileSystem:WindowsFileSystem": _DATA,
    "aws:iot/thingGroup:ThingGroup": _IDENTITIES,
    "aws:kinesis/stream:Stream": _DATA,
    "aws:kms/key:Key": _KEYS,
    "aws:kms/replicaKey:ReplicaKey": _KEYS,
    "aws:memorydb/cluster:Cluster": _DATA,
    "aws:msk/cluster:Cluster": _DATA,
    "aws:neptune/cluster:Cluster": _DATA,
    "aws:opensearch/domain:Domain": _DATA,
    "aws:rds/cluster:Cluster": _DATA,
    "aws:rds/instance:Instance": _DATA,
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": _BACKUPS,
    "aws:redshift/cluster:Cluster": _DATA,
    "aws:route53/zone:Zone": _NAMES,
    "aws:s3/bucket:Bucket": _DATA,
    "aws:secretsmanager/secret:Secret": _SECRETS,
    "aws:signer/signingProfile:SigningProfile": _KEYS,
    "azure-native:containerregistry:Registry": _DATA,
    "azure-native:containerservice:ManagedCluster": _DATA,
    "azure-native:cosmosdb:DatabaseAccount": _DATA,
    "azure-native:dbforpostgresql:Server": _DATA,
    "azure-native:keyvault:Vault": _KEYS,
    "azure-native:operationalinsights:Workspace": _LOGS,
    "azure-native:recoveryservices:Vault": _BACKUPS,
    "azure-native:sql:Database": _DATA,
    "azure-native:storage:StorageAccount": _DATA,
    "gcp:artifactregistry/repository:Repository": _DATA,
    "gcp:bigquery/dataset:Dataset": _DATA,
    "gcp:bigquery/table:Table": _DATA,
    "gcp:bigtable/instance:Instance": _DATA,
    "gcp:compute/disk:Disk": _DATA,
    "gcp:container/cluster:Cluster": _DATA,
    "gcp:filestore/instance:Instance": _DATA,
    "gcp:kms/cryptoKey:CryptoKey": _KEYS,
    "gcp:secretmanager/secret:Secret": _SECRETS,
    "gcp:spanner/database:Database": _DATA,
    "gcp:sql/databaseInstance:DatabaseInstance": _DATA,
    "gcp:storage/bucket:Bucket": _DATA,
    "kubernetes:apps/v1:StatefulSet": _DATA,
    "kubernetes:core/v1:PersistentVolume": _DATA,
    "kubernetes:core/v1:PersistentVolumeClaim": _DATA,
    "kubernetes:core/v1:Secret": _SECRETS,
    "vault:index/mount:Mount": _SECRETS,
    "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest": _KEYS,
    "vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert": _KEYS,
    "vault:ssh/secretBackendCa:SecretBackendCa": _KEYS,
    "vault:transit/secretBackendKey:SecretBackendKey": _KEYS,
}


def stateful(token: str) -> str:
    """Why losing a resource of this type loses something (``holds data``), or an empty string."""
    return STATEFUL.get(token, "")
