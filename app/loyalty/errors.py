"""What the trade refuses, as few errors that carry numbers and never sentences for shoppers."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime


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


class NotYetOpenError(LoyaltyError):
    """The reward cannot be had before an instant."""

    code = "NOT_YET_OPEN"

    def __init__(self, opens_at: datetime) -> None:
        """``opens_at`` is the first instant at which it can."""
        super().__init__(self.code)
        self.opens_at = opens_at

    def numbers(self) -> dict[str, int | str]:
        """Return when it opens."""
        return {"opens_at": said(self.opens_at)}


class OfferClosedError(LoyaltyError):
    """The reward can no longer be had."""

    code = "OFFER_CLOSED"

    def __init__(self, closed_at: datetime) -> None:
        """``closed_at`` is the first instant at which it could not be had any more."""
        super().__init__(self.code)
        self.closed_at = closed_at

    def numbers(self) -> dict[str, int | str]:
        """Return when it closed."""
        return {"closed_at": said(self.closed_at)}


class TierNotListedError(LoyaltyError):
    """The reward is for members of certain tiers only, higher ones not counted in."""

    code = "TIER_NOT_LISTED"

    def __init__(self, levels: Sequence[str]) -> None:
        """``levels`` are the ids of the tiers it is for."""
        super().__init__(self.code)
        self.levels = tuple(levels)

    def numbers(self) -> dict[str, int | str]:
        """Return the tiers it is for, with a comma between."""
        return {"need": ",".join(self.levels)}


class MemberTooNewError(LoyaltyError):
    """The reward is for members of some standing."""

    code = "MEMBER_TOO_NEW"

    def __init__(self, have: int, need: int) -> None:
        """Both in whole days of 24 hours."""
        super().__init__(self.code)
        self.have = have
        self.need = need

    def numbers(self) -> dict[str, int | str]:
        """Return the days had, needed and missing."""
        return {"have_days": self.have, "need_days": self.need, "missing_days": self.need - self.have}


class LimitReachedError(LoyaltyError):
    """The member has had the reward as often as it is given to one."""

    code = "LIMIT_REACHED"

    def __init__(self, limit: int, used: int, again_at: datetime | None) -> None:
        """``again_at`` is when one more may be had, None for never."""
        super().__init__(self.code)
        self.limit = limit
        self.used = used
        self.again_at = again_at

    def numbers(self) -> dict[str, int | str]:
        """Return the limit, what was had of it, and when there is one more."""
        numbers: dict[str, int | str] = {"limit": self.limit, "used": self.used}
        return numbers | {"opens_at": said(self.again_at)} if self.again_at is not None else numbers


class SoldOutError(LoyaltyError):
    """All that was to be had was taken, by all members together."""

    code = "SOLD_OUT"

    def __init__(self, stock: int, taken: int) -> None:
        """How many there were and how many are taken."""
        super().__init__(self.code)
        self.stock = stock
        self.taken = taken

    def numbers(self) -> dict[str, int | str]:
        """Return the stock and what was taken of it."""
        return {"limit": self.stock, "used": self.taken}


class PointsNotOfferedError(LoyaltyError):
    """The shopper chooses how many points, but not so many, or did not say."""

    code = "POINTS_NOT_OFFERED"

    def __init__(self, asked: int | None, minimum: int, maximum: int | None, step: int) -> None:
        """All in smallest steps of the unit."""
        super().__init__(self.code)
        self.asked = asked
        self.minimum = minimum
        self.maximum = maximum
        self.step = step

    def numbers(self) -> dict[str, int | str]:
        """Return what may be chosen."""
        numbers: dict[str, int | str] = {"minimum": self.minimum, "step": self.step}
        return numbers | {"maximum": self.maximum} if self.maximum is not None else numbers


class UnknownOptionError(LoyaltyError):
    """What was picked is not among what there is to choose from."""

    code = "UNKNOWN_OPTION"

    def __init__(self, options: Sequence[str]) -> None:
        """``options`` are the ids to choose from."""
        super().__init__(self.code)
        self.options = tuple(options)

    def numbers(self) -> dict[str, int | str]:
        """Return what there is to choose from, with a comma between."""
        return {"need": ",".join(self.options)}


class AlreadyPickedError(LoyaltyError):
    """There is nothing to pick here, or no longer."""

    code = "ALREADY_PICKED"


class NoEntryError(LoyaltyError):
    """The member has not redeemed what lets in."""

    code = "NO_ENTRY"


class AccessTokenInvalidError(LoyaltyError):
    """A token that does not let anybody in: ``why`` is MALFORMED, FORGED, ANOTHER_SHOP or EXPIRED."""

    code = "ACCESS_TOKEN_INVALID"

    def __init__(self, why: str) -> None:
        """``why`` is a stable word."""
        super().__init__(self.code)
        self.why = why

    def numbers(self) -> dict[str, int | str]:
        """Return why."""
        return {"why": self.why}


class AlreadyClosedError(LoyaltyError):
    """The task was done or cancelled before."""

    code = "ALREADY_CLOSED"


class NotAtThisShopError(LoyaltyError):
    """The shop's platform has no way to give this reward as it was promised."""

    code = "NOT_AT_THIS_SHOP"

    def __init__(self, reward: str, need: str) -> None:
        """``need`` is the ability that is missing: a kind of discount or credit, or ``maximum_minor``."""
        super().__init__(self.code)
        self.reward = reward
        self.need = need

    def numbers(self) -> dict[str, int | str]:
        """Return the reward and the missing ability."""
        return {"reward": self.reward, "need": self.need}


