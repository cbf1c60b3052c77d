"""Deliberately bad: a policy for everything, keys that can be taken out, roles for everyone."""

import pulumi_vault as vault

vault.Policy("all", policy='path "*" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }')

transit = vault.Mount("transit", path="transit", type="transit")
vault.transit.SecretBackendKey(
    "data", backend=transit.path, exportable=True, allow_plaintext_backup=True, deletion_allowed=True
)

pki = vault.Mount("pki", path="pki", type="pki")
vault.pkisecret.SecretBackendRootCert("root", backend=pki.path, type="exported", common_name="example.org")
vault.pkisecret.SecretBackendRole("any", backend=pki.path, allow_any_name=True)

approle = vault.AuthBackend("approle", type="approle")
vault.approle.AuthBackendRole("app", backend=approle.path, role_name="app", token_policies=["root"])
kubernetes = vault.AuthBackend("kubernetes", type="kubernetes")
vault.kubernetes.AuthBackendRole(
    "pods",
    backend=kubernetes.path,
    role_name="pods",
    bound_service_account_names=["*"],
    bound_service_account_namespaces=["*"],
)
vault.ldap.AuthBackend("people", path="ldap", url="ldap://directory.example.org", insecure_tls=True)
