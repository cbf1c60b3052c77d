"""Compliance policy packs for Pulumi: HIPAA, PCI DSS and SOC 2, on an evaluation engine of their own.

The public names are resolved lazily, so importing the package costs nothing: see ``policypacks/README.md`` for how CI
uses the packs and ``policypacks/rules/README.md`` for how a rule is written.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policypacks.engine.evaluator import Evaluator as Evaluator
    from policypacks.engine.evaluator import load as load
    from policypacks.engine.scaffold import init_pack as init_pack
    from policypacks.engine.state import evaluate_state as evaluate_state

__all__ = ["Evaluator", "evaluate_state", "init_pack", "load"]

_HOMES = {
    "Evaluator": "policypacks.engine.evaluator",
    "load": "policypacks.engine.evaluator",
    "init_pack": "policypacks.engine.scaffold",
    "evaluate_state": "policypacks.engine.state",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
