"""The SDK reads types from threads of its own under stock mocks; so do others."""

import ast
import gc
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from platform_lib.sandbox import schema


def _pause(_phase: str, _info: dict[str, int]) -> None:
    for _ in range(20):
        pass


def test_types_are_read_from_many_threads_at_once() -> None:
    tokens = schema.tokens("aws")[::12]
    schema.use_cache(None)
    schema.forget()
    before = sys.getswitchinterval(), gc.get_threshold()
    # A collection in the middle of a parse that runs Python code is where the interpreter changes to another thread.
    gc.callbacks.append(_pause)
    gc.set_threshold(50)
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            read = list(threads.map(schema.resource, tokens))
    finally:
        sys.setswitchinterval(before[0])
        gc.set_threshold(*before[1])
        gc.callbacks.remove(_pause)
    assert [found.token for found in read] == list(tokens)


def test_a_tree_is_made_again_where_that_of_another_thread_came_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    attempts: list[str] = []

    def parse(text: str) -> ast.Module:
        attempts.append(text)
        if len(attempts) < 3:
            raise SystemError("AST constructor recursion depth mismatch (before=91, after=94)")
        return original(text)

    original = ast.parse
    monkeypatch.setattr(ast, "parse", parse)
    schema.use_cache(None)
    schema.forget()
    assert schema.resource("aws:sqs/queue:Queue").token == "aws:sqs/queue:Queue"
    assert attempts[0] == attempts[1] == attempts[2]
