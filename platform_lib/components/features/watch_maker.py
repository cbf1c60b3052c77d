"""What looks after a store: the watch that tells ages and has definitions applied, and the alarms about runs."""

import pulumi
from pulumi_aws import lambda_, sfn

from platform_lib.components.features import policies
from platform_lib.components.features.maker import Maker, Surroundings, json_list
from platform_lib.components.features.planning.model import StorePlan

MEMORY_MIB = 512
SECONDS = 50
METRIC = "FreshnessSeconds"
"""As ``platform_lib/runtime/feature_store/watch.py`` tells it."""


class WatchMaker:
    """Makes what looks after one store."""

    def __init__(self, maker: Maker, plan: StorePlan, documents: policies.Documents, around: Surroundings) -> None:
        self._maker = maker
        self._plan = plan
        self._documents = documents
        self._around = around

    def make(
        self, apply: sfn.StateMachine, digest: pulumi.Output[str], definitions: pulumi.Resource
    ) -> lambda_.Function:
        """The function that looks once a minute.

        Args:
            apply: the machine that applies definitions.
            digest: of the definitions that should be applied.
            definitions: that have to be there before it is told of them.
        """
        maker, plan = self._maker, self._plan
        role = maker.bare_role("watch-role", "Tells how old values are", self._documents.trust_function())
        after = [
            definitions,
            maker.grant(role, "watch-role-policy", self._documents.watch(apply.arn)),
            maker.grant(role, "watch-role-logs", self._documents.function_logs(self._around.log_group.arn)),
        ]
        return maker.function(
            "watch",
            "Tells how old values are, and has definitions applied",
            role,
            self._around,
            module="watch",
            memory_mib=MEMORY_MIB,
            timeout_seconds=SECONDS,
            concurrency=1,
            environment={
                "APPLY_STATE_MACHINE": apply.arn,
                "DEFINITIONS_DIGEST": digest,
                "NAMESPACE": plan.project,
                "VIEWS": json_list([view.name for view in plan.views]),
            },
            after=after,
        )

    def make_alarms(self, materialise: sfn.StateMachine, apply: sfn.StateMachine) -> dict[str, pulumi.Output[str]]:
        """Alarms about runs that fail, and about values that are too old: the ARNs of these, by view.

        An age that nobody tells is too old: the watch may be what is broken.
        """
        for role, machine, what in (
            ("materialise-failed", materialise, "Values could not be copied online"),
            ("apply-failed", apply, "Definitions could not be applied"),
        ):
            self._maker.alarm(
                role,
                what,
                namespace="AWS/States",
                metric_name="ExecutionsFailed",
                dimensions={"StateMachineArn": machine.arn},
                statistic="Sum",
                comparison_operator="GreaterThanThreshold",
                threshold=0,
                period=300,
                evaluation_periods=1,
                treat_missing_data="notBreaching",
            )
        return {
            view.name: self._maker.alarm(
                "freshness",
                f"Values of {view.name} are older than {view.freshness_minutes} minutes",
                view.name,
                namespace=self._plan.project,
                metric_name=METRIC,
                dimensions={"View": view.name},
                statistic="Maximum",
                comparison_operator="GreaterThanThreshold",
                threshold=view.freshness_minutes * 60,
                period=60,
                evaluation_periods=5,
                treat_missing_data="breaching",
            ).arn
            for view in self._plan.views
        }
