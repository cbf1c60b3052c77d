"""Look-ups of Vault: policy documents, and secrets that are in the sandbox."""

import json
import zlib
from typing import Any, Final

from platform_lib.core.values import Properties, Secret, plain
from platform_lib.sandbox.cloud.model import refuse
from platform_lib.sandbox.cloud.package import Look, LookUp


def _policy(look: Look) -> Properties:
    """The rules as HCL, in the form that the provider renders."""
    blocks = []
    for rule in look.args.get("rules", []):
        lines = [f'path "{rule["path"]}" {{', f"  capabilities = {json.dumps(rule.get('capabilities', []))}"]
        for key, word in (("minWrappingTtl", "min_wrapping_ttl"), ("maxWrappingTtl", "max_wrapping_ttl")):
            if rule.get(key):
                lines.append(f'  {word} = "{rule[key]}"')
        if rule.get("requiredParameters"):
            lines.append(f"  required_parameters = {json.dumps(rule['requiredParameters'])}")
        comment = [f"# {rule['description']}"] if rule.get("description") else []
        blocks.append("\n".join([*comment, *lines, "}"]))
    text = "\n\n".join(blocks) + ("\n" if blocks else "")
    return {**look.args, "hcl": text, "id": str(zlib.crc32(text.encode()))}


def _secret(look: Look) -> Properties:
    mount, name = str(look.args["mount"]).strip("/"), str(look.args["name"]).strip("/")
    row = look.store.find("vault:kv/secretV2:SecretV2", f"{mount}/data/{name}", look.session.scope)
    if row is None:
        raise refuse(f'no secret found at "{mount}/data/{name}"')
    data: Any = plain(row.outputs.get("data") or {})
    text = plain(row.inputs.get("dataJson")) or json.dumps(data)
    return {
        **look.args,
        "id": row.id,
        "path": row.id,
        "data": Secret(data),
        "dataJson": Secret(text),
        "version": 1,
        "createdTime": row.created,
        "deletionTime": "",
        "destroyed": False,
        "customMetadata": {},
    }


LOOK_UPS: Final[dict[str, LookUp]] = {
    "vault:index/getPolicyDocument:getPolicyDocument": _policy,
    "vault:kv/getSecretV2:getSecretV2": _secret,
}
