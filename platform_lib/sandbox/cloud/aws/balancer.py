"""Application and network load balancers, target groups, listeners, WAF web ACLs."""

import re
from collections.abc import Iterable
from typing import Final

from platform_lib.core.values import Properties, plain
from platform_lib.sandbox.cloud.aws.shared import (
    LOAD_BALANCER,
    SUBNET,
    TARGET_GROUP,
    error,
    group_of,
    subnet_of,
    vpc_of,
)
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules, refuse
from platform_lib.sandbox.protocol import CheckFailure

_NAME: Final = re.compile(r"^(?!internal-)(?!-)[0-9A-Za-z-]{1,32}(?<!-)$")
LISTENER: Final = ("aws:lb/listener:Listener", "aws:alb/listener:Listener")


def _elb(action: str, code: str, text: str) -> str:
    return error("Elastic Load Balancing v2", action, code, text)


def _check_name(inputs: Properties) -> Iterable[CheckFailure]:
    name = inputs.get("name")
    if isinstance(name, str) and not _NAME.match(name):
        yield CheckFailure(
            "name",
            f"up to 32 letters, digits and hyphens, not beginning with 'internal-' or a hyphen, not ending with "
            f"one, got '{name}'",
        )


def _short(request: Request) -> str:
    return {"network": "net", "gateway": "gwy"}.get(str(request.get("loadBalancerType", "application")), "app")


def _arn(request: Request, kind: str) -> str:
    return request.arn("elasticloadbalancing", f"{kind}")


def _balancer_id(request: Request) -> str:
    return _arn(request, f"loadbalancer/{_short(request)}/{_name(request)}/{request.hex(16)}")


def _name(request: Request) -> str:
    return str(request.get("name") or f"{request.get('namePrefix', 'tf-lb-')}{request.digits(20)}")[:32]


def _balancer_outputs(request: Request) -> Properties:
    ids = request.get("subnets") or [item.get("subnetId") for item in request.get("subnetMappings", [])]
    rows = [row for id_ in ids for row in request.store.by_id(str(id_)) if row.type in SUBNET]
    name, inner = request.id.split("/")[-2], "internal-" if request.get("internal") else ""
    return {
        "arn": request.id,
        "arnSuffix": request.id.partition("loadbalancer/")[2],
        "name": name,
        "vpcId": str(plain(rows[0].outputs.get("vpcId", ""))) if rows else "",
        "dnsName": f"{inner}{name}-{request.digits(10, 'dns')}.{request.region}.elb.amazonaws.com",
        "zoneId": f"Z{request.hex(13, request.region).upper()}",
        "internal": bool(request.get("internal", False)),
        "subnets": ids,
        "securityGroups": request.get("securityGroups", []),
        "subnetMappings": request.get("subnetMappings") or [{"subnetId": id_} for id_ in ids],
        "ipAddressType": request.get("ipAddressType", "ipv4"),
        "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "",
    }


def _admit_balancer(request: Request) -> None:
    """An application load balancer stands in two zones at least (ELB user guide)."""
    ids = request.get("subnets") or [item.get("subnetId") for item in request.get("subnetMappings", [])]
    rows = [row for id_ in ids for row in request.store.by_id(str(id_)) if row.type in SUBNET]
    if request.get("loadBalancerType", "application") != "application" or len(rows) != len(ids) or not rows:
        return
    if len({str(plain(row.outputs.get("availabilityZone"))) for row in rows}) < 2:
        raise refuse(
            _elb(
                "CreateLoadBalancer",
                "InvalidConfigurationRequest",
                "At least two subnets in two different Availability Zones must be specified",
            )
        )


def _deleting_balancer(request: Request) -> None:
    if plain(request.inputs.get("enableDeletionProtection")) is True:
        raise refuse(
            _elb(
                "DeleteLoadBalancer",
                "OperationNotPermitted",
                f"Load balancer '{request.id}' cannot be deleted because deletion protection is enabled",
            )
        )


