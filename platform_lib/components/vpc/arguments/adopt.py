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
    """``reference`` makes nothing and gives out the ids as they are; it needs those of the network and of every subnet,
    takes those of route tables, and refuses whatever would have to be made. ``import`` puts the resources under
    management without replacing any: what differs is updated, which the preview shows, and a child without an id is
    made. Keep it in the arguments while the network lives."""

    ids: dict[str, str] = Field(min_length=1)
    """Ids in the cloud by the logical name of the child without the component's name, such as ``vpc`` to
    ``vpc-0a1b2c3d`` and ``subnet-private-euw1-az1`` to ``subnet-0d4e5f6a``, in the form by which the provider imports;
    ``platform network adopt`` finds them."""
