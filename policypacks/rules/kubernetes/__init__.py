"""Rules for Kubernetes (pulumi-kubernetes)."""
