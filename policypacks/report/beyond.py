"""What infrastructure code cannot show about a control, and why: our reading, kept as data in the catalogue."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from platform_lib.core.errors import PolicyError
from policypacks.engine.record import CATALOGUE, Control


@dataclass(frozen=True, slots=True)
class Limit:
    """Why code is not enough.

    Attributes:
        kind: ``policy``, ``people``, ``contract``, ``physical`` and so on.
        why: half a sentence, to follow "because".
        evidence: what an assessor will ask for instead, or besides.
    """

    kind: str
    why: str
    evidence: str


@lru_cache(maxsize=1)
def _limits() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = json.loads((CATALOGUE / "beyond_code.json").read_text(encoding="utf-8"))
    return loaded


def limit_of(control: Control) -> Limit | None:
    """Why infrastructure code cannot show a control, or only a part of it; None where it shows it directly.

    Raises:
        PolicyError: the catalogue has no reason for the control.
    """
    if control.iac == "direct":
        return None
    data = _limits()
    kind = data["controls"].get(control.framework, {}).get(control.id)
    if kind not in data["kinds"]:
        raise PolicyError(
            f"catalogue beyond_code.json: {control.framework} {control.id}: has no reason, got '{kind}'; "
            f"name one of {', '.join(data['kinds'])}"
        )
    return Limit(kind, data["kinds"][kind]["why"], data["kinds"][kind]["evidence"])


def flags_of(control: Control) -> tuple[str, ...]:
    """What the framework says about a control besides its text: ``required``, ``addressable``, ``future-dated``, ..."""
    facts = control.facts
    flags = [str(facts[name]) for name in ("kind", "safeguard", "series") if facts.get(name)]
    if facts.get("future_dated"):
        flags.append("future-dated (in force since 31 March 2025)")
    if facts.get("service_provider"):
        flags.append("service providers only")
    return tuple(flags)
