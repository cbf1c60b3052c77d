"""Stack files as a whole: what they set and from where, what is wrong with them, their schema. Imports nothing."""