def _check_group(inputs: Properties) -> Iterable[CheckFailure]:
    yield from _check_name(inputs)
    if inputs.get("targetType", "instance") != "lambda":
        for key in ("port", "protocol", "vpcId"):
            if inputs.get(key) is None:
                yield CheckFailure(key, f"{key} is needed unless targetType is lambda")


def _group_outputs(request: Request) -> Properties:
    return {
        "arn": request.id,
        "arnSuffix": request.id.rpartition(":")[2],
        "name": request.id.split("/")[-2],
        "loadBalancerArns": [],
        "namePrefix": request.get("namePrefix", ""),
        "loadBalancingAlgorithmType": request.get("loadBalancingAlgorithmType", "round_robin"),
        "loadBalancingCrossZoneEnabled": request.get(
            "loadBalancingCrossZoneEnabled", "use_load_balancer_configuration"
        ),
        "protocolVersion": request.get("protocolVersion", "HTTP1"),
        "ipAddressType": request.get("ipAddressType", "ipv4"),
        "preserveClientIp": str(request.get("preserveClientIp", "")),
        "healthCheck": {
            "enabled": True,
            "healthyThreshold": 5,
            "interval": 30,
            "matcher": "200",
            "path": "/",
            "port": "traffic-port",
            "protocol": "HTTP",
            "timeout": 5,
            "unhealthyThreshold": 2,
            **(request.get("healthCheck") or {}),
        },
        "stickiness": request.get("stickiness") or {"enabled": False, "type": "lb_cookie", "cookieDuration": 86400},
    }


def _scope(request: Request) -> str:
    return "global" if request.get("scope") == "CLOUDFRONT" else "regional"


def _listener_id(request: Request) -> str:
    return f"{str(request.get('loadBalancerArn')).replace(':loadbalancer/', ':listener/')}/{request.hex(16)}"


_BALANCER: Final = Reference(
    "loadBalancerArn",
    LOAD_BALANCER,
    _elb("CreateListener", "LoadBalancerNotFound", "Load balancer '{value}' not found"),
)
_TARGETS: Final = Reference(
    "defaultActions[*].targetGroupArn",
    TARGET_GROUP,
    _elb("CreateListener", "TargetGroupNotFound", "Target groups '{value}' not found"),
    _elb("DeleteTargetGroup", "ResourceInUse", "Target group '{id}' is currently in use by a listener or a rule"),
)
_LB: Final = TypeRules(
    source="ELB API reference, CreateLoadBalancer",
    input_defaults={
        "clientKeepAlive": 3600,
        "desyncMitigationMode": "defensive",
        "dropInvalidHeaderFields": False,
        "enableCrossZoneLoadBalancing": False,
        "enableDeletionProtection": False,
        "enableHttp2": True,
        "idleTimeout": 60,
        "loadBalancerType": "application",
    },
    references=(
        subnet_of("CreateLoadBalancer", "subnets[*]", service="Elastic Load Balancing v2"),
        group_of("CreateLoadBalancer", "securityGroups[*]", service="Elastic Load Balancing v2"),
    ),
    id=_balancer_id,
    unique="elb:{account}:{region}:{name}",
    check=_check_name,
    admit=_admit_balancer,
    compute=_balancer_outputs,
    deleting=_deleting_balancer,
    equal=frozenset({"subnets", "securityGroups"}),
    exists=_elb(
        "CreateLoadBalancer",
        "DuplicateLoadBalancerName",
        "A load balancer with the same name '{name}' exists, but with different settings",
    ),
)
_GROUP: Final = TypeRules(
    input_defaults={
        "deregistrationDelay": 300,
        "lambdaMultiValueHeadersEnabled": False,
        "proxyProtocolV2": False,
        "slowStart": 0,
        "targetType": "instance",
    },
    references=(vpc_of("CreateTargetGroup", blocks=False),),
    id=lambda request: _arn(
        request, f"targetgroup/{request.get('name') or 'tf-' + request.digits(20)}/{request.hex(16)}"
    ),
    unique="tg:{account}:{region}:{name}",
    check=_check_group,
    compute=_group_outputs,
    exists=_elb(
        "CreateTargetGroup",
        "DuplicateTargetGroupName",
        "A target group with the same name '{name}' exists, but with different settings",
    ),
)
_LISTENER: Final = TypeRules(
    references=(_BALANCER, _TARGETS),
    id=_listener_id,
    unique="listener:{loadBalancerArn}:{port}",
    compute=lambda request: {
        "arn": request.id,
        "protocol": request.get("protocol", "HTTP"),
        "sslPolicy": request.get("sslPolicy")
        or ("ELBSecurityPolicy-2016-08" if request.get("protocol") in ("HTTPS", "TLS") else ""),
    },
    exists=_elb(
        "CreateListener",
        "DuplicateListener",
        "A listener already exists on this port for this load balancer '{loadBalancerArn}'",
    ),
)
_RULE: Final = TypeRules(
    references=(
        Reference("listenerArn", LISTENER, _elb("CreateRule", "ListenerNotFound", "Listener '{value}' not found")),
        Reference("actions[*].targetGroupArn", TARGET_GROUP, _TARGETS.missing, _TARGETS.in_use),
    ),
    id=lambda request: f"{str(request.get('listenerArn')).replace(':listener/', ':listener-rule/')}/{request.hex(16)}",
    compute=lambda request: {"arn": request.id, "priority": request.get("priority", 1)},
)

