"""What is read from the source is what importing the SDK shows."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_lib.sandbox import schema
from platform_lib.sandbox.schema.model import PropertySchema, PropertyType
from platform_lib.sandbox.schema.package import sdk

TYPES = {
    "aws": [
        "aws:s3/bucket:Bucket",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "aws:s3/bucketObjectv2:BucketObjectv2",
        "aws:iam/role:Role",
        "aws:iam/policy:Policy",
        "aws:kms/key:Key",
        "aws:rds/instance:Instance",
        "aws:rds/clusterInstance:ClusterInstance",
        "aws:lb/loadBalancer:LoadBalancer",
        "aws:lb/listener:Listener",
        "aws:lambda/function:Function",
        "aws:sqs/queue:Queue",
        "aws:dynamodb/table:Table",
        "aws:autoscaling/group:Group",
    ],
    "azure-native": [
        "azure-native:storage:StorageAccount",
        "azure-native:storage:BlobContainer",
        "azure-native:storage:Blob",
        "azure-native:keyvault:Vault",
        "azure-native:resources:ResourceGroup",
        "azure-native:managedidentity:UserAssignedIdentity",
    ],
    "gcp": [
        "gcp:storage/bucket:Bucket",
        "gcp:storage/bucketObject:BucketObject",
        "gcp:organizations/project:Project",
        "gcp:kms/cryptoKey:CryptoKey",
        "gcp:sql/databaseInstance:DatabaseInstance",
    ],
    "kubernetes": [
        "kubernetes:apps/v1:Deployment",
        "kubernetes:apps/v1:DeploymentPatch",
        "kubernetes:apps/v1:DeploymentList",
        "kubernetes:core/v1:Secret",
        "kubernetes:helm.sh/v3:Release",
        "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition",
    ],
    "vault": [
        "vault:index/mount:Mount",
        "vault:index/policy:Policy",
        "vault:jwt/authBackend:AuthBackend",
        "vault:kv/secretV2:SecretV2",
        "vault:gcp/secretRoleset:SecretRoleset",
    ],
}


SAMPLE = 12
"""Further types of each package, drawn by seed."""


def module_of(package: str, token: str) -> str:
    file = schema.resource(token).sources["inputs"].split()[-1]
    return f"{sdk(package).module}.{file.removesuffix('.py').replace('/', '.')}"


def alternatives(package: str, kind: PropertyType) -> list[Any]:
    """A type in the form that the other side prints."""
    return sorted((shape for item in (kind, *kind.alternatives) for shape in shapes(package, item)), key=json.dumps)


def shapes(package: str, kind: PropertyType) -> Iterator[Any]:
    if kind.enum:
        yield ["enum", kind.kind, list(kind.enum)]
        if not kind.enum_strict:
            yield kind.kind
    elif kind.item is not None:
        yield [kind.kind, alternatives(package, kind.item)]
    elif kind.kind == "object":
        _, module, name = kind.object_token.split(":")
        outputs = module.endswith("/outputs")
        parts = [sdk(package).module, *module.removesuffix("/outputs").split("/"), "outputs" if outputs else "_inputs"]
        yield ["object", ".".join(part for part in parts if part != "index"), name]
    else:
        yield kind.kind


def read(package: str, properties: Mapping[str, PropertySchema]) -> dict[str, Any]:
    return {name: [item.python_name, alternatives(package, item.type)] for name, item in properties.items()}


@pytest.mark.slow
@pytest.mark.parametrize("package", TYPES)
def test_reading_equals_importing(package: str) -> None:
    tokens = [*TYPES[package], *random.Random(11).sample(schema.tokens(package), SAMPLE)]
    script = Path(__file__).parents[2] / "support" / "sdk_shapes.py"
    wanted = [[module_of(package, token), token] for token in tokens]
    result = subprocess.run(
        [sys.executable, str(script), json.dumps(wanted)], capture_output=True, text=True, check=True, timeout=300
    )
    shown = json.loads(result.stdout)
    for token in tokens:
        known, other = schema.resource(token), shown[token]
        assert read(package, known.inputs) == {name: value[:2] for name, value in other["inputs"].items()}
        assert read(package, known.outputs) == {name: value[:2] for name, value in other["outputs"].items()}
        assert {name for name, item in known.outputs.items() if not item.required} == {
            name for name, value in other["outputs"].items() if value[2]
        }
        assert sorted(item.python_name for item in known.inputs.values() if item.required) == other["required"]
        assert other["defaults"].items() <= {item.python_name: item.default for item in known.inputs.values()}.items()
