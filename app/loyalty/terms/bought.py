"""What rules about whole orders may know of one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bought:
    """An order that was paid: its rank, its base in minor units, and whether it renewed a subscription."""

    rank: int
    base_minor: int
    renewal: bool = False
