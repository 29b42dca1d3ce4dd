"""The house itself: floors, tables, migrations, and what must not be in the repository."""
