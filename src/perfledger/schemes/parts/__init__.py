"""One module for each part of a scheme file: from positioned nodes to the domain's classes."""
