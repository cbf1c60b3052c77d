"""The parts of a plan of Vault servers."""
