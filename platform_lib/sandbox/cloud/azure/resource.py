"""Resource groups, identities and role assignments (Azure Resource Manager REST reference)."""

import re
from collections.abc import Iterable
from typing import Final

from platform_lib.core.values import UNKNOWN, Properties, plain
from platform_lib.sandbox.cloud.model import Request, TypeRules
from platform_lib.sandbox.protocol import CheckFailure

GROUP: Final = "azure-native:resources:ResourceGroup"
IDENTITY: Final = "azure-native:managedidentity:UserAssignedIdentity"
_GROUP_NAME: Final = re.compile(r"^[-\w._()]{1,90}(?<!\.)$")


def arm(code: str, text: str) -> str:
    """A refusal in the form of ARM."""
    return f'Code="{code}" Message="{text}"'


def _check_group(inputs: Properties) -> Iterable[CheckFailure]:
    name = inputs.get("resourceGroupName")
    if isinstance(name, str) and not _GROUP_NAME.match(name):
        yield CheckFailure(
            "resourceGroupName", f"1 to 90 letters, digits, '-', '_', '.', '(' and ')', not ending in '.', got '{name}'"
        )


def _identity_outputs(request: Request) -> Properties:
    return {
        "clientId": request.outputs.get("clientId") or request.uuid("client"),
        "principalId": request.outputs.get("principalId") or request.uuid("principal"),
        "tenantId": tenant(request),
    }


def identity(request: Request) -> Properties:
    """The identities of a resource as ARM answers them: the given ones by id, each with its principal.

    Source: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-assign-managed-identity.
    """
    given = request.get("identity")
    if not isinstance(given, dict):
        return {}
    found = dict(given)
    users = given.get("userAssignedIdentities")
    if isinstance(users, list):
        found["userAssignedIdentities"] = {id_: _principal(request, id_) for id_ in users if isinstance(id_, str)}
    if "SystemAssigned" in str(given.get("type")):
        # The directory makes it with the resource, so that a preview does not know it.
        principal = UNKNOWN if request.preview else request.uuid("principal")
        found |= {"principalId": principal, "tenantId": tenant(request)}
    return {"identity": found}


def _principal(request: Request, id_: str) -> Properties:
    row = request.store.find(IDENTITY, id_)
    known = plain(row.outputs) if row is not None else {}
    return {"clientId": known.get("clientId", ""), "principalId": known.get("principalId", "")}


def tenant(request: Request) -> str:
    """The tenant of the configuration, else one that belongs to the sandbox."""
    return str(request.session.config.get("tenantId") or "11111111-1111-1111-1111-111111111111")


RULES: Final[dict[str, TypeRules]] = {
    GROUP: TypeRules(
        source="Azure naming rules: Microsoft.Resources/resourceGroups",
        check=_check_group,
        defaults={"type": "Microsoft.Resources/resourceGroups", "properties": {"provisioningState": "Succeeded"}},
    ),
    IDENTITY: TypeRules(
        compute=_identity_outputs, defaults={"type": "Microsoft.ManagedIdentity/userAssignedIdentities"}
    ),
    "azure-native:authorization:RoleAssignment": TypeRules(
        source="Azure RBAC REST reference: one assignment of a role to a principal at a scope",
        unique="rbac:{scope}:{principalId}:{roleDefinitionId}",
        exists=arm("RoleAssignmentExists", "The role assignment already exists."),
        defaults={"type": "Microsoft.Authorization/roleAssignments", "createdOn": "{stamp}", "updatedOn": "{stamp}"},
    ),
}
