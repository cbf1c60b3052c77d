"""The sandbox: an engine and clouds that stand in for the real ones. Importing it loads nothing."""
