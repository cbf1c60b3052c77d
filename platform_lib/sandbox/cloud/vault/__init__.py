"""HashiCorp Vault in the sandbox cloud."""

from platform_lib.sandbox.cloud.vault.package import Vault

PACKAGE = Vault()
