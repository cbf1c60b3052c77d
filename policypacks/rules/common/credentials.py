"""Literals that look like credentials, in user data, environments and templates."""

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
        r"\b[A-Za-z_-]{0,40}(?:password|passwd|pwd|secret|api_?key|access_?key|auth_?token)[A-Za-z_-]{0,20}"
        r"[\"']?\s{0,5}[:=]\s{0,5}[\"']?(?![\"'\s$<{%(])[^\s\"']{6,200}",
        ignore_case=True,
    ),
}
"""What is looked for. The forms are the issuers' own; a placeholder (``$X``, ``<x>``, ``{{x}}``) is none."""

_NOT_A_VALUE = Pattern(
    r"(?:arn:|/|ssm:|vault:|secretsmanager|sm://|kms:|file:|env:|example|changeme|xxxx|\*{3}|null|none|true|false)"
    r".{0,200}",
    ignore_case=True,
)


def credential_in(text: str) -> str | None:
    """What kind of credential stands in a text, in words, or None. The credential itself is never answered."""
    for kind, pattern in _KINDS.items():
        match = pattern.find(text)
        if match is None:
            continue
        if kind == "a password":
            value = match.replace("=", ":").rpartition(":")[2].strip(" \"'") if "://" not in match else match
            if _NOT_A_VALUE.fits(value):
                continue
        return kind
    return None
