"""AWS: accounts and regions from the provider's configuration, tags, ids and arns in AWS's forms."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from platform_lib.core.errors import near
from platform_lib.core.values import Properties, Secret
from platform_lib.sandbox.cloud.aws.region import REGIONS, partition
from platform_lib.sandbox.cloud.model import Request, Session
from platform_lib.sandbox.cloud.package import Package, known
from platform_lib.sandbox.cloud.store import Store
from platform_lib.sandbox.protocol import Autonaming, CheckFailure
from platform_lib.sandbox.schema.model import ResourceSchema

DEFAULT_ACCOUNT: Final = "123456789012"
"""The account of credentials that say nothing else: the one that AWS's own documentation uses."""

DEFAULT_REGION: Final = "us-east-1"
"""The region of a provider without one; the real provider would ask the environment, or refuse."""

_ROLE = re.compile(r"^arn:[\w-]+:iam::(\d{12}):role/")
_HEX_ID = re.compile(r"^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*-[0-9a-f]{8,17}$")
_UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{7,12}$")
_ARN_IN = re.compile(r"arn:aws[\w-]*:([\w-]*):([\w-]*):(\d*|\w*):(.+)")

SERVICES: Final[Mapping[str, str]] = {
    "acmpca": "acm-pca",
    "alb": "elasticloadbalancing",
    "lb": "elasticloadbalancing",
    "elb": "elasticloadbalancing",
    "appautoscaling": "application-autoscaling",
    "applicationloadbalancing": "elasticloadbalancing",
    "amp": "aps",
    "cfg": "config",
    "cognito": "cognito-idp",
    "docdb": "rds",
    "neptune": "rds",
    "ec2clientvpn": "ec2",
    "ec2transitgateway": "ec2",
    "vpc": "ec2",
    "ebs": "ec2",
    "efs": "elasticfilesystem",
    "elasticsearch": "es",
    "opensearch": "es",
    "emr": "elasticmapreduce",
    "msk": "kafka",
    "mwaa": "airflow",
    "sfn": "states",
    "apigatewayv2": "apigateway",
    "sesv2": "ses",
    "cloudwatch": "cloudwatch",
    "secretsmanager": "secretsmanager",
    "accessanalyzer": "access-analyzer",
    "transfer": "transfer",
    "serverlessrepository": "serverlessrepo",
    "directoryservice": "ds",
    "resourcegroups": "resource-groups",
    "servicediscovery": "servicediscovery",
    "securitylake": "securitylake",
    "costexplorer": "ce",
    "identitystore": "identitystore",
    "ssoadmin": "sso",
}
"""Module of the type token -> service of the arn, where they differ (Service Authorization Reference)."""

_WITHOUT_REGION: Final = frozenset({"iam", "route53", "cloudfront", "s3", "organizations", "globalaccelerator", "waf"})
_WITHOUT_ACCOUNT: Final = frozenset({"s3", "route53", "apigateway"})


