"""The scenario language, version 1: frozen models without I/O. Read `scenario.py` first."""
