"""Members' files: everything judging needs, read for a whole page in a few set queries under the members' locks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.db import budgets
from app.db.outcomes import referral_of, unpack_outcome
from app.db.pages import among
from app.db.snapshots import unpack
from app.db.tables import (
    BalanceRow,
    BirthdayRow,
    EventRow,
    LotRow,
    MemberRow,
    OrderRow,
    RedemptionRow,
    ReferralRow,
    RequestRow,
    ReviewRow,
    SettlementRow,
    TierInvitationRow,
)
from app.loyalty.ledger.books import Books, Forgiven, Given, Lot, Part, Redemption, RedemptionState, Stage, Use
from app.loyalty.ledger.postings import Account, LotId, Source
from app.loyalty.members.budgets import Grant, Pot
from app.loyalty.members.history import (
    Granted,
    History,
    Invitation,
    MemberBirthday,
    MemberEvent,
    MemberOrder,
    MemberReferral,
    MemberReview,
    MemberSignUp,
    ReferralOutcome,
)

_AS_IT_IS_NOW = {"populate_existing": True}
"""Under the locks the tables are asked, not what the session remembers of rows it saw before."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A settlement as it is stored, to see whether anything changed; ``revision`` counts its changes."""

    revision: int
    version: int | None
    due: int
    posted: int
    expired: int
    forgiven: list[list[int | str]]
    tier: str | None
    reason: str | None
    breakdown: list[dict[str, object]]


def mark(redemption: Redemption) -> tuple[object, ...]:
    """Return what can change about a redemption, to see whether it did."""
    return (
        redemption.state, redemption.stage, tuple(redemption.parts), redemption.use, redemption.code_gone,
        redemption.option,
    )  # fmt: skip


@dataclass(slots=True)
class MemberFile:
    """One member's books and facts while a unit of work holds the member's lock."""

    row: MemberRow
    books: Books
    orders: dict[tuple[str, str], MemberOrder] = field(default_factory=dict)
    elsewhere: dict[tuple[str, str], MemberOrder] = field(default_factory=dict)
    reviews: dict[tuple[str, str], MemberReview] = field(default_factory=dict)
    sign_up: MemberSignUp | None = None
    referred: dict[str, MemberReferral] = field(default_factory=dict)
    outcomes: dict[str, ReferralOutcome] = field(default_factory=dict)
    advocates: dict[str, UUID] = field(default_factory=dict)
    granted: list[Granted] = field(default_factory=list)
    events: dict[tuple[str, str], MemberEvent] = field(default_factory=dict)
    birthdays: list[MemberBirthday] = field(default_factory=list)
    invitations: dict[str, Invitation] = field(default_factory=dict)
    settled: dict[Source, "Settled"] = field(default_factory=dict)
    issuing_shops: dict[str, UUID] = field(default_factory=dict)
    redemption_marks: dict[str, tuple[object, ...]] = field(default_factory=dict)
    grants: dict[Source, dict[Pot, Grant]] = field(default_factory=dict)
    """What facts have of budgets: of all who were read together, for an order may change hands."""

    def history(self) -> History:
        """Return the facts as judging takes them."""
        return History(
            member=str(self.row.member_id),
            orders=tuple(self.orders.values()),
            reviews=tuple(self.reviews.values()),
            sign_up=self.sign_up,
            referred=tuple(self.referred.values()),
            outcomes=tuple(self.outcomes.values()),
            granted=tuple(self.granted),
            elsewhere=tuple(self.elsewhere.values()),
            events=tuple(self.events.values()),
            birthdays=tuple(self.birthdays),
            invitations=tuple(self.invitations.values()),
            grants=self.grants,
        )


