"""A member asks to be let in: a short-lived token for what tier or redemption opens, and its check at the door."""

from uuid import UUID

from sqlalchemy import exists, select

from app.db import segments, versions
from app.db.scope import Scope
from app.db.tables import MemberRow, RedemptionRow
from app.loyalty.errors import NoEntryError, UnknownMemberError, UnknownRewardError
from app.loyalty.ledger.books import RedemptionState
from app.loyalty.redeeming.access import Pass, check_entry, read, sign, until
from app.loyalty.redeeming.eligibility import check_segment
from app.loyalty.terms.rewards import Access

_PURPOSE = "access"


def open_access(scope: Scope, shop_id: UUID, member_id: UUID, reward_id: str) -> tuple[str, Pass]:
    """Return a token that lets a member in at a shop for ten minutes at most, and what it says.

    What costs points must have been redeemed; what costs none is open to its tiers.
    Raises UnknownMemberError, UnknownRewardError, TierTooLowError, NotYetOpenError, OfferClosedError,
    NotInSegmentError, NoEntryError.
    """
    row = scope.session.execute(
        select(MemberRow.tier).where(MemberRow.programme_id == scope.programme_id, MemberRow.member_id == member_id)
    ).one_or_none()
    if row is None:
        raise UnknownMemberError
    version = versions.version_at(scope.session, scope.programme_id, scope.now)
    gift = check_entry(version, reward_id, row.tier, scope.now)
    reward = version.reward(reward_id) if version is not None else None
    if version is not None and reward is not None and reward.segment is not None:
        check_segment(reward, version, segments.shopper(scope, member_id))
    if reward is not None and reward.needs(None) and not _redeemed(scope, member_id, reward_id):
        raise NoEntryError
    content = Pass(str(shop_id), str(member_id), reward_id, row.tier, until(gift, scope.now))
    return sign(content, scope.cipher.secret(_PURPOSE)), content


def _redeemed(scope: Scope, member_id: UUID, reward_id: str) -> bool:
    had = exists().where(
        RedemptionRow.programme_id == scope.programme_id,
        RedemptionRow.member_id == member_id,
        (RedemptionRow.reward == reward_id) | (RedemptionRow.option == reward_id),
        RedemptionRow.state == RedemptionState.REDEEMED.value,
    )
    return bool(scope.session.scalar(select(had)))


def check_access(scope: Scope, shop_id: UUID, token: str, thing: str) -> tuple[Pass, Access]:
    """Return what a token says, if it opens ``thing`` at this shop now.

    Raises AccessTokenInvalidError, UnknownRewardError, TierTooLowError, NotYetOpenError, OfferClosedError.
    """
    content = read(token, [scope.cipher.secret(_PURPOSE)], str(shop_id), scope.now)
    version = versions.version_at(scope.session, scope.programme_id, scope.now)
    gift = check_entry(version, content.reward, content.level, scope.now)
    if thing not in gift.things:
        raise UnknownRewardError
    return content, gift
