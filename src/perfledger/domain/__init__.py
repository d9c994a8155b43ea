"""The pure core: entries, schemes, decisions and states. Standard library and attrs only."""
