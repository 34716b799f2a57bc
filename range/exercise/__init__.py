"""The engine that runs an exercise, and its control socket."""
