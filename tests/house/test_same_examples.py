"""Properties are asked about the same examples whatever was imported before: no machine finds what another misses.

A version of Hypothesis that keeps its constants elsewhere fails here, and tests/the_same_examples.py is to be changed.
"""

import os
import subprocess
import sys

DRAWING = """
import sys
from hypothesis import given, settings, strategies as st
if "arranged" in sys.argv: from tests import the_same_examples; the_same_examples.arrange()
if "loaded" in sys.argv: import app.loyalty.settling
told = []
@settings(max_examples=100, derandomize=True, deadline=None, database=None)
@given(st.tuples(st.integers(), st.text(), st.integers(0, 1000), st.sampled_from(range(200))))
def draw(drawn): told.append(drawn)
draw()
print("\\n".join(ascii(each) for each in told))
"""


def drawn(*how: str, salt: str) -> str:
    """Return what a fresh process draws; `salt` decides the order of its sets."""
    environment = os.environ | {"PYTHONHASHSEED": salt, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [sys.executable, "-c", DRAWING, *how],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env=environment,
        timeout=120,
    ).stdout


def test_what_was_loaded_before_changes_no_example() -> None:
    fresh = drawn(salt="1")
    assert fresh.count("\n") >= 90
    assert drawn("loaded", "arranged", salt="2") == fresh
    assert drawn("loaded", salt="1") != fresh, "Hypothesis does this by itself now: nothing has to be arranged"
