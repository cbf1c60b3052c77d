"""The schema as the cloud uses it: refusals in the words of a provider, and nested classes by token."""

from collections.abc import Callable
from functools import lru_cache

from platform_lib.core.values import Properties
from platform_lib.sandbox import schema as source
from platform_lib.sandbox.protocol import CheckFailure, ProviderError
from platform_lib.sandbox.schema.errors import SchemaError
from platform_lib.sandbox.schema.model import FunctionSchema, ObjectSchema, ResourceSchema

PROVIDER = "pulumi:providers:"


@lru_cache(maxsize=4096)
def token_of(urn: str) -> str:
    """The type token of a URN: the last of its type chain."""
    return urn.split("::", 3)[2].rpartition("$")[2]


def resource(token: str) -> ResourceSchema:
    """The schema of a type.

    Raises:
        ProviderError: the installed SDK does not know it; the text says what is near.
    """
    try:
        return source.resource(token)
    except SchemaError as error:
        raise ProviderError(f"sandbox: {error}") from error


def function(token: str) -> FunctionSchema:
    """The schema of a look-up.

    Raises:
        ProviderError: the installed SDK does not know it; the text says what is near.
    """
    try:
        return source.function(token)
    except SchemaError as error:
        raise ProviderError(f"sandbox: {error}") from error


def objects(package: str) -> Callable[[str], ObjectSchema | None]:
    """Finds nested classes of a package; None for a class that the SDK does not define."""

    def find(token: str) -> ObjectSchema | None:
        try:
            return source.object(package, token)
        except SchemaError:
            return None

    return find


def failures(schema: ResourceSchema | FunctionSchema, inputs: Properties) -> list[CheckFailure]:
    """What the schema refuses of inputs."""
    return [
        CheckFailure(finding.path, _reason(finding.problem, finding.remedy))
        for finding in source.validate(schema, inputs)
    ]


def config_failures(package: str, config: Properties) -> list[CheckFailure]:
    """What the schema refuses of a provider's configuration."""
    bare = {key: value for key, value in config.items() if key not in {"version", "pluginDownloadURL", "__internal"}}
    return failures(resource(PROVIDER + package), bare)


def _reason(problem: str, remedy: str) -> str:
    return f"{problem}; {remedy}" if remedy else problem
