"""Code of the edge that runs in the cloud."""
