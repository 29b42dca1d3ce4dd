"""What somebody told about themselves."""

from dataclasses import dataclass
from typing import Literal

from app.loyalty.terms.segments.shopper import Look, Shopper, Told


@dataclass(frozen=True, slots=True)
class Profile:
    """The answer to a profile question is one of these options; any answer at all where none is named.

    Who took the answer back is not in it. An answer can be changed at any time, so no campaign may ask for one.
    """

    question: str
    options: tuple[str, ...] = ()
    kind: Literal["profile"] = "profile"

    def look(self, shopper: Shopper) -> Look:
        """Return whether it was answered so."""
        return Look(
            holds=any(
                isinstance(told, Told)
                and told.question == self.question
                and told.at <= shopper.at
                and (not self.options or told.option in self.options)
                for told in shopper.answers
            )
        )
