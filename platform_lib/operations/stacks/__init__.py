"""Several stacks at once: their order, which a change affects, runs of many. Nothing is imported here."""
