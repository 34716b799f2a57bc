"""What console, desk and scoreboard have in common to look alike: theme, words, text, keys."""
