"""The parts of a planned configuration, each a pure function of its arguments."""
