"""The reference platform: one program for every environment, composed from the components of ``platform_lib``."""
