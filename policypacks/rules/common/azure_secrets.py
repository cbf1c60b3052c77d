"""Azure settings whose name says that they hold a credential."""

from policypacks.engine.rule import PASS, Node, Pattern, Verdict, fail, undetermined

NAMES = Pattern(
    r".{0,200}(?:password|passwd|pwd|secret|token|api_?key|access_?key|account_?key|connection_?string|private_?key)"
    r".{0,100}",
    ignore_case=True,
)
REFERENCE = "@Microsoft.KeyVault("
"""How App Service names a secret of Key Vault:
https://learn.microsoft.com/azure/app-service/app-service-key-vault-references"""


def is_secret_name(name: object) -> bool:
    """Whether a name says that the value is a credential, and not where one is (``..._file``, ``..._url``)."""
    text = str(name)
    return NAMES.fits(text) and not text.lower().endswith(("file", "path", "url", "uri", "name"))


def plain_secret(name: object, value: Node, remedy: str) -> Verdict:
    """A setting named like a secret must hold a Pulumi secret or name one of Key Vault."""
    if not is_secret_name(name) or value.secret or not value.exists():
        return PASS
    if str(value.read()).startswith(REFERENCE):
        return PASS
    if not value.root.facts.secrets:
        return undetermined(value.path)
    return fail(value.path, "is the plain text of a secret", remedy)
