"""What the tables promise, on a real PostgreSQL and on SQLite."""
