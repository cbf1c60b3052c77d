"""AWS Backup: vaults, plans, selections (AWS Backup API reference)."""

from typing import Final

from platform_lib.core.values import Properties
from platform_lib.sandbox.cloud.aws.shared import error, json_texts, key_of, role_of
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules

VAULT: Final = ("aws:backup/vault:Vault",)


def _backup(action: str, code: str, text: str) -> str:
    return error("Backup", action, code, text)


def _vault(path: str, action: str) -> Reference:
    return Reference(path, VAULT, _backup(action, "ResourceNotFoundException", "Backup vault {value} does not exist."))


def _plan_outputs(request: Request) -> Properties:
    version = f"{request.hex(8, request.stamp)}{request.hex(40, f'version{request.stamp}')}"
    return {"version": version}


RULES: Final[dict[str, TypeRules]] = {
    "aws:backup/vault:Vault": TypeRules(
        input_defaults={"forceDestroy": False},
        references=(key_of("Backup", "CreateBackupVault", "kmsKeyArn"),),
        id="{name}",
        arn="arn:{partition}:backup:{region}:{account}:backup-vault:{id}",
        defaults={"recoveryPoints": 0, "kmsKeyArn": "arn:{partition}:kms:{region}:{account}:key/aws-backup"},
        exists=_backup(
            "CreateBackupVault", "AlreadyExistsException", "Backup vault with the same name already exists ({name})"
        ),
    ),
    "aws:backup/vaultPolicy:VaultPolicy": TypeRules(
        references=(_vault("backupVaultName", "PutBackupVaultAccessPolicy"),),
        id="{backupVaultName}",
        adopts=True,
        check=json_texts("policy"),
        arn="arn:{partition}:backup:{region}:{account}:backup-vault:{backupVaultName}",
        compute=lambda request: {
            "backupVaultArn": request.arn("backup", f"backup-vault:{request.get('backupVaultName')}")
        },
    ),
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": TypeRules(
        references=(_vault("backupVaultName", "PutBackupVaultLockConfiguration"),),
        id="{backupVaultName}",
        adopts=True,
        compute=lambda request: {
            "backupVaultArn": request.arn("backup", f"backup-vault:{request.get('backupVaultName')}")
        },
    ),
    "aws:backup/plan:Plan": TypeRules(
        references=(_vault("rules[*].targetVaultName", "CreateBackupPlan"),),
        id="{uuid}",
        arn="arn:{partition}:backup:{region}:{account}:backup-plan:{id}",
        compute=_plan_outputs,
    ),
    "aws:backup/selection:Selection": TypeRules(
        references=(
            Reference(
                "planId",
                ("aws:backup/plan:Plan",),
                _backup(
                    "CreateBackupSelection", "ResourceNotFoundException", "Cannot find Backup plan with ID {value}"
                ),
                _backup(
                    "DeleteBackupPlan",
                    "InvalidRequestException",
                    "Related backup plan selections must be deleted prior to backup plan deletion",
                ),
            ),
            role_of("Backup", "CreateBackupSelection", "iamRoleArn"),
        ),
        id="{uuid}",
    ),
}
