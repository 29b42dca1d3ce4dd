"""What a friend's orders make of the referrals that brought them."""

from collections.abc import Sequence
from datetime import datetime

from app.loyalty.members.history import MemberReferral, ReferralOutcome, ValuedOrder
from app.loyalty.terms.programme import Programme, Version
from app.loyalty.terms.rules.referral import FirstOrder, ReferralRule, qualifies
from app.loyalty.terms.suspicion import Decision, Signal, score, signals


def _first(orders: Sequence[ValuedOrder], as_of: datetime | None) -> FirstOrder | None:
    """Return the friend's first order that counts as of an instant (None: with everything known)."""
    for order in orders:
        if order.rank != 1 or (as_of is not None and order.paid_at > as_of):
            continue
        base = order.base
        if as_of is not None:
            base = [value for since, value in order.steps if since <= as_of][-1]
        if base.total_minor > 0:
            return FirstOrder(order.shop, order.order.id, order.paid_at, base.total_minor)
    return None


def _due_by(rule: ReferralRule, referred_at: datetime, first: FirstOrder | None) -> datetime | None:
    """Return when the order was paid that makes the referral due, None where none does."""
    return first.paid_at if first is not None and qualifies(rule, referred_at, first) is None else None


def _looked_at(
    version: Version, referral: MemberReferral, first: FirstOrder | None
) -> tuple[str | None, tuple[Signal, ...]]:
    """Return why a referral that would be due is not paid (None: it is), and what speaks against it."""
    desk = version.referral_desk
    found = signals(desk, referral.at, first.paid_at, referral.evidence) if desk and first else ()
    if referral.decision is Decision.REFUSED:
        return "REFUSED_BY_STAFF", found
    if desk is None or referral.decision is Decision.APPROVED or not found or score(found) < desk.hold_at:
        return None, found
    return "HELD_FOR_REVIEW", found


def outcomes(
    referred: Sequence[MemberReferral], orders: Sequence[ValuedOrder], programme: Programme
) -> list[ReferralOutcome]:
    """Judge every referral of one friend by the friend's orders, wholly by the version at the referral's time.

    Of several the first by (at, id) counts; the others are due nothing.
    """
    results: list[ReferralOutcome] = []
    for position, referral in enumerate(sorted(referred, key=lambda referral: (referral.at, referral.id))):
        version = programme.version_at(referral.at)
        if position:
            results.append(ReferralOutcome(referral.id, referral.at, reason="OTHER_ADVOCATE"))
            continue
        rules = version.rules_of(ReferralRule) if version else ()
        if version is None or not rules:
            results.append(ReferralOutcome(referral.id, referral.at, reason="NO_RULE"))
            continue
        rule = rules[0]
        now = _first(orders, None)
        reason = qualifies(rule, referral.at, now)
        instants = sorted({since for order in orders if order.rank == 1 for since, _ in order.steps})
        steps = tuple((instant, _due_by(rule, referral.at, _first(orders, instant))) for instant in instants)
        against: tuple[Signal, ...] = ()
        if reason is None:
            reason, against = _looked_at(version, referral, now)
            steps = steps if reason is None else tuple((instant, None) for instant, _ in steps)
        results.append(
            ReferralOutcome(
                referral.id,
                referral.at,
                due=reason is None,
                advocate_points=rule.points,
                friend_points=rule.friend_points,
                moment=now.paid_at if now else None,
                shop=now.shop if now else "",
                version=version.number,
                reason=reason,
                steps=steps,
                held=reason == "HELD_FOR_REVIEW",
                signals=against,
                network_met_at=referral.evidence.network_met_at,
                device_met_at=referral.evidence.device_met_at,
            )
        )
    return results
