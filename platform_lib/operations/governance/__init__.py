"""Reviewed decisions about environments: their order, what each asks for, who approves. Nothing is imported here."""
