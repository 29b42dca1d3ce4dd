"""The verbs, each against real databases."""
