"""Arguments of the ways into the mesh and out of it."""

import re

from pydantic import Field, field_validator

from platform_lib.components.mesh.kind import GatewayDirection, GatewayProtocol
from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import DNS_LABEL, check_name, each_once
from platform_lib.core.cidr import parse_ipv4
from platform_lib.core.errors import Finding
from platform_lib.core.validation import FieldError, SeveralFieldsError

_HOST = re.compile(rf"(\*\.)?{DNS_LABEL.pattern}(\.{DNS_LABEL.pattern})+")
_SECRET = re.compile(rf"{DNS_LABEL.pattern}(\.{DNS_LABEL.pattern})*")
_TAKEN = (15020, 15021, 15090)
"""Ports of the proxy itself (https://istio.io/latest/docs/ops/deployment/application-requirements/)."""


class GatewayServerArgs(ComponentArgs):
    """A port of a gateway, and the hosts that it takes there."""

    hosts: list[str] = Field(min_length=1)
    """Host names, such as ``shop.example.com`` or ``*.example.com``; never ``*`` alone."""

    protocol: GatewayProtocol | None = None
    """What it speaks; left out means ``https`` at a way in and ``tls`` at a way out."""

    port: int | None = Field(default=None, ge=1, le=65535)
    """Port, 1 to 65,535; left out means 443, or 80 for ``http`` and ``http-redirect``."""

    credential: str | None = None
    """Name of the secret with key and certificate in the gateway's namespace; required for ``https``, and without
    meaning elsewhere."""

    client_certificates_required: bool | None = None
    """Whether clients have to show a certificate that the secret's authority signed, for ``https``; left out means
    false."""

    @field_validator("hosts")
    @classmethod
    def _check_hosts(cls, value: list[str]) -> list[str]:
        findings = []
        for index, host in enumerate(value):
            if host == "*":
                problem, remedy = "takes the hosts of everybody, got '*'", "name the hosts, such as '*.example.com'"
                findings.append(Finding(f"[{index}]", problem, remedy))
            elif not _HOST.fullmatch(host):
                findings.append(Finding(f"[{index}]", f"is not a host name, got {host!r}", "use lower-case letters"))
        if findings:
            raise SeveralFieldsError(findings)
        return each_once(value) or value

    @field_validator("port")
    @classmethod
    def _check_port(cls, value: int | None) -> int | None:
        if value in _TAKEN:
            raise FieldError("is a port of the proxy itself", "use another one")
        return value

    @field_validator("credential")
    @classmethod
    def _check_credential(cls, value: str | None) -> str | None:
        if value is not None and not _SECRET.fullmatch(value):
            raise FieldError("is not the name of a secret")
        return value


class GatewayArgs(ComponentArgs):
    """A gateway: proxies at the edge of the mesh, and the Gateway object that configures them."""

    name: str = Field(max_length=55)
    """Unique in the mesh, such as ``public``, at most 55 characters: its service is called ``gateway-<name>``, and its
    proxies carry the label ``istio: <name>``."""

    direction: GatewayDirection | None = None
    """Way in or way out; left out means ``ingress``."""

    servers: list[GatewayServerArgs] = Field(min_length=1)
    """Its ports."""

    public: bool | None = None
    """Whether its load balancer is on the internet, for a way in; left out means false: inside the network only."""

    source_ranges: list[str] | None = Field(default=None, min_length=1)
    """IPv4 ranges that may come to the load balancer, for a way in; left out means all that reach it."""

    annotations: dict[str, str] | None = None
    """More annotations of its service, for the cloud's load balancer, for a way in; left out means none."""

    minimum_replicas: int | None = Field(default=None, ge=1, le=100)
    """At least so many proxies, 1 to 100; left out means the profile's (``dev`` 1, ``prod`` 3)."""

    maximum_replicas: int | None = Field(default=None, ge=1, le=100)
    """At most so many, 1 to 100; left out means the profile's (``dev`` 1, ``prod`` 10), or the minimum where that is
    more."""

    node_group: str | None = None
    """Group of the cluster's nodes that its proxies run on; left out means any without taints."""

    tag: str | None = None
    """Tag whose revision its proxies belong to; left out means the first tag. When the tag moves they are replaced, one
    after the other."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)

    @field_validator("source_ranges")
    @classmethod
    def _check_ranges(cls, value: list[str] | None) -> list[str] | None:
        findings = []
        for index, text in enumerate(value or ()):
            try:
                if parse_ipv4(text).prefixlen == 0:
                    problem = f"is every address there is, got {text!r}"
                    findings.append(Finding(f"[{index}]", problem, "leave source_ranges out where all may come"))
            except FieldError as error:
                findings.append(Finding(f"[{index}]", f"{error.problem}, got {text!r}", error.remedy))
        if findings:
            raise SeveralFieldsError(findings)
        return each_once(value)
