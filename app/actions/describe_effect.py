"""What an effect in the outbox means at the moment it is performed: the ids it names, read as they are now."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.db import programmes, redemptions
from app.db.outbox import EffectKind
from app.db.scope import Scope
from app.db.tables import BalanceRow, IdentityRow, MemberRow, PersonRow, ProgrammeRow, RedemptionRow, ReferralRow
from app.loyalty.effects import CodeTerms, CreditTerms, DisableDiscount, Effect, SyncMember
from app.loyalty.facts import Customer
from app.loyalty.ledger.books import RedemptionState, Stage
from app.loyalty.terms.programme import Reward
from app.loyalty.terms.rewards import CodeGift, CreditGift, credit, fulfil, valued


def describe_effect(scope: Scope, shop_id: UUID, kind: EffectKind, payload: Mapping[str, Any]) -> Effect | None:
    """Return the effect to perform, None where nothing is left to do (a code no longer wanted, a member gone)."""
    if kind is EffectKind.ISSUE_CODE:
        return _issue(scope, shop_id, payload["redemption"])
    if kind is EffectKind.GRANT_CREDIT:
        return _credit(scope, shop_id, payload["redemption"])
    if kind is EffectKind.DISABLE_CODE:
        row = redemptions.get(scope, payload["redemption"])
        return DisableDiscount(row.redemption_id, row.code, row.external_id) if row is not None else None
    if kind is EffectKind.ISSUE_FRIEND_CODE:
        return _issue_friend(scope, payload["referral"])
    if kind is EffectKind.SYNC_MEMBER:
        return _sync(scope, shop_id, UUID(payload["member"]))
    raise ValueError(kind)


def customer_of(scope: Scope, shop_id: UUID, member_id: UUID) -> Customer | None:
    """Return how a shop names a member, with the address where we know it; None for a guest or a stranger."""
    customer_id = scope.session.scalar(
        select(IdentityRow.customer_id)
        .where(
            IdentityRow.programme_id == scope.programme_id,
            IdentityRow.shop_id == shop_id,
            IdentityRow.member_id == member_id,
            IdentityRow.customer_id.not_like("guest:%"),
        )
        .limit(1)
    )
    if customer_id is None:
        return None
    person = scope.session.execute(
        select(PersonRow.email_sealed, PersonRow.locale).where(
            PersonRow.programme_id == scope.programme_id, PersonRow.member_id == member_id
        )
    ).one_or_none()
    email = scope.cipher.open(person.email_sealed).decode() if person is not None and person.email_sealed else None
    return Customer(customer_id, email, None, person.locale if person is not None else None)


def _currency(scope: Scope) -> str:
    currency: str = scope.session.scalars(
        select(ProgrammeRow.currency).where(ProgrammeRow.programme_id == scope.programme_id)
    ).one()
    return currency


def _issue(scope: Scope, shop_id: UUID, redemption_id: str) -> Effect | None:
    row: RedemptionRow | None = redemptions.get(scope, redemption_id)
    if row is None or row.state != RedemptionState.HELD.value or row.stage not in {Stage.REQUESTED, Stage.ISSUED}:
        return None
    reward = _picked(scope, row)
    if reward is None or not isinstance(reward.gives, CodeGift):
        return None
    terms = CodeTerms(
        reference=row.redemption_id,
        code=row.code,
        currency=_currency(scope),
        customer=customer_of(scope, shop_id, row.member_id),
        starts_at=row.requested_at,
        ends_at=row.ends_at,
        minimum_minor=reward.minimum_minor,
        title=reward.name or reward.id,
        maximum_minor=reward.maximum_minor,
        beside=reward.beside,
    )
    gift = valued(reward.gives, row.value_minor)
    return fulfil(gift, terms) if isinstance(gift, CodeGift) else None


def _picked(scope: Scope, row: RedemptionRow) -> Reward | None:
    return programmes.load(scope.session, scope.programme_id).version(row.version).picked(row.reward, row.option)


def _credit(scope: Scope, shop_id: UUID, redemption_id: str) -> Effect | None:
    """Return the money to be given, with what the member was given before, so that nothing is taken for another."""
    row = redemptions.get(scope, redemption_id)
    if row is None or row.state != RedemptionState.HELD.value or row.stage != Stage.REQUESTED:
        return None
    reward = _picked(scope, row)
    gift = valued(reward.gives, row.value_minor) if reward is not None else None
    if reward is None or not isinstance(gift, CreditGift):
        return None
    terms = CreditTerms(
        reference=row.redemption_id,
        code=row.code,
        currency=_currency(scope),
        customer=customer_of(scope, shop_id, row.member_id),
        asked_at=row.requested_at,
        ends_at=row.requested_at + timedelta(days=reward.code_days) if reward.code_days is not None else None,
        title=reward.name or reward.id,
        known=redemptions.external_ids(scope, row.member_id),
    )
    return credit(gift, terms)


def _issue_friend(scope: Scope, referral_id: str) -> Effect | None:
    row = scope.session.scalar(
        select(ReferralRow).where(
            ReferralRow.programme_id == scope.programme_id, ReferralRow.referral_id == referral_id
        )
    )
    version = programmes.load(scope.session, scope.programme_id).version_at(row.at) if row is not None else None
    reward = version.friend_reward if version is not None else None
    if row is None or row.code is None or reward is None:
        return None
    terms = CodeTerms(
        reference=f"referral:{row.referral_id}",
        code=row.code,
        currency=_currency(scope),
        customer=None,
        starts_at=row.at,
        ends_at=row.ends_at,
        minimum_minor=reward.minimum_minor,
        title=f"referral:{row.referral_id}",
    )
    return fulfil(reward.gives, terms)


def _sync(scope: Scope, shop_id: UUID, member_id: UUID) -> Effect | None:
    customer = customer_of(scope, shop_id, member_id)
    if customer is None:
        return None
    tier = scope.session.scalar(
        select(MemberRow.tier).where(MemberRow.programme_id == scope.programme_id, MemberRow.member_id == member_id)
    )
    available = scope.session.scalar(
        select(func.coalesce(func.sum(BalanceRow.amount), 0)).where(
            BalanceRow.programme_id == scope.programme_id,
            BalanceRow.member_id == member_id,
            BalanceRow.account == "available",
        )
    )
    return SyncMember(customer, tier, int(available or 0))
