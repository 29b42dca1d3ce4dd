"""Speaks SQL; the only place that does."""
