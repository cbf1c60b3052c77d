"""Code that runs in the cloud: read as files, imports nothing of the rest."""
