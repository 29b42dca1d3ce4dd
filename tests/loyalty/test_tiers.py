"""Climbing at once, falling at midnights only: the ladder as the page tells it."""

from dataclasses import replace

import pytest

from app.loyalty.facts import Order
from app.loyalty.ledger.postings import Source
from app.loyalty.members.history import Granted, MemberReferral, ReferralOutcome
from app.loyalty.terms.programme import Downgrade, EarningBase, Ladder, Level, Measure, Shop, Version
from app.loyalty.terms.rules import ReferralRule, ReviewRule, SignUpRule
from tests.factories.facts import order, refund, review, sign_up
from tests.factories.instants import instant
from tests.factories.programmes import ONE_PER_EURO, YEAR, ladder, months, programme, version
from tests.loyalty.notebook import Notebook

NOW = "2026-12-31"
BRONZE = Level("bronze", 1000)
SILVER = Level("silver", 5000, (3, 2))
GOLD = Level("gold", 10_000, (2, 1))
LEVELS = (BRONZE, SILVER, GOLD)


def _book(tiers: Ladder | None, *later: Version, zone: str = "UTC") -> Notebook:
    shops = (Shop("s1", zone, "EUR"), Shop("s2", "Asia/Tokyo", "EUR"))
    return Notebook(programme(version("2024-01-01T00", tiers=tiers), *later, shops=shops))


def _told(tiers: Ladder, *orders: Order, zone: str = "UTC") -> Notebook:
    book = _book(tiers, zone=zone)
    for each in orders:
        book._keep(each, "s1")
    return book


def _tiers(book: Notebook, *instants: str) -> list[str | None]:
    return [book.tier(at) for at in instants]


# -- up --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("price", "level"),
    (("9.99", None), ("10.00", "bronze"), ("49.99", "bronze"), ("50.00", "silver"), ("100.00", "gold")),
)
def test_a_level_is_reached_at_its_threshold_and_over_several_levels_at_once(price: str, level: str | None) -> None:
    assert _told(ladder(*LEVELS), order("o1", price)).tier(NOW) == level


def test_members_rise_at_the_payment_itself() -> None:
    book = _told(ladder(*LEVELS), order("o1", "10.00", paid="2025-02-01"))
    standing = book.judgement("2025-02-01").standing
    assert (standing.level, standing.since) == ("bronze", instant("2025-02-01"))


def test_the_order_that_lifts_is_itself_judged_by_the_tier_before_it() -> None:
    book = _told(
        ladder(*LEVELS),
        order("o1", "100.00", paid="2025-02-01"),
        order("o2", "10.00", paid="2025-02-02"),
    )
    assert [book.due("order:o1"), book.due("order:o2")] == [100, 20]


def test_a_late_order_re_decides_the_multiplier_of_those_after_it() -> None:
    book = _book(ladder(*LEVELS))
    book.tell(NOW, order("o2", "10.00", paid="2025-02-02"))
    assert book.due("order:o2", NOW) == 10
    book.tell(NOW, order("o1", "100.00", paid="2025-02-01"))
    assert (book.due("order:o2", NOW), book.amounts) == (20, (0, 120, 0, 0))


def test_refunds_dated_later_do_not_re_judge_the_multiplier_of_orders_in_between() -> None:
    book = _told(
        ladder(*LEVELS),
        order("o1", "100.00", paid="2025-02-01", refunds=(refund("2025-02-05", "100.00"),)),
        order("o2", "10.00", paid="2025-02-02"),
        order("o3", "10.00", paid="2025-02-07"),
    )
    assert [book.due("order:o2"), book.due("order:o3")] == [20, 10]


def test_refunds_of_the_very_instant_count_in_what_is_asked_then() -> None:
    book = _told(
        ladder(*LEVELS),
        order("o1", "100.00", paid="2025-02-01", refunds=(refund("2025-02-02", "100.00"),)),
        order("o2", "10.00", paid="2025-02-02"),
    )
    # Nobody falls but at midnights: the tier met is still the one risen to.
    assert book.due("order:o2") == 20
    assert _tiers(book, "2025-02-02T23", "2025-02-03T00") == ["gold", "bronze"]


# -- measures --------------------------------------------------------------------------------------------------------


