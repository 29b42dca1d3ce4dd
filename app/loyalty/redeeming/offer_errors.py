"""What is refused of offers: those for others, and those whose budget is spent."""

from collections.abc import Mapping

from app.loyalty.errors import LoyaltyError


class NotInSegmentError(LoyaltyError):
    """The reward is for members of whom something else holds: what, and how much is missing where it is counted."""

    code = "NOT_IN_SEGMENT"

    def __init__(self, condition: str, counted: Mapping[str, int | str]) -> None:
        """``condition`` is the kind of what does not hold; ``counted``: what there is, is needed, is missing."""
        super().__init__(self.code)
        self.condition = condition
        self.counted = dict(counted)

    def numbers(self) -> dict[str, int | str]:
        """Return the condition and its numbers."""
        return {"condition": self.condition} | self.counted


class OfferSpentError(LoyaltyError):
    """The reward's budget has less left than this would take."""

    code = "OFFER_SPENT"

    def __init__(self, have_minor: int, need_minor: int) -> None:
        """Both in minor units: what the budget has left, and what was asked of it."""
        super().__init__(self.code)
        self.have_minor = have_minor
        self.need_minor = need_minor

    def numbers(self) -> dict[str, int | str]:
        """Return have, need and what is missing, in minor units."""
        have, need = self.have_minor, self.need_minor
        return {"have_minor": have, "need_minor": need, "missing_minor": need - have}