class BudgetExceededError(LoyaltyError):
    """More would be given than the budget has left."""

    code = "BUDGET_EXCEEDED"

    def __init__(self, have: int, need: int) -> None:
        """Both in the smallest step of the programme's unit: what the budget has left, and what was asked of it."""
        super().__init__(self.code)
        self.have = have
        self.need = need

    def numbers(self) -> dict[str, int | str]:
        """Return have, need and what is missing."""
        return {"have": self.have, "need": self.need, "missing": self.need - self.have}


class NotInvitableError(LoyaltyError):
    """The programme in force has no level of this id that members are invited to."""

    code = "NOT_INVITABLE"

    def __init__(self, level: str) -> None:
        """``level`` is the id asked for."""
        super().__init__(self.code)
        self.level = level

    def numbers(self) -> dict[str, int | str]:
        """Return the level asked for."""
        return {"level": self.level}


class UnknownInvitationError(LoyaltyError):
    """No such invitation of this member."""

    code = "UNKNOWN_INVITATION"


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


class UnknownVersionError(LoyaltyError):
    """The programme has no version of this number."""

    code = "UNKNOWN_VERSION"

    def __init__(self, number: int) -> None:
        """``number`` is the one asked for."""
        super().__init__(self.code)
        self.number = number

    def numbers(self) -> dict[str, int | str]:
        """Return the number asked for."""
        return {"version": self.number}


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


class SameMemberError(LoyaltyError):
    """Two names of one member: there is nothing to merge."""

    code = "SAME_MEMBER"


class OtherCurrencyError(LoyaltyError):
    """A shop's currency is not that of the programme it is to join."""

    code = "OTHER_CURRENCY"


class OtherProgrammeError(LoyaltyError):
    """The shop has a programme already, with members whose points are there."""

    code = "OTHER_PROGRAMME"


class CannotJoinError(LoyaltyError):
    """A shop cannot join a group as things stand; each reason with how many there are."""

    code = "CANNOT_JOIN"

    def __init__(self, hindrances: Mapping[str, int]) -> None:
        """By the reason's code."""
        super().__init__(self.code)
        self.hindrances = dict(hindrances)

    def numbers(self) -> dict[str, int | str]:
        """Return the reasons."""
        return dict(self.hindrances)


class NotMergedError(LoyaltyError):
    """The member stands for itself: there is no merge to take back."""

    code = "NOT_MERGED"


class MergedSinceError(LoyaltyError):
    """The member that was kept was merged into another since (that merge is taken back first), or erased."""

    code = "MERGED_SINCE"


class UnitFixedError(LoyaltyError):
    """Points or money were given already: what members collect never changes from then on."""

    code = "UNIT_FIXED"


class UnknownReferralError(LoyaltyError):
    """There is no such referral, or no friend came by it yet."""

    code = "UNKNOWN_REFERRAL"


def said(instant: datetime) -> str:
    """Return an instant as machines read it: ISO 8601 in UTC."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
