"""Serves the PCI DSS rules to the stock ``pulumi`` CLI."""

from policypacks.engine.server import serve

serve(__file__)
