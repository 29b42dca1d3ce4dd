"""Benchmarks: what the house costs beside a bare baseline, measured in turns on the same machine."""
