"""What each cloud gives for each option of a network, and what it cannot. Pure; imports nothing of pulumi."""
