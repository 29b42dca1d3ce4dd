"""Everything we refuse, in one table: the code's status and its title. What shoppers read is the widget's to word."""

from collections.abc import Mapping, Sequence
from typing import Final

REFUSALS: Final[Mapping[str, tuple[int, str]]] = {
    "ACCESS_TOKEN_INVALID": (409, "The token lets nobody in"),
    "ALREADY_ANSWERED": (409, "It was answered otherwise before"),
    "ALREADY_CLOSED": (409, "It was closed before"),
    "ALREADY_PICKED": (409, "There is nothing to pick any more"),
    "ALREADY_USED": (409, "The code was used"),
    "ANSWER_NOT_OFFERED": (422, "No answer to this question"),
    "BIRTHDAY_KEPT": (409, "The date stays once the birthday was celebrated"),
    "BUDGET_EXCEEDED": (409, "More than the budget has left"),
    "CANNOT_JOIN": (409, "Something stands in the way of joining the group"),
    "INSUFFICIENT_POINTS": (409, "Not enough points"),
    "INTERNAL": (500, "Something went wrong here"),
    "INVALID_AMOUNT": (422, "This is no amount of the currency"),
    "INVALID_REQUEST": (400, "The request cannot be understood"),
    "KEY_REUSED": (409, "The key was used for something else"),
    "LIMIT_REACHED": (409, "Had as often as one member may"),
    "MEMBER_TOO_NEW": (409, "For members of some standing"),
    "MERGED_SINCE": (409, "One of them was merged since"),
    "NOT_ALLOWED": (403, "Not allowed"),
    "NOT_AT_THIS_SHOP": (409, "This shop cannot give it"),
    "NOT_INVITABLE": (409, "Nobody is invited to this level"),
    "NOT_IN_SEGMENT": (409, "For members of whom something else holds"),
    "NOT_MERGED": (409, "They were not merged"),
    "NOT_A_MEMBER": (409, "Not a member"),
    "NOT_ELIGIBLE": (409, "Not eligible"),
    "NOT_FOUND": (404, "Nothing is here"),
    "NOT_RETURNABLE": (409, "It cannot be returned now"),
    "NOT_SIGNED_IN": (401, "Sign in first"),
    "NOT_YET_OPEN": (409, "Not open yet"),
    "OFFER_CLOSED": (409, "The offer has ended"),
    "OFFER_SPENT": (409, "Its budget is spent"),
    "NO_ENTRY": (409, "Redeem it first"),
    "OTHER_CURRENCY": (409, "The shop counts in another currency"),
    "OTHER_PROGRAMME": (409, "The shop belongs to another programme"),
    "POINTS_NOT_OFFERED": (409, "Not so many points"),
    "PROGRAMME_PAUSED": (409, "The programme is paused"),
    "QUIET_PERIOD": (409, "Asked not long ago"),
    "REFUSED": (409, "Refused"),
    "SAME_MEMBER": (409, "Both are one member"),
    "SCORE_NOT_OFFERED": (422, "Not on the scale of the question"),
    "SELF_REFERRAL": (409, "Nobody can refer themselves"),
    "SIGNATURE_INVALID": (401, "The signature does not fit"),
    "SOLD_OUT": (409, "None is left"),
    "STARTS_IN_PAST": (409, "It cannot begin in the past"),
    "TIER_NOT_LISTED": (409, "For members of other tiers"),
    "TIER_TOO_LOW": (409, "For members of a higher tier"),
    "TOO_MANY_REQUESTS": (429, "Too many requests"),
    "UNAVAILABLE": (503, "Not available at the moment"),
    "UNKNOWN_CASE": (404, "No such case"),
    "UNKNOWN_INVITATION": (404, "No such invitation"),
    "UNKNOWN_MEMBER": (404, "No such member"),
    "UNKNOWN_NOTE": (404, "No such note"),
    "UNKNOWN_OPTION": (404, "No such option"),
    "UNKNOWN_QUESTION": (404, "No such question"),
    "UNKNOWN_REDEMPTION": (404, "No such redemption"),
    "UNKNOWN_REFERRAL": (404, "No such referral"),
    "UNKNOWN_REWARD": (404, "No such reward"),
    "UNKNOWN_RULE": (404, "No such rule"),
    "UNKNOWN_SHOP": (404, "No such shop"),
    "UNIT_FIXED": (409, "What members collect cannot change any more"),
    "UNKNOWN_VERSION": (404, "No such version"),
    "UNSOUND_PROGRAMME": (422, "The programme cannot be published so"),
}
_UNLISTED: Final = (409, "Refused")


class Refusal(Exception):
    """A refusal of the web's own, or of an action's answer. ``numbers`` stand beside the code in the document."""

    def __init__(
        self,
        code: str,
        numbers: Mapping[str, int | str] | None = None,
        *,
        status: int | None = None,
        detail: str | None = None,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[Mapping[str, int | str]] = (),
    ) -> None:
        """``detail`` is a sentence for whoever operates the caller; never for shoppers, never with their data.

        ``errors`` are refusals of parts, each with its place and code.
        """
        super().__init__(code)
        self.code = code
        self.numbers = dict(numbers or {})
        listed, self.title = REFUSALS.get(code, _UNLISTED)
        self.status = status or listed
        self.detail = detail
        self.headers = dict(headers or {})
        self.errors = [dict(error) for error in errors]
