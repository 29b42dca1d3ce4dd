"""Hypothesis draws the same examples on every machine, whatever is imported first, and ends in time.

`derandomize` alone does not promise it: since 6.131 integers and strings are drawn also from the constants of whatever
modules of ours happen to be loaded, and processes that share the tests load them in different orders. And shrinking may
take as long as a test may run; the limit of the test then strikes at some innocent example, which passes when it is
tried again and is reported as flaky, besides the failure that is meant. No setting turns either off, so this does;
tests/house/test_same_examples.py says when a new version of Hypothesis needs another way.
"""

from hypothesis import settings
from hypothesis.internal.conjecture import engine, providers
from hypothesis.internal.constants_ast import Constants

SHRINKING_SECONDS = 60
"""Shrinking stops after so long, well within what pyproject.toml allows a test."""


def arrange() -> None:
    """Load the profile; call it before any example is drawn."""
    settings.register_profile("everywhere", derandomize=True, deadline=None)
    settings.load_profile("everywhere")
    nothing = Constants()
    providers._get_local_constants = lambda: nothing
    engine.MAX_SHRINKING_SECONDS = SHRINKING_SECONDS
