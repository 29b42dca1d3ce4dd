"""Tests, mirroring the packages they speak of."""
