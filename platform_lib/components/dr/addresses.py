"""ARNs and ids of sources: what is given is one of them, what services ask for is the other.

Source of the forms: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html.
"""

from collections.abc import Mapping
from typing import Final

import pulumi

from platform_lib.components.dr.args import DrSourceArgs
from platform_lib.components.dr.kind import SourceKind
from platform_lib.components.dr.planning.model import DrPlan
from platform_lib.components.dr.planning.sources import ARN_OF_KIND


class Addresses:
    """ARN and id of each source of one plan."""

    def __init__(self, plan: DrPlan, account_id: pulumi.Input[str], sources: list[DrSourceArgs]) -> None:
        self._plan = plan
        self._account_id = account_id
        self._sources: Final[Mapping[str, DrSourceArgs]] = {source.name: source for source in sources}

    def known(self, name: str) -> bool:
        """Whether it is said which one a source is: not where its owner copies it to a place of ours."""
        return self._sources[name].arn is not None or self._sources[name].id is not None

    def arn(self, name: str) -> pulumi.Output[str]:
        """The ARN of a source."""
        source = self._sources[name]
        if source.arn is not None:
            return pulumi.Output.from_input(source.arn)
        form = ARN_OF_KIND[source.kind]
        service, region, account, rest = form.service, self._plan.primary.region, self._account_id, form.resource
        if source.kind is SourceKind.S3:
            return pulumi.Output.format("arn:{0}:s3:::{1}", self._plan.partition, source.id)
        return pulumi.Output.format(
            "arn:{0}:{1}:{2}:{3}:{4}{5}", self._plan.partition, service, region, account, rest, source.id
        )

    def id(self, name: str) -> pulumi.Output[str]:
        """The id or name of a source, which is the end of its ARN."""
        source = self._sources[name]
        if source.id is not None:
            return pulumi.Output.from_input(source.id)
        prefix = ARN_OF_KIND[source.kind].resource
        return self.arn(name).apply(lambda arn: arn.split(":", 5)[5].removeprefix(prefix))
