"""What is known of the two engines, as data with its source. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from platform_lib.components.vault.kind import VaultEngine

Version = tuple[int, ...]

USER: Final = 100
"""User id of both engines' images (``server.uid`` of https://github.com/openbao/openbao-helm and of
https://github.com/hashicorp/vault-helm)."""

GROUP: Final = 1000
"""Group id of both engines' images (``server.gid`` of the same charts)."""


@dataclass(frozen=True)
class EngineFacts:
    """An engine.

    Attributes:
        command: its binary.
        prefix: of its environment variables.
        home: folder of its image.
        image: repository that its makers publish the image in.
        oldest: first version that does what the component asks of it.
        why_oldest: what that is.
        default: version that is taken where none is given; empty where one has to be.
        initialises_itself: from this version on it can initialise itself; None for never.
        kms_by_plugin: from this version on it reaches AWS KMS by a plugin only; None for never.
        reloads_certificates: from this version on it reads a renewed certificate by itself; None for never.
    """

    command: str
    prefix: str
    home: str
    image: str
    oldest: Version
    why_oldest: str
    default: str
    initialises_itself: Version | None
    kms_by_plugin: Version | None
    reloads_certificates: Version | None


ENGINES: Final[Mapping[VaultEngine, EngineFacts]] = {
    # CHANGELOG.md of https://github.com/openbao/openbao: 2.4.0 brings self-initialisation, audit devices by
    # configuration and the static seal; 2.7.0 takes the seals of clouds out; tls_auto_reload comes with 2.7.0 too.
    VaultEngine.OPENBAO: EngineFacts(
        command="bao",
        prefix="BAO",
        home="/openbao",
        image="quay.io/openbao/openbao",
        oldest=(2, 4, 0),
        why_oldest="initialise itself and declare audit devices",
        default="2.7.2",
        initialises_itself=(2, 4, 0),
        kms_by_plugin=(2, 7, 0),
        reloads_certificates=(2, 7, 0),
    ),
    # CHANGELOG.md of https://github.com/hashicorp/vault: 1.7.0 brings autopilot, which takes dead nodes away.
    VaultEngine.VAULT: EngineFacts(
        command="vault",
        prefix="VAULT",
        home="/vault",
        image="docker.io/hashicorp/vault",
        oldest=(1, 7, 0),
        why_oldest="take dead nodes away (autopilot)",
        default="",
        initialises_itself=None,
        kms_by_plugin=None,
        reloads_certificates=None,
    ),
}


def parsed(version: str) -> Version:
    """The numbers of a version."""
    return tuple(int(part) for part in version.split("."))


def has(since: Version | None, version: str) -> bool:
    """Whether a version has what is there since another one."""
    return since is not None and parsed(version) >= since
