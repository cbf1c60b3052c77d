"""Rules for AWS (pulumi-aws)."""
