"""Environment variables and scripts: names and values, which may say where a secret is kept or be one."""

from policypacks.engine.rule import Pattern
from policypacks.rules.common.credentials import credential_in

_REFERENCE = Pattern(
    r"(?:arn:|projects/|/|ssm:|vault:|secretsmanager:|sm://|kms:|file:|\{\{resolve:).{0,2000}", ignore_case=True
)
"""Where a secret is kept, not the secret: an ARN, a resource name, a path, a dynamic reference."""

_NAMES_A_PLACE = Pattern(r".{0,200}(?:_|-)(?:arn|name|id|path|file|uri|ref|version)", ignore_case=True)


def credential_in_variable(name: object, value: object) -> str | None:
    """What kind of credential a variable holds, in words, or None.

    A value that says where a secret is kept is none, nor is one whose variable is named after a place (``SECRET_ARN``)
    unless the value itself has the form of a credential.
    """
    text = str(value or "")
    if _REFERENCE.fits(text):
        return None
    return credential_in(text if _NAMES_A_PLACE.fits(str(name)) else f"{name}={text}")


def credential_in_script(text: str) -> str | None:
    """What kind of credential stands in a script, in words, or None; ARNs and names of places are left out."""
    return credential_in("\n".join(" ".join(map(_without_places, line.split(" "))) for line in text.splitlines()))


def _without_places(word: str) -> str:
    """A word of a script without the ARN in it, and without the name of a variable that is named after a place."""
    name, equals, value = word.partition("=")
    kept = value if equals and _NAMES_A_PLACE.fits(name) else word
    return kept.partition("arn:")[0]
