"""What a stack costs a month: quantities that components name, times a table of list prices. Imports nothing."""
