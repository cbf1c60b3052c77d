"""Expressions of request features: the part of Python that they may use. Pure.

They are rendered into the definitions, which run wherever the store is asked: so they may compute, and do nothing else.
"""

import ast
from collections.abc import Collection

FUNCTIONS = ("abs", "float", "int", "len", "max", "min", "round", "str")

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
