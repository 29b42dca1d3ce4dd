"""What the storefront reads of one member: who it is, what lies where, codes, invitations, what counts for tiers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, case, func, literal, select
from sqlalchemy.orm import Session

from app.db.tables import (
    BalanceRow,
    EventRow,
    IdentityRow,
    LotRow,
    MemberRow,
    OrderRow,
    PersonRow,
    RedemptionRow,
    ReferralRow,
    RequestRow,
    SettlementRow,
    TransactionRow,
)
from app.loyalty.ledger.books import RedemptionState
from app.loyalty.ledger.postings import Account, Reason, Source

LIST_MAX = 50


@dataclass(frozen=True, slots=True)
class Known:
    """A member as a shop's customer, with the sealed name."""

    row: MemberRow
    name_sealed: bytes | None
    locale: str | None


_KNOWN = (
    select(MemberRow, PersonRow.name_sealed, PersonRow.locale)
    .join(
        IdentityRow,
        (IdentityRow.programme_id == MemberRow.programme_id) & (IdentityRow.member_id == MemberRow.member_id),
    )
    .outerjoin(
        PersonRow,
        (PersonRow.programme_id == MemberRow.programme_id) & (PersonRow.member_id == MemberRow.member_id),
    )
    .where(
        IdentityRow.programme_id == bindparam("programme"),
        IdentityRow.shop_id == bindparam("shop"),
        IdentityRow.customer_id == bindparam("customer"),
    )
)


def known(session: Session, programme_id: UUID, shop_id: UUID, customer_id: str) -> Known | None:
    """Return the member a shop knows by this customer id."""
    named = {"programme": programme_id, "shop": shop_id, "customer": customer_id}
    row = session.execute(_KNOWN, named).one_or_none()
    return Known(*row) if row is not None else None


@dataclass(frozen=True, slots=True)
class Portion:
    """What lies in one account of one lot; debt (owed: above zero) lies in none."""

    account: Account
    amount: int
    source: str | None
    release_at: datetime | None
    expires_at: datetime | None


_PORTIONS = (
    select(BalanceRow.account, BalanceRow.amount, LotRow.source, LotRow.release_at, LotRow.expires_at)
    .outerjoin(
        LotRow,
        (LotRow.programme_id == BalanceRow.programme_id)
        & (LotRow.member_id == BalanceRow.member_id)
        & (LotRow.lot == BalanceRow.lot),
    )
    .where(
        BalanceRow.programme_id == bindparam("programme"),
        BalanceRow.member_id == bindparam("member"),
        BalanceRow.account.in_(
            (Account.PENDING.value, Account.AVAILABLE.value, Account.HELD.value, Account.DEBT.value)
        ),
        BalanceRow.amount != 0,
    )
)


def portions(session: Session, programme_id: UUID, member_id: UUID) -> list[Portion]:
    """Return what a member has, by lot: pending, available, held, and debt."""
    rows = session.execute(_PORTIONS, {"programme": programme_id, "member": member_id})
    return [
        Portion(Account(account), abs(amount), source, release_at, expires_at)
        for account, amount, source, release_at, expires_at in rows
    ]


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A redemption, the name of the order that used it, and when its points last moved for good."""

    row: RedemptionRow
    order_name: str | None
    concluded_at: datetime | None


_CONCLUDED = (
    select(func.max(TransactionRow.at))
    .where(
        TransactionRow.programme_id == RedemptionRow.programme_id,
        TransactionRow.member_id == RedemptionRow.member_id,
        TransactionRow.source == literal("redemption:") + RedemptionRow.redemption_id,
        TransactionRow.reason.in_((Reason.USE.value, Reason.GIVE_BACK.value)),
    )
    .correlate(RedemptionRow)
    .scalar_subquery()
)
_REDEEMED = (
    select(RedemptionRow, OrderRow.name, _CONCLUDED)
    .outerjoin(
        OrderRow,
        (OrderRow.programme_id == RedemptionRow.programme_id)
        & (OrderRow.shop_id == RedemptionRow.use_shop_id)
        & (OrderRow.order_id == RedemptionRow.use_order),
    )
    .where(RedemptionRow.programme_id == bindparam("programme"), RedemptionRow.member_id == bindparam("member"))
    .order_by(
        case((RedemptionRow.state == RedemptionState.HELD.value, 0), else_=1),
        RedemptionRow.requested_at.desc(),
        RedemptionRow.redemption_id,
    )
    .limit(LIST_MAX)
)
_THE_ONE = _REDEEMED.where(RedemptionRow.redemption_id == bindparam("redemption"))


def redemptions(session: Session, programme_id: UUID, member_id: UUID) -> list[Redeemed]:
    """Return a member's redemptions: open ones, then the newest, at most ``LIST_MAX``."""
    rows = session.execute(_REDEEMED, {"programme": programme_id, "member": member_id})
    return [Redeemed(row, name, at) for row, name, at in rows]


