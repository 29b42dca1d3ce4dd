"""Points for having brought so many friends."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ReferralMilestoneRule:
    """``points`` in smallest steps of the unit for every ``friends``-th friend who bought; ``once``: only that one."""

    points: int
    friends: int
    once: bool = False
    rule: Literal["referral_milestone"] = "referral_milestone"


def earn(rule: ReferralMilestoneRule, friends: int) -> int:
    """Return the points due for the ``friends``-th friend who bought."""
    reached = friends == rule.friends if rule.once else friends % rule.friends == 0
    return rule.points if reached else 0
