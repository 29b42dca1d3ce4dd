"""Settling a page of facts: whose they are, which snapshot counts, who waits for whom."""

from itertools import permutations

import pytest
from sqlalchemy import Engine, func, insert, select

from app.actions.fact_page import End
from app.actions.settle_facts import settle_facts
from app.db import members
from app.db.tables import OrderRow, ReferralRow, ReviewRow
from app.loyalty.facts import Customer, Fact, Gone, Thing
from app.loyalty.terms.programme import Level, Measure
from app.loyalty.terms.rules import ReferralRule, ReviewRule, SignUpRule
from tests.factories.facts import line, order, referral, refund, review, sign_up
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import ONE_PER_EURO, ladder, version

GUEST = Customer(None, "Ada@Example.com", "Ada")
ACCOUNT = Customer("7", "ada@example.com", "Ada")
EARN = (ONE_PER_EURO, SignUpRule(100), ReviewRule(30), ReferralRule(500, 50, 1500))


def ends(ours: House, now: str, *facts: Fact) -> list[str]:
    return [outcome.reason or outcome.end.value for outcome in ours.settle(now, *facts)]


# -- snapshots ----------------------------------------------------------------------------------------------------


def test_a_page_settles_created_paid_and_refunded_as_one(db: Engine) -> None:
    ours = house(db)
    page = [
        order(paid=None, updated="2025-02-01T10"),
        order(updated="2025-02-01T11"),
        order(updated="2025-02-01T13", refunds=[refund("2025-02-01T13", "4.00")]),
    ]
    assert ends(ours, "2025-02-02", *page) == ["done", "done", "done"]
    assert ours.amounts("ada") == (0, 6, 0, 0)
    assert ours.breaches() == []


def test_strictly_older_snapshots_are_dropped_in_a_page_and_across_pages(db: Engine) -> None:
    ours = house(db)
    late = order(updated="2025-02-03", refunds=[refund("2025-02-03", "10.00")])
    assert ends(ours, "2025-02-03", late, order()) == ["done", "OLDER"]
    assert ends(ours, "2025-02-04", order()) == ["OLDER"]
    assert ours.amounts("ada") == (0, 0, 0, 0)


def test_of_equal_versions_the_last_delivered_stands(db: Engine) -> None:
    ours = house(db)
    ours.settle("2025-02-02", order(price="10.00"))
    ours.settle("2025-02-02", order(price="12.00"))
    assert ours.amounts("ada") == (0, 12, 0, 0)


def test_a_repeat_posts_nothing_and_says_so(db: Engine) -> None:
    ours = house(db)
    ours.settle("2025-02-02", order())
    before = ours.row("ada").number
    assert ends(ours, "2025-02-03", order(), order()) == ["NO_NEWS", "NO_NEWS"]
    assert ours.row("ada").number == before


def test_test_orders_and_orders_of_nobody_mean_nothing(db: Engine) -> None:
    ours = house(db)
    assert ends(ours, "2025-02-02", order(test=True), order(id="o2", customer=None)) == ["TEST_ORDER", "NOBODY"]
    assert ours.amounts("ada") == (0, 0, 0, 0)


def test_an_order_whose_customer_was_forgotten_stays_with_its_member(db: Engine) -> None:
    """A shop that erases a customer still refunds the order: the points go back all the same."""
    ours = house(db)
    ours.settle("2025-02-02", order())
    refunded = order(customer=None, updated="2025-02-05", refunds=[refund("2025-02-05", "10.00")])
    assert ends(ours, "2025-02-05", refunded) == ["done"]
    assert ours.amounts("ada") == (0, 0, 0, 0)


def test_a_vanished_order_is_cancelled_and_comes_back_with_a_newer_snapshot(db: Engine) -> None:
    ours = house(db)
    ours.settle("2025-02-02", order())
    assert ends(ours, "2025-02-03", Gone(Thing.ORDER, "o1", instant("2025-02-03"))) == ["done"]
    assert ours.amounts("ada") == (0, 0, 0, 0)
    ours.settle("2025-02-04", order(updated="2025-02-01T12"))
    assert ours.amounts("ada") == (0, 10, 0, 0)
    assert ends(ours, "2025-02-05", Gone(Thing.ORDER, "never", instant("2025-02-03"))) == ["UNKNOWN"]


def test_late_facts_resettle_what_came_after(db: Engine) -> None:
    tiers = ladder(Level("silver", 10000, (2, 1)))
    ours = house(db, version(tiers=tiers))
    ours.settle("2025-02-10", order(id="o2", price="50.00", paid="2025-02-10"))
    ours.settle("2025-02-11", order(id="o1", price="100.00", paid="2025-02-05"))
    assert ours.amounts("ada") == (0, 200, 0, 0)
    assert ours.settlement("ada", "order:o2").tier == "silver"
    assert ours.settlement("ada", "order:o2").revision == 2


