"""What every component shares. Import from the modules: this package loads nothing by itself."""