RULES: Final[dict[str, TypeRules]] = {
    "aws:lb/loadBalancer:LoadBalancer": _LB,
    "aws:alb/loadBalancer:LoadBalancer": _LB,
    "aws:lb/targetGroup:TargetGroup": _GROUP,
    "aws:alb/targetGroup:TargetGroup": _GROUP,
    "aws:lb/listener:Listener": _LISTENER,
    "aws:alb/listener:Listener": _LISTENER,
    "aws:lb/listenerRule:ListenerRule": _RULE,
    "aws:alb/listenerRule:ListenerRule": _RULE,
    "aws:lb/targetGroupAttachment:TargetGroupAttachment": TypeRules(
        references=(
            Reference(
                "targetGroupArn",
                TARGET_GROUP,
                _elb("RegisterTargets", "TargetGroupNotFound", "Target groups '{value}' not found"),
            ),
        ),
        id="{targetGroupArn}-{digits20}",
    ),
    "aws:wafv2/webAcl:WebAcl": TypeRules(
        id="{uuid}",
        unique="wafv2:{account}:{region}:{scope}:{name}",
        exists=error(
            "WAFV2",
            "CreateWebACL",
            "WAFDuplicateItemException",
            "AWS WAF could not perform the operation because some resource in your request is a duplicate of an "
            "existing one.",
        ),
        compute=lambda request: {
            "arn": request.arn("wafv2", f"{_scope(request)}/webacl/{request.get('name')}/{request.id}"),
            "capacity": request.outputs.get("capacity", 0),
            "lockToken": request.uuid("lock"),
            "applicationIntegrationUrl": "",
        },
    ),
    "aws:wafv2/webAclAssociation:WebAclAssociation": TypeRules(
        references=(
            Reference(
                "webAclArn",
                ("aws:wafv2/webAcl:WebAcl",),
                error(
                    "WAFV2",
                    "AssociateWebACL",
                    "WAFNonexistentItemException",
                    "AWS WAF couldn't perform the operation because your resource doesn't exist: {value}",
                ),
                error(
                    "WAFV2",
                    "DeleteWebACL",
                    "WAFAssociatedItemException",
                    "AWS WAF couldn't perform the operation because your resource is being used by another resource.",
                ),
            ),
        ),
        id="{webAclArn},{resourceArn}",
        adopts=True,
    ),
}
