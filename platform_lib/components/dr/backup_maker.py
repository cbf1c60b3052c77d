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
        """Makes vaults, role and alarms, and the plan whose backups are copied to the second site.

        Returns:
            Id of that plan, which owners may put what they have into.
        """
        trust = self._documents.trust("backup")
        self._role = self._maker.role("backup-role", "Takes backups and copies them", trust, _BACK_UP)
        for site, key_arn in keys.items():
            self._make_vault(site, key_arn)
        kept = self._lifecycle()
        copy: backup.PlanRuleCopyActionArgsDict = {
            "destination_vault_arn": self.vaults[Site.SECONDARY].arn,
            "lifecycle": {**kept},
        }
        rule = self._rule(Site.PRIMARY, "scheduled", self._plan.schedule, kept)
        self._copied = self._make_plan(Site.PRIMARY, "backups", {**rule, "copy_actions": [copy]})
        for alarm in backup_alarms(self._plan):
            self._maker.alarm(alarm, {"BackupVaultName": self.vaults[alarm.site].name})
        return self._copied.id

    def copy(self, arns: Sequence[pulumi.Input[str]]) -> None:
        """Backs sources up, and copies their backups."""
        self._select(Site.PRIMARY, "sources", self._copied, arns)

    def keep_points_in_time(self, arns: Sequence[pulumi.Input[str]]) -> None:
        """Backs sources up continuously, for any point in time; such a backup is copied as what it is at one time."""
        kept: backup.PlanRuleLifecycleArgsDict = {"delete_after": min(self._plan.retention_days, POINT_IN_TIME_DAYS)}
        rule = self._rule(Site.PRIMARY, "point-in-time", "cron(30 3 * * ? *)", kept)
        plan = self._make_plan(Site.PRIMARY, "points-in-time", {**rule, "enable_continuous_backup": True})
        self._select(Site.PRIMARY, "points-in-time-sources", plan, arns)

    def back_copies_up(self, arns: Sequence[pulumi.Input[str]]) -> None:
        """Backs the copies of the second site up there, so that a site that takes over has backups."""
        rule = self._rule(Site.SECONDARY, "scheduled", "cron(0 12 * * ? *)", self._lifecycle())
        self._select(Site.SECONDARY, "standby", self._make_plan(Site.SECONDARY, "standby-backups", rule), arns)

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

    def _lifecycle(self) -> backup.PlanRuleLifecycleArgsDict:
        kept: backup.PlanRuleLifecycleArgsDict = {"delete_after": self._plan.retention_days}
        if self._plan.cold_after_days is not None:
            kept["cold_storage_after"] = self._plan.cold_after_days
        return kept

    def _rule(
        self, site: Site, name: str, schedule: str, lifecycle: backup.PlanRuleLifecycleArgsDict
    ) -> backup.PlanRuleArgsDict:
        return {
            "rule_name": name,
            "target_vault_name": self.vaults[site].name,
            "schedule": schedule,
            "start_window": self._plan.start_within_minutes,
            "completion_window": self._plan.complete_within_minutes,
            "lifecycle": lifecycle,
        }

    def _make_plan(self, site: Site, role: str, rule: backup.PlanRuleArgsDict) -> backup.Plan:
        name = self._maker.name(role)
        return backup.Plan(
            name,
            region=self._maker.region(site),
            rules=[rule],
            tags=self._maker.tags(name),
            opts=self._maker.options(),
        )

    def _select(self, site: Site, role: str, plan: backup.Plan, arns: Sequence[pulumi.Input[str]]) -> None:
        backup.Selection(
            self._maker.name(role),
            region=self._maker.region(site),
            plan_id=plan.id,
            iam_role_arn=self._role.arn,
            resources=list(arns),
            opts=self._maker.options(),
        )
