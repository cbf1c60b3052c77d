"""Where the state of sandbox stacks lives on disk: format, secrets, journal, lock, versions."""