def load(
    session: Session, programme_id: UUID, member_ids: Iterable[UUID], *, locked: bool = True
) -> dict[UUID, MemberFile]:
    """Lock the members by id (``locked`` False: only read them) and return their files. Unknown ids are left out."""
    wanted = sorted(set(member_ids))
    members = (
        select(MemberRow)
        .where(MemberRow.programme_id == programme_id, among(session, MemberRow.member_id, wanted))
        .order_by(MemberRow.member_id)
    )
    rows = session.scalars(members.with_for_update() if locked else members, execution_options=_AS_IT_IS_NOW).all()
    files = {row.member_id: _open(row) for row in rows}
    if files:
        ids = list(files)
        _load_books(session, programme_id, ids, files)
        _load_redemptions(session, programme_id, ids, files)
        _load_facts(session, programme_id, ids, files)
        grants = budgets.of_members(session, programme_id, ids)
        for file in files.values():
            file.grants = grants
        _load_deeds(session, programme_id, ids, files)
        _load_referrals(session, programme_id, ids, files)
    return files


def _open(row: MemberRow) -> MemberFile:
    books = Books(
        number=row.number, lots_opened=row.lots_opened, passed_until=row.passed_until, provisional=row.provisional
    )
    joined = None
    if row.joined_at is not None and row.joined_shop_id is not None:
        joined = MemberSignUp(str(row.joined_shop_id), row.joined_at)
    return MemberFile(row, books, sign_up=joined)


def _load_books(session: Session, programme_id: UUID, ids: Sequence[UUID], files: dict[UUID, MemberFile]) -> None:
    in_lots = session.execute(
        select(
            LotRow.member_id, LotRow.lot, LotRow.source, LotRow.shop_id, LotRow.release_at, LotRow.expires_at,
            LotRow.parent, BalanceRow.account, BalanceRow.amount,
        )
        .join(
            BalanceRow,
            (BalanceRow.programme_id == LotRow.programme_id)
            & (BalanceRow.member_id == LotRow.member_id)
            & (BalanceRow.lot == LotRow.lot),
        )
        .where(LotRow.programme_id == programme_id, among(session, LotRow.member_id, ids), BalanceRow.amount > 0)
    )  # fmt: skip
    for member, number, source, shop, release_at, expires_at, parent, account, amount in in_lots:
        lots = files[member].books.lots
        lot = lots.get(LotId(number))
        if lot is None:
            lot = Lot(
                LotId(number), Source.parse(source), str(shop), release_at, expires_at,
                parent=LotId(parent) if parent is not None else None,
            )  # fmt: skip
            lots[lot.id] = lot
        lot.add(Account(account), amount)
    debts = session.execute(
        select(BalanceRow.member_id, BalanceRow.amount).where(
            BalanceRow.programme_id == programme_id,
            among(session, BalanceRow.member_id, ids),
            BalanceRow.account == Account.DEBT.value,
            BalanceRow.lot == 0,
        )
    )
    for member, amount in debts:
        files[member].books.debt = -amount
    settlements = session.execute(
        select(
            SettlementRow.member_id, SettlementRow.source, SettlementRow.posted, SettlementRow.expired,
            SettlementRow.forgiven, SettlementRow.moment, SettlementRow.version, SettlementRow.revision,
            SettlementRow.due, SettlementRow.tier, SettlementRow.reason, SettlementRow.breakdown,
        ).where(SettlementRow.programme_id == programme_id, among(session, SettlementRow.member_id, ids))
    )  # fmt: skip
    for (
        member, source, posted, expired, forgiven, moment, version, revision, due, tier, reason, breakdown,
    ) in settlements:  # fmt: skip
        origin, file = Source.parse(source), files[member]
        entries = [_forgiven(*entry) for entry in forgiven]
        file.books.given[origin] = Given(posted, expired, entries, moment, version)
        file.settled[origin] = Settled(revision, version, due, posted, expired, forgiven, tier, reason, breakdown)


def _forgiven(number: int, amount: int, at: str | None = None) -> Forgiven:
    return Forgiven(number, amount, datetime.fromisoformat(at) if at is not None else None)


def pack_forgiven(entry: Forgiven) -> list[int | str]:
    """Return what was forgiven as it is stored; entries from before instants were kept stay as they are."""
    return [entry.number, entry.amount, *([entry.at.isoformat()] if entry.at is not None else [])]


