"""The sandbox cloud as gRPC providers, for the stock Pulumi CLI: one process, one port a package.

The CLI attaches to a running provider by ``PULUMI_DEBUG_PROVIDERS=aws:PORT,...``; see ``server.ProviderServer``.
"""
