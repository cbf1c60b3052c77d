"""The form of names that Feast, DynamoDB, Glue and Python take alike."""

import re

from platform_lib.core.validation import FieldError

SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST_PROJECT = 32
"""Longest name of a project: ours, so that views keep room for names of their own in the names of tables."""


def check_snake(value: str) -> str:
    """A name that is a table, a column and a variable of Python alike."""
    if not SNAKE.fullmatch(value):
        raise FieldError("must be lower-case letters and digits joined by single '_', beginning with a letter")
    return value
