"""The append-only, hash-chained log of an exercise."""
