"""Programmes as files people write: JSON with money in major units, derived from the values of the trade themselves."""
