"""Tiers that are not earned, as the programme and the member's own answer tell them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.actions.invite_member import invite_member
from app.actions.publish_programme import publish_programme
from app.db.requests import Request
from app.db.unit import unit_of_work
from app.loyalty.facts import SignUp
from app.loyalty.terms.ladder import Entry, Ladder, Level, Measure, Window, WindowKind
from app.loyalty.terms.programme import Reward, Version
from app.loyalty.terms.rewards import AmountOff
from tests.web.contract import fits
from tests.web.storefront import MAYA, Storefront
from tests.web.test_member import bought
from tests.web.test_programme_earning import EVERY

LADDER = Ladder(
    Measure.SPEND,
    (
        Level("a", 0, name="First"),
        Level("secret", 10_000, name="Between", hidden=True),
        Level("b", 50_000, name="Second", also={Measure.ORDERS: 3}, yearly_reward=200),
        Level("pearl", 0, (3, 1), name="The Pearl", entry=Entry.INVITED, hidden=True),
    ),
    hold_days=90,
)


@pytest.fixture
def guests(storefront: Storefront) -> Storefront:
    """The storefront of a programme with levels that not everybody sees."""
    gift = Reward("pearls", 50, AmountOff(5000), levels=("pearl",))
    version = Version(starts_at=storefront.clock.now, tiers=LADDER, rewards=(Reward("all", 10, AmountOff(100)), gift))
    with unit_of_work(storefront.works.engine) as session:
        publish_programme(storefront.scope(session), version, by="staff")
    storefront.settle(SignUp(MAYA, storefront.clock.now))
    return storefront


def test_hidden_levels_are_in_no_public_answer_and_no_way_up_leads_to_them(guests: Storefront) -> None:
    said = fits("programme", guests.get("programme").get_json())["tiers"]
    tier = fits("member", guests.get("member", "501").get_json())["tier"]

    assert [level["id"] for level in said["levels"]] == ["a", "b"]
    assert (said["hold_days"], said["mix"]) == (90, "all")
    assert (said["levels"][1]["also"], said["levels"][1]["yearly_reward"]) == ({"orders": 3}, 200)
    assert tier["progress"] == {"value": 0, "threshold": 50_000, "next": "b"}
    assert (tier["id"], tier["level"]["id"], tier["level"]["entry"]) == ("a", "a", "earned")


def test_a_member_invited_to_a_hidden_level_is_told_its_name_and_until_when(guests: Storefront) -> None:
    until = guests.clock.now + timedelta(days=30)
    with unit_of_work(guests.works.engine) as session:
        request = Request("invite-1", "invite", guests.member_id("501"), {"level": "pearl"}, "staff", "A regular")
        assert invite_member(guests.scope(session), request, "pearl", until).refused is None

    tier = fits("member", guests.get("member", "501").get_json())["tier"]

    assert (tier["id"], tier["until"]) == ("pearl", until.strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert (tier["level"]["entry"], tier["level"]["multiplier"]) == ("invited", [3, 1])
    assert list(tier["level"]["name"].values()) == ["The Pearl"]
    assert "pearl" not in guests.get("programme").get_data(as_text=True)


def test_what_only_a_hidden_level_may_have_is_told_to_its_members_alone(guests: Storefront) -> None:
    def told() -> tuple[list[str], list[str]]:
        said = fits("member", guests.get("member", "501").get_json())
        return [one["id"] for one in said["offers"]], [one["id"] for one in said["rewards"]]

    assert [one["id"] for one in fits("programme", guests.get("programme").get_json())["rewards"]] == ["all"]
    assert told() == ([], ["all"])
    with unit_of_work(guests.works.engine) as session:
        request = Request("invite-1", "invite", guests.member_id("501"), {"level": "pearl"}, "staff", "A regular")
        assert invite_member(guests.scope(session), request, "pearl", None).refused is None
    assert told() == (["pearls"], ["all", "pearls"])


def test_a_level_by_spending_and_orders_is_kept_until_either_runs_short(storefront: Storefront) -> None:
    start = storefront.clock.now
    level = Level("b", 5000, name="Second", also={Measure.ORDERS: 2})
    ladder = Ladder(Measure.SPEND, (Level("a", 0), level), Window(WindowKind.ROLLING_MONTHS, 1))
    with unit_of_work(storefront.works.engine) as session:
        publish_programme(storefront.scope(session), Version(start, earn=EVERY[:1], tiers=ladder), by="staff")

    def buy(number: str, cents: int) -> None:
        now = storefront.clock.now
        storefront.settle(replace(bought(storefront, cents, number=number), placed_at=now, paid_at=now, updated_at=now))

    storefront.settle(SignUp(MAYA, start))
    buy("1001", 100)
    storefront.clock.pass_(days=7)
    buy("1002", 6000)

    tier = fits("member", storefront.get("member", "501").get_json())["tier"]
    assert tier["id"] == "b"
    assert date.fromisoformat(tier["until"][:10]) <= start.date() + timedelta(days=33), "the first order leaves first"
