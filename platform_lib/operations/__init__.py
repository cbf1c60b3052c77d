"""Day-2 work over stacks: run, look, check. Nothing is imported here, so that each command loads only what it needs."""
