"""The record of what was deployed: a signed chain of entries for each stack. Nothing is imported here."""