def _load_redemptions(session: Session, programme_id: UUID, ids: Sequence[UUID], files: dict[UUID, MemberFile]) -> None:
    rows = session.scalars(
        select(RedemptionRow)
        .where(RedemptionRow.programme_id == programme_id, among(session, RedemptionRow.member_id, ids))
        .order_by(RedemptionRow.requested_at, RedemptionRow.requested_number, RedemptionRow.redemption_id),
        execution_options=_AS_IT_IS_NOW,
    ).all()
    missing: set[tuple[UUID, int]] = set()
    used: dict[tuple[UUID, str], list[UUID]] = {}
    for row in rows:
        file = files[row.member_id]
        redemption = redemption_of(row)
        file.books.redemptions.append(redemption)
        file.issuing_shops[redemption.id] = row.shop_id
        file.redemption_marks[redemption.id] = mark(redemption)
        missing |= {
            (row.member_id, part.lot)
            for part in redemption.parts
            if part.lot is not None and part.lot not in file.books.lots
        }
        if row.use_shop_id is not None and row.use_order is not None:
            used.setdefault((row.use_shop_id, row.use_order), []).append(row.member_id)
    if missing:
        _load_empty_lots(session, programme_id, missing, files)
    if used:
        _load_elsewhere(session, programme_id, used, files)


def redemption_of(row: RedemptionRow) -> Redemption:
    """Return a stored redemption as judging takes it."""
    use = None
    if row.use_shop_id is not None and row.use_order is not None and row.use_paid_at is not None:
        use = Use(str(row.use_shop_id), row.use_order, row.use_paid_at)
    return Redemption(
        row.redemption_id, row.code, row.reward, row.cost, row.version, row.requested_at, row.requested_number,
        row.ends_at, RedemptionState(row.state),
        [Part(LotId(lot) if lot is not None else None, amount) for lot, amount in row.parts],
        use, Stage(row.stage), row.code_gone, row.external_id, row.value_minor,
        row.option, row.cause,
    )  # fmt: skip


def _load_empty_lots(
    session: Session, programme_id: UUID, wanted: set[tuple[UUID, int]], files: dict[UUID, MemberFile]
) -> None:
    """Read lots with nothing left in them whose points may still come back from a used code."""
    rows = session.scalars(
        select(LotRow).where(
            LotRow.programme_id == programme_id, tuple_(LotRow.member_id, LotRow.lot).in_(sorted(wanted))
        )
    )
    for row in rows:
        files[row.member_id].books.lots[LotId(row.lot)] = empty_lot(row)


def empty_lot(row: LotRow) -> Lot:
    """Return a stored lot with nothing in it."""
    parent = LotId(row.parent) if row.parent is not None else None
    return Lot(
        LotId(row.lot), Source.parse(row.source), str(row.shop_id), row.release_at, row.expires_at, parent=parent
    )


def _load_elsewhere(
    session: Session, programme_id: UUID, used: dict[tuple[UUID, str], list[UUID]], files: dict[UUID, MemberFile]
) -> None:
    """Read orders that used a member's code and may be another member's by now."""
    rows = session.scalars(
        select(OrderRow).where(
            OrderRow.programme_id == programme_id, tuple_(OrderRow.shop_id, OrderRow.order_id).in_(sorted(used))
        ),
        execution_options=_AS_IT_IS_NOW,
    )
    for row in rows:
        for member in used[(row.shop_id, row.order_id)]:
            if row.member_id != member:
                entry = member_order(row)
                files[member].elsewhere[(entry.shop, entry.order.id)] = entry


def member_order(row: OrderRow) -> MemberOrder:
    """Return a stored order as judging takes it."""
    order = unpack(row.order_id, row.name, row.updated_at, row.placed_at, row.paid_at, row.snapshot)
    return MemberOrder(str(row.shop_id), order)