# -- whose an order is ----------------------------------------------------------------------------------------------


def test_an_order_that_changes_its_member_takes_its_points_along(db: Engine) -> None:
    ours = house(db)
    ours.settle("2025-02-02", order(customer="ada"))
    ours.settle("2025-02-03", order(customer="ben", updated="2025-02-03"))
    assert (ours.amounts("ada"), ours.amounts("ben")) == ((0, 0, 0, 0), (0, 10, 0, 0))
    assert ours.breaches() == []


def test_an_order_that_changes_its_member_twice_in_a_page_ends_with_the_last(db: Engine) -> None:
    ours = house(db)
    ours.settle("2025-02-02", order(customer="ada"))
    page = [order(customer=name, updated=f"2025-02-0{day}") for day, name in ((3, "ben"), (4, "cas"), (5, "ben"))]
    ours.settle("2025-02-06", *page)
    assert [ours.amounts(name)[1] for name in ("ada", "ben", "cas")] == [0, 10, 0]
    ours.settle("2025-02-07", order(customer="ada", updated="2025-02-07"))
    assert [ours.amounts(name)[1] for name in ("ada", "ben", "cas")] == [10, 0, 0]


# -- guests ---------------------------------------------------------------------------------------------------------


def test_a_guests_points_wait_until_the_address_is_proved(db: Engine) -> None:
    ours = house(db, version(earn=EARN))
    ours.settle("2025-02-02", order(customer=GUEST))
    with ours.reading() as scope:
        guest = members.find(scope, ours.shop_id, [str(members.identity_key(scope, GUEST))]).popitem()[1]
    assert ours.amounts(guest) == (10, 0, 0, 0)
    ours.tend("2025-03-01")
    assert ours.amounts(guest) == (10, 0, 0, 0)
    ours.settle("2025-03-02", sign_up(ACCOUNT, "2025-03-02"))
    assert ours.amounts("7") == (0, 110, 0, 0)
    assert ours.amounts(guest) == (0, 0, 0, 0)
    assert ours.breaches() == []


@pytest.mark.parametrize("first", ("guest buys", "account opens"))
def test_guest_and_account_of_one_address_end_alike_whoever_comes_first(db: Engine, first: str) -> None:
    ours = house(db, version(earn=EARN))
    buys, opens = order(customer=GUEST), sign_up(ACCOUNT, "2025-02-03")
    for fact in (buys, opens) if first == "guest buys" else (opens, buys):
        ours.settle("2025-02-04", fact)
    assert ours.amounts("7") == (0, 110, 0, 0)


def test_a_guests_later_news_follow_to_the_account(db: Engine) -> None:
    ours = house(db, version(earn=EARN))
    ours.settle("2025-02-02", order(customer=GUEST))
    ours.settle("2025-02-03", sign_up(ACCOUNT, "2025-02-03"), order("o2", customer=GUEST, paid="2025-02-03"))
    assert ours.amounts("7") == (0, 120, 0, 0)
    refunded = order(customer=GUEST, updated="2025-02-05", refunds=[refund("2025-02-05", "10.00")])
    ours.settle("2025-02-05", refunded, order("o3", customer=GUEST, paid="2025-02-05"))
    assert ours.amounts("7") == (0, 120, 0, 0)


def test_whoever_takes_over_an_address_takes_nothing_of_the_account_that_had_it(db: Engine) -> None:
    """Addresses change hands: the account that proved one first keeps its orders, and every point of them."""
    ours = house(db, version(earn=EARN))
    ours.settle("2025-02-02", order(customer=GUEST))
    ours.settle("2025-02-03", sign_up(ACCOUNT, "2025-02-03"))
    ours.settle("2025-02-04", sign_up(Customer("7", "ada@elsewhere.example"), "2025-02-03"))
    ours.settle("2025-02-05", sign_up(Customer("8", "ada@example.com", "Eve"), "2025-02-05"))
    assert ours.amounts("7") == (0, 110, 0, 0)
    assert ours.amounts("8") == (0, 100, 0, 0)


def test_an_earlier_sign_up_told_later_counts(db: Engine) -> None:
    ours = house(db, version("2025-01-01T00", earn=[SignUpRule(10)]), version("2025-02-01T00", earn=[SignUpRule(50)]))
    ours.settle("2025-02-10", sign_up("ada", "2025-02-05"))
    assert ours.amounts("ada") == (0, 50, 0, 0)
    ours.settle("2025-02-11", sign_up("ada", "2025-01-05"), sign_up("ada", "2025-01-20"))
    assert ours.amounts("ada") == (0, 10, 0, 0)


