"""Groups of settings, one module for what each blueprint asks."""