def _load_facts(session: Session, programme_id: UUID, ids: Sequence[UUID], files: dict[UUID, MemberFile]) -> None:
    shops: dict[UUID, str] = {}
    orders = session.execute(
        select(
            OrderRow.member_id, OrderRow.shop_id, OrderRow.order_id, OrderRow.name, OrderRow.updated_at,
            OrderRow.placed_at, OrderRow.paid_at, OrderRow.snapshot,
        ).where(OrderRow.programme_id == programme_id, among(session, OrderRow.member_id, ids))
    )  # fmt: skip
    for member, shop_id, order_id, name, updated_at, placed_at, paid_at, snapshot in orders:
        shop = shops.get(shop_id) or shops.setdefault(shop_id, str(shop_id))
        order = unpack(order_id, name, updated_at, placed_at, paid_at, snapshot)
        files[member].orders[(shop, order_id)] = MemberOrder(shop, order)
    reviews = session.execute(
        select(
            ReviewRow.member_id, ReviewRow.shop_id, ReviewRow.review_id, ReviewRow.product, ReviewRow.at,
            ReviewRow.approved, ReviewRow.photo,
        ).where(ReviewRow.programme_id == programme_id, among(session, ReviewRow.member_id, ids))
    )  # fmt: skip
    for author, shop_id, review_id, product, at, approved, photo in reviews:
        if author is not None:
            shop = str(shop_id)
            files[author].reviews[(shop, review_id)] = MemberReview(shop, review_id, product, at, approved, photo)
    requests = session.execute(
        select(RequestRow.member_id, RequestRow.kind, RequestRow.key, RequestRow.amount, RequestRow.dated).where(
            RequestRow.programme_id == programme_id,
            among(session, RequestRow.member_id, ids),
            RequestRow.kind.in_(("adjust", "import")),
            RequestRow.dated.is_not(None),
        )
    )
    for member, kind, key, amount, dated in requests:
        if amount is not None and dated is not None:
            files[member].granted.append(Granted(Source(f"{kind}:{key}"), dated, amount))


def _load_deeds(session: Session, programme_id: UUID, ids: Sequence[UUID], files: dict[UUID, MemberFile]) -> None:
    """Read the events and birthdays told of the members, and the levels they were invited to."""
    events = session.execute(
        select(
            EventRow.member_id, EventRow.shop_id, EventRow.event_id, EventRow.event, EventRow.at, EventRow.gone
        ).where(EventRow.programme_id == programme_id, among(session, EventRow.member_id, ids))
    )
    for member, shop_id, event_id, event, at, gone in events:
        shop = str(shop_id)
        files[member].events[(shop, event_id)] = MemberEvent(shop, event_id, event, at, gone)
    birthdays = session.execute(
        select(
            BirthdayRow.member_id, BirthdayRow.shop_id, BirthdayRow.month, BirthdayRow.day, BirthdayRow.told_at
        ).where(BirthdayRow.programme_id == programme_id, among(session, BirthdayRow.member_id, ids))
    )
    for member, shop_id, month, day, told_at in birthdays:
        if files[member].row.merged_into is None:
            files[member].birthdays.append(MemberBirthday(str(shop_id), month, day, told_at))
    invitations = session.execute(
        select(
            TierInvitationRow.member_id, TierInvitationRow.invitation_id, TierInvitationRow.level, TierInvitationRow.at,
            TierInvitationRow.until, TierInvitationRow.withdrawn_at,
        ).where(TierInvitationRow.programme_id == programme_id, among(session, TierInvitationRow.member_id, ids))
    )  # fmt: skip
    for member, invitation_id, level, at, until, withdrawn_at in invitations:
        files[member].invitations[invitation_id] = Invitation(invitation_id, level, at, until, withdrawn_at)


def _load_referrals(session: Session, programme_id: UUID, ids: Sequence[UUID], files: dict[UUID, MemberFile]) -> None:
    rows = session.scalars(
        select(ReferralRow).where(
            ReferralRow.programme_id == programme_id,
            among(session, ReferralRow.advocate_id, ids) | among(session, ReferralRow.friend_id, ids),
        ),
        execution_options=_AS_IT_IS_NOW,
    )
    for row in rows:
        if row.friend_id == row.advocate_id:
            # Both became one member by a merge: nobody refers themselves.
            continue
        if row.friend_id in files:
            friend = files[row.friend_id]
            friend.referred[row.referral_id] = referral_of(row)
            friend.advocates[row.referral_id] = row.advocate_id
        if row.advocate_id in files and row.outcome is not None:
            files[row.advocate_id].outcomes[row.referral_id] = unpack_outcome(row.referral_id, row.at, row.outcome)
