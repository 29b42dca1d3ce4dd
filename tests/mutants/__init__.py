"""Planted bugs: small changes that each break one promise, and the tests that must turn red for it."""
