"""The network on Azure: what only Azure asks for (``checks``, ``regions``)."""
