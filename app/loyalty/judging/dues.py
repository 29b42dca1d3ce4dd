"""What a source deserves, by the version that judges it, with the numbers behind it and why, if nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.loyalty.ledger.postings import Source
from app.loyalty.terms.programme import Version

Explanation = Mapping[str, object]
"""The numbers behind a judgement, ready to be shown: rule, base, rate, multiplier, tier, amount."""


@dataclass(frozen=True, slots=True)
class Due:
    """What one source deserves, in smallest steps of the unit, and by which version it was judged.

    ``moment`` decides dates of lots; ``waits`` says whether pending days apply. ``reason`` tells why nothing is due.
    """

    source: Source
    shop: str
    amount: int
    moment: datetime
    version: Version | None
    waits: bool = False
    tier: str | None = None
    reason: str | None = None
    breakdown: tuple[Explanation, ...] = ()


def no_rule(version: Version | None) -> str:
    """Return the reason where no rule of a version speaks of a fact, or there is no version yet."""
    return "NO_RULE" if version else "BEFORE_PROGRAMME"
