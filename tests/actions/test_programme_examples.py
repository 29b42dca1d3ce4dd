"""The documented programme files: each is published on a programme of its own and does what it says."""

import pytest
from sqlalchemy import Engine

from app.actions.answer_profile import answer_profile
from app.actions.publish_programme import publish_programme
from app.db import segments, service_cases
from app.db.service_cases import View
from app.files.reading import read
from app.loyalty.terms.rewards import REWARDS
from app.loyalty.terms.rules import RULES
from app.loyalty.terms.segments import CONDITIONS
from tests.factories.facts import line, order, sign_up
from tests.factories.hearing import answer, ask, asked
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import version
from tests.house.repository import ROOT

EXAMPLES = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "docs/merchants/programmes").glob("*.json")}


def running(db: Engine, name: str) -> House:
    ours = house(db, version(earn=[]))
    with ours.unit("2027-01-01") as scope:
        publish_programme(scope, read(EXAMPLES[name], "EUR").version(instant("2027-01-01")), by="operator")
    return ours


def test_between_them_they_switch_on_every_kind_of_rule_and_reward() -> None:
    versions = [read(text, "EUR").content for text in EXAMPLES.values()]
    assert {rule.rule for each in versions for rule in each.earn} == set(RULES)
    assert {reward.gives.kind for each in versions for reward in each.rewards} == set(REWARDS)
    asked = {condition.kind for each in versions for segment in each.segments for condition in segment.conditions}
    assert asked == set(CONDITIONS)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_the_page_tells_of_each(name: str) -> None:
    assert f"programmes/{name}.json" in (ROOT / "docs/merchants/programme-files.md").read_text(encoding="utf-8")


def test_orders_earn_by_amount_and_for_being_orders(db: Engine) -> None:
    ours = running(db, "orders")
    ours.settle("2027-02-01T13", order("o1", "20.00", "2027-02-01"))
    assert ours.amounts("ada") == (0, 20 + 5 + 50, 0, 0)
    ours.settle("2027-02-02T13", order("o2", "8.00", "2027-02-02"))
    assert ours.amounts("ada") == (0, 75 + 8, 0, 0)
    box = order("o3", paid="2027-06-02", lines=[line("10.00", product="gift-box")])
    ours.settle("2027-06-02T13", box)
    assert ours.amounts("ada") == (0, 83 + 10 * 3 * 2 + 5 + 30, 0, 0)


def test_members_tell_about_themselves_and_are_found_by_it(db: Engine) -> None:
    ours = running(db, "hearing")
    ours.join("ada")
    with ours.unit("2027-02-01") as scope:
        answer_profile(scope, ours.shop_id, "ada", "skin", "dry")
        answer_profile(scope, ours.shop_id, "ada", "pet", "Rex")
    assert ours.amounts("ada") == (0, 20, 0, 0)
    with ours.reading("2027-02-02") as scope:
        assert segments.count(scope, segments.describe(scope, "dry")) == 1


def test_people_earn_for_joining(db: Engine) -> None:
    ours = running(db, "people")
    ours.settle("2027-02-01T13", sign_up("ada", "2027-02-01"))
    assert ours.amounts("ada") == (0, 100, 0, 0)
    ours.tend("2028-02-01T00")
    assert ours.amounts("ada") == (0, 125, 0, 0)


@pytest.mark.parametrize(("reward", "cost"), (("five_off", 100), ("mug", 300), ("credit", 200), ("trees", 100)))
def test_points_buy_what_is_promised(db: Engine, reward: str, cost: int) -> None:
    ours = running(db, "rewards")
    ours.settle("2027-02-01T13", sign_up("ada", "2027-02-01"))
    assert ours.redeem("2027-02-02", "ada", "k1", reward).refused is None
    assert ours.amounts("ada")[1] == 1000 - cost


def test_tiers_are_risen_to_and_bought(db: Engine) -> None:
    ours = running(db, "tiers")
    ours.settle("2027-02-01T13", order("o1", "120.00", "2027-02-01"))
    assert (ours.row("ada").tier, ours.amounts("ada")) == ("silver", (0, 140, 0, 0))
    ours.settle("2027-02-02T13", order("o2", paid="2027-02-02", lines=[line("49.00", product="plus-membership")]))
    assert ours.row("ada").tier == "plus"


def test_members_are_asked_and_paid_for_answering(db: Engine) -> None:
    ours = running(db, "hearing")
    ours.settle("2027-02-01T13", order("o1", "20.00", "2027-02-01"))
    assert ask(ours, "2027-02-10").row is None
    assert answer(ours, "2027-02-12", asked(ours, "2027-02-11"), 3)
    assert ours.amounts("ada") == (0, 20 + 50, 0, 0)
    assert ask(ours, "2027-05-01").opens_at == instant("2027-05-12")
    with ours.reading() as scope:
        [case] = service_cases.listed(scope, View.OPEN, 5)
    assert (case.score, case.due_at) == (3, instant("2027-02-13"))


def test_offers_and_campaigns_are_for_some_and_open_earlier_for_higher_tiers(db: Engine) -> None:
    ours = running(db, "offers")
    for number in (1, 2, 3):
        ours.settle(f"2027-02-0{number}T13", order(f"o{number}", "40.00", f"2027-02-0{number}"))
    # The third order is the first of a regular, and counts twice; the tier silver is reached by it.
    assert (ours.row("ada").tier, ours.amounts("ada")[1]) == ("silver", 40 + 40 + 80)
    early = ours.redeem("2027-03-01", "ada", "k1", "welcome_back")
    assert (early.refused, dict(early.numbers)) == (
        "NOT_IN_SEGMENT", {"condition": "recency", "have": 26, "need": 60, "missing": 34},
    )  # fmt: skip
    assert ours.redeem("2027-04-05", "ada", "k2", "welcome_back").refused is None
    assert ours.redeem("2027-06-01T10", "ada", "k3", "sale").refused == "NOT_YET_OPEN"
    assert ours.redeem("2027-06-02T09", "ada", "k4", "sale").refused is None
