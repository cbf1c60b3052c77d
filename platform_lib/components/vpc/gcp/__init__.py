"""The network on Google Cloud: what only Google Cloud asks for (``checks``, ``regions``)."""
