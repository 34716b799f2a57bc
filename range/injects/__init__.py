"""Carrying out injects: messages, attacks, events."""