def every_redemption(session: Session, programme_id: UUID, member_id: UUID) -> list[RedemptionRow]:
    """Return all redemptions of a member."""
    return list(
        session.scalars(
            select(RedemptionRow).where(
                RedemptionRow.programme_id == programme_id, RedemptionRow.member_id == member_id
            )
        )
    )


def redemption(session: Session, programme_id: UUID, member_id: UUID, redemption_id: str) -> Redeemed | None:
    """Return a redemption of this member's."""
    named = {"programme": programme_id, "member": member_id, "redemption": redemption_id}
    row = session.execute(_THE_ONE, named).one_or_none()
    return Redeemed(*row) if row is not None else None


_SETTLED = select(SettlementRow).where(
    SettlementRow.programme_id == bindparam("programme"),
    SettlementRow.member_id == bindparam("member"),
    SettlementRow.source == bindparam("source"),
)


def settlement(session: Session, programme_id: UUID, member_id: UUID, source: str) -> SettlementRow | None:
    """Return how a source was judged for a member."""
    return session.scalar(_SETTLED, {"programme": programme_id, "member": member_id, "source": source})


@dataclass(frozen=True, slots=True)
class Paid:
    """An event that earned: under which name, when, how much."""

    event: str
    at: datetime
    points: int


def paid_events(session: Session, programme_id: UUID, member_id: UUID, names: Iterable[str]) -> list[Paid]:
    """Return the events of these names that earned something, in order of time."""
    wanted = sorted(set(names))
    if not wanted:
        return []
    rows = session.execute(
        select(EventRow.shop_id, EventRow.event_id, EventRow.event, EventRow.at)
        .where(
            EventRow.programme_id == programme_id,
            EventRow.member_id == member_id,
            EventRow.event.in_(wanted),
            EventRow.gone.is_(False),
        )
        .order_by(EventRow.at, EventRow.event_id)
    ).all()
    sources = {Source(f"event:{row.event_id}", str(row.shop_id)).text(): row for row in rows}
    posted = session.execute(
        select(SettlementRow.source, SettlementRow.posted).where(
            SettlementRow.programme_id == programme_id,
            SettlementRow.member_id == member_id,
            SettlementRow.source.startswith("event:"),
            SettlementRow.posted > 0,
        )
    )
    earned = dict(posted.all())
    return [Paid(row.event, row.at, earned[text]) for text, row in sources.items() if text in earned]


_INVITED = (
    select(ReferralRow)
    .where(ReferralRow.programme_id == bindparam("programme"), ReferralRow.advocate_id == bindparam("member"))
    .order_by(ReferralRow.at.desc(), ReferralRow.referral_id)
    .limit(LIST_MAX)
)


def invited(session: Session, programme_id: UUID, advocate_id: UUID) -> list[ReferralRow]:
    """Return whom a member brought, the newest first, at most ``LIST_MAX``."""
    return list(session.scalars(_INVITED, {"programme": programme_id, "member": advocate_id}))


@dataclass(frozen=True, slots=True)
class Deserved:
    """What a source was judged to be worth: points due, and the money that counted where it was an order."""

    source: str
    moment: datetime
    due: int
    base_minor: int | None


def deserved(session: Session, programme_id: UUID, member_id: UUID) -> list[Deserved]:
    """Return what a member's sources came to, as judged last."""
    rows = session.execute(
        select(SettlementRow.source, SettlementRow.moment, SettlementRow.due, SettlementRow.breakdown).where(
            SettlementRow.programme_id == programme_id,
            SettlementRow.member_id == member_id,
        )
    )
    found = []
    for source, moment, due, breakdown in rows:
        if moment is None:
            continue
        bases = [int(part["base_minor"]) for part in breakdown if "base_minor" in part]
        found.append(Deserved(source, moment, due, bases[0] if bases else None))
    return found


def granted(session: Session, programme_id: UUID, member_id: UUID) -> list[Deserved]:
    """Return what staff and imports gave a member."""
    rows = session.execute(
        select(RequestRow.kind, RequestRow.key, RequestRow.dated, RequestRow.amount).where(
            RequestRow.programme_id == programme_id,
            RequestRow.member_id == member_id,
            RequestRow.dated.is_not(None),
        )
    )
    return [Deserved(f"{kind}:{key}", dated, amount or 0, None) for kind, key, dated, amount in rows if dated]
