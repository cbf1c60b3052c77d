"""What two ends of a tunnel agree on to encrypt it: one set that all three clouds speak. Pure data with its sources.

It is said on both sides, since what they propose by themselves differs: Azure begins with a group of 1,024 bits. IKEv2
only; AES of 256 bits; SHA-2; Diffie-Hellman group 14 (2,048 bits) for both phases.

Sources: https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html,
https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-compliance-crypto,
https://cloud.google.com/network-connectivity/docs/vpn/concepts/supported-ike-ciphers.
"""

from typing import Final

IKE_VERSION: Final = 2

DH_GROUP: Final = 14

AWS_ENCRYPTION: Final = ("AES256", "AES256-GCM-16")
"""For both phases; which of the two is used is the other side's choice."""

AWS_INTEGRITY: Final = ("SHA2-256", "SHA2-384", "SHA2-512")

AZURE_IKE_ENCRYPTION: Final = "AES256"

AZURE_IKE_INTEGRITY: Final = "SHA256"

AZURE_IPSEC: Final = "GCMAES256"
"""Encryption and integrity in one, which Azure wants said twice."""

AZURE_DH_GROUP: Final = "DHGroup14"

AZURE_PFS_GROUP: Final = "PFS2048"
"""The name that Azure has for group 14 in the second phase."""

LIFETIME_SECONDS: Final = 3600
"""How long keys of the second phase are used; the default of AWS."""

AZURE_LIFETIME_KIB: Final = 102400000
"""How much is sent with one key; the default of Azure, in KiB."""
