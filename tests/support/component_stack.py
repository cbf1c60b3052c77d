"""A stack of one component on the sandbox engine, with an explicit provider and everything in memory."""

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws

from platform_lib.sandbox.cloud import open_cloud
from platform_lib.sandbox.engine.engine import Engine
from platform_lib.sandbox.engine.event import Result
from platform_lib.sandbox.engine.target import Program, Target

Component = Callable[[pulumi.Output[str], pulumi.ResourceOptions], pulumi.ComponentResource]
"""Makes a component, given the account's id and the options with its provider."""


class ComponentStack:
    """Runs operations on a stack whose program makes one component."""

    def __init__(self, region: str = "eu-west-1") -> None:
        self.region = region
        self.cloud = open_cloud(None)
        self.engine = Engine(Target("platform", "test"), self.cloud)

    def run(self, operation: str, component: Component | None = None) -> Result:
        def program() -> None:
            provider = pulumi_aws.Provider("aws", region=self.region)
            account = pulumi_aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(provider=provider))
            made = component(account.account_id, pulumi.ResourceOptions(provider=provider))
            pulumi.export("urn", made.urn)

        return self.engine.run(operation, Program(function=program) if component else None)

    def up(self, component: Component) -> dict[str, int]:
        """Deploys, and answers how many steps of each kind that took."""
        result = self.run("up", component)
        assert result.exit_code == 0, "\n".join(item.message for item in result.diagnostics)
        return dict(result.changes)

    def of_type(self, token: str) -> dict[str, Any]:
        """Inputs in the state by logical name."""
        found = (item for item in self.engine.snapshot.resources if item.type == token)
        return {item.urn.rsplit("::", 1)[-1]: item.inputs for item in found}
