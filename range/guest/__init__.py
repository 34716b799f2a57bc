"""The control path into guests."""
