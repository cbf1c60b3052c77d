"""The components, one package each. Import from the packages: this one loads nothing by itself."""
