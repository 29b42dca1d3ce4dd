"""Entry rewards: once a level and period, valued with everything known now."""

from dataclasses import replace

from app.loyalty.ledger.postings import Source
from app.loyalty.terms.programme import Ladder, Level, Measure, Window
from app.loyalty.terms.rules import ReviewRule
from tests.factories.facts import order, refund, review
from tests.factories.instants import instant
from tests.factories.programmes import LIFETIME, ONE_PER_EURO, YEAR, ladder, months, programme, version
from tests.loyalty.notebook import Notebook

NOW = "2026-12-31"
LEVELS = (Level("bronze", 1000, entry_reward=50), Level("gold", 5000, entry_reward=200))


def _ladder(window: Window = LIFETIME, measure: Measure = Measure.SPEND) -> Ladder:
    return ladder(*LEVELS, window=window, measure=measure)


def _book(tiers: Ladder | None = None, *, pending_days: int = 0) -> Notebook:
    return Notebook(programme(version("2024-01-01T00", earn=(), tiers=tiers or _ladder(), pending_days=pending_days)))


def _due(book: Notebook, now: str = NOW) -> dict[str, tuple[int, str]]:
    return {
        source.name.removeprefix("tier:ada:"): (due.amount, due.moment.isoformat()[:16])
        for source, due in book.judgement(now).dues.items()
        if source.name.startswith("tier:")
    }


def test_an_entry_reward_is_due_at_the_payment_that_reaches_its_level() -> None:
    book = _book(pending_days=3)
    book.tell("2025-02-01", order("o1", "9.99", paid="2025-01-05"))
    assert _due(book) == {}
    book.tell("2025-02-01", order("o2", "0.01", paid="2025-02-01"))
    assert _due(book) == {"bronze:lifetime": (50, "2025-02-01T12:00")}
    assert book.amounts == (50, 0, 0, 0)
    book.conclude("2025-02-04")
    assert book.amounts == (0, 50, 0, 0)


def test_jumping_over_levels_pays_each_so_splitting_an_order_changes_nothing() -> None:
    at_once, in_two = _book(), _book()
    at_once.tell("2025-02-01", order("o1", "50.00"))
    in_two.tell("2025-02-01", order("o1", "20.00"), order("o2", "30.00"))
    assert at_once.amounts == in_two.amounts == (0, 250, 0, 0)


def test_a_refunded_order_takes_its_entry_reward_back() -> None:
    book = _book()
    book.tell("2025-02-01", order("o1", "50.00"))
    book.tell("2025-03-01", order("o1", "50.00", refunds=(refund("2025-03-01", "45.00"),), updated="2025-03-01"))
    assert book.amounts == (0, 0, 0, 0)
    assert book.moved() == {}


def test_and_the_order_that_now_reaches_the_level_gives_it_with_its_own_date() -> None:
    book = _book()
    book.tell("2025-02-01", order("o1", "10.00", paid="2025-02-01"), order("o2", "10.00", paid="2025-02-10"))
    assert _due(book) == {"bronze:lifetime": (50, "2025-02-01T12:00")}
    book.tell("2025-03-01", order("o1", "10.00", refunds=(refund("2025-03-01", "1.00"),), updated="2025-03-01"))
    assert _due(book) == {"bronze:lifetime": (50, "2025-02-10T12:00")}
    assert book.amounts == (0, 50, 0, 0)


def test_by_the_year_it_is_due_once_a_year_though_the_level_is_held_already() -> None:
    book = _book(_ladder(YEAR))
    for number, paid in enumerate(("2025-02-01", "2025-06-01", "2026-02-01")):
        book.tell(paid, order(f"o{number}", "10.00", paid=paid))
    assert _due(book) == {"bronze:2025": (50, "2025-02-01T12:00"), "bronze:2026": (50, "2026-02-01T12:00")}


def test_by_rolling_months_it_is_due_once_a_local_year_too() -> None:
    book = _book(_ladder(months(12)))
    for number, paid in enumerate(("2025-02-01", "2025-06-01", "2026-01-02")):
        book.tell(paid, order(f"o{number}", "10.00", paid=paid))
    # On 2 January 2026 the twelve months still hold the orders of 2025.
    assert set(_due(book)) == {"bronze:2025", "bronze:2026"}


def test_a_midnight_alone_gives_no_entry_reward() -> None:
    book = _book(_ladder(months(12)))
    book.tell("2025-02-01", order("o1", "10.00", paid="2025-12-01"))
    book.conclude("2026-06-01")
    assert set(_due(book, "2026-06-01")) == {"bronze:2025"}


def test_a_version_start_gives_the_rewards_of_levels_reached_then() -> None:
    book = Notebook(programme(version("2024-01-01T00", earn=()), version("2025-03-01T00", earn=(), tiers=_ladder())))
    book.tell("2025-02-01", order("o1", "50.00"))
    assert _due(book, "2025-02-28T23") == {}
    assert _due(book) == {
        "bronze:lifetime": (50, "2025-03-01T00:00"),
        "gold:lifetime": (200, "2025-03-01T00:00"),
    }


def test_a_level_paid_for_under_one_version_is_not_paid_for_again_under_the_next() -> None:
    richer = ladder(*(replace(level, entry_reward=level.entry_reward * 10) for level in LEVELS))
    book = Notebook(
        programme(version("2024-01-01T00", earn=(), tiers=_ladder()), version("2025-03-01T00", earn=(), tiers=richer))
    )
    book.tell("2025-02-01", order("o1", "10.00"))
    book.conclude("2025-04-01")
    assert book.amounts == (0, 50, 0, 0)
    book.tell("2025-04-01", order("o2", "40.00", paid="2025-04-01"))
    assert book.amounts == (0, 2050, 0, 0)


def test_by_spending_other_facts_reach_nothing_and_by_points_they_do() -> None:
    levels = (Level("bronze", 10, entry_reward=50),)
    rules = version("2024-01-01T00", earn=(ONE_PER_EURO, ReviewRule(5)), tiers=ladder(*levels, measure=Measure.POINTS))
    book = Notebook(programme(rules))
    book.tell("2025-02-05", order("o1", "5.00"))
    assert _due(book) == {}
    book.tell("2025-02-05", review(at="2025-02-02"))
    assert _due(book) == {"bronze:lifetime": (50, "2025-02-02T12:00")}
    by_spending = _book(ladder(Level("bronze", 1000, entry_reward=50)))
    by_spending.adjust("2025-02-05", "a1", 5000)
    assert _due(by_spending) == {}


def test_entry_rewards_are_no_activity_themselves() -> None:
    levels = (Level("bronze", 10, entry_reward=500), Level("gold", 100, entry_reward=1))
    book = Notebook(programme(version("2024-01-01T00", tiers=ladder(*levels, measure=Measure.POINTS))))
    book.tell("2025-02-05", order("o1", "10.00"))
    assert set(_due(book)) == {"bronze:lifetime"}
    assert book.tier(NOW) == "bronze"


def test_the_source_names_member_level_and_period() -> None:
    book = _book(_ladder(YEAR))
    book.tell("2025-02-01", order("o1", "10.00"))
    assert Source("tier:ada:bronze:2025") in book.judgement(NOW).dues
    assert instant("2025-02-01") == book.judgement(NOW).dues[Source("tier:ada:bronze:2025")].moment
