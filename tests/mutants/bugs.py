"""The table of all planted bugs."""

from typing import Final

from tests.mutants.ledger import LEDGER
from tests.mutants.roads import ROADS
from tests.mutants.walls import WALLS

BUGS: Final = (*LEDGER, *ROADS, *WALLS)
