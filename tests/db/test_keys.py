"""Keys are the alarm behind the locks: what should never happen fails whole instead of passing."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine, insert, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.actions.sitting import Sitting
from app.db.tables import BalanceRow, LotRow, MemberRow, PostingRow, TransactionRow
from app.loyalty.ledger.books import Books
from app.loyalty.ledger.granting import adjust
from app.loyalty.ledger.postings import LotId
from app.loyalty.terms.programme import Reward
from tests.factories.facts import order
from tests.factories.houses import House, house
from tests.factories.programmes import version


def rich(db: Engine) -> House:
    ours = house(db, version(rewards=[Reward("r", 30)]))
    ours.settle("2025-02-01T13", order(price="100.00"))
    return ours


def test_of_two_sittings_over_one_number_the_second_fails_whole(db: Engine) -> None:
    """Forced: the member's counter is set back, as if the second had read before the first wrote."""
    ours = rich(db)
    before = ours.row("ada").number
    ours.adjust("2025-02-02", "ada", "a1", 5)
    with ours.unit("2025-02-02") as scope:
        scope.session.execute(
            update(MemberRow)
            .where(MemberRow.programme_id == ours.programme_id, MemberRow.member_id == ours.member("ada"))
            .values(number=before)
        )
    shown = ours.shown("ada")
    with pytest.raises(IntegrityError):
        ours.adjust("2025-02-03", "ada", "a2", 7)
    assert ours.shown("ada") == shown
    with ours.reading() as scope:
        assert scope.session.get(TransactionRow, (ours.programme_id, ours.member("ada"), before + 2)) is None


@pytest.mark.parametrize("table", (TransactionRow, PostingRow, LotRow, BalanceRow))
def test_no_two_rows_of_a_member_have_one_number(
    db: Engine, table: type[TransactionRow | PostingRow | LotRow | BalanceRow]
) -> None:
    ours = rich(db)
    name = table.__tablename__
    again = f"INSERT INTO {name} SELECT * FROM {name} WHERE programme_id = :programme"  # noqa: S608
    uuid = ours.programme_id.hex if db.dialect.name == "sqlite" else ours.programme_id
    with pytest.raises(IntegrityError), db.begin() as connection:
        connection.execute(text(again), {"programme": uuid})


def test_a_code_belongs_to_one_redemption_of_a_programme(db: Engine) -> None:
    ours, theirs = rich(db), rich(db)
    ours.redeem("2025-02-02", "ada", "k1", code="KZ-1")
    with pytest.raises(IntegrityError):
        ours.redeem("2025-02-02", "ada", "k2", code="KZ-1")
    assert ours.amounts("ada") == (0, 70, 30, 0)
    assert theirs.redeem("2025-02-02", "ada", "k1", code="KZ-1").refused is None


@pytest.mark.parametrize("account", ("pending", "available", "held"))
def test_no_lot_can_be_overdrawn(db: Engine, account: str) -> None:
    ours = rich(db)
    with pytest.raises(IntegrityError), ours.unit("2025-02-02") as scope:
        scope.session.execute(
            insert(BalanceRow).values(
                programme_id=ours.programme_id, member_id=ours.member("ada"), account=account, lot=77, amount=-1
            )
        )


def decide(ours: House, amount: int, believe: Callable[[Books], None], *, stumble: bool = False) -> None:
    """Sit down with the member, put a belief into the books, adjust by an amount and conclude."""
    with ours.unit("2025-02-02") as scope:
        sitting = Sitting(scope, [ours.member("ada")])
        [file] = sitting.files.values()
        believe(file.books)
        adjust(file.books, sitting.programme, "a1", amount, scope.now)
        sitting.conclude()
        if stumble:
            raise KeyboardInterrupt


def test_a_decision_that_draws_more_than_the_tables_hold_fails_whole(db: Engine) -> None:
    """The second wall: books that believe in 1000 points meet a balance of 100."""

    def in_a_thousand(books: Books) -> None:
        books.lots[LotId(1)].available = 1000

    ours = rich(db)
    with pytest.raises(DBAPIError):
        decide(ours, -500, in_a_thousand)
    assert ours.amounts("ada") == (0, 100, 0, 0)


def test_a_decision_about_a_balance_that_is_not_there_fails_whole(db: Engine) -> None:
    def in_a_lot_that_never_was(books: Books) -> None:
        books.lots[LotId(9)] = replace(books.lots[LotId(1)], id=LotId(9), available=50)

    ours = rich(db)
    with pytest.raises(RuntimeError, match="kizuna audit"):
        decide(ours, -120, in_a_lot_that_never_was)
    assert ours.amounts("ada") == (0, 100, 0, 0)


@pytest.mark.parametrize("amount", (0, -3))
def test_a_posting_always_moves_something_forward(db: Engine, amount: int) -> None:
    ours = rich(db)
    with pytest.raises(IntegrityError), ours.unit("2025-02-02") as scope:
        scope.session.execute(
            insert(PostingRow).values(
                programme_id=ours.programme_id, member_id=ours.member("ada"), number=99, transaction_number=99,
                from_account="granted", from_lot=0, to_account="debt", to_lot=0, amount=amount,
            )
        )  # fmt: skip


def test_a_unit_that_fails_leaves_nothing_behind(db: Engine) -> None:
    ours = rich(db)
    before = ours.shown("ada")
    with pytest.raises(KeyboardInterrupt):
        decide(ours, 500, lambda _: None, stumble=True)
    assert ours.shown("ada") == before
    assert ours.breaches() == []
