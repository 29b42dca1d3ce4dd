"""How many examples hypothesis draws here, and that they are the same on every machine."""

from hypothesis import settings

few = settings(derandomize=True, deadline=None, max_examples=100)
many = settings(derandomize=True, deadline=None, max_examples=200)
