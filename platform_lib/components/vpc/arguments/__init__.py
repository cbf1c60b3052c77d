"""The groups of the network's arguments, one module a theme; ``args.py`` holds the whole."""
