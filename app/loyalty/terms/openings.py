"""From when members of a level may have or enter something that opens for higher levels first."""

from collections.abc import Sequence
from datetime import datetime

from app.loyalty.errors import TierTooLowError
from app.loyalty.terms.programme import Version
from app.loyalty.terms.rewards import Opening


def opens_at(openings: Sequence[Opening], version: Version, level: str | None) -> datetime | None:
    """Return the level's own opening, else that of the nearest lower level, else that for members of none.

    None without any openings. Raises TierTooLowError where there is none for the level or a lower one.
    """
    if not openings:
        return None
    own = version.tiers.position(level) if version.tiers else -1
    placed = [
        (version.tiers.position(opening.level) if version.tiers and opening.level is not None else -1, opening)
        for opening in openings
    ]
    reached = [(place, opening.opens_at) for place, opening in placed if place <= own]
    if not reached:
        raise TierTooLowError(min(placed, key=lambda entry: entry[0])[1].level or "")
    return max(reached, key=lambda entry: entry[0])[1]
