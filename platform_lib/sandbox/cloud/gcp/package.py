"""Google Cloud: projects, regions and zones from the configuration, labels, ids, self links, refusals of its APIs."""

# ruff: noqa: ARG002 - the protocol and the base class give every argument; not every provider or package needs each

import re
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from platform_lib.core.values import UNKNOWN, Properties
from platform_lib.sandbox.cloud.model import Request, Session
from platform_lib.sandbox.cloud.package import Package, known
from platform_lib.sandbox.cloud.store import Store
from platform_lib.sandbox.protocol import Autonaming, CheckFailure
from platform_lib.sandbox.schema.model import ResourceSchema

DEFAULT_PROJECT: Final = "sandbox-project"
"""The project of a configuration without one; the real provider would ask the environment, or refuse."""

PROJECT: Final = "gcp:organizations/project:Project"
DEFAULT_REGION: Final = "us-central1"
_PLACEHOLDER: Final = re.compile(r"\{\{%?(\w+)\}\}|\{(\w+)\}")
_PROJECT: Final = re.compile(r"^([a-z0-9.-]+:)?[a-z][-a-z0-9]{4,28}[a-z0-9]$")
_RFC1035: Final = re.compile(r"^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$")

DOMAINS: Final[Mapping[str, str]] = {
    "compute": "www.googleapis.com/compute/v1",
    "container": "container.googleapis.com/v1",
    "storage": "www.googleapis.com/storage/v1",
    "sql": "sqladmin.googleapis.com/sql/v1beta4",
}
"""Where self links of a module begin."""

NUMBER_SEED: Final = "project-number"


