"""The program of the reference platform: settings in, blueprints, typed outputs out. No code per environment."""

import pulumi_aws as aws

from stacks.blueprints.foundation import build_foundation
from stacks.exports import export_foundation
from stacks.settings import StackSettings

settings = StackSettings.from_config()
provider = aws.Provider("aws", region=settings.region, allowed_account_ids=[settings.account_id])
foundation = build_foundation(settings, provider)
export_foundation(foundation)
