"""The parts of a network's plan, pure functions each; ``plan.py`` puts them together."""