def test_counted_by_orders_an_order_that_costs_nothing_does_not_count() -> None:
    tiers = ladder(Level("bronze", 2), measure=Measure.ORDERS)
    free = order("o2", discount="10.00", paid="2025-02-02")
    book = _told(tiers, order("o1"), free)
    assert book.tier(NOW) is None
    book._keep(order("o3", paid="2025-02-03"), "s1")
    assert book.tier(NOW) == "bronze"


def test_spend_is_the_base_by_the_policy_of_the_orders_own_version() -> None:
    with_shipping = replace(version("2024-01-01T00", tiers=ladder(BRONZE)), base=EarningBase(shipping=True))
    for rules, level in ((with_shipping, "bronze"), (version("2024-01-01T00", tiers=ladder(BRONZE)), None)):
        book = Notebook(programme(rules))
        book.tell(NOW, order("o1", "6.00", shipping="4.00"))
        assert book.tier(NOW) == level


def test_an_order_from_before_the_programme_moves_no_tier() -> None:
    book = _book(ladder(*LEVELS))
    book.tell(NOW, order("o1", "100.00", placed="2023-12-31", paid="2025-02-01"))
    assert book.tier(NOW) is None


def test_by_points_also_other_facts_and_staff_and_imports_count_but_not_entry_rewards() -> None:
    tiers = ladder(Level("bronze", 5, entry_reward=1000), Level("gold", 100), measure=Measure.POINTS)
    rules = version("2024-01-01T00", tiers=tiers, earn=(ONE_PER_EURO, SignUpRule(30), ReviewRule(20), ReferralRule(15)))
    book = Notebook(programme(rules))
    book.tell("2025-03-01", sign_up(), order("o1", "10.00"), review())
    assert (book.tier("2025-03-01"), book.judgement("2025-03-01").standing.activity) == ("bronze", 60)
    book.adjust("2025-03-02", "a1", 12)
    book.adjust("2025-03-02", "a2", -2)
    book.bring("2025-03-02", "i1", 14, "2025-01-01")
    assert (book.tier("2025-03-02"), book.judgement("2025-03-02").standing.activity) == ("bronze", 84)
    paid = instant("2025-03-01")
    told = ReferralOutcome(
        "rf1", paid, due=True, advocate_points=16, moment=paid, shop="s1", version=1, steps=((paid, paid),)
    )
    book.advise("2025-03-03", told)
    assert (book.tier("2025-03-03"), book.judgement("2025-03-03").standing.activity) == ("gold", 100)


def test_redeeming_and_expiry_do_not_lower_what_was_earned() -> None:
    book = _book(ladder(Level("bronze", 10), measure=Measure.POINTS))
    book.tell("2025-03-01", order("o1"))
    book.adjust("2025-03-02", "a1", 5)
    book.adjust("2025-03-03", "a2", -5)
    assert _tiers(book, "2025-03-01T23", NOW) == ["bronze", "bronze"]
    assert [granted.amount for granted in book.granted] == [5, -5]


def test_a_referral_counts_on_the_day_of_the_friends_payment() -> None:
    tiers = ladder(Level("bronze", 30), measure=Measure.POINTS, window=YEAR)
    book = Notebook(programme(version("2024-01-01T00", tiers=tiers, earn=(ReferralRule(100, 30),))))
    book.referred["rf1"] = MemberReferral("rf1", instant("2024-12-30"))
    book.tell("2025-03-01", order("o1", "10.00", paid="2024-12-31"))
    assert _tiers(book, "2024-12-31", "2025-01-01T00") == ["bronze", None]


# -- windows ---------------------------------------------------------------------------------------------------------


def test_a_lifetime_never_ends() -> None:
    assert _told(ladder(*LEVELS), order("o1", "10.00", paid="2024-02-01")).tier("2035-01-01") == "bronze"


def test_a_calendar_year_ends_at_the_home_shops_midnight() -> None:
    book = _told(ladder(*LEVELS, window=YEAR), order("o1", "10.00", paid="2025-06-01"), zone="Asia/Tokyo")
    assert _tiers(book, "2025-12-31T14:59:59", "2025-12-31T15:00:00") == ["bronze", None]


