"""Makers of what tests need, each named by what it makes."""
