"""What the storefront reads: the shop asked at, the programme in force, a member and what the member has."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from app.db.programmes import VERSION
from app.db.tables import (
    BalanceRow,
    DirectoryRow,
    IdentityRow,
    LotRow,
    MemberRow,
    OrderRow,
    PersonRow,
    ProgrammeRow,
    RedemptionRow,
    ReferralRow,
    RequestRow,
    SettlementRow,
    ShopRow,
    TransactionRow,
    VersionRow,
)
from app.loyalty.books import RedemptionState
from app.loyalty.ledger import Account, Reason
from app.loyalty.programme import Version

LIST_MAX = 50
_DOMAIN_MAX = 255
_VERSIONS_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Place:
    """A shop and its programme, as far as a request at the storefront needs them."""

    programme_id: UUID
    shop_id: UUID
    platform: str
    domain: str
    name: str
    zone: str
    locale: str
    home_url: str | None
    shop_state: str
    programme: str
    unit: str
    decimals: int
    currency: str
    state: str
    look: dict[str, Any] = field(hash=False)
    home_zone: str
    """The zone of the programme's home shop: it cuts the days of tiers."""

    @property
    def connected(self) -> bool:
        """Whether the shop is served: only an owner who removed the app ends that."""
        return self.shop_state != "disconnected"


def _places() -> Select[Any]:
    home = aliased(ShopRow)
    return (
        select(
            DirectoryRow.programme_id,
            DirectoryRow.shop_id,
            DirectoryRow.platform,
            DirectoryRow.domain,
            ShopRow.name,
            ShopRow.zone,
            ShopRow.locale,
            ShopRow.home_url,
            ShopRow.state,
            ProgrammeRow.name,
            ProgrammeRow.unit,
            ProgrammeRow.decimals,
            ProgrammeRow.currency,
            ProgrammeRow.state,
            ProgrammeRow.look,
            home.zone,
        )
        .join(ShopRow, (ShopRow.programme_id == DirectoryRow.programme_id) & (ShopRow.shop_id == DirectoryRow.shop_id))
        .join(ProgrammeRow, ProgrammeRow.programme_id == DirectoryRow.programme_id)
        .join(home, (home.programme_id == ProgrammeRow.programme_id) & (home.shop_id == ProgrammeRow.home_shop_id))
    )


def where(session: Session, platform: str, claimed: str | None) -> DirectoryRow | None:
    """Return the shop that something claims to come from: our id of it, or the platform's domain.

    The global directory is asked. Whatever stands in ``claimed``, only a known shop of this platform comes back.
    """
    wanted = _named(claimed)
    if wanted is None:
        return None
    return session.scalar(select(DirectoryRow).where(wanted, DirectoryRow.platform == platform))


def _named(claimed: str | None) -> ColumnElement[bool] | None:
    if not claimed or len(claimed) > _DOMAIN_MAX or not claimed.isprintable():
        return None
    try:
        return DirectoryRow.shop_id == UUID(claimed)
    except ValueError:
        return DirectoryRow.domain == claimed


def place(session: Session, platform: str, claimed: str | None) -> Place | None:
    """Return the same with what a request at the storefront needs of the shop and its programme."""
    wanted = _named(claimed)
    if wanted is None:
        return None
    row = session.execute(_places().where(wanted, DirectoryRow.platform == platform)).one_or_none()
    return Place(*row) if row is not None else None


def is_shop_host(session: Session, platform: str, hosts: list[str]) -> bool:
    """Say whether a shop of this platform is known under one of these hosts, in a folder of it maybe."""
    in_folder = [DirectoryRow.domain.startswith(f"{host}/", autoescape=True) for host in hosts]
    found = session.scalar(
        select(DirectoryRow.shop_id)
        .where(DirectoryRow.platform == platform, or_(DirectoryRow.domain.in_(hosts), *in_folder))
        .limit(1)
    )
    return found is not None


_versions: dict[tuple[UUID, int], Version] = {}


def version_at(session: Session, programme_id: UUID, now: datetime) -> Version | None:
    """Return the version in force: the latest start, of equal starts the one published last. None before the first."""
    number = session.scalar(
        select(VersionRow.number)
        .where(VersionRow.programme_id == programme_id, VersionRow.starts_at <= now)
        .order_by(VersionRow.starts_at.desc(), VersionRow.number.desc())
        .limit(1)
    )
    return version(session, programme_id, number) if number is not None else None


