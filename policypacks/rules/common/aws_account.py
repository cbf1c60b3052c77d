"""What makes a stack the baseline of an AWS account, as far as its resources tell."""

from policypacks.engine.rule import Resource

BASELINE = (
    "aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
    "aws:guardduty/detector:Detector",
    "aws:securityhub/account:Account",
    "aws:cfg/recorder:Recorder",
    "aws:cloudtrail/trail:Trail",
)
"""Types of which an account has one: a stack that makes one of them sets up the account, or its security part."""


def is_account_baseline(stack: Resource) -> bool:
    """Whether the stack sets up an account: only then is what it lacks missing."""
    return bool(stack.stack.of(*BASELINE))
