"""Reports that people print and send: sheets, pages and CSV from the Nodes that answers read."""
