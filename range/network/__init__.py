"""Bridges, namespaces and the guard that keeps labs apart."""
