"""The instructor's console: from the choice of a scenario to the debrief."""
