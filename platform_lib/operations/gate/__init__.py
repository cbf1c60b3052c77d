"""The gate: one verdict about a change, from a preview that is never skipped. Nothing is imported here."""
