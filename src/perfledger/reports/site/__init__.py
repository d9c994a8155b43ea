"""The site: static pages of a scheme's year, readable from a folder, without network or script."""
