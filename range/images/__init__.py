"""Base systems and baked layers."""
