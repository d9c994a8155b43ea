"""Answers as text: pure functions, nothing of click and no escape codes."""
