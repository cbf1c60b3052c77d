"""The groups of the arguments of ``VaultCluster``."""
