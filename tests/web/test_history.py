"""History equals the ledger: every movement of what can be spent, with a reason and the balance after it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.db import programmes
from app.db.unit import unit_of_work
from app.loyalty.facts import Line, Order, Refund, Review, SignUp
from app.loyalty.terms.campaigns import Campaign
from app.loyalty.terms.programme import Version
from app.loyalty.terms.rules import AmountRule
from tests.web.contract import fits
from tests.web.storefront import KEY, MAYA, Storefront, at

PLACED = at("2026-11-01T10:00:00+00:00")


def bought(storefront: Storefront, minor: int, number: str = "1001") -> Order:
    return Order(
        id=number,
        customer=MAYA,
        updated_at=PLACED,
        placed_at=PLACED,
        paid_at=PLACED,
        cancelled_at=None,
        currency="USD" if storefront.platform == "shopify" else "JPY",
        lines=(Line("1", "77", 1, minor),),
        name=f"#{number}",
    )


def told(storefront: Storefront, **own: str) -> dict[str, Any]:
    found: dict[str, Any] = fits("history", storefront.get("history", "501", **own).get_json())
    return found


def brief(entry: dict[str, Any]) -> tuple[str, str, int, int]:
    return entry["movement"], entry["source"], entry["points"], entry["balance_after"]


def test_an_order_that_came_too_late_for_a_campaign_says_what_it_missed(storefront: Storefront) -> None:
    double = Campaign("double", PLACED, PLACED + timedelta(days=1), (2, 1), budget=150)
    version = Version(PLACED - timedelta(days=1), earn=(AmountRule(Decimal(1), 100),), campaigns=(double,))
    with unit_of_work(storefront.works.engine) as session:
        programmes.publish(session, storefront.shop.programme_id, version, by="owner", now=version.starts_at)
    for number in ("1001", "1002"):
        storefront.settle(bought(storefront, 10_000, number))

    orders = {entry["order"]["name"]: entry for entry in told(storefront)["entries"] if entry["order"]}
    assert (orders["#1001"]["points"], orders["#1001"]["short"]) == (200, None)
    assert (orders["#1002"]["points"], orders["#1002"]["short"]) == (150, {"reason": "BUDGET_USED_UP", "points": 50})


def test_history_tells_why_points_came_and_went_and_adds_up(storefront: Storefront) -> None:
    storefront.settle(SignUp(MAYA, PLACED), bought(storefront, 20_000))
    storefront.give("501", 150, "Sorry your parcel was late")
    first = storefront.post("redemptions", "501", {"key": KEY, "reward": "five_off"}).get_json()
    storefront.make_code(first["redemption"]["id"])

    said = told(storefront)

    assert [brief(entry)[:3] for entry in said["entries"][:2]] == [
        ("spent", "redemption", -500),
        ("adjusted", "adjustment", 150),
    ]
    assert {brief(entry)[:3] for entry in said["entries"][2:]} == {
        ("earned", "tier", 100),
        ("earned", "order", 1000),
        ("earned", "sign_up", 100),
    }
    assert said["entries"][0]["deal"] == {"kind": "amount_off", "value_minor": 500, "percent": None}
    assert said["entries"][1]["text"] == "Sorry your parcel was late"
    order = next(entry for entry in said["entries"] if entry["source"] == "order")
    assert order["order"]["name"] == "#1001"
    assert (order["base_minor"], order["rate"]) == (20_000, {"points": "5", "per_minor": 100})
    balance = storefront.get("member", "501").get_json()["balance"]
    assert said["entries"][0]["balance_after"] == balance["available"]
    assert sum(entry["points"] for entry in said["entries"]) == balance["available"]


def test_what_waits_stands_on_top_with_its_date(storefront: Storefront) -> None:
    storefront.settle(replace(bought(storefront, 5000), placed_at=at("2026-11-20T10:00:00+00:00"),
                              paid_at=at("2026-11-20T10:00:00+00:00")))  # fmt: skip

    said = told(storefront)

    assert said["entries"] == []
    (one,) = said["pending"]
    assert (one["points"], one["at"], one["source"], one["order"]["name"]) == (
        250,
        "2026-12-04T10:00:00Z",
        "order",
        "#1001",
    )


def test_a_refund_says_by_how_much_the_money_shrank(storefront: Storefront) -> None:
    order = bought(storefront, 10_000)
    storefront.settle(order)
    refund = Refund("1", PLACED + timedelta(days=16), amount_minor=4_000)
    storefront.settle(replace(order, updated_at=refund.at, refunds=(refund,)))

    entry = told(storefront)["entries"][0]

    assert brief(entry) == ("taken_back", "order", -200, 300)
    assert (entry["cause"], entry["base_minor"]) == ("refund", 4_000)


def test_the_arithmetic_of_an_award_adds_up_also_where_a_refund_from_before_came_late(storefront: Storefront) -> None:
    order = bought(storefront, 10_000)
    storefront.settle(order)
    refund = Refund("1", PLACED + timedelta(days=9), amount_minor=4_000)
    storefront.settle(replace(order, updated_at=refund.at, refunds=(refund,)))

    earned = next(entry for entry in told(storefront)["entries"] if entry["movement"] == "earned")

    assert (earned["points"], earned["base_minor"], earned["rate"]["points"]) == (500, 10_000, "5")


def test_an_award_that_no_sum_explains_is_told_without_one(storefront: Storefront) -> None:
    order = bought(storefront, 10_000)
    storefront.settle(order)
    first, second = (Refund(str(n), PLACED + timedelta(days=n), amount_minor=2_000) for n in (5, 9))
    storefront.settle(replace(order, updated_at=first.at, refunds=(first,)))
    dearer = replace(order, lines=(Line("1", "77", 1, 12_000),), updated_at=second.at, refunds=(first, second))
    storefront.settle(dearer)

    earned = next(entry for entry in told(storefront)["entries"] if entry["movement"] == "earned")

    assert (earned["points"], earned["base_minor"], earned["rate"]) == (500, None, None)


def test_a_cancellation_after_the_points_were_spent_leaves_a_debt_in_the_running_balance(
    storefront: Storefront,
) -> None:
    order = bought(storefront, 10_000)
    storefront.settle(order)
    storefront.post("redemptions", "501", {"key": KEY, "reward": "five_off"})
    storefront.settle(replace(order, updated_at=PLACED + timedelta(days=20), cancelled_at=PLACED + timedelta(days=20)))

    entry = told(storefront)["entries"][0]

    assert (entry["movement"], entry["cause"], entry["points"], entry["balance_after"]) == (
        "taken_back",
        "cancellation",
        -500,
        -500,
    )
    assert storefront.get("member", "501").get_json()["balance"]["debt"] == 500


def test_a_withdrawn_review_says_so(storefront: Storefront) -> None:
    storefront.settle(bought(storefront, 1_000))
    review = Review("9", MAYA, "77", PLACED + timedelta(days=1), PLACED + timedelta(days=1), approved=True)
    storefront.settle(review)
    storefront.settle(replace(review, approved=False, updated_at=PLACED + timedelta(days=2)))

    entry = told(storefront)["entries"][0]

    assert (brief(entry)[:3], entry["cause"]) == (("taken_back", "review", -50), "withdrawn")


def test_expired_points_say_when_they_were_earned(storefront: Storefront) -> None:
    storefront.settle(SignUp(MAYA, PLACED))
    storefront.get("member", "501")
    storefront.clock.pass_(days=366)

    entry = told(storefront)["entries"][0]

    assert brief(entry) == ("expired", "expiry", -100, 0)
    assert entry["earned_at"] == "2026-11-01T10:00:00Z"


@pytest.mark.parametrize("storefront", ("woocommerce",), indirect=True)
def test_pages_follow_each_other_without_a_gap_or_a_twin(storefront: Storefront) -> None:
    storefront.get("member", "501")
    for before, count in ((0, 50), (50, 51), (51, 101)):
        storefront.give_one_by_one("501", range(before, count))

        seen = every_page(storefront)

        assert [entry["balance_after"] for entry in seen] == list(range(count, 0, -1)), count
        assert len({entry["id"] for entry in seen}) == count


def every_page(storefront: Storefront) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    before: dict[str, str] = {}
    while True:
        page = told(storefront, **before)
        seen += page["entries"]
        if page["next"] is None:
            return seen
        before = {"before": page["next"]}


@pytest.mark.parametrize("before", ("", "-1", "1e3", "9" * 19, "1;DROP TABLE postings", "%00"))
def test_an_odd_page_is_refused(before: str, storefront: Storefront) -> None:
    answer = storefront.get("history", "501", before=before)

    assert (answer.status_code, fits("problem", answer.get_json())["code"]) == (422, "INVALID_REQUEST")
