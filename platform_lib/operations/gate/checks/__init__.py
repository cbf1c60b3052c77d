"""The checks of the gate, a module each: what they look at is one ``GateInput``, what they answer ``Looked``."""
