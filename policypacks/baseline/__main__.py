"""Serves every rule of the catalogue to the stock ``pulumi`` CLI."""

from policypacks.engine.server import serve

serve(__file__)
