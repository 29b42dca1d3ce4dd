"""Something staff do for the member: a task on their list."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Service:
    """``task`` is what staff read on their list; it is due ``days`` × 24 h after it was asked for (None: no day)."""

    task: str
    days: int | None = None
    kind: Literal["service"] = "service"
