"""The plugin in a real WordPress core."""
