"""The trainee's desk: it knows its line to the engine, and nothing else."""
