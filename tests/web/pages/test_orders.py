"""Why an order earned what it did, or nothing: every reason in words, with the sums and a next step."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from sqlalchemy import select

from app.actions.disconnect_shop import disconnect_shop
from app.actions.publish_programme import publish_programme
from app.db import inbox, outbox, programmes
from app.db.tables import DeedRow, OutboxRow, SettlementRow
from app.db.unit import reading, unit_of_work
from app.loyalty.facts import Line, Order, Thing
from app.loyalty.terms.campaigns import Campaign
from app.loyalty.terms.conditions import Goods
from app.loyalty.terms.programme import EarningBase, Version
from app.loyalty.terms.rule_budget import Period, RuleBudget
from app.loyalty.terms.rules import AmountRule
from tests.web.pages.conftest import Visitor, Year
from tests.web.pages.story import START, Story, day, order
from tests.web.shops import Clock, Rung


def plain(page: str) -> str:
    """Return what is read, one space between the words."""
    body = re.sub(r"<(head|script|nav)\b.*?</\1>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def answer(staff: Visitor, number: str) -> str:
    return plain(staff.get(f"/orders?number={number}").text)


def publish(story: Story, **changes: object) -> None:
    """Publish the version in force with changes, from now on."""
    with unit_of_work(story.works.engine) as session:
        scope = story.scope(session)
        current = programmes.load(session, story.programme_id).version_at(scope.now)
        assert isinstance(current, Version)
        publish_programme(scope, replace(current, starts_at=scope.now, **changes), by="operator")  # type: ignore[arg-type]


def test_an_order_that_earned_is_explained_rule_by_rule(visitor: Visitor) -> None:
    said = answer(visitor, "10482")

    for part in (
        "Order #10482 earned 196 points.", "The points are on the way and can be used from 5 Dec 2026.",
        "They expire on", "Goods $31.50", "Counts $31.50", "Version 1, in force since 26 Jan 2026", "5 per $1",
        "$31.50 × 5 per $1 × 1.25 = 196.875 , rounded down".replace(" ,", ","), "196 points", "Tier at payment Stream",
        "Waiting time 14 days", "Paid 21 Nov 2026, 07:00", "Maya Lindqvist",
    ):  # fmt: skip
        assert part in said, part


def test_the_sums_are_the_settlements(visitor: Visitor, year: Year) -> None:
    """Nothing is worked out anew: what the page says is what was posted."""
    with reading(year.works.engine) as session:
        rows = session.scalars(
            select(SettlementRow).where(
                SettlementRow.programme_id == year.story.programme_id, SettlementRow.source.like("order:%")
            )
        ).all()
    assert len(rows) > 10
    for row in rows:
        order_id, _, shop = row.source.removeprefix("order:").partition("@")
        said = plain(visitor.get(f"/orders?shop={shop}&order={order_id}").text)
        if row.reason is None:
            assert f"earned {row.posted:,} points." in said
        for part in row.breakdown:
            assert f"{part['amount']:,} points" in said


def test_a_refund_is_in_the_sums_and_in_what_was_posted(visitor: Visitor) -> None:
    said = answer(visitor, "%2310391")

    assert "Goods $78.50 Refunded −$9.50 Counts $69.00" in said
    assert "$69.00 × 5 per $1 = 345, rounded down 345 points" in said
    assert "Refund on order #10391 −47" in said
    assert "Order #10391 paid +392" in said


def test_a_code_that_was_used_is_named(visitor: Visitor) -> None:
    said = answer(visitor, "10402")

    assert "Discounts and codes −$5.00 Counts $26.50" in said
    assert "This order used the code TIDE-4HX9-R2: “$5 off” for 500 points." in said


def test_a_guests_order_says_what_is_waited_for(visitor: Visitor) -> None:
    said = answer(visitor, "10480")

    assert "Order #10480 earned 130 points." in said
    assert "because a guest bought this" in said


@pytest.mark.parametrize(
    ("number", "why", "following"),
    (
        ("10455", "It was cancelled.", "restore it in the shop"),
        ("10479", "Nothing was paid for goods.", "Gift cards for $60.00 do not count."),
        ("10483", "It is not paid yet.", "Points come by themselves"),
    ),
)
def test_an_order_that_earned_nothing_says_why_and_what_next(
    visitor: Visitor, number: str, why: str, following: str
) -> None:
    said = answer(visitor, number)

    assert f"Order #{number} earned nothing. {why}" in said
    assert following in said
    assert "For the customer" in said


def test_a_cancellation_is_no_refund(visitor: Visitor) -> None:
    assert "Goods $51.00 Cancelled −$51.00 Counts $0.00" in answer(visitor, "10455")


def test_every_other_reason_is_explained_too(young: Story, staff: Visitor, clock: Clock) -> None:
    young.joins("101")
    now = clock.now
    young.tell(now, order(1, "101", now, 15))
    young.tell(now, order(2, "101", now, 5000, currency="EUR"))
    young.tell(now, order(3, "101", now, 5000, placed=START - timedelta(days=3)))
    young.tell(now, order(4, "101", now, 5000, refunded=(now + timedelta(hours=1), 5000)))
    clock.pass_(days=1)
    publish(young, earn=())
    clock.pass_(days=1)
    young.tell(clock.now, order(5, "101", clock.now, 5000))

    told = {number: answer(staff, str(number)) for number in range(1, 6)}
    assert "Too little was paid for a whole point." in told[1]
    assert "$0.15 × 5 per $1 = 0.75, rounded down 0 points" in told[1]
    assert "It is in another currency than the shop's." in told[2]
    assert "€50.00" in told[2]
    assert "It was placed before the programme began." in told[3]
    assert "no version was in force" in told[3]
    assert "Everything that counted was refunded." in told[4]
    assert "No rule for purchases was in force when it was placed." in told[5]
    assert "No rule was applied." in told[5]


def test_an_order_that_came_too_late_for_a_campaign_says_that_its_budget_was_used_up(
    young: Story, staff: Visitor, clock: Clock
) -> None:
    young.joins("101")
    double = Campaign("double", clock.now, clock.now + timedelta(days=9), (2, 1), name="Double days", budget=750)
    publish(young, campaigns=(double,))
    clock.pass_(hours=1)
    for number in (1, 2):
        young.tell(clock.now, order(number, "101", clock.now, 10000))

    first, second = answer(staff, "1"), answer(staff, "2")
    assert "$100.00 × 5 per $1 × 2 = 1,000, rounded down 1,000 points" in first
    assert "Campaign: Double days Added 500 points; its budget is 750 points" in first
    assert "rounded down 750 points" in second
    assert "Would have added 500 points, but of its budget of 750 points only 250 points were left" in second
    programme = plain(staff.get("/programme").text)
    assert "Its budget of 750 points is used up: orders earn without it" in programme


def test_an_order_that_only_a_used_up_campaign_would_have_paid_says_so(
    young: Story, staff: Visitor, clock: Clock
) -> None:
    young.joins("101")
    double = Campaign("double", clock.now, clock.now + timedelta(days=9), (2, 1), budget=1)
    publish(young, campaigns=(double,))
    clock.pass_(hours=1)
    assert "Budget 1 point: 0 points given, 1 point left" in plain(staff.get("/programme").text)
    for number in (1, 2):
        young.tell(clock.now, order(number, "101", clock.now, 15))

    said = answer(staff, "2")
    assert "Order #2 earned nothing. The budget was used up." in said
    assert "had all been given before" in said


def test_an_order_whose_rule_had_only_a_part_left_in_its_budget_says_so(
    young: Story, staff: Visitor, clock: Clock
) -> None:
    young.joins("101")
    budget = RuleBudget("spring", 150, Period.MONTH)
    publish(young, earn=(AmountRule(Decimal(1), 100, budget=budget),))
    clock.pass_(hours=1)
    for number in (1, 2):
        young.tell(clock.now, order(number, "101", clock.now, 10000))

    assert "This month's budget 150 points: 150 points given, 0 points left" in plain(staff.get("/programme").text)
    said = answer(staff, "2")
    assert "Budget of the rule: spring" in said
    assert (
        "Would have added 100 points, but of its budget of 150 points only 50 points were left for this order" in said
    )


def test_tax_and_shipping_stand_in_the_sum_where_they_count(young: Story, staff: Visitor, clock: Clock) -> None:
    young.joins("101")
    publish(young, base=EarningBase(tax=True, shipping=True))
    clock.pass_(hours=1)
    bought = order(1, "101", clock.now, 10000, shipping=600)
    young.tell(clock.now, replace(bought, tax_minor=800))

    assert "Goods $100.00 Tax $8.00 Shipping $6.00 Counts $114.00" in answer(staff, "1")


def test_an_order_judged_by_an_earlier_version_names_it(young: Story, staff: Visitor, clock: Clock) -> None:
    young.joins("101")
    young.tell(clock.now, order(1, "101", clock.now, 10000))
    clock.pass_(days=1)
    publish(young, pending_days=3)
    clock.pass_(days=1)
    young.tell(clock.now, order(2, "101", clock.now, 10000))

    assert "Version 1, in force since" in answer(staff, "1")
    assert "Version 2, in force since" in answer(staff, "2")


def test_what_the_shop_has_still_to_tell_is_said_and_what_it_never_told_too(
    young: Story, staff: Visitor, clock: Clock
) -> None:
    publish(young, earn=(AmountRule(Decimal(1), 100), AmountRule(Decimal(9), 100, goods=Goods(labels=("tag:sale",)))))
    clock.pass_(days=1)
    young.joins("101")
    asked = replace(order(1, "101", clock.now, 5000), has_catalogue=True)
    young.tell(clock.now, asked, replace(order(2, "101", clock.now, 5000), credit_minor=5000, credit_told=False))

    labels, credit = answer(staff, "1"), answer(staff, "2")
    assert "still being asked which categories, collections or tags" in labels
    assert "still being asked how much was paid by gift card" in credit
    for said in (labels, credit):
        assert "We are still looking up one thing about this order, so this may change." in said

    with unit_of_work(young.works.engine) as session:
        for claim in outbox.claim(session, young.programme_id, young.shop_id, owner="x", now=clock.now, limit=9):
            assert outbox.failed(session, claim, clock.now, error="GONE", retry_at=None)
    labels, credit = answer(staff, "1"), answer(staff, "2")
    assert "did not say which categories, collections or tags" in labels
    assert "did not say how much was paid by gift card" in credit
    assert "We are still looking up" not in labels + credit

    line = replace(asked.lines[0], labels=("tag:sale",), filed=True)
    young.tell(clock.now, replace(asked, lines=(line,)))
    with unit_of_work(young.works.engine) as session:
        outbox.refetch(young.scope(session), young.shop_id, Thing.GOODS, [asked.id])
        for claim in outbox.claim(session, young.programme_id, young.shop_id, owner="x", now=clock.now, limit=9):
            assert outbox.done(session, claim, clock.now)
    assert "categories" not in answer(staff, "1")


def test_what_the_customer_can_be_told_is_mere_text(young: Story, staff: Visitor, clock: Clock) -> None:
    young.joins("101")
    young.tell(clock.now, replace(order(1, "101", clock.now, 5000), name="<b>1</b>"))
    page = staff.get("/orders?number=%3Cb%3E1%3C/b%3E").text
    text = re.search(r'<p class="quote" id="customer-1">([^<]+)</p>', page)

    assert text is not None
    assert unescape(text[1]).startswith("Order <b>1</b> earned 250 points. $50.00 × 5 per $1 = 250.")
    assert ".." not in text[1]


def test_two_shops_orders_of_one_number_are_both_explained(young: Story, staff: Visitor, clock: Clock) -> None:
    young.joins("101")
    young.tell(clock.now, order(1, "101", clock.now, 5000), replace(order(2, "101", clock.now, 7000), name="#1"))

    said = answer(staff, "1")
    assert "2 orders go by this number." in said
    assert ("earned 250 points" in said, "earned 350 points" in said) == (True, True)


def test_an_order_is_found_by_the_shops_own_id(visitor: Visitor) -> None:
    assert "Order #10391 earned 345 points." in answer(visitor, "5010391")


# -- orders nobody knows -----------------------------------------------------------------------------------------------


def test_an_unknown_order_is_answered_with_what_is_known(visitor: Visitor) -> None:
    said = answer(visitor, "99999")

    assert "No order “99999” is known here" in said
    assert "1 delivery could not be read" in said
    assert "Tidewell was last heard from 5 hours ago" in said


def test_an_unknown_order_may_be_waiting_or_left_aside(young: Story, staff: Visitor, clock: Clock, bell: Rung) -> None:
    nobody = Order("9", None, clock.now, clock.now, clock.now, None, "USD", (Line("1", "1", 1, 5000),), name="#9")
    young.tell(clock.now, nobody)
    silent = answer(staff, "9")
    with unit_of_work(young.works.engine) as session:
        for key in ("k1", "k2"):
            arrival = inbox.Arrival("shopify", "orders/paid", key, b"{}", versioned=True)
            inbox.accept(session, young.works.cipher, young.programme_id, young.shop_id, arrival, clock.now)
        row = inbox.claim(session, young.works.cipher, young.programme_id, young.shop_id, now=clock.now, limit=1)[0].row
        inbox.finish([row], inbox.State.IGNORED, clock.now, "NOBODY")
    said = answer(staff, "9")

    assert "Tidewell has never sent anything" in silent
    assert "1 delivery waits to be worked through" in said
    assert "1 order in 30 days named nobody" in said
    assert "Add the customer to it in the shop." in said


def test_an_unknown_order_of_a_shop_that_is_gone(young: Story, staff: Visitor) -> None:
    with unit_of_work(young.works.engine) as session:
        disconnect_shop(young.scope(session), young.shop_id)

    assert "Tidewell is not connected" in answer(staff, "9")


def test_the_page_asks_for_a_number_first(staff: Visitor) -> None:
    assert "Which order?" in plain(staff.get("/orders").text)


# -- asking the shop again ---------------------------------------------------------------------------------------------


def test_the_shop_can_be_asked_what_it_says_now(young: Story, staff: Visitor, clock: Clock, bell: Rung) -> None:
    young.joins("101")
    young.tell(clock.now, order(1, "101", clock.now, 5000))
    form = {"shop": str(young.shop_id), "order": "5000001"}
    answers = [staff.post("/orders/recheck", form) for _ in range(2)]

    with reading(young.works.engine) as session:
        wishes = session.scalars(select(OutboxRow).where(OutboxRow.kind == "refetch")).all()
        deeds = session.scalars(select(DeedRow.what).where(DeedRow.what == "ask_again")).all()
    assert [wish.payload for wish in wishes] == [{"thing": "order", "id": "5000001"}]
    assert len(deeds) == 2
    assert ("outbox", young.programme_id, young.shop_id) in bell.rings
    assert answers[0].status_code == 303
    assert "The shop is being asked." in staff.get(answers[0].location).text


def test_a_shop_that_is_gone_is_not_asked(young: Story, staff: Visitor, clock: Clock) -> None:
    young.joins("101")
    young.tell(clock.now, order(1, "101", clock.now, 5000))
    with unit_of_work(young.works.engine) as session:
        disconnect_shop(young.scope(session), young.shop_id)

    assert staff.post("/orders/recheck", {"shop": str(young.shop_id), "order": "5000001"}).status_code == 404


def test_a_late_arrival_tells_when_it_was_recorded(young: Story, staff: Visitor, clock: Clock) -> None:
    young.joins("101")
    clock.pass_(days=40)
    young.tell(clock.now, order(1, "101", day(5), 5000))

    assert "Recorded" in answer(staff, "1")
