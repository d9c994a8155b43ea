"""From entries to figures: pure calculation that returns Nodes, and the tables that keep it."""
