"""Copies in a second region by which a platform survives the loss of the first one, and the way there and back."""
