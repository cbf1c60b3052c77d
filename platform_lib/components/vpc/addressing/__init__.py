"""Address planning: which subnet lies where, and why it never moves. Pure; imports nothing of pulumi."""
