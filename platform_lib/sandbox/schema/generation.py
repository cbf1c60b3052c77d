"""Random inputs that fit a schema and look like what people write: for sweeps over types and for property tests."""

import hashlib
import json
import random
import string
from collections.abc import Mapping
from typing import Any, Final

from platform_lib.core.values import Archive, Asset, Properties
from platform_lib.sandbox.schema.lookup import object_schema
from platform_lib.sandbox.schema.model import PropertySchema, PropertyType, ResourceSchema

_WORDS: Final = (
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "harbor",
    "inlet",
    "jasper",
    "kestrel",
    "lagoon",
)
_REGIONS: Final = {
    "aws": ("us-east-1", "eu-west-1"),
    "gcp": ("us-central1", "europe-west1"),
    "azure-native": ("westeurope", "eastus"),
}
_OPTIONAL_DEPTH: Final = 2
"""Objects nested deeper get their required properties only."""

_MAX_DEPTH: Final = 12
"""No generated type needs so deep a nesting; an endless one ends here."""

_PREFIXES: Final = {
    "vpcid": "vpc-",
    "subnetid": "subnet-",
    "subnetids": "subnet-",
    "subnets": "subnet-",
    "securitygroupid": "sg-",
    "securitygroupids": "sg-",
    "securitygroups": "sg-",
    "vpcsecuritygroupids": "sg-",
    "routetableid": "rtb-",
    "internetgatewayid": "igw-",
    "natgatewayid": "nat-",
    "networkinterfaceid": "eni-",
    "instanceid": "i-",
    "volumeid": "vol-",
    "snapshotid": "snap-",
    "imageid": "ami-",
    "ami": "ami-",
    "allocationid": "eipalloc-",
    "transitgatewayid": "tgw-",
    "vpcendpointid": "vpce-",
    "filesystemid": "fs-",
}
"""Lower-case property names of AWS ids to their prefix; 17 hex digits follow (AWS: longer ids, since 2016)."""

_POLICY: Final = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
)


def generate(schema: ResourceSchema, rng: random.Random, *, optional: float = 0.0) -> Properties:
    """Valid inputs for a resource type.

    Args:
        schema: of the type.
        rng: source of chance; the same state gives the same inputs.
        optional: share of the optional properties that are given too, from 0 to 1; deprecated ones never are.

    Returns:
        Inputs by wire name, in which ``validate`` finds nothing wrong. Texts are believable by the name of their
        property (ranges of addresses, arns, regions, policies), but no cloud promises to accept them.
    """
    return _Generator(schema.package, rng, optional).properties(schema.inputs, 0)


