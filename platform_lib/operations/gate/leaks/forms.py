"""What a secret looks like: the issuers' own forms, and texts that look random.

The thresholds for randomness are those that detect-secrets has by default (4.5 bits a character for base64 texts, 3.0
for hexadecimal ones: https://github.com/Yelp/detect-secrets); the least lengths and what is left out are a judgement of
this project, made so that the reference platform shows none.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from policypacks.rules.common.credentials import credential_in

BASE64_BITS: Final = 4.5
HEX_BITS: Final = 3.0
LEAST_BASE64: Final = 24
LEAST_HEX: Final = 32

_TOKEN: Final = re.compile(rf"[A-Za-z0-9+/_=-]{{{LEAST_BASE64},}}")
_HEX: Final = re.compile(rf"[0-9a-fA-F]{{{LEAST_HEX},}}\Z")
_PUBLIC: Final = re.compile(
    r"-----BEGIN (?:CERTIFICATE|PUBLIC KEY|RSA PUBLIC KEY)-----.*?-----END [A-Z ]+-----|ssh-[a-z0-9-]+ [A-Za-z0-9+/=]+",
    re.DOTALL,
)
_JWT: Final = re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DIGEST_NAME: Final = re.compile(
    r"hash|sha\d|digest|fingerprint|etag|thumbprint|checksum|certificate|publickey|public_key|policyversion",
    re.IGNORECASE,
)


def known_form(text: str) -> str | None:
    """What kind of credential stands in a text, in words, or None; the credential itself is never answered."""
    return credential_in(text) or ("a JSON web token" if _JWT.search(text) else None)


def looks_random(text: str) -> bool:
    """Whether a text as a whole looks like one that a machine drew: letters and digits without any order."""
    if _UUID.fullmatch(text):
        return False
    if _HEX.match(text):
        return entropy(text.lower()) > HEX_BITS
    mixed = any(c.islower() for c in text) and any(c.isupper() for c in text) and sum(c.isdigit() for c in text) > 1
    return len(text) >= LEAST_BASE64 and mixed and entropy(text) > BASE64_BITS


def random_in(text: str, path: str = "") -> bool:
    """Whether part of a text looks random.

    Args:
        text: to look at; public keys and certificates in it are left out.
        path: of the property that holds it; digests and fingerprints look random and are no secrets.
    """
    if _DIGEST_NAME.search(path):
        return False
    return any(looks_random(part) for part in _parts(_PUBLIC.sub(" ", text)))


def _parts(text: str) -> Iterator[str]:
    for match in _TOKEN.finditer(text):
        # Names and paths are words with separators: each word by itself is what may be random.
        for part in re.split(r"[/_-]", match[0]):
            if len(part) >= LEAST_BASE64:
                yield part.rstrip("=")
        if "/" not in match[0] and "-" not in match[0]:
            yield match[0].rstrip("=")


def entropy(text: str) -> float:
    """Shannon entropy in bits a character, 0 for an empty text."""
    size = len(text)
    return -sum(n / size * math.log2(n / size) for n in Counter(text).values()) if size else 0.0