@pytest.mark.parametrize(
    ("paid", "count", "last", "gone"),
    (
        ("2025-03-15", 12, "2026-03-14T23", "2026-03-15T00"),
        ("2024-02-29", 12, "2025-02-28T23", "2025-03-01T00"),
        ("2025-01-31", 1, "2025-02-28T23", "2025-03-01T00"),
        ("2025-11-30", 3, "2026-02-28T23", "2026-03-01T00"),
        ("2025-02-28", 1, "2025-03-27T23", "2025-03-28T00"),
    ),
)
def test_rolling_months_hold_a_day_until_they_reach_no_further_back_than_after_it(
    paid: str, count: int, last: str, gone: str
) -> None:
    book = _told(ladder(BRONZE, window=months(count)), order("o1", "10.00", paid=paid))
    assert _tiers(book, last, gone) == ["bronze", None]


def test_an_order_lies_in_the_day_of_its_own_shop() -> None:
    book = _book(ladder(BRONZE, window=YEAR))
    book._keep(order("o1", "10.00", paid="2024-12-31T16"), "s2")
    # New Year's Day in Tokyo: it counts in 2025, and not yet in the home shop's 2024.
    assert _tiers(book, "2024-12-31T17", "2025-01-01T00", "2025-12-31T23", "2026-01-01T00") == [
        None, "bronze", "bronze", None,
    ]  # fmt: skip


# -- down ------------------------------------------------------------------------------------------------------------


def _refunded(grace_days: int, downgrade: Downgrade) -> Notebook:
    """Return a member risen to gold on 1 February whose order is refunded on 10 February, all but 10.00."""
    tiers = ladder(*LEVELS, grace_days=grace_days, downgrade=downgrade)
    return _told(tiers, order("o1", "100.00", paid="2025-02-01", refunds=(refund("2025-02-10", "90.00"),)))


def test_without_grace_members_fall_at_the_first_midnight_to_the_level_reached() -> None:
    assert _tiers(_refunded(0, Downgrade.QUALIFIED), "2025-02-10T23:59:59", "2025-02-11T00") == ["gold", "bronze"]


def test_grace_begins_at_that_midnight_and_lasts_its_days() -> None:
    book = _refunded(5, Downgrade.QUALIFIED)
    assert _tiers(book, "2025-02-11T00", "2025-02-15T23:59:59", "2025-02-16T00") == ["gold", "gold", "bronze"]
    assert str(book.judgement("2025-02-12").standing.grace_ends) == "2025-02-16"


def test_step_by_step_without_grace_is_a_level_each_midnight() -> None:
    seen = _tiers(
        _refunded(0, Downgrade.ONE_STEP), "2025-02-10T23", "2025-02-11T00", "2025-02-11T23", "2025-02-12T00", NOW
    )
    assert seen == ["gold", "silver", "silver", "bronze", "bronze"]


def test_step_by_step_grace_begins_anew_on_the_day_of_each_step() -> None:
    book = _refunded(3, Downgrade.ONE_STEP)
    seen = _tiers(book, "2025-02-13T23", "2025-02-14T00", "2025-02-16T23", "2025-02-17T00", NOW)
    assert seen == ["gold", "silver", "silver", "bronze", "bronze"]


def test_where_nobody_falls_nobody_falls() -> None:
    assert _refunded(0, Downgrade.NEVER).tier("2030-01-01") == "gold"


def test_grace_ends_when_at_a_midnight_the_level_is_reached_again() -> None:
    book = _refunded(5, Downgrade.QUALIFIED)
    book._keep(order("o2", "90.00", paid="2025-02-13"), "s1")
    assert _tiers(book, "2025-02-13T11", "2025-02-14T00", NOW) == ["gold", "gold", "gold"]
    assert book.judgement("2025-02-14T00").standing.grace_ends is None
    # A second fall begins a grace of its own.
    book._keep(order("o2", "90.00", paid="2025-02-13", updated=NOW, refunds=(refund("2025-03-01", "90.00"),)), "s1")
    assert _tiers(book, "2025-03-06T23", "2025-03-07T00") == ["gold", "bronze"]


def test_rising_ends_grace() -> None:
    refunded = order("o1", "50.00", paid="2025-02-01", refunds=(refund("2025-02-10", "45.00"),))
    book = _told(ladder(*LEVELS, grace_days=5), refunded)
    assert str(book.judgement("2025-02-12T11").standing.grace_ends) == "2025-02-16"
    assert book.tier("2025-02-12T11") == "silver"
    book._keep(order("o2", "95.00", paid="2025-02-12"), "s1")
    assert _tiers(book, "2025-02-12T12", NOW) == ["gold", "gold"]
    assert book.judgement("2025-02-12T12").standing.grace_ends is None


