"""What a secret looks like: the issuers' own forms, and texts that look random.

The threshold for hexadecimal texts is the one that detect-secrets has by default (3.0 bits a character,
https://github.com/Yelp/detect-secrets). Its threshold for others (4.5) finds no token of 24 to 32 characters; here a
text is random where small letters, capitals and digits alternate as in a drawn text, which they do not in names made
of words. These numbers and the least lengths are a judgement of this project.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from policypacks.rules.common.credentials import credential_in

MIXED_BITS: Final = 3.8
ALTERNATING: Final = 0.4
"""Share of neighbours of different kinds: 0.62 in a drawn text of letters and digits, under 0.4 in camel case."""

HEX_BITS: Final = 3.0
LEAST_MIXED: Final = 24
LEAST_HEX: Final = 32

_TOKEN: Final = re.compile(rf"[A-Za-z0-9+/_=-]{{{LEAST_MIXED},}}")
_HEX: Final = re.compile(rf"[0-9a-fA-F]{{{LEAST_HEX},}}\Z")
_PUBLIC: Final = re.compile(
    r"-----BEGIN (?:CERTIFICATE|PUBLIC KEY|RSA PUBLIC KEY)-----.*?-----END [A-Z ]+-----"
    r"|LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t[A-Za-z0-9+/=]*"  # a PEM certificate once more in base64, as EKS gives it
    r"|ssh-[a-z0-9-]+ [A-Za-z0-9+/=]+"
    r"|\barn:aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:(?:\d{12}|aws)?:[^\s\"',]+"
    r"|(?:\bhttps://)?\boidc\.eks\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/id/[0-9A-F]{32}\b"
    # Of an address the host alone: what follows may be the token of a webhook, and before an @ stands a password.
    r"|\b[a-z][a-z0-9+.-]*://(?![^\s/?#]*@)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
    re.DOTALL,
)
"""What is public by its form: certificates and public keys, identifiers and hosts that clouds make."""

_JWT: Final = re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DIGEST_NAME: Final = re.compile(
    r"hash|sha\d|digest|fingerprint|etag|thumbprint|checksum|certificate|publickey|public_key|policyversion",
    re.IGNORECASE,
)
_ID_NAME: Final = re.compile(r"(?:(?:^|[._])id|I[dD])s?(?:\[\d+\])*\Z")
"""``id``, ``detectorId``, ``key_ids[0]``: ids that clouds draw in hexadecimal stand under such names."""


def known_form(text: str) -> str | None:
    """What kind of credential stands in a text, in words, or None; the credential itself is never answered."""
    return credential_in(text) or ("a JSON web token" if _JWT.search(text) else None)


def looks_random(text: str) -> bool:
    """Whether a text as a whole looks like one that a machine drew: letters and digits without any order."""
    if _UUID.fullmatch(text):
        return False
    if _HEX.match(text):
        return entropy(text.lower()) > HEX_BITS
    return len(text) >= LEAST_MIXED and _alternates(text) and entropy(text) > MIXED_BITS


def _alternates(text: str) -> bool:
    kinds = ["a" if c.islower() else "A" if c.isupper() else "0" if c.isdigit() else c for c in text]
    changes = sum(one != other for one, other in pairwise(kinds))
    return "0" in kinds and changes >= ALTERNATING * (len(text) - 1)


def random_in(text: str, path: str = "") -> bool:
    """Whether part of a text looks random.

    Args:
        text: to look at; what is public by its form (certificates, public keys, ARNs, hosts) is left out.
        path: of the property that holds it; digests, fingerprints and ids look random and are no secrets.
    """
    if _DIGEST_NAME.search(path) or (_ID_NAME.search(path) and _HEX.match(text)):
        return False
    return any(looks_random(part) for part in _parts(_PUBLIC.sub(" ", text)))


def _parts(text: str) -> Iterator[str]:
    for match in _TOKEN.finditer(text):
        # Names and paths are words with separators: each word by itself is what may be random.
        for part in re.split(r"[/_-]", match[0]):
            if len(part) >= LEAST_MIXED:
                yield part.rstrip("=")
        if "/" not in match[0] and "-" not in match[0]:
            yield match[0].rstrip("=")


def entropy(text: str) -> float:
    """Shannon entropy in bits a character, 0 for an empty text."""
    size = len(text)
    return -sum(n / size * math.log2(n / size) for n in Counter(text).values()) if size else 0.0
