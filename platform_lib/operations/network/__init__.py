"""Day-2 work over networks: the address plan, its map, and what can reach what."""
