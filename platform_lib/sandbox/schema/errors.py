"""What the schema refuses: packages that are not installed, tokens it does not know, source of an unknown shape."""

from platform_lib.core.errors import CloudError


class SchemaError(CloudError):
    """A type or look-up cannot be described.

    Attributes:
        token: the type or function token, or the package, that was asked for.
    """

    def __init__(self, message: str, *, token: str) -> None:
        self.token = token
        super().__init__(message)


class PackageMissingError(SchemaError):
    """The SDK of the package is not installed."""


class UnknownTypeError(SchemaError):
    """The installed SDK has no such resource type, function or object class."""


class ShapeError(SchemaError):
    """The generated source of the SDK has a form that the reader does not know.

    Attributes:
        file: the source file, relative to the folder of the SDK.
        line: where in it, from 1; 0 when it cannot be told.
        problem: what was not understood.
    """

    def __init__(self, *, token: str, file: str, line: int, problem: str) -> None:
        self.file = file
        self.line = line
        self.problem = problem
        super().__init__(
            f"schema of '{token}': {file}:{line}: {problem}; "
            "install an SDK version that this release was tested with, or report the type and the version",
            token=token,
        )
