"""The real servers tests run against, started once for a whole run and stopped with it."""
