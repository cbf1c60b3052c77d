"""The groups of arguments of ``VaultConfiguration``."""
