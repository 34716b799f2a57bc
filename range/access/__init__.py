"""The trainees' door into their lab."""
