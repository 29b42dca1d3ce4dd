"""What the trade refuses, as few errors that carry numbers and never sentences for shoppers."""


class LoyaltyError(Exception):
    """A refusal by the rules of the trade; ``code`` is stable and machine-readable."""

    code = "REFUSED"

    def numbers(self) -> dict[str, int | str]:
        """Return what belongs to the refusal (have, need, missing…)."""
        return {}


class InvalidAmountError(LoyaltyError):
    """Not a plain decimal amount of the currency."""

    code = "INVALID_AMOUNT"


class InsufficientPointsError(LoyaltyError):
    """Fewer points are available than needed."""

    code = "INSUFFICIENT_POINTS"

    def __init__(self, have: int, need: int) -> None:
        """Both in the smallest step of the programme's unit."""
        super().__init__(self.code)
        self.have = have
        self.need = need

    def numbers(self) -> dict[str, int | str]:
        """Return have, need and what is missing."""
        return {"have": self.have, "need": self.need, "missing": self.need - self.have}


class UnknownRewardError(LoyaltyError):
    """The programme in force has no such reward."""

    code = "UNKNOWN_REWARD"


class TierTooLowError(LoyaltyError):
    """The reward is for members of a higher tier."""

    code = "TIER_TOO_LOW"

    def __init__(self, need: str) -> None:
        """``need`` is the id of the level asked for."""
        super().__init__(self.code)
        self.need = need

    def numbers(self) -> dict[str, int | str]:
        """Return the level needed."""
        return {"need": self.need}


class UnknownRedemptionError(LoyaltyError):
    """No such redemption of this member."""

    code = "UNKNOWN_REDEMPTION"


class AlreadyUsedError(LoyaltyError):
    """The code was used, so its points cannot be given back."""

    code = "ALREADY_USED"


class KeyReusedError(LoyaltyError):
    """The request's key came before with other content."""

    code = "KEY_REUSED"


class SelfReferralError(LoyaltyError):
    """Advocate and friend are one person."""

    code = "SELF_REFERRAL"


class StartsInPastError(LoyaltyError):
    """A programme version cannot begin before now."""

    code = "STARTS_IN_PAST"


class UnknownMemberError(LoyaltyError):
    """No such member in this programme."""

    code = "UNKNOWN_MEMBER"


class NotEligibleError(LoyaltyError):
    """The friend of a referral cannot be rewarded, with the reason as ``why``."""

    code = "NOT_ELIGIBLE"

    def __init__(self, why: str) -> None:
        """``why`` is a stable word such as ALREADY_CUSTOMER."""
        super().__init__(self.code)
        self.why = why

    def numbers(self) -> dict[str, int | str]:
        """Return why."""
        return {"why": self.why}