class Aws(Package):
    """The AWS provider, version 7."""

    name: ClassVar[str] = "aws"
    throttle_retries: ClassVar[int] = 25  # the provider's maxRetries default

    def modules(self) -> Sequence[str]:
        """One module per service area, and the look-ups."""
        areas = [
            "network",
            "route",
            "security_group",
            "endpoint",
            "transit",
            "vpn",
            "iam",
            "storage",
            "key",
            "logging",
            "message",
            "audit",
            "database",
            "data",
            "compute",
            "cluster",
            "balancer",
            "dns",
            "backup",
            "replication",
            "lookups",
            "policy_document",
        ]
        return [f"platform_lib.sandbox.cloud.aws.{area}" for area in areas]

    # Configuration

    def check_config(self, config: Mapping[str, Any]) -> Sequence[CheckFailure]:
        """Refuses a region that does not exist and accounts that the configuration itself shuts out."""
        failures = []
        region = known(config, "region")
        if region is not None and region not in REGIONS and config.get("skipRegionValidation") is not True:
            failures.append(
                CheckFailure(
                    "region", f"invalid AWS Region: {region}; {near(str(region), REGIONS) or 'see the AWS docs'}"
                )
            )
        account = self._account(config)
        allowed, forbidden = known(config, "allowedAccountIds") or [], known(config, "forbiddenAccountIds") or []
        if allowed and account not in allowed:
            failures.append(CheckFailure("allowedAccountIds", f"AWS account ID not allowed: {account}"))
        if account in forbidden:
            failures.append(CheckFailure("forbiddenAccountIds", f"AWS account ID not allowed: {account}"))
        return failures

    @staticmethod
    def _account(config: Mapping[str, Any]) -> str:
        """The account: of the last assumed role, else the only allowed one, else the default."""
        roles = known(config, "assumeRoles") or ([known(config, "assumeRole")] if known(config, "assumeRole") else [])
        web = known(config, "assumeRoleWithWebIdentity")
        for role in [*reversed(roles), *([web] if web else [])]:
            match = _ROLE.match(str(role.get("roleArn", ""))) if isinstance(role, dict) else None
            if match:
                return match[1]
        allowed = known(config, "allowedAccountIds") or []
        return str(allowed[0]) if len(allowed) == 1 else DEFAULT_ACCOUNT

    def session(self, config: Mapping[str, Any]) -> Session:
        """Account, region and default tags of a configuration."""
        region = str(known(config, "region") or DEFAULT_REGION)
        defaults = known(config, "defaultTags") or {}
        tags = defaults.get("tags") or {} if isinstance(defaults, dict) else {}
        return Session("aws", self._account(config), region, partition(region), tags, config)

    def prepare(
        self,
        session: Session,
        store: Store,
        schema: ResourceSchema,
        urn: str,
        olds: Properties,
        news: Properties,
        seed: bytes,
        autonaming: Autonaming | None,
    ) -> Sequence[CheckFailure]:
        """Names and defaults as every bridged provider; default tags go into ``tags`` (pulumi-aws 6 and later)."""
        if session.tags and "tags" in schema.inputs and "tagsAll" in schema.outputs:
            given = news.get("tags")
            if isinstance(given, Secret) and isinstance(given.value, dict):
                news["tags"] = Secret({**session.tags, **given.value})
            elif given is None or isinstance(given, dict):
                news["tags"] = {**session.tags, **(given or {})}
        failures = list(super().prepare(session, store, schema, urn, olds, news, seed, autonaming))
        region = news.get("region")
        if isinstance(region, str) and "region" in schema.inputs and region not in REGIONS:
            failures.append(
                CheckFailure("region", f"invalid AWS Region: {region}; {near(region, REGIONS) or 'see the AWS docs'}")
            )
        return failures

    def place(self, session: Session, schema: ResourceSchema, inputs: Mapping[str, Any]) -> tuple[str, str]:
        """The account, and the region of types that have one."""
        if "region" not in schema.inputs:
            return session.scope, ""
        region = inputs.get("region")
        return session.scope, region if isinstance(region, str) and region else session.region

    def import_id(self, id_: str, region: str) -> tuple[str, str]:
        """``id@region`` names the region, as the provider's import takes it."""
        text, at, suffix = id_.rpartition("@")
        return (text, suffix) if at and region and suffix in REGIONS else (id_, region)

    def settled(self, session: Session, schema: ResourceSchema, news: Properties, old: Mapping[str, Any]) -> Properties:
        """The region holds although it is not written: another one in the configuration moves the resource."""
        if "region" not in schema.inputs or not old.get("region"):
            return {}
        return {"old": {"region": old["region"]}, "new": {"region": news.get("region") or session.region}}

    def common(self, request: Request) -> Properties:
        """Region and all tags."""
        found: Properties = {}
        if "region" in request.schema.outputs:
            found["region"] = request.region
        if "tagsAll" in request.schema.outputs:
            found["tagsAll"] = request.inputs.get("tags", {})
        return found

    # Ids and arns

    def identify(self, request: Request) -> str:
        """An id of the form that the documentation of the SDK shows for imports."""
        schema = request.schema
        if schema.id_property:
            held = request.inputs.get(schema.id_property) or request.outputs.get(schema.id_property)
            if isinstance(held, str) and held:
                return held
        example = schema.id_examples[0] if schema.id_examples else ""
        if _ARN_IN.fullmatch(example):
            return self.arn(request)
        if _HEX_ID.match(example):
            return f"{example.rpartition('-')[0]}-0{request.hex(16)}"
        if _UUID.match(example):
            return request.uuid()
        if re.fullmatch(r"\d{10,12}", example):
            return request.account
        if example in REGIONS:
            return request.region or request.session.region
        for separator in ("/", ",", "|", ":"):
            parts = example.split(separator)
            if len(parts) > 1 and all(parts):
                return separator.join(self._parts(request, len(parts)))
        return self._own_name(request) or f"{request.kind.lower()}-{request.hex(17)}"

    def _own_name(self, request: Request) -> str:
        """The name that identifies the resource: the automatically named property, ``name``, a required text."""
        rule = request.schema.autoname
        candidates = [rule.property] if rule is not None else []
        lowered = f"{request.kind[0].lower()}{request.kind[1:]}"
        candidates += ["name", f"{lowered}Name", f"{lowered}Id", "identifier", f"{lowered}Identifier"]
        candidates += [
            key for key, item in request.schema.inputs.items() if item.required and item.type.kind == "string"
        ]
        for key in candidates:
            held = request.inputs.get(key)
            if isinstance(held, str) and held:
                return held
        return ""

    def _parts(self, request: Request, count: int) -> list[str]:
        """Parts of a compound id: the required texts in order, the own name last, made-up ones for the rest."""
        held = [
            str(request.inputs[key])
            for key, item in request.schema.inputs.items()
            if item.required
            and isinstance(request.inputs.get(key), str | int)
            and not isinstance(request.inputs[key], bool)
        ]
        name = request.inputs.get("name")
        if isinstance(name, str) and name and name not in held:
            held.append(name)
        held = [part.rpartition("/")[2] if part.startswith("arn:") else part for part in held[:count]]
        return held + [request.hex(12, f"part{index}") for index in range(count - len(held))]

    def arn(self, request: Request) -> str:
        """The arn: of the form of the documented import id where that is one, else by service and kind."""
        session = request.session
        own = (
            request.id
            if request.id and not request.id.startswith("arn:")
            else self._own_name(request) or request.hex(12)
        )
        for example in request.schema.id_examples:
            match = _ARN_IN.fullmatch(example)
            if match:
                service, region, account, rest = match.groups()
                where = (request.region or session.region) if region else ""
                who = request.account if account else ""
                return f"arn:{session.partition}:{service}:{where}:{who}:{self._rest(rest, own, request)}"
        module = request.schema.token.split(":")[1].split("/")[0]
        service = SERVICES.get(module, module.lower())
        where = "" if service in _WITHOUT_REGION else request.region or session.region
        who = "" if service in _WITHOUT_ACCOUNT else request.account
        kind = re.sub(r"(?<!^)(?=[A-Z])", "-", request.kind).lower()
        return f"arn:{session.partition}:{service}:{where}:{who}:{kind}/{own}"

    @staticmethod
    def _rest(rest: str, own: str, request: Request) -> str:
        """The resource part of an arn like the example's: same kind, own name or id."""
        separator = "/" if "/" in rest else ":" if ":" in rest else ""
        if not separator:
            return own
        kind, *parts = rest.split(separator)
        if _UUID.match(parts[-1]):
            last = request.uuid("arn")
        elif _HEX_ID.match(parts[-1]):
            last = f"{parts[-1].rpartition('-')[0]}-0{request.hex(16, 'arn')}"
        else:
            last = own
        middle = [request.hex(12, part) if re.search(r"\d", part) else part for part in parts[:-1]]
        return separator.join([kind, *middle, last])

    # Refusals

    def exists(self, request: Request) -> str:
        """The refusal of an id that is taken, in the style of the provider."""
        return f"creating AWS {request.kind} ({request.id or request.name}): api error AlreadyExists: it already exists"

    def not_found(self, schema: ResourceSchema, id_: str) -> str:
        """The refusal of an update of what is gone."""
        return f"updating AWS {schema.token.rpartition(':')[2]} ({id_}): api error NotFound: it does not exist"

    def outside(self, value: str, session: Session) -> bool:
        """Aliases of AWS's own keys, policies of AWS, arns of other accounts."""
        if value.startswith("alias/aws/"):
            return True
        if not value.startswith("arn:"):
            return False
        parts = value.split(":", 5)
        return len(parts) < 6 or parts[4] not in ("", session.scope)
