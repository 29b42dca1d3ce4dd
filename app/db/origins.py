"""What points come from, told by more than an id: the order, review, code or request behind a source."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.db.memberfiles import member_order
from app.db.tables import LotRow, OrderRow, RedemptionRow, ReferralRow, RequestRow, ReviewRow, SettlementRow
from app.loyalty.facts import Order
from app.loyalty.ledger.postings import Source


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind a movement, where we know it; ``order`` is the one that earned, or that used the code."""

    settlement: SettlementRow | None = None
    order: Order | None = None
    redemption: RedemptionRow | None = None
    request: RequestRow | None = None
    review: ReviewRow | None = None
    referral: ReferralRow | None = None
    lot: LotRow | None = None


class Reader:
    """What stands behind some sources, read for all of them at once."""

    def __init__(self, session: Session, programme_id: UUID, keys: Iterable[tuple[UUID, str]]) -> None:
        """Read what these (member, source) pairs name."""
        self.session, self.programme_id = session, programme_id
        self.keys = sorted(set(keys))
        texts = sorted({text for _, text in self.keys})
        members = sorted({member for member, _ in self.keys})
        self.settlements = {
            (row.member_id, row.source): row
            for row in session.scalars(
                select(SettlementRow).where(
                    SettlementRow.programme_id == programme_id,
                    SettlementRow.member_id.in_(members),
                    SettlementRow.source.in_(texts),
                )
            )
        }
        self.lots = {
            (row.member_id, row.source): row
            for row in session.scalars(
                select(LotRow)
                .where(
                    LotRow.programme_id == programme_id,
                    LotRow.member_id.in_(members),
                    LotRow.source.in_(texts),
                    LotRow.parent.is_(None),
                )
                .order_by(LotRow.lot.desc())
            )
        }
        self.reviews = self._reviews(texts)
        self.redemptions = {
            f"redemption:{row.redemption_id}": row
            for row in session.scalars(
                select(RedemptionRow).where(
                    RedemptionRow.programme_id == programme_id,
                    RedemptionRow.redemption_id.in_(_named(texts, "redemption:")),
                )
            )
        }
        self.orders = self._orders(texts)
        self.referrals = {
            f"referral:{row.referral_id}": row
            for row in session.scalars(
                select(ReferralRow).where(
                    ReferralRow.programme_id == programme_id, ReferralRow.referral_id.in_(_named(texts, "referral:"))
                )
            )
        }
        self.requests = {
            f"{row.kind}:{row.key}": row
            for row in session.scalars(
                select(RequestRow).where(
                    RequestRow.programme_id == programme_id,
                    RequestRow.key.in_([*_named(texts, "adjust:"), *_named(texts, "import:")]),
                )
            )
        }

    def _orders(self, texts: Sequence[str]) -> dict[str, Order]:
        wanted = {text: _at_shop(text) for text in texts if text.startswith("order:")}
        for text, row in self.redemptions.items():
            if row.use_shop_id is not None and row.use_order is not None:
                wanted[text] = (row.use_shop_id, row.use_order)
        if not wanted:
            return {}
        rows = self.session.scalars(
            select(OrderRow).where(
                OrderRow.programme_id == self.programme_id,
                tuple_(OrderRow.shop_id, OrderRow.order_id).in_(sorted(set(wanted.values()))),
            )
        )
        found = {(row.shop_id, row.order_id): member_order(row).order for row in rows}
        return {text: found[key] for text, key in wanted.items() if key in found}

    def _reviews(self, texts: Sequence[str]) -> dict[str, ReviewRow]:
        wanted = [_at_shop(text) for text in texts if text.startswith("review:")]
        if not wanted:
            return {}
        rows = self.session.scalars(
            select(ReviewRow).where(
                ReviewRow.programme_id == self.programme_id, tuple_(ReviewRow.shop_id, ReviewRow.review_id).in_(wanted)
            )
        )
        return {f"review:{row.review_id}@{row.shop_id}": row for row in rows}

    def of(self, member_id: UUID, text: str, lot: LotRow | None) -> Behind:
        """Return what is known of one source for one member."""
        return Behind(
            self.settlements.get((member_id, text)),
            self.orders.get(text),
            self.redemptions.get(text),
            self.requests.get(text),
            self.reviews.get(text),
            self.referrals.get(text),
            lot,
        )


def _named(texts: Iterable[str], kind: str) -> list[str]:
    return [text.removeprefix(kind) for text in texts if text.startswith(kind)]


def _at_shop(text: str) -> tuple[UUID, str]:
    source = Source.parse(text)
    return UUID(source.shop), source.name.partition(":")[2]
