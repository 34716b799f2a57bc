"""Grading: evidence becomes points. Pure."""
