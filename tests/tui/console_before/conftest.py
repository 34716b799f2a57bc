"""Fixtures of the console's tests before an exercise; what else they share is in before_stage."""

from before_stage import _one_place_and_time, console, here, same_host, stage

__all__ = ["_one_place_and_time", "console", "here", "same_host", "stage"]
