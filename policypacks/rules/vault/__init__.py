"""Rules for HashiCorp Vault (pulumi-vault)."""
