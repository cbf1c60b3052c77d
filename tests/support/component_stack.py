"""A stack of one component on the sandbox engine, with an explicit provider and everything in memory."""

from collections.abc import Callable
from typing import Any

import pulumi

from platform_lib.sandbox.cloud import open_cloud
from platform_lib.sandbox.engine.engine import Engine
from platform_lib.sandbox.engine.event import Result, StepEvent
from platform_lib.sandbox.engine.target import Program, Target

Component = Callable[[pulumi.Output[str], pulumi.ResourceOptions], pulumi.ComponentResource]
"""Makes a component, given the account's id and the options with its provider."""


def _aws(region: str) -> tuple[pulumi.ProviderResource, pulumi.Output[str]]:
    import pulumi_aws

    provider = pulumi_aws.Provider("aws", region=region)
    caller = pulumi_aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(provider=provider))
    return provider, caller.account_id


def _azure(region: str) -> tuple[pulumi.ProviderResource, pulumi.Output[str]]:
    import pulumi_azure_native
    from pulumi_azure_native import authorization

    provider = pulumi_azure_native.Provider("azure", location=region)
    client = authorization.get_client_config_output(opts=pulumi.InvokeOutputOptions(provider=provider))
    return provider, client.subscription_id


def _gcp(region: str) -> tuple[pulumi.ProviderResource, pulumi.Output[str]]:
    import pulumi_gcp

    return pulumi_gcp.Provider("gcp", project="platform", region=region), pulumi.Output.from_input("platform")


def _vault(region: str) -> tuple[pulumi.ProviderResource, pulumi.Output[str]]:
    import pulumi_vault

    return pulumi_vault.Provider("vault", address="https://vault.example.org:8200"), pulumi.Output.from_input(region)


def _kubernetes(region: str) -> tuple[pulumi.ProviderResource, pulumi.Output[str]]:
    import pulumi_kubernetes

    provider = pulumi_kubernetes.Provider("cluster", cluster_identifier="https://main.example.com")
    return provider, pulumi.Output.from_input(region)


PROVIDERS = {"aws": _aws, "azure": _azure, "gcp": _gcp, "kubernetes": _kubernetes, "vault": _vault}
"""The provider of each cloud in a region, with the account, subscription or project that it works in; clusters of
Kubernetes and servers of Vault have neither."""


class ComponentStack:
    """Runs operations on a stack whose program makes one component."""

    def __init__(self, region: str = "eu-west-1", cloud: str = "aws") -> None:
        self.region, self._provider = region, PROVIDERS[cloud]
        self.cloud = open_cloud(None)
        self.engine = Engine(Target("platform", "test"), self.cloud)
        self.errors = ""

    def run(self, operation: str, component: Component | None = None) -> Result:
        def program() -> None:
            provider, account = self._provider(self.region)
            made = component(account, pulumi.ResourceOptions(provider=provider))
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

    def steps(
        self, operation: str, component: Component | None = None, *, prefix: str = "main-", beside: str = "net-"
    ) -> tuple[int, list[tuple[str, str]]]:
        """Exit code, and operation and name of every step that changes something, in their order.

        Args:
            operation: that is run; what it says of errors stands in ``errors`` afterwards.
            component: that the program makes.
            prefix: of the names of its children, which is left out.
            beside: prefix of the names of what the program makes beside it, which is not told.
        """
        found: list[tuple[str, str]] = []

        def keep(event: object) -> None:
            if isinstance(event, StepEvent) and event.phase == "outputs" and event.op != "same":
                found.append((event.op, event.urn.rsplit("::", 1)[-1].removeprefix(prefix)))

        self.engine.sink = keep
        result = self.run(operation, component)
        self.errors = "\n".join(item.message for item in result.diagnostics)
        return result.exit_code, [step for step in found if not step[1].startswith(beside)]
