"""What a stack of the reference platform offers to others, as typed and versioned outputs."""

from typing import ClassVar

from platform_lib.core.inputs import Input
from platform_lib.core.references import StackOutputs


class NetworkOutputs(StackOutputs):
    """The network of a stack."""

    output_name: ClassVar[str] = "network"
    version: ClassVar[int] = 1

    vpc_id: Input[str]
    """Id of the VPC."""

    cidr: Input[str]
    """Its IPv4 range."""

    zones: Input[list[str]]
    """Zone ids of the subnets."""

    subnet_ids: Input[dict[str, list[str]]]
    """Ids of the subnets by tier, in the order of ``zones``."""

    nat_public_ips: Input[dict[str, str]]
    """Public address of the NAT gateway by zone, for allow lists of others."""
