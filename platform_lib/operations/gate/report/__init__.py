"""A verdict in the forms that others read: SARIF, JUnit, a comment on a change. Nothing is imported here."""
