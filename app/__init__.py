"""Kizuna's own code: the trade, the database, and the doors to both."""
