"""What can reach what in a planned network, and why. Pure; imports nothing of pulumi."""
