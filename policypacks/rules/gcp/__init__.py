"""Rules for Google Cloud (pulumi-gcp)."""
