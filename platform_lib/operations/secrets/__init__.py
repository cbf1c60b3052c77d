"""The rotation of secrets: what a stack's ledger says is due. Values of secrets are nowhere in it."""
