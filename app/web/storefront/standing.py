"""A member's side: balance, dates, tier, what is affordable, codes, and whom the link brought."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from app.db.offers import Offered
from app.db.places import Place
from app.db.storefront import Deserved, Known, Paid, Portion, Redeemed
from app.db.tables import RedemptionRow, ReferralRow
from app.loyalty.days import local_day
from app.loyalty.judging.limits import Counted, Limits
from app.loyalty.ledger.books import RedemptionState, Stage
from app.loyalty.ledger.postings import Account
from app.loyalty.redeeming.recommending import Recommendation
from app.loyalty.terms.programme import Reward, Version
from app.loyalty.terms.rewards import Choice, CodeGift, GiftCard, valued
from app.loyalty.terms.rules import EventRule, SignUpRule
from app.loyalty.terms.sharing import Channel, marked
from app.web import callers
from app.web.storefront import affording, dates, earning, offer, picking, shapes, suggesting, texts, tiers

_REASONS: Final[dict[str, shapes.Refusal]] = {
    "ALREADY_CUSTOMER": "already_customer",
    "BELOW_MINIMUM": "first_order_too_small",
    "OTHER_ADVOCATE": "already_referred",
    "NO_RULE": "closed",
    "REFUSED_BY_STAFF": "not_approved",
}
_SHOWN: Final[dict[Stage, str]] = {Stage.RETURNING: "returned"}
"""A code being made unusable is on its way back: shoppers see what they asked for."""
_NO_DEAL: Final = shapes.Deal(kind="amount_off", value_minor=0, percent=None)
_WITH_CODE: Final = frozenset({Stage.ISSUED, Stage.RETURNING, Stage.USED, Stage.RETURNED, Stage.EXPIRED})


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything read of one member. ``versions`` are those that redemptions and held referrals name.

    ``joined``: when joining was rewarded and with what. ``deserved`` is read only where the tier's end depends on it.
    ``paid``: events that rules about social networks paid for.
    ``offered``: what is open to the member, the best first. ``suggested``: products that suit the member here.
    """

    known: Known
    first_name: str | None
    portions: Sequence[Portion]
    redeemed: Sequence[Redeemed]
    invited: Sequence[ReferralRow]
    joined: tuple[datetime | None, int] | None
    deserved: Sequence[Deserved]
    versions: Mapping[int, Version]
    offered: Offered
    suggested: Sequence[Recommendation]
    paid: Sequence[Paid] = ()


def _link(place: Place, code: str) -> str:
    return f"{callers.home(place)}/?{urlencode({'kz_ref': code})}"


def member(place: Place, version: Version | None, standing: Standing, now: datetime) -> shapes.Member:
    """Return the member of the contract."""
    row, terms = standing.known.row, offer.referral(version)
    has = balance(standing.portions, version)
    offered = {pick.reward.id for pick in standing.offered.picks}
    return shapes.Member(
        id=str(row.member_id),
        first_name=standing.first_name,
        joined_at=row.joined_at,
        balance=has,
        next_release=dates.next_of(standing.portions, Account.PENDING),
        next_expiry=dates.next_of(standing.portions, Account.AVAILABLE),
        expiries=dates.endings(standing.portions),
        tier=tiers.standing(place, row, version.tiers, standing.deserved, now) if version and version.tiers else None,
        rewards=list(affording.affordable(version, has.available, row.tier, now, offered)),
        redemptions=[redemption(place, standing.versions.get(one.row.version), one) for one in standing.redeemed],
        earn=list(_earned(place, version, standing, now)),
        referral=shapes.Inviting(
            code=row.referral_code,
            link=_link(place, row.referral_code),
            links={one.value: _link(place, marked(row.referral_code, one)) for one in Channel if one != Channel.OTHER},
            people=[_person(one, standing.portions, standing.versions, now) for one in standing.invited],
        )
        if terms
        else None,
        offers=[offer.reward(place, reward) for reward in affording.offers(version, row.tier, offered)],
        for_you=picking.for_you(place, standing.offered.picks, now),
        campaigns=earning.shown(place, standing.offered.campaigns, standing.offered.left),
        suggestions=suggesting.suggestions(place, version, standing.suggested),
        personal=row.impersonal_since is None,
    )


def balance(portions: Iterable[Portion], version: Version | None) -> shapes.Balance:
    """Return the sums by account, and the worth of what can be spent."""
    sums = dict.fromkeys((Account.AVAILABLE, Account.PENDING, Account.HELD, Account.DEBT), 0)
    for portion in portions:
        sums[portion.account] += portion.amount
    return shapes.Balance(
        available=sums[Account.AVAILABLE],
        pending=sums[Account.PENDING],
        held=sums[Account.HELD],
        debt=sums[Account.DEBT],
        worth_minor=offer.worth_of(sums[Account.AVAILABLE], version),
    )


# ── Rewards and codes ────────────────────────────────────────────────────────


