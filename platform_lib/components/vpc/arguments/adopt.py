"""Networks that exist already."""

from enum import StrEnum

from pydantic import Field

from platform_lib.core.args import ComponentArgs


class AdoptMode(StrEnum):
    """How an existing network is taken over."""

    REFERENCE = "reference"
    IMPORT = "import"


class AdoptArgs(ComponentArgs):
    """A network that exists already."""

    mode: AdoptMode
    """``reference`` makes nothing and gives out the ids as they are; ``import`` puts the resources under management
    without replacing any."""

    ids: dict[str, str] = Field(min_length=1)
    """Ids in the cloud by the logical name of the child without the component's name, such as ``vpc`` to
    ``vpc-0a1b2c`` and ``subnet-private-euw1-az1`` to ``subnet-0d4e5f``; ``platform network adopt`` writes them."""
