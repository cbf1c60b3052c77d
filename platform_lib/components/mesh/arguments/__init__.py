"""The groups of a mesh's arguments."""
