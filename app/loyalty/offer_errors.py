"""What is refused of offers: those for others, with the condition that does not hold."""

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
