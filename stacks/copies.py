"""Where components copy what they keep."""

from typing import TypeVar

import pulumi

from platform_lib.components.dr import DrReplicaReference
from platform_lib.core.args import ComponentArgs

CopiesT = TypeVar("CopiesT", bound=ComponentArgs)


def copied(kind: type[CopiesT], site: DrReplicaReference | None, **buckets: str) -> CopiesT | None:
    """Where second copies go, as a component takes it; None without a second site.

    Args:
        kind: the component's arguments for copies, with ``region``, ``key_arn`` and ``backup_plan_id``.
        site: the second site.
        buckets: which copy at the site, by the name of its source, is the bucket of an argument.
    """
    if site is None:
        return None
    arns = pulumi.Output.from_input(site.copy_bucket_arns)
    return kind(
        region=site.secondary_region,
        key_arn=site.key_arn,
        backup_plan_id=site.backup_plan_id or "",
        **{argument: arns[source] for argument, source in buckets.items()},
    )
