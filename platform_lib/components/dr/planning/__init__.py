"""How a recovery is planned: data, copies, steps and their times. Pure."""
