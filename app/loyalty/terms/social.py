"""Actions on social networks: which network, what to do there, and where. Nobody can check that it was done."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.loyalty.errors import LoyaltyError


class UnknownRuleError(LoyaltyError):
    """The programme in force has no such rule, or none that leads anywhere."""

    code = "UNKNOWN_RULE"


class Network(StrEnum):
    """Where it happens; ``own`` is a page of the shop's own, such as a blog or a forum."""

    FACEBOOK = "facebook"
    X = "x"
    INSTAGRAM = "instagram"
    LINE = "line"
    YOUTUBE = "youtube"
    TIKTOK = "tiktok"
    OWN = "own"


NAMES: Final[Mapping[Network, str]] = {
    Network.FACEBOOK: "Facebook",
    Network.X: "X",
    Network.INSTAGRAM: "Instagram",
    Network.LINE: "LINE",
    Network.YOUTUBE: "YouTube",
    Network.TIKTOK: "TikTok",
}
"""What networks call themselves, in every language; a shop's own page has no such name."""


class Act(StrEnum):
    """What is done there."""

    SHARE = "share"
    FOLLOW = "follow"
    VISIT = "visit"


@dataclass(frozen=True, slots=True)
class Social:
    """``act`` on a ``network``, at ``address``: the page to share, follow or visit, an https address.

    No network tells a shop whether a customer did it, so the rule that has this cannot call it verified and needs a
    limit of its own.
    """

    network: Network
    act: Act
    address: str
