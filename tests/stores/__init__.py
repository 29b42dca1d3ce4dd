"""The demonstration stores of tests/sandbox keep the contracts of their platforms."""
