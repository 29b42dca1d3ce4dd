"""Postings: one shape of movement, that cannot be nonsense."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.loyalty.ledger.books import Books
from app.loyalty.ledger.postings import IN_LOTS, Account, Address, LotId, Posting, Reason, Source
from tests.factories.instants import instant
from tests.loyalty.examples import few

LOT = LotId(1)
AVAILABLE = Address(Account.AVAILABLE, LOT)
ISSUED = Address(Account.ISSUED)
NOW = instant("2025-02-01")


def _books(*, available: int = 0) -> Books:
    books = Books()
    lot = books.open_lot(Source("order:o1", "s1"), "s1", NOW, None)
    if available:
        books.post(Reason.AWARD, lot.source, NOW, [Posting(ISSUED, AVAILABLE, available)])
    return books


@pytest.mark.parametrize("amount", (0, -1, -(10**12)))
def test_nothing_and_less_than_nothing_are_no_movement(amount: int) -> None:
    with pytest.raises(ValueError, match="Posting"):
        Posting(ISSUED, AVAILABLE, amount)


@pytest.mark.parametrize("address", (ISSUED, AVAILABLE, Address(Account.DEBT)))
def test_an_amount_does_not_move_to_where_it_is(address: Address) -> None:
    with pytest.raises(ValueError, match="Posting"):
        Posting(address, address, 1)


@pytest.mark.parametrize("account", list(Account))
def test_a_lot_is_named_where_lots_are_kept_and_nowhere_else(account: Account) -> None:
    right, wrong = (LOT, None) if account in IN_LOTS else (None, LOT)
    other = ISSUED if account is not Account.ISSUED else Address(Account.DEBT)
    assert Posting(Address(account, right), other, 1).amount == 1
    with pytest.raises(ValueError, match="Posting"):
        Posting(Address(account, wrong), other, 1)
    with pytest.raises(ValueError, match="Posting"):
        Posting(other, Address(account, wrong), 1)


@few
@given(st.lists(st.tuples(st.sampled_from(list(Account)), st.sampled_from(list(Account)), st.integers(1, 100))))
def test_every_transaction_puts_in_one_place_what_it_takes_from_another(
    moves: list[tuple[Account, Account, int]],
) -> None:
    books = _books(available=50)
    for source, destination, amount in moves:
        if source is destination:
            continue
        before = {account: _there(books, account) for account in (*IN_LOTS, Account.DEBT)}
        origin, goal = (Address(account, LOT if account in IN_LOTS else None) for account in (source, destination))
        posting = Posting(origin, goal, amount)
        try:
            books.post(Reason.ADJUST, Source("adjust:a"), NOW, [posting])
        except ValueError:
            assert source in IN_LOTS or destination is Account.DEBT
            return
        for account, there in before.items():
            change = (account is destination) - (account is source)
            assert _there(books, account) == there + change * amount
    assert sum(len(transaction.postings) for transaction in books.transactions) == books.number


def _there(books: Books, account: Account) -> int:
    """Return what lies in an account of the member; debt owed is below zero."""
    if account is Account.DEBT:
        return -books.debt
    return sum(lot.amount(account) for lot in books.lots.values())


def test_a_lot_cannot_give_more_than_it_has() -> None:
    books = _books(available=3)
    with pytest.raises(ValueError, match="available"):
        books.post(Reason.EXPIRE, Source("order:o1"), NOW, [Posting(AVAILABLE, Address(Account.EXPIRED), 4)])


def test_no_more_debt_is_paid_than_is_owed() -> None:
    books = _books(available=3)
    with pytest.raises(ValueError, match="debt"):
        books.post(Reason.PAY_DEBT, Source("order:o1"), NOW, [Posting(AVAILABLE, Address(Account.DEBT), 1)])


def test_taking_from_debt_makes_the_member_owe() -> None:
    books = _books()
    books.post(Reason.TAKE_BACK, Source("order:o1"), NOW, [Posting(Address(Account.DEBT), ISSUED, 7)])
    assert books.debt == 7


def test_postings_are_numbered_one_after_the_other_over_all_transactions() -> None:
    books = _books(available=3)
    held = Address(Account.HELD, LOT)
    books.post(Reason.HOLD, Source("redemption:k"), NOW, [Posting(AVAILABLE, held, 1), Posting(AVAILABLE, held, 2)])
    assert books.number == 3


@pytest.mark.parametrize("source", (Source("order:1001", "s1"), Source("sign_up:ada"), Source("review:a@b", "s1")))
def test_a_source_is_read_as_it_was_stored(source: Source) -> None:
    assert Source.parse(source.text()) == source


def test_sources_compare_by_name_before_shop() -> None:
    assert Source("order:1", "s2") < Source("order:2", "s1")
    assert Source("order:10", "s1") < Source("order:9", "s1")
