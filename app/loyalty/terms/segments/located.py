"""Where somebody has things sent: by country, or by region of a country."""

from dataclasses import dataclass
from typing import Literal

from app.loyalty.terms.segments.shopper import Look, Shopper


@dataclass(frozen=True, slots=True)
class Located:
    """One of these ``countries`` (ISO 3166: ``CA``), or of these ``regions`` (``CA-ON``).

    The place of the newest order that told one, else of the customer's own address. Who told none is nowhere.
    """

    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    kind: Literal["place"] = "place"

    def look(self, shopper: Shopper) -> Look:
        """Say whether the place is among them."""
        place = shopper.place
        if place is None:
            return Look(holds=False)
        return Look(place.country in self.countries or f"{place.country}-{place.region}" in self.regions)
