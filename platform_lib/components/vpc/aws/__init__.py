"""The network on AWS: what only AWS asks for (``checks``, ``report``), and its resources, one module a theme."""
