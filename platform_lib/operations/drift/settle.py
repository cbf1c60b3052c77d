"""What to do about drift: take it into the state, or put back what the program says."""

from collections.abc import Sequence

from platform_lib.core.errors import PlatformError
from platform_lib.operations.drift.model import Drift
from platform_lib.operations.engines import EngineStack
from platform_lib.operations.errors import RefusedError
from platform_lib.operations.record import Record
from platform_lib.sandbox.engine.event import Operation


def accept(stack: EngineStack) -> Record:
    """Writes what the cloud has into the state; the cloud is left alone.

    Raises:
        PlatformError: the refresh failed.
    """
    return _run(stack, "refresh")


def revert(stack: EngineStack, drift: Drift) -> Record:
    """Puts back what the program says, in the resources that drifted and in no others; noise is left alone.

    Args:
        stack: on either engine.
        drift: what was found.

    Raises:
        RefusedError: the program differs from what was deployed: a revert must not deploy a change on the way.
        PlatformError: the up failed.
    """
    planned = _run(stack, "preview")
    if planned.moved:
        names = ", ".join(change.urn for change in planned.moved[:3])
        more = f" and {len(planned.moved) - 3} more" if len(planned.moved) > 3 else ""
        raise RefusedError(
            f"drift: stack '{stack.name}': --revert: the program differs from what was deployed, got {names}{more}; "
            "check out the deployed commit, or deploy the change first"
        )
    urns = [item.urn for item in drift.open]
    return _run(stack, "up", refresh=True, targets=urns) if urns else Record()


def _run(stack: EngineStack, operation: Operation, *, refresh: bool = False, targets: Sequence[str] = ()) -> Record:
    record = Record()
    code = stack.run(operation, sink=record, refresh=refresh, targets=targets)
    if code != 0:
        errors = [item.message.strip() for item in record.diagnostics if item.severity == "error"]
        raise PlatformError(
            "\n".join(errors) or f"drift: stack '{stack.name}': {operation} failed with code {code}; run it by itself"
        )
    return record
