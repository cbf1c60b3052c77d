"""KMS keys and aliases, Secrets Manager, SSM parameters, ACM certificates.

KMS: https://docs.aws.amazon.com/kms/latest/APIReference/ (a deleted key waits 7 to 30 days; here it is gone at once).
Secrets
Manager ids end in six random characters (Secrets Manager user guide, "What's in a secret").
"""

import json
from collections.abc import Iterable
from typing import Final

from platform_lib.core.values import Properties
from platform_lib.sandbox.cloud.aws.shared import KEY, error, json_texts, key_of
from platform_lib.sandbox.cloud.eventual import Held
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules, refuse
from platform_lib.sandbox.protocol import CheckFailure


def _kms(action: str, code: str, text: str) -> str:
    return error("KMS", action, code, text)


def _check_key(inputs: Properties) -> Iterable[CheckFailure]:
    yield from json_texts("policy")(inputs)
    for key, low, high in (("deletionWindowInDays", 7, 30), ("rotationPeriodInDays", 90, 2560)):
        value = inputs.get(key)
        if isinstance(value, int) and not low <= value <= high:
            yield CheckFailure(key, f"expected {key} to be in the range ({low} - {high}), got {value}")


def _key_outputs(request: Request) -> Properties:
    root = f"arn:{request.session.partition}:iam::{request.account}:root"
    statement = {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": root},
        "Action": "kms:*",
        "Resource": "*",
    }
    default = json.dumps(
        {"Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement]}, separators=(",", ":")
    )
    return {
        "keyId": request.id,
        "description": request.get("description", ""),
        "policy": request.get("policy") or default,
        "multiRegion": bool(request.get("multiRegion", False)),
        "rotationPeriodInDays": request.get("rotationPeriodInDays", 365 if request.get("enableKeyRotation") else 0),
    }


def _key_id(request: Request) -> str:
    return f"mrk-{request.hex(32)}" if request.get("multiRegion") else request.uuid()


def _check_alias(inputs: Properties) -> Iterable[CheckFailure]:
    name = inputs.get("name")
    if isinstance(name, str) and (not name.startswith("alias/") or name.startswith("alias/aws/")):
        yield CheckFailure("name", f"must begin with 'alias/' and must not begin with 'alias/aws/', got '{name}'")


def _alias_outputs(request: Request) -> Properties:
    key = str(request.get("targetKeyId"))
    id_ = key.rpartition("/")[2]
    arn = request.arn("kms", f"{request.id}")
    return {
        "arn": arn,
        "targetKeyArn": request.arn("kms", f"key/{id_}"),
        "name": request.id,
        "namePrefix": request.get("namePrefix", ""),
    }


def _alias_name(request: Request) -> str:
    return str(request.get("name") or f"{request.get('namePrefix', 'alias/')}{request.digits(26)}")


def _secret_id(request: Request) -> str:
    name = request.get("name") or f"{request.get('namePrefix', request.name)}{request.digits(26)}"
    suffix = "".join(chr(ord("a") + int(digit, 16)) for digit in request.hex(6, "suffix"))
    return request.arn("secretsmanager", f"secret:{name}-{suffix}")


def _parameter_outputs(request: Request) -> Properties:
    name = str(request.get("name"))
    old = request.outputs.get("version")
    return {
        "arn": request.arn("ssm", f"parameter/{name.removeprefix('/')}"),
        "version": int(old) + 1 if isinstance(old, int) and request.old is not None else 1,
        "dataType": request.get("dataType", "text"),
        "insecureValue": request.get("insecureValue", ""),
        "tier": request.get("tier", "Standard"),
        "keyId": request.get("keyId") or ("alias/aws/ssm" if request.get("type") == "SecureString" else ""),
        "hasValueWo": False,
        "overwrite": request.get("overwrite", False),
        "value": request.get("value", request.get("insecureValue", "")),
    }


def _admit_parameter(request: Request) -> None:
    name = str(request.get("name"))
    if name.lower().startswith(("/aws", "aws", "/ssm", "ssm")):
        text = f"No access to reserved parameter name: {name}."
        raise refuse(error("SSM", "PutParameter", "AccessDeniedException", text))


def _check_parameter(inputs: Properties) -> Iterable[CheckFailure]:
    name = inputs.get("name")
    if isinstance(name, str) and "/" in name and not name.startswith("/"):
        yield CheckFailure(
            "name", f"a parameter name with a slash must begin with one (be fully qualified), got '{name}'"
        )
    given = [key for key in ("value", "insecureValue", "valueWo") if inputs.get(key) is not None]
    if len(given) != 1:
        yield CheckFailure("value", f"exactly one of value, insecureValue, valueWo is needed, got {len(given)}")


def _certificate_outputs(request: Request) -> Properties:
    domain = str(request.get("domainName", ""))
    names = [domain, *[name for name in request.get("subjectAlternativeNames", []) if name != domain]]
    options = [
        {
            "domainName": name,
            "resourceRecordName": f"_{request.hex(32, name)}.{name.removeprefix('*.')}.",
            "resourceRecordType": "CNAME",
            "resourceRecordValue": f"_{request.hex(32, name + 'v')}.acm-validations.aws.",
        }
        for name in names
    ]
    dns = request.get("validationMethod") == "DNS"
    return {
        "arn": request.id,
        "domainName": domain,
        "domainValidationOptions": options if dns else [],
        "subjectAlternativeNames": names,
        "status": "PENDING_VALIDATION" if dns else "ISSUED",
        "type": "AMAZON_ISSUED" if not request.get("privateKey") else "IMPORTED",
        "validationEmails": [],
        "renewalEligibility": "INELIGIBLE",
        "renewalSummaries": [],
        "pendingRenewal": False,
        "notBefore": request.outputs.get("notBefore", "") if dns else request.stamp,
        "notAfter": request.outputs.get("notAfter", ""),
        "keyAlgorithm": request.get("keyAlgorithm", "RSA_2048"),
        "validationMethod": request.get("validationMethod", "NONE"),
    }


_SECRET: Final = Reference(
    "secretId",
    ("aws:secretsmanager/secret:Secret",),
    error(
        "Secrets Manager",
        "PutSecretValue",
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret ({value}).",
    ),
)
_CERTIFICATE_ARN: Final = "arn:{partition}:acm:{region}:{account}:certificate/{uuid}"

RULES: Final[dict[str, TypeRules]] = {
    "aws:kms/key:Key": TypeRules(
        source="KMS API reference, CreateKey and ScheduleKeyDeletion",
        input_defaults={
            "bypassPolicyLockoutSafetyCheck": False,
            "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
            "enableKeyRotation": False,
            "isEnabled": True,
            "keyUsage": "ENCRYPT_DECRYPT",
        },
        id=_key_id,
        arn="arn:{partition}:kms:{region}:{account}:key/{id}",
        check=_check_key,
        compute=_key_outputs,
    ),
    "aws:kms/alias:Alias": TypeRules(
        id=_alias_name,
        unique="kms:alias:{account}:{region}:{name}",
        check=_check_alias,
        compute=_alias_outputs,
        references=(
            Reference("targetKeyId", KEY, _kms("CreateAlias", "NotFoundException", "Key '{value}' does not exist")),
        ),
        exists=_kms(
            "CreateAlias",
            "AlreadyExistsException",
            "An alias with the name arn:{partition}:kms:{region}:{account}:{name} already exists",
        ),
    ),
    "aws:kms/keyPolicy:KeyPolicy": TypeRules(
        references=(
            Reference("keyId", KEY, _kms("PutKeyPolicy", "NotFoundException", "Key '{value}' does not exist")),
        ),
        id="{keyId}",
        adopts=True,
        check=json_texts("policy"),
    ),
    "aws:kms/grant:Grant": TypeRules(
        references=(Reference("keyId", KEY, _kms("CreateGrant", "NotFoundException", "Key '{value}' does not exist")),),
        id="{keyId}:{hex64}",
    ),
    "aws:secretsmanager/secret:Secret": TypeRules(
        input_defaults={"forceOverwriteReplicaSecret": False, "recoveryWindowInDays": 30},
        references=(key_of("Secrets Manager", "CreateSecret", "kmsKeyId"),),
        id=_secret_id,
        unique="secretsmanager:{account}:{region}:{name}",
        check=json_texts("policy"),
        compute=lambda request: {
            "arn": request.id,
            "policy": request.get("policy", ""),
            "replicas": request.get("replicas", []),
        },
        exists=error(
            "Secrets Manager",
            "CreateSecret",
            "ResourceExistsException",
            "The operation failed because the secret {name} already exists.",
        ),
        held=Held(
            lambda inputs: float(inputs.get("recoveryWindowInDays", 30)) * 86_400,
            error(
                "Secrets Manager",
                "CreateSecret",
                "InvalidRequestException",
                "You can't create this secret because a secret with this name is already scheduled for deletion.",
            ),
        ),
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": TypeRules(
        references=(_SECRET,),
        id=lambda request: f"{request.get('secretId')}|{request.uuid()}",
        compute=lambda request: {
            "arn": request.get("secretId"),
            "versionId": request.id.rpartition("|")[2],
            "versionStages": request.get("versionStages", ["AWSCURRENT"]),
        },
    ),
    "aws:secretsmanager/secretPolicy:SecretPolicy": TypeRules(
        references=(Reference("secretArn", _SECRET.types, _SECRET.missing),),
        id="{secretArn}",
        adopts=True,
        check=json_texts("policy"),
    ),
    "aws:secretsmanager/secretRotation:SecretRotation": TypeRules(references=(_SECRET,), id="{secretId}", adopts=True),
    "aws:ssm/parameter:Parameter": TypeRules(
        references=(key_of("SSM", "PutParameter", "keyId"),),
        id="{name}",
        check=_check_parameter,
        admit=_admit_parameter,
        compute=_parameter_outputs,
        exists=error(
            "SSM",
            "PutParameter",
            "ParameterAlreadyExists",
            "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
        ),
    ),
    "aws:acm/certificate:Certificate": TypeRules(
        id=_CERTIFICATE_ARN,
        compute=_certificate_outputs,
        source="ACM API reference: a certificate validated by DNS waits for its record",
    ),
    "aws:acm/certificateValidation:CertificateValidation": TypeRules(
        references=(
            Reference(
                "certificateArn",
                ("aws:acm/certificate:Certificate",),
                error("ACM", "DescribeCertificate", "ResourceNotFoundException", "Could not find certificate {value}."),
            ),
        ),
        id=lambda request: request.stamp.replace("T", " ").replace("Z", " +0000 UTC"),
        adopts=True,
    ),
}
