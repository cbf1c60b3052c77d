"""From one version of program and library to the next, against a state. Nothing is imported here."""
