"""Volumes and file systems: EBS, EFS, FSx, and what moves files."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_of,
    each,
    fail,
    forbid_in,
    require_at_least,
    require_equal,
    require_in,
    require_related,
    require_set,
    require_true,
    require_unset,
    rule,
)
from policypacks.rules.common.aws_data import require_customer_key
from policypacks.rules.common.aws_policy import (
    Statement,
    denies_plain_transport,
    each_statement,
    forbid_public_principal,
    statements,
)

EFS_POLICY = "aws:efs/fileSystemPolicy:FileSystemPolicy"
EFS_BACKUP = "aws:efs/backupPolicy:BackupPolicy"
LUSTRE = "aws:fsx/lustreFileSystem:LustreFileSystem"


@rule("aws-ebs-volume-encrypted")
def volume_encrypted(volume: Resource) -> Verdict:
    """EBS volumes are encrypted.

    Snapshots of an unencrypted volume are unencrypted too, and it cannot be encrypted later.
    """
    return require_true(volume, "encrypted")


@rule("aws-ebs-volume-uses-customer-key")
def volume_customer_key(volume: Resource) -> Verdict:
    """EBS volumes are encrypted with a key of one's own.

    Snapshots under the AWS managed key cannot be shared with a recovery account, and the key cannot be withdrawn.
    """
    return require_customer_key(volume, "kmsKeyId")


@rule("aws-ebs-encryption-by-default")
def encryption_by_default(setting: Resource) -> Verdict:
    """The account encrypts new EBS volumes by itself.

    It also holds for volumes that no program knows.
    """
    return require_true(setting, "enabled")


@rule("aws-ebs-snapshot-copy-encrypted")
def snapshot_copy_encrypted(copy: Resource) -> Verdict:
    """Copies of EBS snapshots are encrypted.

    A copy of an unencrypted snapshot is as readable as its source unless it is encrypted on the way.
    """
    return require_true(copy, "encrypted")


@rule("aws-ebs-snapshot-block-public-access")
def snapshots_not_public(block: Resource) -> Verdict:
    """The account lets nobody share EBS snapshots with everyone.

    The weaker setting keeps snapshots public that already are.
    """
    return require_equal(block, "state", "block-all-sharing")


@rule("aws-efs-file-system-encrypted")
def efs_encrypted(files: Resource) -> Verdict:
    """EFS file systems are encrypted at rest.

    They cannot be encrypted later, only copied to one that is.
    """
    return require_true(files, "encrypted")


@rule("aws-efs-file-system-uses-customer-key")
def efs_customer_key(files: Resource) -> Verdict:
    """EFS file systems are encrypted with a key of one's own.

    The AWS managed key cannot be limited or withdrawn.
    """
    return require_customer_key(files, "kmsKeyId")


@rule("aws-efs-file-system-backup-policy")
def efs_backup(files: Resource) -> Verdict:
    """EFS file systems are backed up by themselves.

    The policy puts the file system into a daily plan of AWS Backup.
    """
    return require_related(
        files,
        EFS_BACKUP,
        by="fileSystemId",
        check=lambda policy: require_equal(policy, "backupPolicy.status", "ENABLED"),
    )


@rule("aws-efs-file-system-policy-tls")
def efs_policy(files: Resource) -> Verdict:
    """EFS file systems refuse clients without TLS, and clients without a name.

    Plain NFS crosses the network readable. Everyone may be allowed only through a mount target, where the network
    decides. https://docs.aws.amazon.com/efs/latest/ug/access-control-block-public-access.html
    """

    def named(statement: Statement) -> Verdict:
        mounted = any("true" in values for _, values in statement.condition("elasticfilesystem:AccessedViaMountTarget"))
        if not statement.allow or not statement.public or statement.narrowed() or mounted:
            return PASS
        return fail(
            statement.path,
            "allows everyone",
            "name them, or require elasticfilesystem:AccessedViaMountTarget",
        )

    def strict(policy: Resource) -> Verdict:
        remedy = "deny principal * where aws:SecureTransport is false"
        try:
            tls = any(denies_plain_transport(entry) for entry in statements(policy, "policy"))
        except ValueError:
            return fail("policy", "is not a policy document", "write it as JSON with a Statement list")
        plain = PASS if tls else fail("policy", "does not deny access without TLS", remedy)
        return all_of(plain, each_statement(policy, "policy", named))

    return require_related(files, EFS_POLICY, by="fileSystemId", check=strict)


@rule("aws-efs-access-point-root-and-user")
def efs_access_point(point: Resource) -> Verdict:
    """EFS access points show one folder and act as one user.

    Without a folder they show everything; without a user the client says who it is.
    """
    return all_of(
        require_set(point, "rootDirectory.path", "posixUser.uid"),
        forbid_in(point, "rootDirectory.path", ("/",), absent=PASS),
    )


@rule("aws-efs-regional-storage")
def efs_regional(files: Resource) -> Verdict:
    """EFS file systems span the zones of their region.

    A file system in one zone is lost with it.
    """
    return require_unset(files, "availabilityZoneName")


def _is_scratch(files: Resource) -> bool:
    """Whether a Lustre file system is temporary: it has neither backups nor a key of its own."""
    return files.type == LUSTRE and not str(files.get("deploymentType", "SCRATCH_1")).startswith("PERSISTENT")


@rule("aws-fsx-uses-customer-key")
def fsx_customer_key(files: Resource) -> Verdict:
    """FSx file systems are encrypted with a key of one's own.

    The AWS managed key cannot be limited or withdrawn. Lustre for scratch data takes none.
    """
    return NOT_APPLICABLE if _is_scratch(files) else require_customer_key(files, "kmsKeyId")


@rule(
    "aws-fsx-backups",
    config={
        "minimum_days": {
            "type": "integer",
            "minimum": 1,
            "maximum": 90,
            "default": 7,
            "description": "days for which automatic backups must be kept; FSx keeps them for 90 at most",
        }
    },
)
def fsx_backups(files: Resource) -> Verdict:
    """FSx file systems keep automatic backups for a week at least.

    A wrong deletion is often noticed days later. Lustre for scratch data has no backups.
    """
    if _is_scratch(files):
        return NOT_APPLICABLE
    return require_at_least(files, "automaticBackupRetentionDays", files.config["minimum_days"], unit="days")


@rule("aws-fsx-windows-audit-log")
def fsx_audit(files: Resource) -> Verdict:
    """FSx for Windows records who was refused access to files and shares.

    Failed attempts show who looks where they may not.
    """
    levels = ("SUCCESS_AND_FAILURE", "FAILURE_ONLY")
    return all_of(
        require_in(files, "auditLogConfiguration.fileAccessAuditLogLevel", levels),
        require_in(files, "auditLogConfiguration.fileShareAccessAuditLogLevel", levels),
    )


@rule("aws-datasync-task-logging")
def datasync_logs(task: Resource) -> Verdict:
    """DataSync tasks write a log.

    Without it nobody can tell which files did not arrive.
    """
    return all_of(
        require_set(task, "cloudwatchLogGroupArn"), require_in(task, "options.logLevel", ("BASIC", "TRANSFER"))
    )


@rule("aws-storagegateway-share-uses-customer-key")
def share_customer_key(share: Resource) -> Verdict:
    """File shares of a storage gateway are encrypted with a key of one's own.

    What the gateway writes to S3 is encrypted with a key of S3 unless the share asks for another.
    """
    return all_of(require_true(share, "kmsEncrypted"), require_customer_key(share, "kmsKeyArn"))


@rule("aws-dlm-policy-copies-encrypted")
def lifecycle_copies_encrypted(policy: Resource) -> Verdict:
    """Copies that a lifecycle policy sends to another region are encrypted.

    The copy is a volume's whole content; it is encrypted there only if the rule says so or the source is.
    """

    def encrypted(path: str, entry: Node) -> Verdict:
        off = fail(f"{entry.path}.{path}", "is not set", f"set {path} to true")
        return require_true(entry, path, absent=off)

    return all_of(
        each(policy, "policyDetails.schedules[].crossRegionCopyRules", lambda it: encrypted("encrypted", it)),
        each(
            policy,
            "policyDetails.action.crossRegionCopies",
            lambda it: encrypted("encryptionConfiguration.encrypted", it),
        ),
    )


@rule("aws-glacier-vault-policy-not-public")
def glacier_not_public(vault: Resource) -> Verdict:
    """No policy of a Glacier vault gives anything to everyone.

    A statement for principal * without a condition opens the archive to every AWS account.
    """
    return forbid_public_principal(vault, "accessPolicy")
