"""The pages of the desk, in the order of their numbers."""
