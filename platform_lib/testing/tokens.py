"""Type tokens as tests write them, checked against the schema so that a misspelt one cannot pass for an absence."""

from fnmatch import fnmatchcase
from typing import Any, Final

from platform_lib.core.errors import near
from platform_lib.testing.errors import ExpectationError

_WILDCARDS: Final = frozenset("*?[")


def token_of(kind: Any) -> str:
    """The type token of a resource class, or the token or pattern itself.

    Args:
        kind: ``aws:s3/bucket:Bucket``, a pattern like ``aws:s3/*``, a class of an SDK, or a component of the platform.

    Raises:
        ExpectationError: the class has no type token.
    """
    if isinstance(kind, str):
        return kind
    token = getattr(kind, "pulumi_type", None)
    if token is None and callable(make := getattr(kind, "type_token", None)):
        token = make()
    if not isinstance(token, str):
        raise ExpectationError(
            f"{getattr(kind, '__name__', kind)!r}: has no type token; give the token as text (pulumi_type)"
        )
    return token


def is_pattern(token: str) -> bool:
    """Whether a token is a pattern."""
    return not _WILDCARDS.isdisjoint(token)


def fits(pattern: str, token: str) -> bool:
    """Whether a token is the one meant; ``*``, ``?`` and ``[...]`` are wildcards."""
    return token == pattern or (is_pattern(pattern) and fnmatchcase(token, pattern))


def check_token(token: str) -> None:
    """Refuses a token that no installed SDK knows, where the package is that of an SDK, or nearly so.

    Raises:
        ExpectationError: there is no such type; the text suggests a near one.
    """
    from platform_lib.sandbox import schema

    if is_pattern(token):
        return
    package = schema.package_of(token)
    if not _is_sdk(package):
        if hint := near(package, _sdks(), cutoff=_NEARLY):
            raise ExpectationError(f"type '{token}': the test cannot fail on it: no SDK is called '{package}'; {hint}")
        return
    try:
        schema.resource(token)
    except schema.SchemaError as error:
        raise ExpectationError(f"type '{token}': the test cannot fail on it: {error}") from error


def check_input(token: str, name: str) -> None:
    """Refuses the name of an input that a type does not have, where its schema is known.

    Raises:
        ExpectationError: there is no such input; the text suggests a near one.
    """
    from platform_lib.sandbox import schema

    if not _is_sdk(schema.package_of(token)):
        return
    inputs = schema.resource(token).inputs
    if inputs and name not in inputs:
        raise ExpectationError(
            f"type '{token}': the test cannot fail on it: there is no input '{name}'; {near(name, inputs)}".rstrip("; ")
        )


_NEARLY: Final = 0.8
"""How alike the package of a token must be to an SDK's name to be taken for a slip of the pen."""


def _sdks() -> frozenset[str]:
    from platform_lib.sandbox import schema

    return frozenset(info.name for info in schema.packages())


def _is_sdk(package: str) -> bool:
    return package in _sdks()
