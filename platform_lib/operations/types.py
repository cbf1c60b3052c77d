"""Finding resource types by what people write."""

from platform_lib.core.errors import near
from platform_lib.operations.errors import UnknownNameError
from platform_lib.sandbox import schema


def find_type(text: str) -> str:
    """The token for what was written.

    Args:
        text: a token (resource type or look-up), or a class name (``Bucket``, ``s3.Bucket``) of an installed SDK.

    Returns:
        The token, as it is or found by its name; whether a token exists is left to who describes it.

    Raises:
        UnknownNameError: no installed SDK has a type of that name, or several have; near names or the choice are named.
    """
    if ":" in text:
        return text
    module, _, name = text.rpartition(".")
    known = [token for package in schema.packages() for token in schema.tokens(package.name)]
    found = [
        token
        for token in known
        if token.rpartition(":")[2].lower() == name.lower() and (not module or _module(token).lower() == module.lower())
    ]
    if len(found) == 1:
        return found[0]
    if found:
        shown = ", ".join(found[:8]) + (f" and {len(found) - 8} more" if len(found) > 8 else "")
        raise UnknownNameError(f"schema: '{text}': {len(found)} types have this name; say which: {shown}")
    if not known:
        raise UnknownNameError(f"schema: '{text}': no provider SDK is installed; pip install 'platform-lib[aws]'")
    names = {token.rpartition(":")[2] for token in known}
    hint = near(name, names) or "write the type token, for example aws:s3/bucket:Bucket"
    raise UnknownNameError(f"schema: '{text}': no installed SDK has a type of this name; {hint}")


def _module(token: str) -> str:
    return token.split(":")[1].split("/")[0]
