"""Private ways to the services of a cloud."""

import re
from enum import StrEnum

from pydantic import field_validator

from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import each_once
from platform_lib.core.inputs import Input
from platform_lib.core.validation import FieldError

_SERVICE = re.compile(r"[a-zA-Z0-9]+([.-][a-zA-Z0-9]+)*")


class GatewayService(StrEnum):
    """A service of AWS that a gateway endpoint can serve."""

    S3 = "s3"
    DYNAMODB = "dynamodb"


class EndpointsArgs(ComponentArgs):
    """Private ways to the cloud's services, which keep their traffic off the internet."""

    gateway: list[str] | None = None
    """Services reached by route: on AWS ``s3`` and ``dynamodb`` (both where left out), which is free; on Azure service
    endpoints such as ``Microsoft.Storage`` (none where left out); on GCP ``google-apis``, which is private Google
    access (on where left out)."""

    interface: list[str] | None = None
    """Services reached at an address in the network, paid by the hour: on AWS such as ``ssm`` or ``ecr.api``, where a
    name that begins with ``com.`` or ``cn.`` is taken as the full service name; on Azure the part of a service, such as
    ``blob`` or ``vault``, with its resource under ``targets``; on GCP ``all-apis``, ``vpc-sc`` or a name of your choice
    with a service attachment under ``targets``. Left out means none."""

    targets: dict[str, Input[str]] | None = None
    """What an interface endpoint leads to, by the name under ``interface``: the resource id on Azure, the service
    attachment on GCP; without meaning on AWS."""

    addresses: dict[str, str] | None = None
    """Address that an endpoint for Google APIs has on GCP, by ``all-apis`` or ``vpc-sc``: an IPv4 address outside every
    subnet of the network and of what it is joined to; without meaning otherwise."""

    tier: str | None = None
    """Tier whose subnets hold the interface endpoints; left out means the first private one, else the first isolated
    one."""

    policies: dict[str, Input[str]] | None = None
    """Endpoint policies (JSON) by service; left out means that S3, DynamoDB and those interface endpoints that are
    known to take such a policy serve principals of the network's own account only, and others serve all."""

    @field_validator("interface")
    @classmethod
    def _check_interface(cls, value: list[str] | None) -> list[str] | None:
        for index, service in enumerate(value or []):
            if not _SERVICE.fullmatch(service):
                raise FieldError("is not the name of a service", "use letters, digits, '.' and '-'", path=f"[{index}]")
        return each_once(value)

    @field_validator("gateway")
    @classmethod
    def _check_gateway(cls, value: list[str] | None) -> list[str] | None:
        return each_once(value)
