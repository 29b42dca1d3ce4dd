"""What members earn by other things than orders: birthdays, anniversaries, reviews, events and friends."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.loyalty.facts import Gone, Thing
from app.loyalty.members.history import ReferralOutcome
from app.loyalty.terms.programme import Shop
from app.loyalty.terms.rules import (
    AnniversaryRule,
    BirthdayRule,
    EventRule,
    ReferralMilestoneRule,
    ReferralRule,
    ReviewRule,
    Rule,
    SignUpRule,
)
from tests.factories.facts import birthday, event, order, review, sign_up
from tests.factories.instants import instant
from tests.factories.programmes import programme, version
from tests.loyalty.examples import few
from tests.loyalty.notebook import Notebook


def _book(*rules: Rule, zone: str = "UTC") -> Notebook:
    return Notebook(programme(version(earn=rules), shops=(Shop("s1", zone, "EUR"),)))


# -- birthdays and anniversaries ---------------------------------------------------------------------------------------


def test_a_birthday_falls_due_as_the_day_begins_where_the_home_shop_is() -> None:
    book = _book(BirthdayRule(100), zone="America/New_York")
    book.tell("2025-01-10", birthday("1990-07-04"))

    book.conclude("2025-07-04T03:59:59")
    before = book.amounts
    book.conclude("2025-07-04T04:00")

    assert (before, book.amounts) == ((0, 0, 0, 0), (0, 100, 0, 0))


@pytest.mark.parametrize(("year", "day"), ((2026, "02-28"), (2027, "02-28"), (2028, "02-29")))
def test_the_29th_of_february_is_kept_on_the_28th_in_common_years(year: int, day: str) -> None:
    book = _book(BirthdayRule(100))
    book.tell("2025-03-10", birthday("1992-02-29", at="2025-03-10"))

    book.conclude(f"{year}-{day}")

    assert book.due(f"birthday:ada:{year}", f"{year}-{day}") == 100
    assert book.due(f"birthday:ada:{year}", instant(f"{year}-{day}").replace(day=27).isoformat()) == 0


@few
@given(
    st.lists(st.tuples(st.dates(instant("2025-01-01").date(), instant("2027-12-31").date()), st.dates()), max_size=6)
)
def test_however_often_the_date_is_changed_nobody_has_two_birthdays_within_365_days(
    told: Sequence[tuple[date, date]],
) -> None:
    book = _book(BirthdayRule(100))
    for at, born in told:
        book.tell("2028-12-31", birthday(str(born), at=str(at)))
    dues = sorted(due.moment for due in book.judgement("2032-01-01").dues.values() if due.amount)

    assert all((later - earlier).days >= 365 for earlier, later in pairwise(dues))


def test_a_late_sitting_gives_every_birthday_its_own_dates() -> None:
    book = _book(BirthdayRule(100))
    book.tell("2025-01-10", birthday("1990-05-05"))
    book.conclude("2027-06-01")

    assert [lot.release_at for lot in book.books.lots.values()] == [
        instant(f"{year}-05-05T00") for year in (2025, 2026, 2027)
    ]


def test_joining_is_celebrated_every_year_or_only_in_one() -> None:
    yearly, fifth = _book(AnniversaryRule(10)), _book(AnniversaryRule(500, year=5))
    for book in (yearly, fifth):
        book.tell("2025-01-20", sign_up(at="2025-01-15"))
        book.conclude("2031-01-14")

    assert yearly.lots() == [(f"anniversary:ada:{year}", 10) for year in (1, 2, 3, 4, 5)]
    assert fifth.lots() == [("anniversary:ada:5", 500)]


# -- reviews -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("photo", "stars", "due"), ((False, 5, 50), (False, 1, 50), (True, 5, 80), (True, 1, 80)))
def test_a_picture_brings_more_and_the_stars_never_do(*, photo: bool, stars: int, due: int) -> None:
    book = _book(ReviewRule(50, photo_points=30))
    book.tell("2025-02-01", order())
    book.tell("2025-02-03", replace(review(rating=stars), photo=photo))

    assert book.due("review:rv1") == due


# -- events ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "at", "earning"),
    (
        pytest.param(EventRule("share", 10), ("01T10", "01T11", "02T10"), (1, 2, 3), id="no limit"),
        pytest.param(EventRule("share", 10, max_per_day=1), ("01T10", "01T11", "02T10"), (1, 3), id="once a day"),
        pytest.param(EventRule("share", 10, max_total=1), ("01T10", "01T11", "02T10"), (1,), id="once in all"),
        pytest.param(
            EventRule("share", 10, cooldown_hours=24), ("01T10", "02T09", "02T11"), (1, 3), id="a day's pause"
        ),
        pytest.param(EventRule("visit", 10), ("01T10",), (), id="another event"),
    ),
)
def test_an_event_earns_within_its_limits_and_what_breaks_one_does_not_count(
    rule: EventRule, at: Sequence[str], earning: Sequence[int]
) -> None:
    book = _book(rule)
    for number, each in enumerate(at, 1):
        book.tell("2025-06-01", event(f"e{number}", at=f"2025-02-{each}"))

    assert [name for name, _ in book.lots()] == [f"event:e{number}" for number in earning]


def test_a_deleted_post_gives_its_points_back_and_makes_room_for_another() -> None:
    book = _book(EventRule("post", 10, max_total=1))
    book.tell("2025-02-01", event("e1", "post", "2025-02-01"), event("e2", "post", "2025-02-01T01"))
    book.tell("2025-02-02", Gone(Thing.EVENT, "e1", instant("2025-02-02")))

    assert book.moved(source="event:e1") == {}
    assert book.lots() == [("event:e2", 10)]


def test_two_rules_for_one_event_count_each_for_itself() -> None:
    book = _book(EventRule("answer", 5), EventRule("answer", 100, max_total=1, id="first"))
    book.tell("2025-02-05", event("e1", "answer", "2025-02-01"), event("e2", "answer", "2025-02-02"))

    assert book.lots() == [("event:e1", 105), ("event:e2", 5)]


def test_a_rule_of_a_later_version_goes_on_counting_where_the_earlier_stopped() -> None:
    once = EventRule("newsletter", 10, max_total=1)
    book = Notebook(programme(version(earn=(once,)), version("2025-03-01T00", earn=(replace(once, points=50),))))
    book.tell("2025-03-05", event("e1", "newsletter", "2025-02-01"), event("e2", "newsletter", "2025-03-02"))

    assert book.lots() == [("event:e1", 10)]


# -- friends -----------------------------------------------------------------------------------------------------------


def _friend(number: int, *, due: bool = True) -> ReferralOutcome:
    moment = instant(f"2025-02-{number:02}")
    return ReferralOutcome(
        f"rf{number}", instant("2025-01-20"), due=due, advocate_points=5, moment=moment, shop="s1", version=1
    )


@pytest.mark.parametrize(
    ("rule", "friends", "milestones"),
    (
        (ReferralMilestoneRule(100, 3), 2, []),
        (ReferralMilestoneRule(100, 3), 3, [3]),
        (ReferralMilestoneRule(100, 3), 7, [3, 6]),
        (ReferralMilestoneRule(100, 3, once=True), 7, [3]),
    ),
)
def test_so_many_friends_who_bought_are_a_milestone(
    rule: ReferralMilestoneRule, friends: int, milestones: list[int]
) -> None:
    book = _book(ReferralRule(5), rule)
    for number in range(1, friends + 1):
        book.advise("2025-03-01", _friend(number))

    reached = [name for name, _ in book.lots() if name.startswith("referral_milestone")]
    assert reached == [f"referral_milestone:ada:{number}" for number in milestones]


def test_a_friend_whose_order_is_refunded_takes_the_last_milestone_along() -> None:
    book = _book(ReferralRule(5), ReferralMilestoneRule(100, 3))
    for number in range(1, 4):
        book.advise("2025-03-01", _friend(number))
    book.advise("2025-03-02", _friend(1, due=False))

    assert book.amounts == (0, 10, 0, 0)


def test_a_programme_without_a_rule_for_purchases_still_awards() -> None:
    """Valued behaviour alone: joining, a review, packaging brought back."""
    book = _book(SignUpRule(10), ReviewRule(20), EventRule("packaging_returned", 30))
    book.tell("2025-02-10", order(), sign_up(), review(), event("e1", "packaging_returned"))

    assert book.amounts == (0, 60, 0, 0)
