"""Providers: what makes a plan real."""
