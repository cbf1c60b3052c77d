"""The sandbox: an engine and clouds that stand in for the real ones, for whoever has no account. It loads nothing by itself."""
