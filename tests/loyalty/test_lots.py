"""Lots: the order of drawing, and that a draw is exact or takes all there is."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.loyalty.ledger.books import Books, Lot, draw, pay_debt
from app.loyalty.ledger.postings import Account, Address, LotId, Posting, Reason, Source
from tests.factories.instants import instant
from tests.loyalty.examples import few

DAY_ZERO = instant("2025-01-01T00")


def _day(number: int | None) -> timedelta:
    return timedelta(days=number or 0)


def _lot(id: int, release: int = 0, expires: int | None = None, available: int = 10, name: str = "order:o1") -> Lot:
    ends = None if expires is None else DAY_ZERO + _day(expires)
    return Lot(LotId(id), Source(name, "s1"), "s1", DAY_ZERO + _day(release), ends, available=available)


def _books(*lots: Lot) -> Books:
    return Books(lots={lot.id: lot for lot in lots}, lots_opened=len(lots))


def _drawn(books: Books, amount: int) -> list[tuple[int | None, int]]:
    parts = draw(books.drawable(Account.AVAILABLE), Account.AVAILABLE, amount)
    return [(part.lot, part.amount) for part in parts]


def test_points_expiring_soonest_are_spent_first() -> None:
    assert _drawn(_books(_lot(1, expires=30), _lot(2, expires=10), _lot(3, expires=20)), 25) == [
        (2, 10),
        (3, 10),
        (1, 5),
    ]


def test_points_that_never_expire_are_spent_last() -> None:
    assert _drawn(_books(_lot(1), _lot(2, expires=36500)), 11) == [(2, 10), (1, 1)]


def test_of_equal_expiry_the_earlier_released_are_spent_first() -> None:
    assert _drawn(_books(_lot(1, release=2, expires=30), _lot(2, release=1, expires=30)), 11) == [(2, 10), (1, 1)]
    assert _drawn(_books(_lot(1, release=2), _lot(2, release=1)), 11) == [(2, 10), (1, 1)]


def test_of_equal_dates_the_lot_opened_first_is_spent_first() -> None:
    assert _drawn(_books(_lot(10), _lot(9), _lot(2)), 21) == [(2, 10), (9, 10), (10, 1)]


def test_empty_lots_and_other_accounts_give_nothing() -> None:
    waiting = _lot(2, available=0)
    waiting.pending, waiting.held = 5, 5
    assert _drawn(_books(_lot(1, available=0), waiting, _lot(3, available=1)), 9) == [(3, 1)]


def test_lots_can_be_asked_for_by_their_source_or_by_all_others() -> None:
    books = _books(_lot(1), _lot(2, name="order:o2"), _lot(3))
    mine = Source("order:o1", "s1")
    assert [lot.id for lot in books.drawable(Account.AVAILABLE, mine)] == [1, 3]
    assert [lot.id for lot in books.drawable(Account.AVAILABLE, other_than=mine)] == [2]


LOTS = st.lists(st.tuples(st.integers(0, 5), st.none() | st.integers(5, 9), st.integers(0, 20)), max_size=8).map(
    lambda rows: _books(*(_lot(number, *row) for number, row in enumerate(rows, 1)))
)


@few
@given(LOTS, st.integers(0, 200))
def test_a_draw_is_exact_or_takes_all_there_is(books: Books, amount: int) -> None:
    drawn = _drawn(books, amount)
    assert sum(part for _, part in drawn) == min(amount, books.available)
    assert all(lot is not None and 0 < part <= books.lots[LotId(lot)].available for lot, part in drawn)
    keys = [books.lots[LotId(lot)].drawing_key for lot, _ in drawn if lot is not None]
    assert keys == sorted(keys)
    assert len(keys) == len(set(keys))
    # Only the last lot may keep something.
    assert all(part == books.lots[LotId(lot)].available for lot, part in drawn[:-1] if lot is not None)


@few
@given(LOTS, st.integers(1, 200))
def test_debt_and_available_are_never_both_above_zero_once_debt_was_paid(books: Books, owed: int) -> None:
    books.post(
        Reason.TAKE_BACK, Source("order:o9"), DAY_ZERO, [Posting(Address(Account.DEBT), Address(Account.ISSUED), owed)]
    )
    had = books.available
    pay_debt(books, DAY_ZERO)
    assert (books.available, books.debt) == (max(0, had - owed), max(0, owed - had))
    payments = [transaction for transaction in books.transactions if transaction.reason is Reason.PAY_DEBT]
    # Each payment belongs to the source and shop of the lot that paid.
    assert all(payment.source == Source("order:o1", "s1") and payment.shop == "s1" for payment in payments)


def test_without_debt_paying_debt_posts_nothing() -> None:
    books = _books(_lot(1))
    pay_debt(books, DAY_ZERO)
    assert books.transactions == []
