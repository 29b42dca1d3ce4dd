"""What a cart would earn, told before paying: exactly what the order then earns, and nothing is kept of asking."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.actions.publish_programme import publish_programme
from app.db.tables import MemberRow
from app.db.unit import reading, unit_of_work
from app.loyalty.facts import Line, Order, SignUp
from app.loyalty.terms.campaigns import Campaign
from app.loyalty.terms.conditions import Goods
from app.loyalty.terms.programme import Version
from app.loyalty.terms.rules import AmountRule, FirstOrderRule, KthOrderRule, Rule
from tests.web.contract import fits
from tests.web.storefront import MAYA, Storefront

BONUS = FirstOrderRule(30)
CART = {
    "lines": [
        {"product": "tea", "quantity": 2, "price_minor": 3150, "discount_minor": 150},
        {"product": "cup", "quantity": 1, "price_minor": 999},
    ],
    "discount_minor": 333,
}


def promising(storefront: Storefront, *earn: Rule) -> None:
    """Publish ways to earn; the points of a campaign with a budget too."""
    now = storefront.clock.now
    sale = Campaign("sale", now, now + timedelta(days=90), (3, 2), goods=Goods(products=("tea",)), budget=1000)
    with unit_of_work(storefront.works.engine) as session:
        version = Version(starts_at=now, earn=earn, pending_days=5, campaigns=(sale,))
        publish_programme(storefront.scope(session), version, by="staff")
    storefront.clock.pass_(hours=1)


def bought(storefront: Storefront, number: str = "1") -> Order:
    now = storefront.clock.now
    currency = "USD" if storefront.platform == "shopify" else "JPY"
    lines = (Line("1", "tea", 2, 3150, 150), Line("2", "cup", 1, 999))
    return Order(number, MAYA, now, now, now, None, currency, lines, discount_minor=333)


def told(storefront: Storefront, customer: str | None = "501") -> dict[str, object]:
    found: dict[str, object] = fits("cart_earns", storefront.post("cart", customer, CART).get_json())
    return found


def test_what_the_cart_tells_is_what_the_order_earns_first_and_later(storefront: Storefront) -> None:
    promising(storefront, AmountRule(Decimal(1), 100), BONUS, KthOrderRule(7, 2))
    storefront.settle(SignUp(MAYA, storefront.clock.now))
    sums = []
    for number in ("1", "2", "3"):
        said = told(storefront)
        before = storefront.get("member", "501").get_json()["balance"]["pending"]
        storefront.clock.pass_(minutes=1)
        storefront.settle(bought(storefront, number))
        earned = storefront.get("member", "501").get_json()["balance"]["pending"] - before
        assert (said["points"], said["pending_days"], said["may_differ"]) == (earned, 5, False)
        sums.append(earned)
    assert sums[0] == sums[2] + 30
    assert sums[1] == sums[2] + 7


def test_a_visitor_is_told_of_a_first_order_and_becomes_nobody(storefront: Storefront) -> None:
    promising(storefront, BONUS)
    assert told(storefront, None)["points"] == told(storefront, "777")["points"] == 30
    with reading(storefront.works.engine) as session:
        assert session.scalar(select(func.count()).select_from(MemberRow)) == 0


def test_rules_by_what_a_cart_does_not_tell_are_said_to_be_possible(storefront: Storefront) -> None:
    promising(storefront, replace(AmountRule(Decimal(1), 100), goods=Goods(labels=("tag:sale",))))
    assert (told(storefront)["points"], told(storefront)["may_differ"]) == (0, True)


@pytest.mark.parametrize("line", ({"quantity": 1}, {"quantity": 1, "price_minor": -1}, {"price": 1}))
def test_what_is_no_cart_is_refused(storefront: Storefront, line: dict[str, object]) -> None:
    assert storefront.post("cart", None, {"lines": [line]}).status_code == 422
