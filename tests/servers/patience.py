"""How long tests wait for what has to happen."""

from typing import Final

PATIENCE_S: Final = 60.0
"""How long anything may take that has to happen: busy machines are slow, and only what never happens is wrong."""