# -- reviews that know only an address --------------------------------------------------------------------------------

_BUYER = Customer("7", None)
_BOUGHT = order(customer=_BUYER, lines=[line("10.00", product="p1")])
_WRITTEN = review(customer=Customer(None, "ada@example.com"), at="2025-02-02")
_TOLD = sign_up(ACCOUNT, "2025-01-15")


@pytest.mark.parametrize("facts", tuple(permutations((_BOUGHT, _WRITTEN, _TOLD))))
def test_a_review_with_only_an_address_finds_its_buyer_in_whatever_order_things_are_told(
    db: Engine, facts: tuple[Fact, ...]
) -> None:
    ours = house(db, version(earn=EARN))
    for fact in facts:
        ours.settle("2025-02-03", fact)
    assert ours.amounts("7") == (0, 140, 0, 0)


def test_a_review_waits_until_somebody_with_its_address_bought_the_product(db: Engine) -> None:
    ours = house(db, version(earn=EARN))
    ours.settle("2025-02-02", _TOLD)
    assert ends(ours, "2025-02-03", _WRITTEN) == ["WAITS_FOR_BUYER"]
    ours.settle("2025-02-04", order("o0", customer=ACCOUNT, lines=[line("5.00", product="p2")]))
    assert ours.amounts("7") == (0, 105, 0, 0)
    ours.settle("2025-02-05", order("o1", customer=ACCOUNT, lines=[line("10.00", product="p1")]))
    assert ours.amounts("7") == (0, 145, 0, 0)


def test_a_review_of_nobody_is_kept_for_nobody(db: Engine) -> None:
    ours = house(db, version(earn=EARN))
    assert ends(ours, "2025-02-03", review(customer=Customer(None))) == ["NOBODY"]


def test_a_withdrawn_review_is_taken_back_whether_told_or_vanished(db: Engine) -> None:
    ours = house(db, version(earn=EARN))
    ours.settle("2025-02-02", order(), review(), review("rv2", "p1", "2025-02-03"))
    assert ours.amounts("ada") == (0, 40, 0, 0)
    ours.settle("2025-02-05", Gone(Thing.REVIEW, "rv1", instant("2025-02-05")))
    assert ours.amounts("ada") == (0, 40, 0, 0)
    ours.settle("2025-02-06", review("rv2", "p1", "2025-02-03", updated="2025-02-06", approved=False))
    assert ours.amounts("ada") == (0, 10, 0, 0)
    assert ends(ours, "2025-02-06", Gone(Thing.REVIEW, "rv9", instant("2025-02-05"))) == ["UNKNOWN"]


def test_a_review_given_to_another_customer_goes_with_its_points(db: Engine) -> None:
    ours = house(db, version(earn=EARN))
    ours.settle("2025-02-02", order(), order("o2", customer="ben"), review())
    assert (ours.amounts("ada")[1], ours.amounts("ben")[1]) == (40, 10)
    ours.settle("2025-02-03", review(customer="ben", updated="2025-02-03"))
    assert (ours.amounts("ada")[1], ours.amounts("ben")[1]) == (10, 40)


# -- referrals --------------------------------------------------------------------------------------------------------


def claim(ours: House, code: str, advocate: str = "ada", at: str = "2025-01-20") -> None:
    with ours.unit(at) as scope:
        scope.session.execute(
            insert(ReferralRow).values(
                programme_id=ours.programme_id, referral_id=code.lower(), shop_id=ours.shop_id,
                advocate_id=ours.member(advocate), at=instant(at), code=code, code_state="issued",
            )
        )  # fmt: skip


def test_a_friend_is_whoever_pays_with_the_code(db: Engine) -> None:
    ours = house(db, version(earn=EARN))
    ours.join("ada")
    claim(ours, "FRIEND-1")
    ours.settle("2025-02-02", order(customer="ben", price="20.00", codes=[("friend-1", "0")]))
    assert (ours.amounts("ada")[1], ours.amounts("ben")[1]) == (500, 70)
    ours.settle("2025-02-03", order("o2", customer="cas", price="20.00", codes=[("FRIEND-1", "0")]))
    assert (ours.amounts("ada")[1], ours.amounts("cas")[1]) == (500, 20)


def test_nobody_is_their_own_friend(db: Engine) -> None:
    ours = house(db, version(earn=EARN))
    ours.join("ada")
    claim(ours, "FRIEND-1")
    ours.settle("2025-02-02", order(customer="ada", price="20.00", codes=[("FRIEND-1", "0")]))
    assert ours.amounts("ada") == (0, 20, 0, 0)
    [refused] = ours.settle("2025-02-03", referral("x", "ada", "ada"))
    assert (refused.end, refused.reason) == (End.REFUSED, "SELF_REFERRAL")


