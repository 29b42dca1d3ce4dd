"""Before a version is promised to anybody: what is wrong with it, and what it would do."""
