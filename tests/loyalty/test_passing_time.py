"""Time passing: releases, codes running out, expiries and version starts, also at one instant."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.loyalty.ledger.books import NEVER
from app.loyalty.ledger.postings import Reason
from app.loyalty.settling import next_instant
from app.loyalty.terms.programme import Expiry, ExpiryFrom, Level, Reward, Shop
from tests.factories.facts import order
from tests.factories.instants import instant
from tests.factories.programmes import ladder, programme, version
from tests.loyalty.examples import few
from tests.loyalty.notebook import Notebook

HOURS = Expiry(3, end_of_day=False)


def _reasons(book: Notebook) -> list[tuple[Reason, str]]:
    return [(transaction.reason, transaction.source.name) for transaction in book.transactions]


def test_a_lot_is_available_at_its_release_and_gone_at_its_end() -> None:
    book = Notebook(programme(version(pending_days=1, expiry=HOURS)))
    book.tell("2025-02-01", order("o1"))
    seen = {}
    for at in ("2025-02-02T11:59:59", "2025-02-02T12:00:00", "2025-02-04T11:59:59", "2025-02-04T12:00:00"):
        book.conclude(at)
        seen[at[8:]] = book.amounts[:2]
    assert seen == {"02T11:59:59": (10, 0), "02T12:00:00": (0, 10), "04T11:59:59": (0, 10), "04T12:00:00": (0, 0)}


def test_a_lot_that_would_end_before_its_release_is_released_and_ends_then() -> None:
    book = Notebook(programme(version(pending_days=9, expiry=HOURS)))
    book.tell("2025-02-01", order("o1"))
    (lot,) = book.books.lots.values()
    assert lot.release_at == lot.expires_at == instant("2025-02-10")
    book.conclude("2025-02-10")
    assert _reasons(book)[-2:] == [(Reason.RELEASE, "order:o1"), (Reason.EXPIRE, "order:o1")]


def test_expiry_can_count_from_the_release() -> None:
    book = Notebook(programme(version(pending_days=9, expiry=Expiry(3, ExpiryFrom.RELEASE, end_of_day=False))))
    book.tell("2025-02-01", order("o1"))
    (lot,) = book.books.lots.values()
    assert lot.expires_at == instant("2025-02-13")


def test_the_last_good_day_is_one_of_the_facts_own_shop() -> None:
    shops = (Shop("s1", "UTC", "EUR"), Shop("s2", "Pacific/Kiritimati", "EUR"))
    book = Notebook(programme(version(expiry=Expiry(1)), shops=shops))
    book.tell("2025-02-01", order("o1"), shop="s1")
    book.tell("2025-02-01", order("o2"), shop="s2")
    assert [lot.expires_at for lot in book.books.lots.values()] == [instant("2025-02-03T00"), instant("2025-02-03T10")]


def test_at_one_instant_releases_come_before_codes_running_out_and_these_before_expiries() -> None:
    reward = Reward("r", 10, code_days=1)
    start = version(pending_days=1, expiry=Expiry(2, end_of_day=False), rewards=(reward,))
    book = Notebook(programme(start))
    book.tell("2025-02-03", order("o1", paid="2025-02-02"), order("o2", "4.00", paid="2025-02-03"))
    book.redeem("2025-02-03", "k1")
    posted = len(book.transactions)
    book.conclude("2025-02-04")
    # Held, the lot of the first order outlived its own end at this instant, so it comes back in a second life.
    assert _reasons(book)[posted:] == [(Reason.RELEASE, "order:o2"), (Reason.GIVE_BACK, "redemption:k1")]
    assert book.amounts == (0, 14, 0, 0)
    assert [lot.parent for lot in book.books.lots.values()] == [None, None, 1]


def test_points_released_at_their_end_pay_debt_before_they_would_expire() -> None:
    book = Notebook(programme(version(pending_days=1, expiry=Expiry(1, end_of_day=False), rewards=(Reward("r", 10),))))
    book.tell("2025-02-02", order("o1", "4.00", paid="2025-02-02"))
    book.bring("2025-02-02", "i1", 10, "2025-02-02", "2025-06-01")
    book.redeem("2025-02-02", "k1")
    book.give_back("2025-02-02", "k1")
    book.adjust("2025-02-02", "a1", -10)
    book.tell("2025-02-02", order("o2", "0.50", paid="2025-02-02", codes=(("k1", "0"),)))
    assert book.amounts == (4, 0, 0, 10)
    book.conclude("2025-02-03")
    assert book.amounts == (0, 0, 0, 6)
    assert book.moved(source="order:o1") == {"issued": -4, "debt": 4}


def test_entry_rewards_of_a_version_are_given_at_its_start() -> None:
    tiers = ladder(Level("bronze", 1000, entry_reward=50))
    book = Notebook(programme(version(), version("2025-03-01T00", tiers=tiers)))
    book.tell("2025-02-01", order("o1"))
    book.conclude("2025-02-28T23")
    assert book.amounts == (0, 10, 0, 0)
    book.conclude("2025-04-01")
    assert book.amounts == (0, 60, 0, 0)
    assert _reasons(book)[-2:] == [
        (Reason.AWARD, "tier:ada:bronze:lifetime"),
        (Reason.RELEASE, "tier:ada:bronze:lifetime"),
    ]
    assert {transaction.at for transaction in book.transactions[-2:]} == {instant("2025-03-01T00")}


def test_guests_points_wait_until_their_address_is_proved() -> None:
    book = Notebook(programme(version()))
    book.books.provisional = True
    book.tell("2025-02-01", order("o1"))
    book.conclude("2025-06-01")
    assert (book.amounts, next_instant(book.books, book.programme)) == ((10, 0, 0, 0), NEVER)
    book.books.provisional = False
    book.conclude("2025-06-01")
    assert book.amounts == (0, 10, 0, 0)


def test_where_nothing_is_due_nothing_comes_next() -> None:
    book = Notebook(programme(version()))
    book.tell("2025-02-01", order("o1"))
    assert next_instant(book.books, book.programme) == NEVER


@few
@given(st.lists(st.integers(0, 60 * 24), max_size=12), st.integers(0, 10), st.integers(1, 20))
def test_however_often_the_clock_is_looked_at_the_same_is_done_at_the_same_instants(
    looks: list[int], pending_days: int, expiry_days: int
) -> None:
    rules = version(
        pending_days=pending_days,
        expiry=Expiry(expiry_days, ExpiryFrom.RELEASE),
        rewards=(Reward("r", 3, code_days=4),),
    )
    often, once = (Notebook(programme(rules, version("2025-02-20T00", tiers=ladder(Level("a", 500, entry_reward=9)))))
                   for _ in range(2))  # fmt: skip
    for book in (often, once):
        book.bring("2025-02-01", "i1", 5, "2025-01-01")
        book.tell("2025-02-01", order("o1"), order("o2", "7.00", paid="2025-01-15"))
        if book.amounts[1] >= 3:
            book.redeem("2025-02-01", "k1")
    for hours in sorted(looks):
        often.conclude(instant("2025-02-01") + timedelta(hours=hours))
    for book in (often, once):
        book.conclude("2025-04-15")
    assert often.transactions == once.transactions
