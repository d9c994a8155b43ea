"""Writes the example journals; start at ``examples/generate.py``."""