class Gcp(Package):
    """The GCP provider, version 10."""

    name: ClassVar[str] = "gcp"
    scoped_ids: ClassVar[bool] = False

    def modules(self) -> Sequence[str]:
        """Rules by service area, and the look-ups."""
        areas = ("network", "vpn", "resource", "cluster", "lookups")
        return [f"platform_lib.sandbox.cloud.gcp.{area}" for area in areas]

    def check_config(self, config: Mapping[str, Any]) -> Sequence[CheckFailure]:
        """Refuses a project id that cannot be one."""
        project = known(config, "project")
        if isinstance(project, str) and not _PROJECT.match(project):
            return [
                CheckFailure(
                    "project", f"is not a project id (6 to 30 lower-case letters, digits, hyphens), got '{project}'"
                )
            ]
        return ()

    def session(self, config: Mapping[str, Any]) -> Session:
        """Project, region and default labels of a configuration."""
        zone = known(config, "zone")
        region = known(config, "region") or (str(zone).rpartition("-")[0] if zone else DEFAULT_REGION)
        labels = known(config, "defaultLabels")
        tags = dict(labels) if isinstance(labels, dict) else {}
        if known(config, "addPulumiAttributionLabel") is not False:
            tags.setdefault("goog-pulumi-provisioned", "true")
        return Session("gcp", str(known(config, "project") or DEFAULT_PROJECT), str(region), tags=tags, config=config)

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
        """Names and defaults as every bridged provider; names of Compute follow RFC 1035."""
        failures = list(super().prepare(session, store, schema, urn, olds, news, seed, autonaming))
        name = news.get("name")
        rule = schema.autoname
        ruled = schema.token.startswith("gcp:compute/") and rule is not None and rule.property == "name" and rule.lower
        if ruled and isinstance(name, str) and not _RFC1035.match(name):
            text = f'"name" ("{name}") doesn\'t match regexp "^(?:[a-z](?:[-a-z0-9]{{0,61}}[a-z0-9])?)$"'
            failures.append(CheckFailure("name", text))
        return failures

    def place(self, session: Session, schema: ResourceSchema, inputs: Mapping[str, Any]) -> tuple[str, str]:
        """The project, and the region, zone or location of types that have one."""
        project = inputs.get("project")
        region = ""
        for key in ("region", "zone", "location"):
            if key in schema.inputs or key in schema.outputs:
                held = inputs.get(key)
                region = held if isinstance(held, str) and held else self._default(session, key)
                break
        return project if isinstance(project, str) and project else session.scope, region.rpartition("/")[2]

    @staticmethod
    def _default(session: Session, key: str) -> str:
        zone = str(session.config.get("zone") or f"{session.region}-a")
        return zone if key == "zone" else session.region

    def settled(self, session: Session, schema: ResourceSchema, news: Properties, old: Mapping[str, Any]) -> Properties:
        """Project, region and zone hold although they are not written: the configuration says them."""
        held: Properties = {}
        wanted: Properties = {}
        defaults = {"project": session.scope, "region": session.region, "zone": self._default(session, "zone")}
        for key, default in defaults.items():
            if key in schema.inputs and old.get(key):
                held[key], wanted[key] = old[key], news.get(key) or (default if key == "project" else old[key])
        return {"old": held, "new": wanted} if held else {}

    def common(self, request: Request) -> Properties:
        """Project, place, and the labels of the configuration beside those of the program."""
        found: Properties = {}
        outputs = request.schema.outputs
        project = self.project(request)
        if "project" in outputs and request.schema.token != PROJECT:
            found["project"] = project
        for key in ("region", "zone", "location"):
            if key in outputs and request.get(key) is not UNKNOWN and request.region:
                found[key] = request.region
                break
        labels = request.get("labels")
        if "effectiveLabels" in outputs and labels is not UNKNOWN:
            own = dict(labels or {})
            defaults = dict(request.session.tags)
            added = {key: value for key, value in defaults.items() if key != "goog-pulumi-provisioned"}
            found["pulumiLabels"] = {**added, **own}
            found["effectiveLabels"] = {**defaults, **own}
        return found

    def project(self, request: Request) -> str:
        """The project of the resource: its own, else the configuration's."""
        held = request.get("project")
        return held if isinstance(held, str) and held else request.session.scope

    # Ids

    def identify(self, request: Request) -> str:
        """The form of the documented import id, with inputs in the places."""
        examples = request.schema.id_examples
        example = next((item for item in examples if "{" in item), examples[0] if examples else "")
        if not example:
            return self._fallback(request)
        found = _PLACEHOLDER.sub(lambda match: self._fill(request, match[1] or match[2], example), example)
        return "/".join([found, *self._grant(request)])

    @staticmethod
    def _grant(request: Request) -> list[str]:
        """What the provider puts behind the id of what a grant is on: the role, and the member if it is one's own."""
        kind = request.kind.lower()
        keys = ["role", "member"] if kind.endswith("iammember") else ["role"] if kind.endswith("iambinding") else []
        return [str(request.inputs[key]) for key in keys if isinstance(request.inputs.get(key), str)]

    def _fallback(self, request: Request) -> str:
        name = self._own_name(request)
        module = request.schema.token.split(":")[1].split("/")[0]
        if module == "storage" and request.kind == "Bucket":
            return name
        kind = request.kind[0].lower() + request.kind[1:]
        return f"projects/{self.project(request)}/{kind}s/{name}"

    def _own_name(self, request: Request) -> str:
        rule = request.schema.autoname
        keys = [rule.property] if rule is not None else []
        lowered = request.kind[0].lower() + request.kind[1:]
        keys += ["name", f"{lowered}Id", f"{lowered}Name"]
        keys += [key for key, item in request.schema.inputs.items() if item.required and item.type.kind == "string"]
        for key in keys:
            held = request.inputs.get(key)
            if isinstance(held, str) and held:
                return held.rpartition("/")[2]
        return f"{request.kind.lower()}-{request.hex(8)}"

    def _fill(self, request: Request, word: str, example: str) -> str:
        """The value for a placeholder: the project, the place, an input of the name, else the own name."""
        first, *rest = word.split("_")
        camel = first + "".join(part.capitalize() for part in rest)
        if camel in ("project", "projectId", "projectName") and not (
            word == "project_id" and example == "{{project_id}}"
        ):
            return self.project(request)
        if camel in ("location", "region", "zone"):
            held = request.get(camel)
            return (
                str(held).rpartition("/")[2]
                if isinstance(held, str) and held
                else request.region or self._default(request.session, camel)
            )
        held = request.inputs.get(camel)
        if isinstance(held, str | int) and not isinstance(held, bool) and held != "":
            return str(held).rpartition("/")[2]
        nested = word.removesuffix("_id").removesuffix("_name")
        if isinstance(request.inputs.get(nested), str):
            return str(request.inputs[nested]).rpartition("/")[2]
        return self._own_name(request)

    def self_link(self, request: Request) -> str:
        """The URL of the resource."""
        module = request.schema.token.split(":")[1].split("/")[0]
        return f"https://{DOMAINS.get(module, f'{module}.googleapis.com/v1')}/{request.id}"

    def arn(self, request: Request) -> str:
        """Google Cloud has no arns; a name that looks like one is its full name."""
        return f"//{request.schema.token.split(':')[1].split('/')[0]}.googleapis.com/{request.id}"

    # Refusals

    def exists(self, request: Request) -> str:
        """The API's refusal."""
        return f"googleapi: Error 409: The resource '{request.id}' already exists, alreadyExists"

    def not_found(self, schema: ResourceSchema, id_: str) -> str:
        """The API's refusal."""
        return f"googleapi: Error 404: The resource '{id_}' was not found, notFound"

    def adopts(self, schema: ResourceSchema) -> bool:
        """IAM members, bindings and enabled services may be set again; what has a name may not."""
        return schema.autoname is None


def number(project: str) -> str:
    """The made-up but steady number of a project."""
    return str(100000000000 + zlib.crc32(f"{NUMBER_SEED}{project}".encode()) * 97 % 899999999999)
