"""Who may enter what from when, and the short-lived token that says so: signed by us, checked by us."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from app.loyalty.errors import (
    AccessTokenInvalidError,
    NotYetOpenError,
    OfferClosedError,
    TierTooLowError,
    UnknownRewardError,
)
from app.loyalty.terms import openings
from app.loyalty.terms.programme import Reward, Version
from app.loyalty.terms.rewards import Access

TOKEN_LIFE = timedelta(minutes=10)
"""How long a token is good for at most; the page asks for a new one."""
_LONGEST = 2048
_VERSION = "a1"


@dataclass(frozen=True, slots=True)
class Pass:
    """What a token says: at which shop, who, for what reward, of which tier; until when (Unix seconds)."""

    shop: str
    member: str
    reward: str
    level: str | None
    until: int


def opens_at(reward: Reward, version: Version, level: str | None) -> datetime | None:
    """Return from when members of a level may enter; None: as long as the reward has been there.

    The level's own opening, else that of the nearest lower level, else that for members of none.
    Raises TierTooLowError where there is no opening for the level or a lower one.
    """
    gift = reward.gives
    if not isinstance(gift, Access) or not gift.openings:
        return reward.opens_at
    return openings.opens_at(gift.openings, version, level)


def check_entry(version: Version | None, reward_id: str, level: str | None, at: datetime) -> Access:
    """Return what may be entered now by members of a level.

    Raises UnknownRewardError, TierTooLowError, NotYetOpenError (opens_at), OfferClosedError (closed_at).
    """
    reward = version.reward(reward_id) if version else None
    if version is None or reward is None or not isinstance(reward.gives, Access):
        raise UnknownRewardError
    if reward.level is not None and (
        version.tiers is None or version.tiers.position(level) < version.tiers.position(reward.level)
    ):
        raise TierTooLowError(reward.level)
    opens = opens_at(reward, version, level)
    if opens is not None and at < opens:
        raise NotYetOpenError(opens)
    closes = reward.gives.closes_at
    if closes is not None and at >= closes:
        raise OfferClosedError(closes)
    return reward.gives


def until(gift: Access, at: datetime) -> int:
    """Return when a token made now ends: ten minutes, or the closing where that is sooner."""
    end = at + TOKEN_LIFE
    return int(min(end, gift.closes_at).timestamp()) if gift.closes_at is not None else int(end.timestamp())


def sign(content: Pass, secret: bytes) -> str:
    """Return ``a1.<payload>.<signature>``: base64url JSON and HMAC-SHA256 over ``a1.<payload>``, without padding."""
    payload = json.dumps(asdict(content), sort_keys=True, separators=(",", ":")).encode()
    signed = f"{_VERSION}.{_text(payload)}"
    return f"{signed}.{_signature(signed, secret)}"


def read(token: str, secrets: Sequence[bytes], shop: str, at: datetime) -> Pass:
    """Return what a token of ours says, made for this shop and not run out. Raises AccessTokenInvalidError(why)."""
    signed, _, signature = token.rpartition(".")
    if len(token) > _LONGEST or not signed.startswith(f"{_VERSION}.") or not token.isascii():
        raise AccessTokenInvalidError("MALFORMED")
    fits = [hmac.compare_digest(_signature(signed, secret), signature) for secret in secrets]
    if not any(fits):
        raise AccessTokenInvalidError("FORGED")
    payload = signed.removeprefix(f"{_VERSION}.")
    content = Pass(**json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))
    if content.shop != shop:
        raise AccessTokenInvalidError("ANOTHER_SHOP")
    if at >= datetime.fromtimestamp(content.until, UTC):
        raise AccessTokenInvalidError("EXPIRED")
    return content


def _signature(signed: str, secret: bytes) -> str:
    return _text(hmac.digest(secret, signed.encode(), "sha256"))


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")
