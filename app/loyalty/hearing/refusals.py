"""What is refused when members are asked and heard."""

from datetime import datetime

from app.loyalty.errors import LoyaltyError, said


class QuietPeriodError(LoyaltyError):
    """The member was asked a question not long ago: they are left in peace."""

    code = "QUIET_PERIOD"

    def __init__(self, opens_at: datetime) -> None:
        """``opens_at`` is the first instant at which they may be asked again."""
        super().__init__(self.code)
        self.opens_at = opens_at

    def numbers(self) -> dict[str, int | str]:
        """Return when they may be asked again."""
        return {"opens_at": said(self.opens_at)}


class UnknownQuestionError(LoyaltyError):
    """This member was not asked such a question."""

    code = "UNKNOWN_QUESTION"


class ScoreNotOfferedError(LoyaltyError):
    """The answer is not on the scale of the question."""

    code = "SCORE_NOT_OFFERED"

    def __init__(self, minimum: int, maximum: int) -> None:
        """Both ends of the scale."""
        super().__init__(self.code)
        self.minimum = minimum
        self.maximum = maximum

    def numbers(self) -> dict[str, int | str]:
        """Return both ends of the scale."""
        return {"minimum": self.minimum, "maximum": self.maximum}


class UnknownNoteError(LoyaltyError):
    """There is no such note on this member for whoever asks."""

    code = "UNKNOWN_NOTE"


class UnknownCaseError(LoyaltyError):
    """There is no such case."""

    code = "UNKNOWN_CASE"


class AlreadyAnsweredError(LoyaltyError):
    """The question was answered otherwise before; an answer stays as it was given."""

    code = "ALREADY_ANSWERED"


class BirthdayKeptError(LoyaltyError):
    """A birthday was celebrated by this date: it stays."""

    code = "BIRTHDAY_KEPT"
