"""Serves the SOC 2 rules to the stock ``pulumi`` CLI."""

from policypacks.engine.server import serve

serve(__file__)
