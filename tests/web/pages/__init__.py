"""The merchant's pages: what they say, who may look, what they change."""
