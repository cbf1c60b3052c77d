"""The containers of an ECS task definition, which stand in it as JSON text."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from policypacks.engine.rule import PASS, Resource, Verdict, all_in, fail

PATH = "containerDefinitions"


def each_container(task: Resource, problem: Callable[[Mapping[str, Any]], str | None], remedy: str) -> Verdict:
    """No container of the task has the problem that ``problem`` names; it answers None where all is well.

    The text as a whole is unknown or known: one unknown value makes the program's JSON unknown.

    Raises:
        Undetermined: the definitions are not known yet.
    """
    given = task.get(PATH)
    if given is None:
        if task.record.absent == "pass":
            return PASS
        return fail(PATH, "is not set", f"set {PATH}")
    try:
        containers = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        containers = None
    if not isinstance(containers, list) or not all(isinstance(item, dict) for item in containers):
        return fail(PATH, "is not a JSON list of containers", f"set {PATH} to a JSON list of objects")
    verdicts = [PASS]
    for index, container in enumerate(containers):
        found = problem(container)
        if found:
            verdicts.append(fail(f"{PATH}[{index}]", found, remedy))
    return all_in(verdicts)
