"""Schemes as data: reading a scheme file, and the files that are shipped."""
