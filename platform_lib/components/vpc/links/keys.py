"""Pre-shared keys of tunnels: which there must be, and what they may be. Pure; no key is kept or shown."""

import re
from collections.abc import Collection, Mapping
from typing import Final

from platform_lib.core.errors import Finding, near
from platform_lib.core.validation import join

_KEY: Final = re.compile(r"(?!0)[A-Za-z0-9._]{8,64}")
"""What AWS takes as a pre-shared key (https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html); the others take
it too."""


def check_keys(
    given: Mapping[str, object], tunnels: Collection[str], required: Collection[str], path: str
) -> list[Finding]:
    """What is wrong with the keys of a link.

    Args:
        given: keys by tunnel; those that are Outputs are not looked at.
        tunnels: keys of all tunnels of the link.
        required: those of them whose secret no cloud makes.
        path: the argument, for the findings.

    Returns:
        A finding for each key of a tunnel that there is not, that is no key, or that is missing.
    """
    findings = []
    for tunnel, value in given.items():
        if tunnel not in tunnels:
            remedy = near(tunnel, tunnels) or f"the tunnels are {', '.join(tunnels)}"
            findings.append(Finding(join(path, tunnel), "is for a tunnel that there is not", remedy))
        elif isinstance(value, str) and not _KEY.fullmatch(value):
            problem = "must be 8 to 64 letters, digits, '.' and '_', not beginning with 0"
            findings.append(Finding(join(path, tunnel), problem))
    findings += [
        Finding(join(path, tunnel), "is required: neither side makes keys", "give a secret for each tunnel")
        for tunnel in required
        if tunnel not in given
    ]
    return findings
