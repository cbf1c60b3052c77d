"""From the arguments of a mesh to what it consists of. Pure."""
