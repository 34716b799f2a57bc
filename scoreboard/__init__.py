"""The scoreboard: reads the log only, computes nothing itself."""
