"""Expressions of request features: the part of Python that they may use. Pure.

They are rendered into the definitions, which run wherever the store is asked: so they may compute, and do nothing else.
"""

import ast
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from platform_lib.components.features.kind import COMPUTED_TYPES, FeatureType

FUNCTIONS: Mapping[str, Any] = {one.__name__: one for one in (abs, float, int, len, max, min, round, str)}

SAMPLES: Mapping[FeatureType, Any] = {
    FeatureType.STRING: "hello world",
    FeatureType.INT32: 1,
    FeatureType.INT64: 1,
    FeatureType.FLOAT32: 1.0,
    FeatureType.FLOAT64: 1.0,
    FeatureType.BOOL: True,
    FeatureType.BYTES: b"hello world",
    FeatureType.TIMESTAMP: datetime(2026, 1, 1, tzinfo=UTC),
    FeatureType.STRINGS: ["hello world"],
    FeatureType.INT64S: [1],
    FeatureType.FLOAT32S: [1.0],
    FeatureType.FLOAT64S: [1.0],
}
"""What Feast 0.67 tries expressions with when they are applied (``OnDemandFeatureView._get_sample_values_by_type``)."""

_ALLOWED = (
    *(ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.BinOp, ast.UnaryOp, ast.IfExp, ast.Compare, ast.Call),
    *(ast.Constant, ast.Name, ast.Load, ast.Subscript),
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Not, ast.UAdd, ast.USub),
    *(ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Tuple, ast.List),
)
"""No power: a few digits of it keep a processor busy for hours."""


def names_in(expression: str) -> list[str]:
    """The names that an expression looks up, each once, in order; none where it cannot be read."""
    try:
        tree = ast.parse(expression, mode="eval")
    except (SyntaxError, ValueError):
        return []
    found = sorted(
        (node.lineno, node.col_offset, node.id)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id not in FUNCTIONS
    )
    return list(dict.fromkeys(name for _, _, name in found))


def problem_with(expression: str, known: Collection[str]) -> str:
    """What is wrong with an expression, or an empty string.

    Args:
        expression: as it is written.
        known: names that it may look up.
    """
    try:
        tree = ast.parse(expression, mode="eval")
    except (SyntaxError, ValueError):
        return "is not an expression in Python"
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            return f"uses {type(node).__name__}, which expressions may not"
        if isinstance(node, ast.Call) and (
            not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS or node.keywords
        ):
            return "calls something else than " + ", ".join(FUNCTIONS)
    unknown = [name for name in names_in(expression) if name not in known]
    if unknown:
        return f"looks up {unknown[0]!r}, which is neither an input nor a feature of its views"
    if not names_in(expression):
        return "looks nothing up, so that it is the same for every request"
    return ""


def wrong_result(expression: str, names: Mapping[str, FeatureType], wanted: FeatureType) -> str:
    """What is wrong with what an expression gives for sample values, or an empty string: Feast would refuse it too.

    Args:
        expression: one that ``problem_with`` finds no fault with.
        names: type of each name that it may look up.
        wanted: type of the feature.
    """
    samples = {name: SAMPLES[kind] for name, kind in names.items()}
    try:
        # Nothing but arithmetic and the functions above is left in it.
        code = compile(ast.parse(expression, mode="eval"), "expression", "eval")
        value = eval(code, {"__builtins__": {}, **FUNCTIONS, **samples})  # noqa: S307
    except Exception as error:  # noqa: BLE001 - whatever arithmetic may raise
        return f"fails for sample values ({type(error).__name__}: {error})"
    found = COMPUTED_TYPES.get(type(value))
    if found is wanted:
        return ""
    return f"gives {type(value).__name__ if found is None else found.value} for sample values, not {wanted.value}"
