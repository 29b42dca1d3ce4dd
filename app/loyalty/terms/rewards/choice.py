"""One of several rewards, which the member picks; the others lapse."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Choice:
    """``options`` are the ids of other rewards of the version; their own costs and terms are not asked for again."""

    options: tuple[str, ...]
    kind: Literal["choice"] = "choice"