def test_an_advocate_is_found_when_only_the_friend_is_heard_of(db: Engine) -> None:
    ours = house(db, version(earn=EARN))
    ours.settle("2025-01-20", referral(advocate="ada", friend="ben"))
    ours.settle("2025-02-02", order(customer="ben", price="20.00"))
    assert ours.amounts("ada") == (0, 500, 0, 0)
    cancelled = order(customer="ben", price="20.00", updated="2025-02-05", cancelled="2025-02-05")
    ours.settle("2025-02-05", cancelled)
    assert (ours.amounts("ada"), ours.amounts("ben")) == ((0, 0, 0, 0), (0, 0, 0, 0))
    assert ours.breaches() == []


def test_a_referral_moves_with_the_order_that_was_the_friends_first(db: Engine) -> None:
    ours = house(db, version(earn=EARN))
    ours.settle("2025-01-20", referral("r1", "ada", "ben"), referral("r2", "eve", "cas"))
    ours.settle("2025-02-02", order(customer="ben", price="20.00"))
    ours.settle("2025-02-03", order(customer="cas", price="20.00", updated="2025-02-03"))
    assert [ours.amounts(name)[1] for name in ("ada", "ben", "eve", "cas")] == [0, 0, 500, 70]


def test_a_chain_of_referrals_in_one_page_ends_like_one_by_one(db: Engine) -> None:
    facts: list[Fact] = [
        referral("r1", "ada", "ben"), referral("r2", "ben", "cas"), order("o1", "20.00", customer="ben"),
        order("o2", "20.00", customer="cas"), order("o3", "30.00", customer="ada"),
    ]  # fmt: skip
    together, apart = house(db, version(earn=EARN)), house(db, version(earn=EARN))
    together.settle("2025-02-05", *facts)
    for fact in reversed(facts):
        apart.settle("2025-02-05", fact)
    assert together.everything() == apart.everything()
    assert together.amounts("ben") == (0, 570, 0, 0)


def test_points_by_referral_lift_the_advocate_at_once(db: Engine) -> None:
    tiers = ladder(Level("silver", 500), measure=Measure.POINTS)
    ours = house(db, version(earn=EARN, tiers=tiers))
    ours.settle("2025-01-20", referral(advocate="ada", friend="ben"))
    ours.settle("2025-02-02", order(customer="ben", price="20.00"))
    assert ours.row("ada").tier == "silver"


# -- pages ------------------------------------------------------------------------------------------------------------


def test_two_shops_may_use_the_same_order_number(db: Engine) -> None:
    ours = house(db, zones={"s1": "UTC", "s2": "Asia/Tokyo"})
    ours.settle("2025-02-02", order(customer="ada"), shop="s1")
    ours.settle("2025-02-02", order(customer="ada", price="7.00"), shop="s2")
    assert ours.amounts(ours.member("ada", "s1"))[1] == 10
    assert ours.amounts(ours.member("ada", "s2"))[1] == 7


def test_a_page_and_its_facts_one_by_one_end_in_the_same_place(db: Engine) -> None:
    facts: list[Fact] = [
        sign_up("ada"), order("o1", "30.00"), review(), order("o2", "20.00", customer="ben"), referral(),
        order("o1", "30.00", updated="2025-02-04", refunds=[refund("2025-02-04", "12.00")]),
        sign_up("ben", "2025-01-25"),
    ]  # fmt: skip
    together, apart = house(db, version(earn=EARN)), house(db, version(earn=EARN))
    together.settle("2025-02-05", *facts)
    for fact in facts:
        apart.settle("2025-02-05", fact)
    assert together.everything() == apart.everything()
    with together.reading() as scope:
        kept = [
            scope.session.scalar(select(func.count()).where(table.programme_id == together.programme_id))
            for table in (OrderRow, ReviewRow, ReferralRow)
        ]
    assert kept == [2, 1, 1]


def test_two_pages_in_one_unit_of_work_see_each_other(db: Engine) -> None:
    """Actions compose: the second reads what the first wrote, not what was read before it."""
    ours = house(db)
    with ours.unit("2025-02-05") as scope:
        settle_facts(scope, ours.shop_id, [order()])
        settle_facts(scope, ours.shop_id, [order(updated="2025-02-04", refunds=[refund("2025-02-04", "3.00")])])
        [old] = settle_facts(scope, ours.shop_id, [order(updated="2025-02-03")])
    assert old.reason == "OLDER"
    assert ours.amounts("ada") == (0, 7, 0, 0)
    assert ours.breaches() == []