# -- ladders change --------------------------------------------------------------------------------------------------


def test_a_version_start_lifts_who_reaches_its_ladder() -> None:
    book = _book(None, version("2025-06-01T00", tiers=ladder(*LEVELS)))
    book.tell("2025-03-01", order("o1", "50.00", paid="2025-02-01"))
    assert _tiers(book, "2025-05-31T23", "2025-06-01T00") == [None, "silver"]


def test_a_level_that_a_later_ladder_no_longer_has_is_replaced_by_the_qualified_one() -> None:
    other = ladder(Level("member", 1000), Level("friend", 4000))
    book = _book(ladder(*LEVELS), version("2025-06-01T00", tiers=other))
    book.tell("2025-03-01", order("o1", "50.00", paid="2025-02-01"))
    assert _tiers(book, "2025-05-31T23", "2025-06-01T00") == ["silver", "friend"]


def test_a_harder_ladder_lets_nobody_fall_before_midnight() -> None:
    harder = ladder(*(replace(level, threshold=level.threshold * 10) for level in LEVELS))
    book = _book(ladder(*LEVELS), version("2025-06-01T10", tiers=harder))
    book.tell("2025-03-01", order("o1", "100.00", paid="2025-02-01"))
    assert _tiers(book, "2025-06-01T10", "2025-06-01T23:59:59", "2025-06-02T00") == ["gold", "gold", "bronze"]


def test_in_one_instant_a_version_start_comes_before_the_facts() -> None:
    lower = ladder(*(replace(level, threshold=level.threshold // 10) for level in LEVELS))
    book = _book(ladder(*LEVELS, window=YEAR), version("2026-01-01T00", tiers=lower))
    book.tell("2025-07-01", order("o1", "50.00", paid="2025-06-01"))
    assert book.tier("2025-12-31T23") == "silver"
    # The version's own ladder counts a lifetime: it lifts to gold, and only then comes the payment.
    book.tell("2026-02-01", order("o2", "10.00", paid="2026-01-01T00"))
    assert book.due("order:o2") == 20


def test_in_one_instant_a_midnight_comes_before_the_facts() -> None:
    book = _book(ladder(*LEVELS, window=YEAR))
    book.tell("2025-07-01", order("o1", "50.00", paid="2025-06-01"))
    book.tell("2026-02-01", order("o2", "10.00", paid="2026-01-01T00"))
    # The year is over before the payment is judged, and the payment is of the new one.
    assert book.due("order:o2") == 10
    assert book.tier("2026-01-01T00") == "bronze"


@pytest.mark.parametrize("eve", (None, "0.01"))
def test_in_one_instant_a_midnight_comes_before_a_version_start(eve: str | None) -> None:
    harder = ladder(*(replace(level, threshold=level.threshold * 2) for level in LEVELS))
    book = _book(ladder(*LEVELS), version("2025-06-01T00", tiers=harder))
    book.tell("2025-03-01", order("o1", "100.00", paid="2025-02-01"))
    if eve is not None:
        book.tell("2025-05-31", order("o2", eve, paid="2025-05-31"))
    # The old ladder still rules that midnight, whatever happened on its eve; the next is the first of the new one.
    assert _tiers(book, "2025-05-31T23", "2025-06-01T00", "2025-06-01T23", "2025-06-02T00") == [
        "gold", "gold", "gold", "silver",
    ]  # fmt: skip


def test_without_a_ladder_there_is_no_tier() -> None:
    book = _book(ladder(*LEVELS), version("2025-06-01T00"))
    book.tell("2025-03-01", order("o1", "50.00", paid="2025-02-01"))
    assert _tiers(book, "2025-05-31T23", "2025-06-01T00") == ["silver", None]


def test_points_granted_count_as_activity_of_their_own_instant() -> None:
    book = _book(ladder(Level("bronze", 10), measure=Measure.POINTS, window=YEAR))
    book.granted.append(Granted(Source("import:i1"), instant("2025-03-01"), 10))
    assert _tiers(book, "2025-03-01", "2025-12-31T23", "2026-01-01T00") == ["bronze", "bronze", None]
