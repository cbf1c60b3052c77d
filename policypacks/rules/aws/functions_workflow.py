"""Step Functions."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Resource,
    Verdict,
    all_of,
    fail,
    require_equal,
    require_false,
    require_in,
    require_true,
    rule,
)
from policypacks.rules.common.aws_data import require_customer_key
from policypacks.rules.common.credentials import credential_in
from policypacks.rules.common.tags import is_regulated


@rule("aws-sfn-state-machine-logging")
def workflow_logs(machine: Resource) -> Verdict:
    """State machines log what went wrong, and not the data that they work on.

    The history of an express workflow is kept nowhere else; of a standard one for 90 days. With the data of executions
    in it, the log becomes one more store of regulated data.
    """
    quiet = require_false(machine, "loggingConfiguration.includeExecutionData", absent=PASS)
    return all_of(
        require_in(machine, "loggingConfiguration.level", ("ALL", "ERROR")),
        quiet if is_regulated(machine) else NOT_APPLICABLE,
    )


@rule("aws-sfn-state-machine-uses-customer-key")
def workflow_customer_key(machine: Resource) -> Verdict:
    """State machines are encrypted with a key of one's own.

    Definitions and the data of executions are kept for 90 days.
    """
    return all_of(
        require_equal(machine, "encryptionConfiguration.type", "CUSTOMER_MANAGED_KMS_KEY"),
        require_customer_key(machine, "encryptionConfiguration.kmsKeyId"),
    )


@rule("aws-sfn-definition-no-secrets")
def workflow_without_secrets(machine: Resource) -> Verdict:
    """Definitions of state machines hold no credentials.

    They are shown to everyone who may look at the workflow.
    """
    kind = credential_in(str(machine.get("definition", "")))
    return fail("definition", f"holds {kind}", "read it from Secrets Manager when it is needed") if kind else PASS


@rule("aws-sfn-state-machine-tracing")
def workflow_tracing(machine: Resource) -> Verdict:
    """State machines are traced by X-Ray.

    A trace tells which of the services behind a workflow was slow or failed.
    """
    return require_true(machine, "tracingConfiguration.enabled")
