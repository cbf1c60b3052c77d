"""What the plan of a feature store is made of. Pure."""
