"""AWS Backup: vaults and plans."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Pattern,
    Resource,
    Verdict,
    all_of,
    fail,
    require_at_least,
    require_false,
    require_related,
    rule,
    some,
)
from policypacks.rules.common.aws_data import require_customer_key
from policypacks.rules.common.aws_policy import account_of, statements
from policypacks.rules.common.tags import is_regulated

LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
SELECTION = "aws:backup/selection:Selection"
RESTORE_TEST = "aws:backup/restoreTestingPlan:RestoreTestingPlan"
REPORT = "aws:backup/reportPlan:ReportPlan"
RATE = Pattern(r"rate\((?:1 day|1 hour|\d hours|1\d hours|2[0-4] hours)\)")
CRON = Pattern(r"cron\(\S{1,80} \S{1,80} (?:\*|\?|\*/1|1/1) (?:\*|\*/1|1/1) (?:\*|\?|SUN-SAT|MON-SUN|1-7)(?: \*)?\)")
"""Schedules that run every day: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html"""


@rule("aws-backup-vault-encrypted")
def vault_customer_key(vault: Resource) -> Verdict:
    """Backup vaults are encrypted with a key of one's own.

    Backups under the AWS managed key cannot be copied to another account.
    """
    return require_customer_key(vault, "kmsKeyArn")


@rule("aws-backup-vault-locked")
def vault_locked(vault: Resource) -> Verdict:
    """Backup vaults keep what is in them for a minimum time, whoever asks.

    Ransomware deletes the backups first; under a lock not even an administrator can.
    """
    return require_related(
        vault, LOCK, by="backupVaultName", check=lambda lock: require_at_least(lock, "minRetentionDays", 1, unit="days")
    )


@rule("aws-backup-vault-no-force-destroy")
def vault_not_forced(vault: Resource) -> Verdict:
    """A backup vault that still holds backups cannot be destroyed.

    Forced, the backups go with the stack.
    """
    return require_false(vault, "forceDestroy")


DELETION = ("backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle")


@rule("aws-backup-vault-policy-denies-deletion")
def vault_policy_denies_deletion(policy: Resource) -> Verdict:
    """The policy of a backup vault denies deleting backups and shortening their life.

    Identity policies are many; one denial on the vault overrules them all. Exceptions are named by a condition.
    """
    remedy = f"deny principal * the actions {' and '.join(DELETION)}"
    try:
        found = statements(policy, "policy")
    except ValueError:
        return fail("policy", "is not a policy document", remedy)
    denied = [
        action
        for action in DELETION
        if any(not entry.allow and (entry.public or entry.not_principals) and entry.grants(action) for entry in found)
    ]
    return PASS if len(denied) == len(DELETION) else fail("policy", "does not deny the deletion of backups", remedy)


@rule(
    "aws-backup-plan-frequency-and-retention",
    config={
        "minimum_days": {
            "type": "integer",
            "minimum": 1,
            "default": 35,
            "description": "days for which backups must be kept",
        }
    },
)
def plan_daily_and_long(plan: Resource) -> Verdict:
    """Backup plans run every day and keep what they make for five weeks.

    What lies between two backups is lost, and so is what nobody missed in time. Backups without an end are kept.
    """

    def enough(entry: Node) -> Verdict:
        schedule = str(entry.get("schedule", ""))
        daily = RATE.fits(schedule) or CRON.fits(schedule)
        return all_of(
            PASS if daily else fail(f"{entry.path}.schedule", "does not run every day", "use cron(0 5 * * ? *)"),
            require_at_least(entry, "lifecycle.deleteAfter", plan.config["minimum_days"], unit="days", absent=PASS),
        )

    return some(plan, "rules", enough)


@rule("aws-backup-plan-copies-off-region")
def plan_copies_away(plan: Resource) -> Verdict:
    """Backup plans for regulated data send copies to another region or account.

    A copy beside the original shares its fate.
    """
    if not is_regulated(plan):
        return NOT_APPLICABLE
    region = plan.region()
    own = (plan.facts.provider or {}).get("allowedAccountIds")

    def away(action: Node) -> Verdict:
        vault = str(action.get("destinationVaultArn", ""))
        parts = vault.split(":")
        elsewhere = region is None or len(parts) < 6 or parts[3] != region
        foreign = isinstance(own, list) and account_of(vault) not in own
        if vault and (elsewhere or foreign):
            return PASS
        return fail(f"{action.path}.destinationVaultArn", "is in the same region", "name a vault in another region")

    return some(plan, "rules", lambda entry: some(entry, "copyActions", away))


@rule("aws-backup-plan-has-selection")
def plan_has_selection(plan: Resource) -> Verdict:
    """Every backup plan selects something.

    A plan without a selection saves nothing.
    """

    def selects(selection: Resource) -> Verdict:
        if any(selection.present(path) for path in ("resources", "selectionTags", "conditions")):
            return PASS
        return fail("resources", "is not set, nor is selectionTags", "set selectionTags or resources")

    return require_related(plan, SELECTION, by="planId", check=selects)


@rule("aws-backup-restore-testing-exists")
def restores_tested(plan: Resource) -> Verdict:
    """Where there is a backup plan, restores are tested.

    A backup is worth what its last restore was.
    """
    if plan.stack.of(RESTORE_TEST):
        return PASS
    return fail("", "the stack has no RestoreTestingPlan", "add a RestoreTestingPlan for its vault")


@rule("aws-backup-report-plan-exists")
def backups_reported(plan: Resource) -> Verdict:
    """Where there is a backup plan, its jobs are reported.

    The report is what shows that backups were made.
    """
    if plan.stack.of(REPORT):
        return PASS
    return fail("", "the stack has no ReportPlan", "add a ReportPlan for backup jobs")
