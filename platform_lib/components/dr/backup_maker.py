"""Backups: vaults on both sites with their locks, plans with copy rules, what they hold, and tests of restores."""

from collections.abc import Sequence

import pulumi
from pulumi_aws import backup

from platform_lib.components.dr.kind import Site, VaultLockMode
from platform_lib.components.dr.maker import Maker
from platform_lib.components.dr.planning.alarms import backup_alarms
from platform_lib.components.dr.planning.model import RestoreTestPlan
from platform_lib.components.dr.planning.sources import PROTECTED_RESOURCE_TYPE
from platform_lib.components.dr.policies import Documents
from platform_lib.core.naming import physical

POINT_IN_TIME_DAYS = 35
"""Longest time that continuous backups are kept
(https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html)."""

_BACK_UP = (
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "AWSBackupServiceRolePolicyForS3Backup",
)
_RESTORE = (
    "service-role/AWSBackupServiceRolePolicyForRestores",
    "AWSBackupServiceRolePolicyForS3Restore",
)


class BackupMaker:
    """Makes the backups of one component."""

    def __init__(self, maker: Maker, documents: Documents) -> None:
        self._maker = maker
        self._documents = documents
        self._plan = maker.plan.backups
        self.vaults: dict[Site, backup.Vault] = {}
        """The vault of each site."""

    def make(self, keys: dict[Site, pulumi.Input[str]]) -> pulumi.Output[str]:
        """Makes vaults, plans and role.

        Returns:
            Id of the plan of the primary site, which owners may put what they have into.
        """
        trust = self._documents.trust("backup")
        self._role = self._maker.role("backup-role", "Takes backups and copies them", trust, _BACK_UP)
        for site, key_arn in keys.items():
            self._make_vault(site, key_arn)
        self._plans = {
            Site.PRIMARY: self._make_plan(
                Site.PRIMARY, "backups", self._plan.schedule, self.vaults[Site.SECONDARY].arn
            ),
        }
        vault = {"BackupVaultName": self.vaults[Site.PRIMARY].name}
        for alarm in backup_alarms(self._plan):
            self._maker.alarm(alarm, vault if alarm.site is Site.PRIMARY else {})
        return self._plans[Site.PRIMARY].id

    def select(self, site: Site, arns: Sequence[pulumi.Input[str]]) -> None:
        """Puts sources, or their copies, into the plan of their site; the second site gets its plan by this."""
        if site is Site.SECONDARY:
            self._plans[site] = self._make_plan(site, "standby-backups", "cron(0 12 * * ? *)", None)
        backup.Selection(
            self._maker.name("sources" if site is Site.PRIMARY else "standby"),
            region=self._maker.region(site),
            plan_id=self._plans[site].id,
            iam_role_arn=self._role.arn,
            resources=list(arns),
            opts=self._maker.options(),
        )

    def test_restores(self, tests: RestoreTestPlan) -> None:
        """Restores copies at the second site, and deletes them after some hours.

        Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html.
        """
        region = self._maker.region(Site.SECONDARY)
        trust = self._documents.trust("backup")
        role = self._maker.role("restore-role", "Restores copies to test them", trust, _RESTORE)
        name = self._maker.name("restore-tests")
        plan = backup.RestoreTestingPlan(
            name,
            region=region,
            name=physical("aws:backup/restoreTestingPlan:RestoreTestingPlan", name.replace("-", "_")),
            schedule_expression=tests.schedule,
            start_window_hours=1,
            recovery_point_selection={
                "algorithm": "LATEST_WITHIN_WINDOW",
                "include_vaults": [self.vaults[Site.SECONDARY].arn],
                "recovery_point_types": ["SNAPSHOT"],
                "selection_window_days": tests.window_days,
            },
            tags=self._maker.tags(name),
            opts=self._maker.options(),
        )
        for kind in dict.fromkeys(source.kind for source in self._maker.plan.sources if source.backed_up):
            child = self._maker.name("restore-test", kind.value)
            backup.RestoreTestingSelection(
                child,
                region=region,
                name=physical("aws:backup/restoreTestingSelection:RestoreTestingSelection", child.replace("-", "_")),
                restore_testing_plan_name=plan.name,
                protected_resource_type=PROTECTED_RESOURCE_TYPE[kind],
                protected_resource_arns=["*"],  # all that the vault holds of this type
                iam_role_arn=role.arn,
                validation_window_hours=tests.validation_hours,
                opts=self._maker.options(),
            )

    def _make_vault(self, site: Site, key_arn: pulumi.Input[str]) -> None:
        region, name = self._maker.region(site), self._maker.name("vault", site.value)
        vault = backup.Vault(
            name,
            region=region,
            kms_key_arn=key_arn,
            tags=self._maker.tags(name),
            opts=self._maker.options(stateful=True),
        )
        self.vaults[site] = vault
        backup.VaultPolicy(
            f"{name}-policy",
            region=region,
            backup_vault_name=vault.name,
            policy=self._documents.vault(),
            opts=self._maker.options(),
        )
        if self._plan.lock is not VaultLockMode.NONE:
            locked_for_good = self._plan.lock is VaultLockMode.COMPLIANCE
            backup.VaultLockConfiguration(
                f"{name}-lock",
                region=region,
                backup_vault_name=vault.name,
                min_retention_days=self._plan.lock_minimum_days,
                changeable_for_days=self._plan.lock_grace_days if locked_for_good else None,
                opts=self._maker.options(stateful=True),
            )

    def _make_plan(self, site: Site, role: str, schedule: str, copy_to: pulumi.Input[str] | None) -> backup.Plan:
        """A rule for backups that are copied, and one for a point in time, whose backups cannot be copied as such."""
        plan, name = self._plan, self._maker.name(role)
        lifecycle: backup.PlanRuleLifecycleArgsDict = {"delete_after": plan.retention_days}
        if plan.cold_after_days is not None:
            lifecycle["cold_storage_after"] = plan.cold_after_days
        copies: list[backup.PlanRuleCopyActionArgsDict] = []
        if copy_to is not None:
            copies.append({"destination_vault_arn": copy_to, "lifecycle": {**lifecycle}})
        rule: backup.PlanRuleArgsDict = {
            "rule_name": "scheduled",
            "target_vault_name": self.vaults[site].name,
            "schedule": schedule,
            "start_window": plan.start_within_minutes,
            "completion_window": plan.complete_within_minutes,
            "lifecycle": lifecycle,
            "copy_actions": copies,
        }
        point_in_time: backup.PlanRuleArgsDict = {
            "rule_name": "point-in-time",
            "target_vault_name": self.vaults[site].name,
            "schedule": "cron(30 3 * * ? *)",
            "start_window": plan.start_within_minutes,
            "completion_window": plan.complete_within_minutes,
            "enable_continuous_backup": True,
            "lifecycle": {"delete_after": min(plan.retention_days, POINT_IN_TIME_DAYS)},
        }
        return backup.Plan(
            name,
            region=self._maker.region(site),
            rules=[rule, point_in_time] if site is Site.PRIMARY else [rule],
            tags=self._maker.tags(name),
            opts=self._maker.options(),
        )
