"""Points for anything else a shop may reward: a newsletter joined, a question answered, a share, a forum's answer."""

from dataclasses import dataclass
from typing import Literal

from app.loyalty.terms.rule_budget import RuleBudget
from app.loyalty.terms.social import Social


@dataclass(frozen=True, slots=True)
class EventRule:
    """``points`` (smallest steps of the unit) for each event of the name ``event``, within its limits.

    ``max_per_day`` by the local day of the event's shop, ``max_total`` in a lifetime; ``cooldown_hours`` since the last
    one that earned. The rule of another version with the same ``event`` and ``id`` counts towards the same limits.
    ``verified`` is False where nobody can check that it happened, such as a visit to a social network: shoppers and
    merchants are told so. ``social`` says on which network it happens; each such rule has limits of its own, and cannot
    be verified.
    """

    event: str
    points: int
    max_per_day: int | None = None
    max_total: int | None = None
    cooldown_hours: int | None = None
    verified: bool = True
    id: str = ""
    rule: Literal["event"] = "event"
    budget: RuleBudget | None = None
    social: Social | None = None


def earn(rule: EventRule) -> int:
    """Return the points due for an event within the limits."""
    return rule.points
