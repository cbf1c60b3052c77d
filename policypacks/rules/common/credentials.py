"""Literals that look like credentials, in user data, environments and templates."""

from functools import lru_cache

from policypacks.engine.rule import Pattern

_KINDS = {
    "an AWS access key id": Pattern(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a private key": Pattern(r"-----BEGIN (?:RSA |EC |DSA |OPENSSH |PGP |ENCRYPTED )?PRIVATE KEY"),
    "a GitHub token": Pattern(r"\bgh[pousr]_[0-9A-Za-z]{36,255}\b"),
    "a Google API key": Pattern(r"\bAIza[0-9A-Za-z_-]{35}"),
    "a Slack token": Pattern(r"\bxox[abprs]-[0-9A-Za-z-]{10,200}"),
    "a Vault token": Pattern(r"\bhv[sbr]\.[0-9A-Za-z_-]{24,300}"),
    "a password in an address": Pattern(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@'\"]{1,100}:[^\s/@'\"$<{]{3,100}@"),
    "a password": Pattern(
        r"(?<![:/.\w-])[A-Za-z_-]{0,40}(?:password|passwd|pwd|secret|api[_-]?key|access[_-]?key|auth[_-]?token)[A-Za-z_-]{0,20}"
        # a name that ends so says where something is, not what it is: SECRET_ARN, passwordFile
        r"(?<!arn)(?<!name)(?<![_-]id)(?<!path)(?<!file)(?<!uri)(?<!ref)(?<!version)"
        r"[\"']?\s{0,5}[:=]\s{0,5}[\"']?(?![\"'\s$<{%(])"
        # a value that begins so says where a secret is kept, or is a placeholder
        r"(?!arn:|projects/|/|ssm:|vault:|secretsmanager|sm://|kms:|file:|env:|example|changeme|xxxx|\*{3}"
        r"|null|none|true|false)[^\s\"']{6,200}",
        ignore_case=True,
    ),
}
"""What is looked for. The forms are the issuers' own; a placeholder (``$X``, ``<x>``, ``{{x}}``), an ARN, a path and a
name of a place are none."""


_HINTS = ("akia", "asia", "begin", "gh", "aiza", "xox", "hv", "://", "passw", "pwd", "secret", "key", "token")
"""What every one of the forms has in it: most texts have none of it, and are not searched eight times."""


def credential_in(text: str) -> str | None:
    """What kind of credential stands in a text, in words, or None. The credential itself is never answered."""
    return _known(text) if len(text) <= _SHORT else _looked(text)


_SHORT = 256
"""Tags, names and modes come again and again: what was found in texts of this length is kept."""


def _looked(text: str) -> str | None:
    lower = text.lower()
    if not any(hint in lower for hint in _HINTS):
        return None
    return next((kind for kind, pattern in _KINDS.items() if pattern.find(text) is not None), None)


_known = lru_cache(maxsize=16_384)(_looked)


def credential_in_variable(name: object, value: object) -> str | None:
    """What kind of credential a variable holds, in words, or None."""
    return credential_in(f"{name}={'' if value is None else value}")
