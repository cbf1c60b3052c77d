"""Where the addresses of a network come from, beside its own range."""

from enum import StrEnum

from pydantic import Field, field_validator, model_validator

from platform_lib.components.vpc.arguments.checks import check_ranges
from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import each_once
from platform_lib.core.inputs import Input
from platform_lib.core.validation import FieldError


class Ipv6Source(StrEnum):
    """Where the IPv6 range of a network comes from."""

    OFF = "off"
    PROVIDER = "provider"
    OWN = "own"


class Ipv6Args(ComponentArgs):
    """IPv6 in the network; every subnet has a /64 whose number in the range the address ledger holds."""

    source: Ipv6Source
    """``provider`` takes a range that the cloud assigns, ``own`` one of yours, ``off`` none."""

    cidr: str | None = None
    """Your range, for the source ``own``, such as ``fd20:1:2::/48``; AWS takes it from ``pool_id`` and needs none."""

    pool_id: Input[str] | None = None
    """Pool of the cloud's own address management that your range comes from, for the source ``own``: an AWS IPAM pool;
    left out means that ``cidr`` says it."""

    prefix_length: int | None = Field(default=None, ge=44, le=64)
    """Size of the network's range, 44 to 64; left out means that of ``cidr``, else 56 on AWS and 48 elsewhere."""

    egress_only: bool | None = None
    """Whether private tiers open connections to the IPv6 internet, which cannot open any to them; left out means
    false."""

    @field_validator("cidr")
    @classmethod
    def _check_cidr(cls, value: str | None) -> str | None:
        if value is not None:
            check_ranges([value], version=6)
        return value

    @model_validator(mode="after")
    def _check_source(self) -> "Ipv6Args":
        if self.source is not Ipv6Source.OWN:
            for path, value in (("cidr", self.cidr), ("pool_id", self.pool_id)):
                if value is not None:
                    raise FieldError("is used for the source 'own' only", "set source to 'own'", path=path)
        elif self.cidr is None and self.pool_id is None:
            raise FieldError("is required for the source 'own'", "give it, or pool_id", path="cidr")
        return self


class AddressArgs(ComponentArgs):
    """Addresses beside the network's own ``cidr``."""

    pool: str | None = None
    """Pool of the address ledger that the network's range is cut from, in place of ``cidr``; the range is in the
    network's entry, so that ``ledger`` is needed."""

    prefix_length: int | None = Field(default=None, ge=8, le=28)
    """Size of the range cut from ``pool``, 8 to 28; what the cloud allows is checked too."""

    secondary: list[str] | None = Field(default=None, min_length=1)
    """Further IPv4 ranges of the network, in CIDR notation; subnets take them where the ledger says so. Left out means
    none."""

    ipam_pool_id: Input[str] | None = None
    """Pool of the cloud's own address management in which the range is recorded: an AWS IPAM pool, an Azure Virtual
    Network Manager pool, on GCP the name of an internal range. The address ledger stays the one that decides. Left out
    means that it is not recorded there."""

    ipv6: Ipv6Args | None = None
    """IPv6; left out means off."""

    @field_validator("secondary")
    @classmethod
    def _check_secondary(cls, value: list[str] | None) -> list[str] | None:
        check_ranges(value, version=4)
        return each_once(value)

    @model_validator(mode="after")
    def _check_pool(self) -> "AddressArgs":
        if self.pool is not None and self.prefix_length is None:
            raise FieldError("is required with pool", "give the size of the range", path="prefix_length")
        if self.pool is None and self.prefix_length is not None:
            raise FieldError("is used with pool only", "leave it out", path="prefix_length")
        return self
