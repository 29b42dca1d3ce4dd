"""Ways to earn and campaigns in the public programme: every kind of rule with its numbers, and what runs now."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from app.actions.publish_programme import publish_programme
from app.db.unit import unit_of_work
from app.loyalty.facts import Line
from app.loyalty.terms.campaigns import Campaign
from app.loyalty.terms.conditions import Goods, Orders
from app.loyalty.terms.programme import Version
from app.loyalty.terms.rule_budget import RuleBudget
from app.loyalty.terms.rules import (
    RULES,
    AmountRule,
    AnniversaryRule,
    BirthdayRule,
    DividendRule,
    EventRule,
    FirstOrderRule,
    KthOrderRule,
    PerOrderRule,
    ReferralMilestoneRule,
    ReferralRule,
    RenewalRule,
    ReviewRule,
    SignUpRule,
)
from app.loyalty.terms.social import Act, Network, Social
from tests.factories.facts import order
from tests.web.contract import fits
from tests.web.storefront import MAYA, Storefront

EVERY = (
    AmountRule(
        Decimal("2.5"),
        100,
        max_per_order=300,
        max_per_day=500,
        goods=Goods(labels=("tag:tea",)),
        orders=Orders(channels=("web",)),
    ),
    PerOrderRule(10, min_minor=2500, orders=Orders(tags=("gift",))),
    FirstOrderRule(200),
    KthOrderRule(50, 10),
    RenewalRule(30),
    SignUpRule(100),
    BirthdayRule(200),
    AnniversaryRule(100),
    AnniversaryRule(1000, year=5),
    DividendRule(Decimal(10), 10_000, month=3),
    ReviewRule(50, photo_points=25),
    ReferralRule(500, min_minor=3000),
    ReferralMilestoneRule(250, 5),
    ReferralMilestoneRule(100, 3, once=True),
    EventRule("newsletter", 20, max_total=1),
    EventRule("like", 5, max_per_day=2, max_total=10, verified=False),
    EventRule("follow", 9, cooldown_hours=48, verified=False, social=Social(Network.X, Act.FOLLOW, "https://x.com/a")),
)


def publish(storefront: Storefront, version: Version) -> None:
    with unit_of_work(storefront.works.engine) as session:
        publish_programme(storefront.scope(session), version, by="owner")


def test_every_kind_of_rule_is_told_with_the_numbers_its_line_needs(storefront: Storefront) -> None:
    assert {rule.rule for rule in EVERY} == RULES.keys()
    publish(storefront, Version(starts_at=storefront.clock.now, pending_days=14, earn=EVERY))

    earn = fits("programme", storefront.get("programme").get_json())["earn"]

    said = {rule["id"]: rule for rule in earn}
    assert list(said)[7:9] == ["anniversary", "anniversary-2"]
    order = said["order"]
    assert (order["rate"], order["points"]) == ({"points": "2.5", "per_minor": 100}, None)
    assert (order["some_goods"], order["some_orders"]) == (True, True)
    assert (order["max_per_order"], order["max_per_day"]) == (300, 500)
    assert (said["per_order"]["min_order_minor"], said["per_order"]["some_orders"]) == (2500, True)
    assert said["kth_order"]["every"] == 10
    assert (said["anniversary"]["year"], said["anniversary-2"]["year"]) == (None, 5)
    dividend = said["dividend"]
    assert (dividend["paid_on"], dividend["points"]) == ("03-01", None)
    assert dividend["rate"] == {"points": "10", "per_minor": 10_000}
    assert said["review"]["photo_points"] == 25
    assert (said["referral_milestone"]["every"], said["referral_milestone"]["once"]) == (5, False)
    assert (said["referral_milestone-2"]["every"], said["referral_milestone-2"]["once"]) == (3, True)
    assert (said["event"]["event"], said["event"]["times"], said["event"]["verified"]) == ("newsletter", 1, True)
    assert (said["event-2"]["times_per_day"], said["event-2"]["verified"]) == (2, False)
    follow = said["event-3"]
    assert follow["social"] == {"network": "x", "act": "follow", "address": "https://x.com/a"}
    assert (follow["pause_hours"], follow["verified"], said["event"]["social"]) == (48, False, None)
    waiting = {rule["kind"] for rule in earn if rule["pending_days"]}
    assert waiting == {
        "order",
        "per_order",
        "first_order",
        "kth_order",
        "renewal",
        "referral",
        "referral_milestone",
    }


def test_a_campaign_whose_budget_is_used_up_is_told_no_longer(storefront: Storefront) -> None:
    now = storefront.clock.now
    double = Campaign("double", now, now + timedelta(days=7), (2, 1), budget=150)
    publish(storefront, Version(starts_at=now, earn=(AmountRule(Decimal(1), 100),), campaigns=(double,)))
    currency = "USD" if storefront.platform == "shopify" else "JPY"

    def left() -> list[int]:
        return [one["left"] for one in fits("programme", storefront.get("programme").get_json())["campaigns"]]

    heard = [left()]
    for number in ("1", "2"):
        storefront.clock.pass_(minutes=1)
        bought = order(number, customer=MAYA, currency=currency, lines=(Line("1", "77", 1, 10_000),))
        storefront.settle(replace(bought, placed_at=now, paid_at=now))
        heard.append(left())
    assert heard == [[150], [50], []]


def test_a_rule_whose_budget_is_used_up_is_told_no_longer(storefront: Storefront) -> None:
    now = storefront.clock.now
    by_order = PerOrderRule(100, budget=RuleBudget("orders", 150))
    publish(storefront, Version(starts_at=now, earn=(AmountRule(Decimal(1), 10_000), by_order)))
    currency = "USD" if storefront.platform == "shopify" else "JPY"

    def left() -> list[int | None]:
        return [one["left"] for one in fits("programme", storefront.get("programme").get_json())["earn"]]

    heard = [left()]
    for number in ("1", "2"):
        storefront.clock.pass_(minutes=1)
        bought = order(number, customer=MAYA, currency=currency, lines=(Line("1", "77", 1, 10_000),))
        storefront.settle(replace(bought, placed_at=now, paid_at=now))
        heard.append(left())
    assert heard == [[None, 150], [None, 50], [None]]


def test_a_campaign_is_told_from_its_first_instant_until_just_before_its_end(storefront: Storefront) -> None:
    now = storefront.clock.now
    double = Campaign("double", now + timedelta(hours=1), now + timedelta(hours=3), (2, 1), name="Double days")
    tea = replace(double, id="tea", ends_at=now + timedelta(hours=2), goods=Goods(products=("77",)), name="")
    publish(storefront, Version(starts_at=now, earn=EVERY[:1], campaigns=(double, tea)))

    def told() -> list[str]:
        return [one["id"] for one in fits("programme", storefront.get("programme").get_json())["campaigns"]]

    assert told() == []
    storefront.clock.pass_(hours=1)
    (first, second) = storefront.get("programme").get_json()["campaigns"]
    assert (first["id"], first["some_goods"], first["name"]) == ("tea", True, {})
    assert (second["id"], second["multiplier"], second["some_goods"]) == ("double", [2, 1], False)
    assert list(second["name"].values()) == ["Double days"]
    storefront.clock.pass_(hours=1)
    assert told() == ["double"]
    storefront.clock.pass_(hours=1)
    assert told() == []