def redemption(place: Place, version: Version | None, one: Redeemed) -> shapes.Redemption:
    """Return a redemption; ``version`` is the one it was asked under, or another that has the same reward."""
    row = one.row
    stage = Stage(row.stage)
    asked = version.reward(row.reward) if version else None
    entry = (version.picked(row.reward, row.option) if version else None) or asked
    choosing = stage is Stage.CHOOSING and asked is not None and isinstance(asked.gives, Choice)
    issued = stage is Stage.ISSUED
    state = _SHOWN.get(stage, stage.value)
    return shapes.Redemption(
        id=row.redemption_id,
        reward=row.reward,
        name=texts.local(place, entry.name) if entry else {},
        deal=offer.deal(valued(entry.gives, row.value_minor))
        if entry
        else shapes.Deal(kind="amount_off", value_minor=0, percent=None),
        cost=row.cost,
        state=state,
        code=_code(row, entry),
        min_order_minor=(entry.minimum_minor or None) if entry else None,
        requested_at=row.requested_at,
        expires_at=row.ends_at,
        concluded_at=one.concluded_at,
        order=shapes.OrderRef(id=row.use_order, name=one.order_name or row.use_order, url=None)
        if row.use_order
        else None,
        returnable=(issued or choosing) and row.state == RedemptionState.HELD.value,
        apply_url=apply_url(place, row.code) if issued else None,
        options=list(asked.gives.options) if choosing and asked and isinstance(asked.gives, Choice) else [],
    )


def _code(row: RedemptionRow, entry: Reward | None) -> str | None:
    """Return the code to show: a discount's from when it was made, a gift card's once it is there, as cards have it."""
    if entry is not None and isinstance(entry.gives, GiftCard):
        return "".join(sign for sign in row.code if sign.isalnum()) if row.stage == Stage.FULFILLED else None
    is_code = entry is None or isinstance(entry.gives, CodeGift)
    return row.code if is_code and Stage(row.stage) in _WITH_CODE else None


def apply_url(place: Place, code: str) -> str:
    """Return the path of the store that opens the cart with a code applied."""
    if place.platform == "shopify":
        return f"/discount/{code}?redirect=/cart"
    folder = urlsplit(place.home_url or "").path.rstrip("/")
    return f"{folder}/cart/?{urlencode({'kz_code': code})}"


def _earned(place: Place, version: Version | None, standing: Standing, now: datetime) -> Iterable[shapes.Earned]:
    for rule, source in earning.earning(version):
        if isinstance(source, SignUpRule) and standing.joined is not None:
            at, points = standing.joined
            yield shapes.Earned(id=rule.id, state="done", at=at, points=points)
        elif isinstance(source, EventRule) and source.social is not None:
            yield _gone_to(place, rule.id, source, [one for one in standing.paid if one.event == source.event], now)
        else:
            yield shapes.Earned(id=rule.id, state="open", at=None, points=None)


def _gone_to(place: Place, rule_id: str, rule: EventRule, paid: Sequence[Paid], now: datetime) -> shapes.Earned:
    """Return whether going there earns now; what earned so far is counted as the rule's limits say."""
    counted = Counted()
    for one in paid:
        counted.count(one.at, local_day(one.at, place.zone))
    again = counted.again(Limits(rule.max_per_day, rule.max_total, rule.cooldown_hours), now, place.zone)
    if again is None:
        return shapes.Earned(id=rule_id, state="done", at=paid[-1].at, points=paid[-1].points)
    if again > now:
        return shapes.Earned(id=rule_id, state="again", at=again, points=None)
    return shapes.Earned(id=rule_id, state="open", at=None, points=None)


# ── Referral ─────────────────────────────────────────────────────────────────


def _person(
    row: ReferralRow, portions: Iterable[Portion], versions: Mapping[int, Version], now: datetime
) -> shapes.Person:
    """Return what became of one invitation. Friends are not named: nobody asked them."""
    outcome = row.outcome or {}
    moment = datetime.fromisoformat(outcome["moment"]).astimezone(UTC) if outcome.get("moment") else None
    if outcome.get("due") and moment is not None:
        source = f"referral:{row.referral_id}"
        due_at = next(
            (one.release_at for one in portions if one.source == source and one.account is Account.PENDING), None
        )
        waits = due_at is not None and due_at > now
        return shapes.Person(
            name=None,
            state="bought" if waits else "rewarded",
            at=moment,
            points=outcome["advocate_points"],
            due_at=due_at if waits else None,
            reason=None,
            reason_at=None,
        )
    if outcome.get("held") and moment is not None:
        earliest = _earliest(outcome, versions, moment)
        return shapes.Person(
            name=None,
            state="checking",
            at=moment,
            points=outcome["advocate_points"],
            due_at=earliest if earliest > now else None,
            reason=None,
            reason_at=None,
        )
    reason = _reason(outcome)
    dated = moment if reason in {"already_customer", "first_order_too_small"} else None
    return shapes.Person(
        name=None,
        state="refused" if reason else "invited",
        at=row.at,
        points=None,
        due_at=None,
        reason=reason,
        reason_at=dated,
    )


def _earliest(outcome: Mapping[str, Any], versions: Mapping[int, Version], paid_at: datetime) -> datetime:
    """Return when a referral that is being looked at brings its points at the earliest: after its waiting days."""
    version = versions.get(outcome.get("version") or 0)
    return version.release_at(paid_at) if version is not None else paid_at


def _reason(outcome: dict[str, object]) -> shapes.Refusal | None:
    """Return why an invitation brings nothing; None while it still may."""
    reason = str(outcome.get("reason") or "")
    steps = outcome.get("steps")
    if reason == "NO_FIRST_ORDER" and isinstance(steps, list) and any(is_due for _, is_due in steps):
        return "order_refunded"
    return _REASONS.get(reason)
