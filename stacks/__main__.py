"""The program of the reference platform: settings in, blueprints, typed outputs out. No code per environment.

Each part takes what it stands on from its sibling in this stack, or from the stack that holds it.
"""

import pulumi_aws as aws

from stacks.blueprint import Blueprint
from stacks.blueprints.foundation import build_foundation
from stacks.blueprints.runtime import build_runtime
from stacks.exports import export_foundation, export_runtime, take_foundation
from stacks.settings import StackSettings

settings = StackSettings.from_config()
provider = aws.Provider("aws", region=settings.region, allowed_account_ids=[settings.account_id])

# A group of settings, or the name of a stack, is there where something needs it: the settings would not have passed.
if settings.network is not None:
    foundation = build_foundation(settings, settings.network, provider)
    export_foundation(foundation)
    network, baseline = foundation.network.reference, foundation.baseline.reference
else:
    network, baseline = take_foundation(settings.foundation_stack or "")

if settings.holds(Blueprint.RUNTIME):
    export_runtime(build_runtime(settings, network, baseline, provider))