def version(session: Session, programme_id: UUID, number: int) -> Version | None:
    """Return a version by its number. Published content never changes, so it is read once a process."""
    known = _versions.get((programme_id, number))
    if known is not None:
        return known
    content = session.scalar(
        select(VersionRow.content).where(VersionRow.programme_id == programme_id, VersionRow.number == number)
    )
    if content is None:
        return None
    if len(_versions) >= _VERSIONS_KEPT:
        _versions.clear()
    return _versions.setdefault((programme_id, number), VERSION.validate_python(content))


@dataclass(frozen=True, slots=True)
class Known:
    """A member as a shop's customer, with the sealed name."""

    row: MemberRow
    name_sealed: bytes | None
    locale: str | None


def known(session: Session, programme_id: UUID, shop_id: UUID, customer_id: str) -> Known | None:
    """Return the member a shop knows by this customer id."""
    row = session.execute(
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
            IdentityRow.programme_id == programme_id,
            IdentityRow.shop_id == shop_id,
            IdentityRow.customer_id == customer_id,
        )
    ).one_or_none()
    return Known(*row) if row is not None else None


@dataclass(frozen=True, slots=True)
class Portion:
    """What lies in one account of one lot; debt (owed: above zero) lies in none."""

    account: Account
    amount: int
    source: str | None
    release_at: datetime | None
    expires_at: datetime | None


def portions(session: Session, programme_id: UUID, member_id: UUID) -> list[Portion]:
    """Return what a member has, by lot: pending, available, held, and debt."""
    shown = (Account.PENDING.value, Account.AVAILABLE.value, Account.HELD.value, Account.DEBT.value)
    rows = session.execute(
        select(BalanceRow.account, BalanceRow.amount, LotRow.source, LotRow.release_at, LotRow.expires_at)
        .outerjoin(
            LotRow,
            (LotRow.programme_id == BalanceRow.programme_id)
            & (LotRow.member_id == BalanceRow.member_id)
            & (LotRow.lot == BalanceRow.lot),
        )
        .where(
            BalanceRow.programme_id == programme_id,
            BalanceRow.member_id == member_id,
            BalanceRow.account.in_(shown),
            BalanceRow.amount != 0,
        )
    )
    return [Portion(Account(account), abs(amount), *rest) for account, amount, *rest in rows]


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A redemption, the name of the order that used it, and when its points last moved for good."""

    row: RedemptionRow
    order_name: str | None
    concluded_at: datetime | None


def redemptions(
    session: Session, programme_id: UUID, member_id: UUID, *, redemption_id: str | None = None
) -> list[Redeemed]:
    """Return a member's redemptions: open ones, then the newest, at most ``LIST_MAX``; or the one of an id."""
    concluded = (
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
    query = (
        select(RedemptionRow, OrderRow.name, concluded)
        .outerjoin(
            OrderRow,
            (OrderRow.programme_id == RedemptionRow.programme_id)
            & (OrderRow.shop_id == RedemptionRow.use_shop_id)
            & (OrderRow.order_id == RedemptionRow.use_order),
        )
        .where(RedemptionRow.programme_id == programme_id, RedemptionRow.member_id == member_id)
        .order_by(
            case((RedemptionRow.state == RedemptionState.HELD.value, 0), else_=1),
            RedemptionRow.requested_at.desc(),
            RedemptionRow.redemption_id,
        )
        .limit(LIST_MAX)
    )
    if redemption_id is not None:
        query = query.where(RedemptionRow.redemption_id == redemption_id)
    return [Redeemed(row, name, at) for row, name, at in session.execute(query)]


def settlement(session: Session, programme_id: UUID, member_id: UUID, source: str) -> SettlementRow | None:
    """Return how a source was judged for a member."""
    return session.scalar(
        select(SettlementRow).where(
            SettlementRow.programme_id == programme_id,
            SettlementRow.member_id == member_id,
            SettlementRow.source == source,
        )
    )


def invited(session: Session, programme_id: UUID, advocate_id: UUID) -> list[ReferralRow]:
    """Return whom a member brought, the newest first, at most ``LIST_MAX``."""
    return list(
        session.scalars(
            select(ReferralRow)
            .where(ReferralRow.programme_id == programme_id, ReferralRow.advocate_id == advocate_id)
            .order_by(ReferralRow.at.desc(), ReferralRow.referral_id)
            .limit(LIST_MAX)
        )
    )


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
            SettlementRow.moment.is_not(None),
        )
    )
    found = []
    for source, moment, due, breakdown in rows:
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
            RequestRow.amount.is_not(None),
        )
    )
    return [Deserved(f"{kind}:{key}", dated, amount, None) for kind, key, dated, amount in rows]
