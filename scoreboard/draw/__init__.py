"""What the board looks like: pure functions from data and a size to rows of styled text."""
