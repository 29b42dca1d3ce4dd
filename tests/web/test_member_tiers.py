"""Tiers that are not earned, as the programme and the member's own answer tell them."""

from datetime import timedelta

import pytest

from app.actions.invite_member import invite_member
from app.actions.publish_programme import publish_programme
from app.db.requests import Request
from app.db.unit import unit_of_work
from app.loyalty.facts import SignUp
from app.loyalty.ladder import Entry, Ladder, Level, Measure
from app.loyalty.programme import Version
from tests.web.contract import fits
from tests.web.storefront import MAYA, Storefront

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
    version = Version(starts_at=storefront.clock.now, tiers=LADDER)
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
