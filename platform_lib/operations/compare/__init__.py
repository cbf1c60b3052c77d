"""Two stacks side by side: what differs on purpose, and what by accident. Nothing is imported here."""
