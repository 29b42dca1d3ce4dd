"""Points for joining, once a member."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class SignUpRule:
    """``points`` in smallest steps of the unit."""

    points: int
    rule: Literal["sign_up"] = "sign_up"


def earn(rule: SignUpRule) -> int:
    """Return the points due for the member's first sign-up."""
    return rule.points