class _Generator:
    def __init__(self, package: str, rng: random.Random, optional: float) -> None:
        self.package = package
        self.rng = rng
        self.optional = optional

    def properties(self, known: Mapping[str, PropertySchema], depth: int) -> Properties:
        share = self.optional if depth <= _OPTIONAL_DEPTH else 0.0
        result: Properties = {}
        for name, item in known.items():
            if item.default is not None:
                if item.required or item.type.enum_strict:
                    result[name] = item.default
            elif item.required or (share and not item.deprecated and self.rng.random() < share):
                value = self.value(item.type, name, depth)
                result[name] = json.dumps(value) if item.json_text and not isinstance(value, str) else value
        return result

    def value(self, kind: PropertyType, name: str, depth: int) -> Any:
        if kind.enum:
            return self.rng.choice(kind.enum)
        if kind.kind == "object":
            if depth >= _MAX_DEPTH:
                return {}
            return self.properties(object_schema(self.package, kind.object_token).properties, depth + 1)
        if kind.kind == "list" and kind.item is not None:
            if depth >= _MAX_DEPTH:
                return []
            length = 1 if kind.item.kind == "object" else self.rng.randint(1, 2)
            return [self.value(kind.item, name, depth + 1) for _ in range(length)]
        if kind.kind == "map" and kind.item is not None:
            key = "app" if self.package == "kubernetes" else self.rng.choice(_WORDS)
            text = "demo" if self.package == "kubernetes" and kind.item.kind == "string" else None
            return {key: self.value(kind.item, key, depth + 1) if text is None else text}
        return self._leaf(kind.kind, name)

    def _leaf(self, kind: str, name: str) -> Any:
        if kind == "boolean":
            return self.rng.random() < 0.5
        if kind == "integer":
            return self._integer(name.lower())
        if kind == "number":
            return round(self.rng.uniform(1, 10), 2)
        if kind == "asset":
            text = f"{self.rng.choice(_WORDS)}\n"
            digest = hashlib.sha256(text.encode()).hexdigest()
            asset = Asset(hash=digest, text=text)
            return asset if "source" in name.lower() else Archive(hash=digest, assets={"index.txt": asset})
        if kind in {"any", "map", "list"}:
            return [] if kind == "list" else {self.rng.choice(_WORDS): self.rng.choice(_WORDS)}
        return self._text(name)

    def _integer(self, name: str) -> int:
        if name.endswith("port"):
            return self.rng.choice((80, 443, 5432, 8080))
        for part, low, high in (("days", 7, 30), ("size", 20, 100), ("ttl", 60, 600), ("priority", 100, 200)):
            if part in name:
                return self.rng.randint(low, high)
        return self.rng.randint(1, 5)

    def _hex(self, length: int) -> str:
        return "".join(self.rng.choices("0123456789abcdef", k=length))

    def _text(self, name: str) -> str:
        lower = name.lower()
        word = f"{self.rng.choice(_WORDS)}-{self._hex(4)}"
        if self.package == "aws":
            if lower in _PREFIXES:
                return _PREFIXES[lower] + self._hex(17)
            if lower.endswith(("arn", "arns")):
                return self._arn(lower, word)
            if lower.endswith(("policy", "policydocument")):
                return _POLICY
            if lower.endswith("accountid"):
                return "".join(self.rng.choices(string.digits, k=12))
        if "cidr" in lower or lower.endswith(("addressprefix", "addressprefixes")):
            if "v6" in lower:
                return f"2001:db8:{self._hex(4)}::/64"
            return f"10.{self.rng.randint(0, 255)}.{self.rng.randint(0, 255)}.0/24"
        if lower in {"region", "location"}:
            return self.rng.choice(_REGIONS.get(self.package, ("us-east-1",)))
        if lower in {"availabilityzone", "zone"}:
            region = self.rng.choice(_REGIONS.get(self.package, ("us-east-1",)))
            return f"{region}-b" if self.package == "gcp" else f"{region}a"
        if lower.endswith(("ip", "ipaddress", "address")) and "mac" not in lower and "email" not in lower:
            return f"10.{self.rng.randint(0, 255)}.{self.rng.randint(0, 255)}.{self.rng.randint(4, 250)}"
        return self._worded(lower, word)

    def _arn(self, name: str, word: str) -> str:
        account = "123456789012"
        if "role" in name:
            return f"arn:aws:iam::{account}:role/{word}"
        if "kms" in name or "keyarn" in name:
            identifier = "-".join(self._hex(length) for length in (8, 4, 4, 4, 12))
            return f"arn:aws:kms:us-east-1:{account}:key/{identifier}"
        if "bucket" in name:
            return f"arn:aws:s3:::{word}"
        if "topic" in name:
            return f"arn:aws:sns:us-east-1:{account}:{word}"
        return f"arn:aws:ec2:us-east-1:{account}:resource/{word}"

    def _worded(self, lower: str, word: str) -> str:
        if "email" in lower:
            return f"{word}@example.com"
        if lower.endswith(("url", "uri", "endpoint")):
            return f"https://{word}.example.com/"
        if "domain" in lower or "hostname" in lower or "dnsname" in lower:
            return f"{word}.example.com"
        if "password" in lower or "secret" in lower:
            return "".join(self.rng.choices(string.ascii_letters + string.digits, k=20))
        if lower.endswith(("time", "timestamp", "date")):
            return f"2030-01-{self.rng.randint(10, 28)}T00:00:00Z"
        if lower.endswith(("json", "definition", "document")):
            return json.dumps({self.rng.choice(_WORDS): self.rng.choice(_WORDS)})
        if lower.endswith("version"):
            return str(self.rng.randint(1, 20))
        return word
